//! One-row inserts of the cooperatives' tables, for applications, seeds and generators.

use crate::db::statements;

statements! {
    pub COOP = "INSERT INTO coops (id, code, slug, name, name_en, county_code, credit_code, phone, story, story_en,
                  ship_from, sla_hours, licence_valid_to, state, created_at, decided_at, decided_by, reason)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
                ON CONFLICT (credit_code) DO NOTHING";
    pub HOUSEHOLD = "INSERT INTO households (id_hash, coop_id, kind, link, amount_fen, evidence, evidence_on)
                     VALUES ($1, $2, $3, $4, $5, $6, $7)";
    pub FREIGHT_TEMPLATE = "INSERT INTO freight_templates (id, coop_id, service, carrier) VALUES ($1, $2, $3, $4)";
    pub FREIGHT_RULE = "INSERT INTO freight_rules (template_id, region_prefix, blocked, first_g, first_fee_fen, step_g,
                  step_fee_fen, parcel_g, parcel_fee_fen, free_from_fen)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
}

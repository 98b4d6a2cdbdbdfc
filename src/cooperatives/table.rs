//! Rows of the cooperatives' tables.

use super::{
    household::{HouseholdKind, HouseholdLink},
    service::Service,
    state::CoopState,
};
use crate::{
    db::table,
    kernel::{At, Carrier, CoopId, Day, Fen, Grams, PersonId},
};

table! {
    /// A cooperative, approved or not; a credit code stands once.
    #[derive(Clone, Debug)]
    pub struct Coop in "coops" or "ON CONFLICT (credit_code) DO NOTHING" {
        pub id: CoopId,
        pub code: String,
        pub slug: String,
        pub name: String,
        pub name_en: String,
        pub county_code: String,
        pub credit_code: String,
        pub phone: String,
        pub story: String,
        pub story_en: String,
        pub ship_from: String,
        pub sla_hours: i64,
        pub licence_valid_to: Option<Day>,
        pub state: CoopState,
        pub created_at: At,
        pub decided_at: Option<At>,
        pub decided_by: Option<PersonId>,
        pub reason: Option<String>,
    }
}

table! {
    /// Who asks for a cooperative's account.
    #[derive(Clone, Debug)]
    pub struct Applicant in "coop_applicants" {
        pub coop_id: CoopId,
        pub person_id: PersonId,
        pub contact: String,
        pub note: String,
        pub sent_at: At,
    }
}

table! {
    /// A household that a cooperative works with, by salted hash, with the evidence of a day.
    #[derive(Clone, Debug)]
    pub struct Household in "households" {
        pub id_hash: String,
        pub coop_id: CoopId,
        pub kind: HouseholdKind,
        pub link: HouseholdLink,
        pub amount_fen: Fen,
        pub evidence: String,
        pub evidence_on: Day,
    }
}

table! {
    /// How a cooperative's goods of one service travel.
    #[derive(Clone, Debug)]
    pub struct FreightTemplate in "freight_templates" {
        pub id: String,
        pub coop_id: CoopId,
        pub service: Service,
        pub carrier: Carrier,
    }
}

table! {
    /// What that costs to regions whose code starts with a prefix.
    #[derive(Clone, Debug)]
    pub struct FreightRule in "freight_rules" {
        pub template_id: String,
        pub region_prefix: String,
        pub blocked: bool,
        pub first_g: Grams,
        pub first_fee_fen: Fen,
        pub step_g: Grams,
        pub step_fee_fen: Fen,
        pub parcel_g: Grams,
        pub parcel_fee_fen: Fen,
        pub free_from_fen: Option<Fen>,
    }
}

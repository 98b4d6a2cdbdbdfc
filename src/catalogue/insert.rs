//! One-row inserts of the catalogue's tables, for whoever adds products: portal, import, seeds, generators.

use crate::db::statements;

statements! {
    pub REGION = "INSERT INTO regions (code, name, level, parent) VALUES ($1, $2, $3, $4)";
    pub COUNTY = "INSERT INTO counties (code, slug, name, short_name, name_en, origin_832, story, story_en, position)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    pub PAIRING = "INSERT INTO pairings (county_code, code, district_code, name, name_en, hall_name, document)
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
    pub SCHEME = "INSERT INTO schemes (code, name, name_en, note, note_en, document, valid_from, valid_to)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    pub OUTLET = "INSERT INTO outlets (code, name, name_en, kind, county_code, district_code, address)
                  VALUES ($1, $2, $3, $4, $5, $6, $7)";
    pub CATEGORY = "INSERT INTO categories (code, name, name_en, position) VALUES ($1, $2, $3, $4)";

    pub PRODUCT = "INSERT INTO products (id, code, slug, coop_id, county_code, category_code, family, version, state,
                     created_at, published_at, changed_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    pub PRODUCT_VERSION = "INSERT INTO product_versions (product_id, version, name, name_en, summary, summary_en, story,
                     story_en, storage, storage_en, variety, grade, return_class, service, bad_fruit_promise, tags,
                     created_at, created_by, county_code, category_code)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
    pub PHOTO = "INSERT INTO product_photos (product_id, position, photo, alt, alt_en, illustration)
                 VALUES ($1, $2, $3, $4, $5, $6)";
    pub SKU = "INSERT INTO skus (id, code, product_id, position, version, active, approved_version)
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    pub SKU_VERSION = "INSERT INTO sku_versions (sku_id, version, spec, spec_en, diameter_mm, pieces_min, pieces_max, pack,
                     net_weight_g, gross_weight_g, price_fen, season_from, season_to, presale_ships_by, created_at,
                     created_by)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    pub SET_PART = "INSERT INTO set_parts (sku_id, part_no, name, name_en, coop_id, county_code, category_code,
                     list_price_fen)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    pub CERTIFICATE = "INSERT INTO certificates (id, product_id, coop_id, kind, number, holder, valid_from, valid_to)
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    pub PRODUCT_SCHEME = "INSERT INTO product_schemes (product_id, scheme_code, valid_from, valid_to, document)
                          VALUES ($1, $2, $3, $4, $5)";
}

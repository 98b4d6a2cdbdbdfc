//! Traces (溯源): where and when a batch was harvested and packed.

use crate::{
    db::{Conn, q, row, statements},
    kernel::{Day, Result, SkuId},
};

statements! {
    BY_CODE = "SELECT b.code, b.plot, b.village, b.harvested_on, b.packhouse, b.conformity_no, b.report_no,
                 k.code AS sku, v.spec, v.spec_en, p.code AS product, p.slug AS product_slug, p.county_code,
                 pv.name, pv.name_en, c.slug AS coop_slug, c.name AS coop_name, c.name_en AS coop_name_en,
                 n.name AS county_name, n.name_en AS county_name_en
               FROM batches b JOIN skus k ON k.id = b.sku_id
               JOIN sku_versions v ON v.sku_id = k.id AND v.version = k.version
               JOIN products p ON p.id = k.product_id
               JOIN product_versions pv ON pv.product_id = p.id AND pv.version = p.version
               JOIN coops c ON c.id = p.coop_id JOIN counties n ON n.code = p.county_code
               WHERE b.code = $1";
    LATEST = "SELECT code, village, harvested_on FROM batches WHERE sku_id = $1
              ORDER BY harvested_on DESC, code DESC LIMIT 1";
}

row! {
    /// A batch with what it is of.
    #[derive(Clone, Debug)]
    pub struct Trace {
        /// Code on the box.
        pub code: String,
        /// Plot (地块).
        pub plot: String,
        pub village: String,
        pub harvested_on: Day,
        /// Where it was sorted and packed.
        pub packhouse: String,
        /// Number of the certificate of conformity (合格证).
        pub conformity_no: Option<String>,
        /// Number of the test report.
        pub report_no: Option<String>,
        /// SKU by code.
        pub sku: String,
        /// Its specification.
        pub spec: String,
        /// The same in English.
        pub spec_en: String,
        /// Product by code.
        pub product: String,
        /// Address of its page.
        pub product_slug: String,
        /// County by GB code.
        pub county_code: String,
        /// Name of the product.
        pub name: String,
        /// The same in English.
        pub name_en: String,
        /// Address of the cooperative's page.
        pub coop_slug: String,
        pub coop_name: String,
        /// The same in English.
        pub coop_name_en: String,
        pub county_name: String,
        /// The same in English.
        pub county_name_en: String,
    }
}

row! {
    /// A SKU's newest batch, for its page.
    #[derive(Clone, Debug)]
    pub struct Batch {
        /// Code on the box.
        pub code: String,
        pub village: String,
        pub harvested_on: Day,
    }
}

/// The batch of a code.
pub async fn find(conn: &mut Conn, code: &str) -> Result<Option<Trace>> {
    q(BY_CODE).bind(code).opt(conn).await
}

/// The newest batch of a SKU.
pub async fn latest(conn: &mut Conn, sku: &SkuId) -> Result<Option<Batch>> {
    q(LATEST).bind(sku).opt(conn).await
}

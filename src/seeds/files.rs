//! The files of `seeds/market/`, inside the program, as typed facts.

use rust_embed::RustEmbed;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    catalogue::{
        CertificateKind,
        table::{Category, County, Outlet, Pairing, Scheme},
    },
    cooperatives::service::Service,
    kernel::{Carrier, Error, Result, ReturnClass},
};

#[derive(RustEmbed)]
#[folder = "seeds/market"]
struct Files;

/// A picture of `photos.csv` and what it shows.
#[derive(Clone, Debug, Deserialize)]
pub struct PhotoRow {
    pub name: String,
    pub alt: String,
    pub alt_en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counties {
    pub county: Vec<County>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Places {
    pub pairing: Vec<Pairing>,
    pub scheme: Vec<Scheme>,
    pub outlet: Vec<Outlet>,
    pub category: Vec<Category>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coop {
    pub code: String,
    pub slug: String,
    pub name: String,
    pub name_en: String,
    pub county: String,
    pub story: String,
    pub story_en: String,
    pub ship_from: String,
    pub sla_hours: i64,
    pub ambient: Option<String>,
    pub cold_chain: Option<String>,
    pub households: i64,
    #[serde(default)]
    pub towns: Vec<String>,
    #[serde(default)]
    pub packhouse: String,
    #[serde(default)]
    pub certs: Vec<CertificateKind>,
    #[serde(default)]
    pub expired: Vec<CertificateKind>,
    #[serde(default)]
    pub applied: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coops {
    pub coop: Vec<Coop>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Starts of region codes, blank-separated.
    pub prefix: String,
    #[serde(default)]
    pub blocked: bool,
    #[serde(default)]
    pub first: i64,
    #[serde(default)]
    pub step: i64,
    #[serde(default)]
    pub parcel: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    pub name: String,
    pub carrier: Carrier,
    pub rules: String,
    pub free_from: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freight {
    pub template: Vec<Template>,
    pub rules: std::collections::BTreeMap<String, Vec<Rule>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coupon {
    pub code: String,
    pub amount: Option<i64>,
    pub bp: Option<i64>,
    pub min_goods: i64,
    pub limit_total: Option<i64>,
    pub limit_each: Option<i64>,
    pub funder: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coupons {
    pub coupon: Vec<Coupon>,
}

/// How to keep a kind of goods.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    pub zh: String,
    pub en: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    pub name: String,
    pub name_en: String,
    pub coop: String,
    pub county: String,
    pub category: String,
    pub list_price: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    pub code: String,
    pub name: String,
    pub name_en: String,
    pub coop: String,
    /// Where it is not the cooperative's own.
    pub county: Option<String>,
    pub category: String,
    pub family: Option<String>,
    pub variety: Option<String>,
    pub grade: Option<String>,
    /// Fresh for apples, else seven days, where absent.
    pub return_class: Option<ReturnClass>,
    pub bad_fruit: Option<bool>,
    pub service: Option<Service>,
    pub summary: String,
    pub summary_en: String,
    pub story: String,
    pub story_en: String,
    pub storage: String,
    pub tags: String,
    pub photos: Vec<String>,
    pub spec: String,
    pub spec_en: String,
    pub diameter: Option<i64>,
    pub pieces: Option<[i64; 2]>,
    pub pack: Option<String>,
    pub net: i64,
    pub price: i64,
    pub season: Option<[String; 2]>,
    /// Day of the year by which a presale ships.
    pub presale: Option<String>,
    pub stock: i64,
    /// How often it is bought beside others; as it is stocked, where absent.
    pub bought: Option<u64>,
    pub certs: Vec<CertificateKind>,
    #[serde(default)]
    pub expired: Vec<CertificateKind>,
    /// Recognised as `XFBF_2024`.
    #[serde(default)]
    pub xfbf: bool,
    #[serde(default)]
    pub parts: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Products {
    product: Vec<Product>,
}

fn text(name: &str) -> Result<String> {
    let file = Files::get(name).ok_or_else(|| Error::fault(format!("seeds/market/{name} is missing")))?;
    String::from_utf8(file.data.into_owned()).map_err(|e| Error::fault(format!("seeds/market/{name}: {e}")))
}

/// A file of TOML.
pub fn toml<T: DeserializeOwned>(name: &str) -> Result<T> {
    toml::from_str(&text(name)?).map_err(|e| Error::fault(format!("seeds/market/{name}: {e}")))
}

/// A file of CSV.
pub fn csv<T: DeserializeOwned>(name: &str) -> Result<Vec<T>> {
    let text = text(name)?;
    let rows = csv::Reader::from_reader(text.as_bytes()).into_deserialize().collect::<Result<Vec<T>, _>>();
    rows.map_err(|e| Error::fault(format!("seeds/market/{name}: {e}")))
}

/// Every demonstration product, by code.
pub fn products() -> Result<Vec<Product>> {
    let mut all = Vec::new();
    for name in Files::iter().filter(|name| name.starts_with("products/")) {
        all.extend(toml::<Products>(&name)?.product);
    }
    all.sort_by(|a: &Product, b| a.code.cmp(&b.code));
    Ok(all)
}

//! What is published, as pages and search see it.

use std::sync::Arc;

use super::Certificate;
use crate::{
    cooperatives::service::Service,
    db::{Field, Reader, row},
    kernel::{At, CoopId, Day, Fen, Grams, ProductId, Result, ReturnClass, Season, SkuId},
};

row! {
    /// A county of Yan'an.
    #[derive(Clone, Debug)]
    pub struct County {
        /// GB code.
        pub code: String,
        /// Address of its hall's page.
        pub slug: String,
        /// 洛川县.
        pub name: String,
        /// 洛川.
        pub short_name: String,
        /// Luochuan.
        pub name_en: String,
        /// A former poverty county (832).
        pub origin_832: bool,
        /// What it is known for.
        pub story: String,
        /// The same in English.
        pub story_en: String,
        /// Its pairing with a district of Wuxi.
        pub pairing: Option<Pairing>,
    }
}

/// A pairing (结对) of a county and a district of Wuxi.
#[derive(Clone, Debug)]
pub struct Pairing {
    /// Code in reports.
    pub code: String,
    /// District by GB code.
    pub district_code: String,
    /// 江阴 · 延川.
    pub name: String,
    /// Jiangyin – Yanchuan.
    pub name_en: String,
    /// 延川馆.
    pub hall_name: String,
}

/// A county's pairing stands in columns of the county's row.
impl Field for Option<Pairing> {
    fn read(reader: &Reader<'_>, _: &str) -> Result<Self> {
        let Some(code) = Field::read(reader, "pairing_code")? else { return Ok(None) };
        Ok(Some(Pairing {
            code,
            district_code: Field::read(reader, "district_code")?,
            name: Field::read(reader, "pairing_name")?,
            name_en: Field::read(reader, "pairing_name_en")?,
            hall_name: Field::read(reader, "hall_name")?,
        }))
    }
}

row! {
    /// An approved cooperative.
    #[derive(Clone, Debug)]
    pub struct Coop {
        pub id: CoopId,
        /// `C01`.
        pub code: String,
        /// Address of its page.
        pub slug: String,
        pub name: String,
        pub name_en: String,
        /// County by GB code.
        pub county_code: String,
        /// Credit code (统一社会信用代码).
        pub credit_code: String,
        pub phone: String,
        /// Who they are.
        pub story: String,
        /// The same in English.
        pub story_en: String,
        /// Where parcels start.
        pub ship_from: String,
        /// Hours from payment to dispatch.
        pub sla_hours: i64,
        /// Households with evidence (带动农户), never derived from sales.
        pub households: i64,
        /// Certificates of the cooperative itself.
        pub certs: Vec<Certificate>,
    }
}

row! {
    /// A picture of a product.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Photo {
        /// Name in seeds/photos.
        pub name: String,
        /// What it shows.
        pub alt: String,
        /// The same in English.
        pub alt_en: String,
        /// 示意图.
        pub illustration: bool,
    }
}

row! {
    /// A part of a set (C19).
    #[derive(Clone, Debug, PartialEq)]
    pub struct SetPart {
        pub name: String,
        /// The same in English.
        pub name_en: String,
        /// Producing county.
        pub county_code: String,
        /// Producing cooperative.
        pub coop_id: CoopId,
    }
}

row! {
    /// A SKU (规格).
    #[derive(Clone, Debug, PartialEq)]
    pub struct Sku {
        pub id: SkuId,
        /// `P01-1`.
        pub code: String,
        /// Specification.
        pub spec: String,
        /// The same in English.
        pub spec_en: String,
        /// Fruit diameter in mm.
        pub diameter_mm: Option<i64>,
        /// Least number of pieces.
        pub pieces_min: Option<i64>,
        /// Most.
        pub pieces_max: Option<i64>,
        /// `gift`, `family`, `canteen`…
        pub pack: Option<String>,
        /// Net weight.
        pub net: Grams,
        /// Gross weight.
        pub gross: Grams,
        pub price: Fen,
        /// When it is sold.
        pub season: Option<Season>,
        /// For presale: shipped by then.
        pub presale_ships_by: Option<String>,
        /// Parts, where it is a set.
        pub parts: Vec<SetPart>,
    }
}

/// What is left of a SKU, as it is shown: exact up to ten, then "plenty", so that a sale changes a
/// page only when it changes what people see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stock {
    /// Nothing.
    None,
    /// So many.
    Few(i64),
    /// More than ten.
    Plenty,
}

impl Stock {
    /// Of so many available units.
    pub fn of(available: i64) -> Self {
        match available {
            ..=0 => Self::None,
            1..=10 => Self::Few(available),
            _ => Self::Plenty,
        }
    }
}

row! {
    /// A published product.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Product {
        pub id: ProductId,
        /// `P01`.
        pub code: String,
        /// Address of its page.
        pub slug: String,
        pub name: String,
        pub name_en: String,
        /// County by GB code.
        pub county_code: String,
        pub category_code: String,
        /// Seller.
        pub coop_id: CoopId,
        /// Products that show their specifications as one matrix.
        pub family: Option<String>,
        /// One line.
        pub summary: String,
        /// The same in English.
        pub summary_en: String,
        pub story: String,
        /// The same in English.
        pub story_en: String,
        /// How to keep it.
        pub storage: String,
        /// The same in English.
        pub storage_en: String,
        pub variety: Option<String>,
        pub grade: Option<String>,
        pub return_class: ReturnClass,
        /// How it travels.
        pub service: Service,
        /// 坏果包赔.
        pub bad_fruit_promise: bool,
        /// Words to be found by.
        pub tags: String,
        /// When it was published first.
        pub published_at: At,
        /// Pictures, the main one first.
        pub photos: Arc<[Photo]>,
        /// SKUs on sale.
        pub skus: Arc<[Sku]>,
        /// Certificates, its own and expired ones too.
        pub certs: Arc<[Certificate]>,
        /// Schemes that hold today.
        pub schemes: Arc<[String]>,
        /// Available units of each SKU, in their order.
        pub available: Vec<i64>,
        /// Units sold.
        pub sales: i64,
    }
}

impl Product {
    /// Whether a SKU can be bought on a day as far as the season goes.
    pub fn in_season(&self, day: Day) -> bool {
        self.skus.iter().any(|sku| sku.in_season(day))
    }

    /// Whether it stands under the same names as another: slug, family, SKUs.
    pub(super) fn has_names_of(&self, other: &Self) -> bool {
        let skus = |p: &Self| p.skus.iter().map(|sku| (sku.id.clone(), sku.code.clone())).collect::<Vec<_>>();
        (&self.id, &self.slug, &self.family) == (&other.id, &other.slug, &other.family) && skus(self) == skus(other)
    }

    /// Whether it has a season at all; presale goes all year.
    pub fn seasonal(&self) -> bool {
        self.skus.iter().any(|sku| sku.season.is_some() && sku.presale_ships_by.is_none())
    }

    /// Whether a SKU can be bought on a day and is left.
    pub fn buyable(&self, day: Day) -> bool {
        self.skus.iter().zip(&self.available).any(|(sku, left)| *left > 0 && sku.in_season(day))
    }

    /// Units sold as they are shown, to two digits: a sale changes a page only now and then.
    pub fn sold_shown(&self) -> i64 {
        let mut step = 10;
        while step * 100 <= self.sales {
            step *= 10;
        }
        self.sales.max(0) / step * step
    }

    /// Lowest price.
    pub fn from_fen(&self) -> Fen {
        self.skus.iter().map(|sku| sku.price).min().unwrap_or(Fen::ZERO)
    }

    /// The first day on which something of it is in season again; none where it is now or always.
    pub fn opens(&self, day: Day) -> Option<Day> {
        if self.in_season(day) {
            return None;
        }
        self.skus.iter().filter_map(|sku| sku.season.as_ref()?.opens_after(day).ok()).min()
    }
}

impl Sku {
    /// Whether it is sold on a day; presale is sold at any time.
    pub fn in_season(&self, day: Day) -> bool {
        self.presale_ships_by.is_some() || self.season.as_ref().is_none_or(|season| season.contains(day))
    }
}

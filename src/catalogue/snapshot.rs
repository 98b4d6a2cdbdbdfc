//! The published catalogue in memory: read-only, swapped as a whole.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    Versions,
    facts::{Coop, County, Product, Sku, Stock},
    places::Places,
    table::{Category, Outlet, Scheme},
};
use crate::{
    kernel::{At, CoopId, Day, ProductId, SkuId},
    pricing::freight::Rule,
};

/// Everything that is published, as of one moment.
#[derive(Clone, Default)]
pub struct Snapshot {
    /// What the database held when it was read.
    pub versions: Versions,
    /// Rises whenever something that is shown changes: rendered pages are kept by it.
    pub shown: u64,
    /// Rises whenever anything changes, exact stock and sales too: answers to programs are kept by it.
    pub turn: u64,
    /// The day for which seasons and certificates are judged.
    pub day: Day,
    pub read_at: At,
    /// Products by code.
    pub products: Vec<Arc<Product>>,
    /// Cooperatives by code.
    pub coops: Arc<[Coop]>,
    /// Counties in the order of the halls.
    pub counties: Arc<[County]>,
    /// Categories in their order.
    pub categories: Vec<Category>,
    /// Recognition schemes.
    pub schemes: Vec<Scheme>,
    /// Halls, zones and cabinets.
    pub outlets: Vec<Outlet>,
    /// Freight of every cooperative.
    pub freight: Vec<Rule>,
    /// Where people ask for freight to before they have an address: districts of Wuxi, then provinces.
    pub destinations: Arc<Destinations>,
    pub(super) places: Arc<Places>,
    pub(super) coop_places: Arc<HashMap<CoopId, usize>>,
}

/// Places of delivery by GB code and name.
#[derive(Clone, Debug, Default)]
pub struct Destinations {
    /// Districts of Wuxi.
    pub wuxi: Vec<(String, String)>,
    pub provinces: Vec<(String, String)>,
}

/// Products that were edited since an instant.
pub(super) struct Edited {
    /// As they are shown now.
    pub shown: Vec<Arc<Product>>,
    /// All their codes; one that is not among `shown` is shown no more.
    pub codes: Vec<String>,
}

/// A SKU as it is offered now.
#[derive(Clone, Copy)]
pub struct Offered<'a> {
    pub product: &'a Product,
    pub sku: &'a Sku,
    /// Units that can be bought.
    pub left: i64,
}

impl Destinations {
    /// Name of a place's code.
    pub fn name(&self, code: &str) -> Option<&str> {
        self.wuxi.iter().chain(&self.provinces).find(|(known, _)| known == code).map(|(_, name)| name.as_str())
    }
}

impl Snapshot {
    /// Takes the products and notes where each stands.
    pub(super) fn hold(&mut self, products: Vec<Arc<Product>>) {
        self.places = Arc::new(Places::of(&products));
        self.products = products;
    }

    /// The product that is in every respect like this one.
    pub(super) fn same(&self, product: &Product) -> Option<Arc<Product>> {
        self.by_code(&product.code).filter(|known| ***known == *product).cloned()
    }

    /// The product of a code.
    pub fn by_code(&self, code: &str) -> Option<&Arc<Product>> {
        self.places.code(&self.products, code).map(|place| &self.products[place])
    }

    /// The product of an address.
    pub fn by_slug(&self, slug: &str) -> Option<&Arc<Product>> {
        self.places.slug(&self.products, slug).map(|place| &self.products[place])
    }

    /// What stands under a SKU's code.
    pub fn sku(&self, code: &str) -> Option<Offered<'_>> {
        let (place, n) = self.places.sku_code(&self.products, code)?;
        let product = &self.products[place];
        Some(Offered { product, sku: &product.skus[n], left: product.available[n] })
    }

    /// Products whose specifications stand in one matrix with this one, itself included.
    pub fn family(&self, product: &Product) -> Vec<&Arc<Product>> {
        match &product.family {
            Some(family) => self.places.family(family).iter().map(|place| &self.products[*place]).collect(),
            None => self.by_code(&product.code).into_iter().collect(),
        }
    }

    /// The cooperative of an id.
    pub fn coop(&self, id: &CoopId) -> Option<&Coop> {
        self.coop_places.get(id).map(|place| &self.coops[*place])
    }

    /// The cooperative of an address.
    pub fn coop_by_slug(&self, slug: &str) -> Option<&Coop> {
        self.coops.iter().find(|coop| coop.slug == slug)
    }

    /// The county of a code.
    pub fn county(&self, code: &str) -> Option<&County> {
        self.counties.iter().find(|county| county.code == code)
    }

    /// The county of an address or code.
    pub fn county_by_slug(&self, slug: &str) -> Option<&County> {
        self.counties.iter().find(|county| county.slug == slug || county.code == slug)
    }

    /// The category of a code.
    pub fn category(&self, code: &str) -> Option<&Category> {
        self.categories.iter().find(|category| category.code == code)
    }

    /// Products that can be bought now, most sold first.
    pub fn buyable_now(&self) -> Vec<&Arc<Product>> {
        let mut now: Vec<_> = self.products.iter().filter(|p| p.buyable(self.day)).collect();
        now.sort_by(|a, b| b.sales.cmp(&a.sales).then_with(|| a.code.cmp(&b.code)));
        now
    }

    /// Products of a cooperative.
    pub fn of_coop<'a>(&'a self, coop: &'a CoopId) -> impl Iterator<Item = &'a Arc<Product>> {
        self.products.iter().filter(move |product| product.coop_id == *coop)
    }

    /// Products of a county.
    pub fn of_county<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a Arc<Product>> {
        self.products.iter().filter(move |product| product.county_code == code)
    }

    /// Takes up edited products; answers the codes of those that are gone, and of those that changed.
    pub(super) fn take_up(&mut self, edited: Edited) -> (Vec<String>, Vec<String>) {
        let shown: HashSet<&str> = edited.shown.iter().map(|product| product.code.as_str()).collect();
        let is_gone = |code: &&String| !shown.contains(code.as_str()) && self.by_code(code).is_some();
        let gone: Vec<String> = edited.codes.iter().filter(is_gone).cloned().collect();
        let codes: Vec<String> = edited.shown.iter().map(|product| product.code.clone()).collect();
        let stands = |product: &Arc<Product>| {
            let place = self.places.code(&self.products, &product.code)?;
            self.products[place].has_names_of(product).then_some(place)
        };
        let places: Option<Vec<usize>> = edited.shown.iter().map(stands).collect();
        match places {
            Some(places) if gone.is_empty() => {
                places.into_iter().zip(edited.shown).for_each(|(place, product)| self.products[place] = product);
            }
            _ => {
                let changed: HashSet<&String> = edited.codes.iter().collect();
                let kept = self.products.iter().filter(|product| !changed.contains(&product.code)).cloned();
                let mut products: Vec<Arc<Product>> = kept.chain(edited.shown).collect();
                products.sort_by(|a, b| a.code.cmp(&b.code));
                self.hold(products);
            }
        }
        (gone, codes)
    }

    /// Writes changed stock and sales into it; answers the places of the products that changed, and
    /// whether something that is shown did.
    pub(super) fn update(&mut self, stock: &[(SkuId, i64)], sales: &[(ProductId, i64)]) -> (Vec<usize>, bool) {
        let (mut changed, mut shown) = (Vec::new(), false);
        for (sku, available) in stock {
            let Some((place, n)) = self.places.sku_id(&self.products, sku) else { continue };
            let before = self.products[place].available[n];
            if before != *available {
                Arc::make_mut(&mut self.products[place]).available[n] = *available;
                shown |= Stock::of(before) != Stock::of(*available);
                changed.push(place);
            }
        }
        for (product, qty) in sales {
            let Some(place) = self.places.id(&self.products, product) else { continue };
            let before = self.products[place].sold_shown();
            if self.products[place].sales != *qty {
                Arc::make_mut(&mut self.products[place]).sales = *qty;
                changed.push(place);
                shown |= self.products[place].sold_shown() != before;
            }
        }
        (changed, shown)
    }
}

//! From the published catalogue to the documents that search is given.

use std::{collections::HashSet, ops::Deref};

use super::{Doc, Spec, Term};
use crate::catalogue::{Pairing, Product, Snapshot};

/// Documents that are read one after another, as often as it takes; they need not lie in memory side
/// by side, where 100,000 would take 140 MB.
pub trait Docs: Sync {
    /// Shows each document, always in the same order.
    fn each(&self, see: &mut dyn FnMut(&Doc));

    /// Shows the Chinese names of the documents' counties and of the districts paired with them, each
    /// at least once.
    fn each_place(&self, see: &mut dyn FnMut(&str)) {
        self.each(&mut |doc| {
            see(&doc.county.zh);
            doc.pairing.iter().for_each(|name| see(name));
        });
    }
}

impl<T: AsRef<[Doc]> + Sync + ?Sized> Docs for T {
    fn each(&self, see: &mut dyn FnMut(&Doc)) {
        self.as_ref().iter().for_each(see);
    }
}

/// The documents of a snapshot, each made when it is read.
pub struct Published<S>(pub S);

impl<S: Deref<Target = Snapshot> + Sync> Docs for Published<S> {
    fn each(&self, see: &mut dyn FnMut(&Doc)) {
        self.0.products.iter().for_each(|product| see(&doc(&self.0, product)));
    }

    fn each_place(&self, see: &mut dyn FnMut(&str)) {
        let codes: HashSet<&str> = self.0.products.iter().map(|product| product.county_code.as_str()).collect();
        for county in codes.into_iter().filter_map(|code| self.0.county(code)) {
            see(&county.name);
            county.pairing.iter().for_each(|pairing| see(&district(pairing)));
        }
    }
}

/// The documents of all products.
pub fn docs(snapshot: &Snapshot) -> Vec<Doc> {
    snapshot.products.iter().map(|product| doc(snapshot, product)).collect()
}

/// The document of one product.
pub fn doc(snapshot: &Snapshot, product: &Product) -> Doc {
    let county = snapshot.county(&product.county_code);
    let coop = snapshot.coop(&product.coop_id);
    let category = snapshot.category(&product.category_code);
    let scheme = |code: &String| {
        let known = snapshot.schemes.iter().find(|s| s.code == *code);
        known.map_or_else(|| Term::new(code, code, code), |s| Term::new(code, &s.name, &s.name_en))
    };
    let holding = product.certs.iter().filter(|c| c.holds(snapshot.day));
    let mut certs: Vec<Term> = holding.map(|c| c.kind.into()).collect();
    certs.dedup();
    let parts = product.skus.iter().flat_map(|s| s.parts.iter()).map(|p| p.name.as_str());
    let words: Vec<&str> =
        product.variety.iter().map(String::as_str).chain([product.tags.as_str()]).chain(parts).collect();
    Doc {
        code: product.code.clone(),
        slug: product.slug.clone(),
        name: product.name.clone(),
        name_en: product.name_en.clone(),
        category: category.map_or_else(Term::default, |c| Term::new(&c.code, &c.name, &c.name_en)),
        county: county.map_or_else(Term::default, |c| Term::new(&c.code, &c.name, &c.name_en)),
        pairing: county.and_then(|c| c.pairing.as_ref()).map(district),
        coop: coop.map_or_else(Term::default, |c| Term::new(&c.slug, &c.name, &c.name_en)),
        certs,
        schemes: product.schemes.iter().map(scheme).collect(),
        grade: product.grade.clone(),
        skus: specs(product),
        sales: product.sales,
        created_at: product.published_at,
        summary: product.summary.clone(),
        keywords: words.join(" "),
    }
}

/// The district of a pairing by its full name: 江阴市 of 江阴 · 延川. Codes from 81 on are cities (GB/T 2260).
fn district(pairing: &Pairing) -> String {
    let short = pairing.name.split('·').next().unwrap_or_default().trim();
    let is_city = pairing.district_code.get(4..6).is_some_and(|number| number > "80");
    format!("{short}{}", if is_city { "市" } else { "区" })
}

fn specs(product: &Product) -> Vec<Spec> {
    let specs = product.skus.iter().zip(&product.available).map(|(sku, available)| Spec {
        sku: sku.code.clone(),
        spec: sku.spec.clone(),
        net_g: sku.net.0,
        price_fen: sku.price.0,
        diameter_mm: sku.diameter_mm,
        pieces: sku.pieces_min.zip(sku.pieces_max),
        in_stock: *available > 0,
        season: sku.season.clone().filter(|_| sku.presale_ships_by.is_none()),
    });
    specs.collect()
}

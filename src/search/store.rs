//! What suggestions and answers show of a product, kept compactly.

use std::hash::{Hash, Hasher};

use super::{
    Doc, Term,
    hash::{Quick, QuickMap},
    normalize,
};

/// Texts one after the other.
#[derive(Default)]
struct Texts {
    bytes: String,
    ends: Vec<u32>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len() as u32);
    }

    fn get(&self, at: usize) -> &str {
        let from = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.bytes[from..self.ends[at] as usize]
    }

    fn bytes(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * 4
    }
}

/// Codes, slugs, names, places and digests of all products.
#[derive(Default)]
pub struct Shown {
    codes: Texts,
    slugs: Texts,
    names: Texts,
    names_en: Texts,
    places: Vec<Term>,
    place_of: Vec<u16>,
    digests: Vec<u64>,
    by_code: QuickMap<u64, u32>,
}

fn key(code: &str) -> u64 {
    let mut hasher = Quick::default();
    hasher.write(code.as_bytes());
    hasher.finish()
}

impl Shown {
    /// Copies what is shown.
    pub fn build(docs: &[Doc]) -> Self {
        let mut shown = Self::default();
        let mut known: QuickMap<&str, u16> = QuickMap::default();
        for (doc, p) in docs.iter().zip(0_u32..) {
            shown.codes.push(&doc.code);
            shown.slugs.push(&doc.slug);
            shown.names.push(&doc.name);
            shown.names_en.push(&doc.name_en);
            let place = *known.entry(&doc.county.value).or_insert_with(|| {
                shown.places.push(doc.county.clone());
                (shown.places.len() - 1) as u16
            });
            shown.place_of.push(place);
            shown.digests.push(doc.digest());
            shown.by_code.insert(key(&normalize(&doc.code)), p);
            for sku in &doc.skus {
                shown.by_code.insert(key(&normalize(&sku.sku)), p);
            }
        }
        shown
    }

    /// Product code.
    pub fn code(&self, p: u32) -> &str {
        self.codes.get(p as usize)
    }

    /// Slug.
    pub fn slug(&self, p: u32) -> &str {
        self.slugs.get(p as usize)
    }

    /// Chinese and English name.
    pub fn names(&self, p: u32) -> (&str, &str) {
        (self.names.get(p as usize), self.names_en.get(p as usize))
    }

    /// County.
    pub fn place(&self, p: u32) -> &Term {
        &self.places[self.place_of[p as usize] as usize]
    }

    /// The product of a product or SKU code, normalized.
    pub fn by_code(&self, code: &str) -> Option<u32> {
        self.by_code.get(&key(code)).copied()
    }

    /// Code and digest of each, in order.
    pub fn digests(&self) -> impl Iterator<Item = (&str, u64)> {
        self.digests.iter().enumerate().map(|(p, digest)| (self.codes.get(p), *digest))
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let texts = [&self.codes, &self.slugs, &self.names, &self.names_en];
        texts.map(Texts::bytes).iter().sum::<usize>() + self.digests.len() * 10 + self.by_code.capacity() * 17
    }
}

impl Doc {
    /// A digest of all fields; equal documents have equal digests in every process of one build.
    pub fn digest(&self) -> u64 {
        let mut hasher = Quick::default();
        (&self.code, &self.slug, &self.name, &self.name_en, &self.summary, &self.keywords).hash(&mut hasher);
        (&self.category, &self.county, &self.pairing, &self.coop).hash(&mut hasher);
        (&self.certs, &self.schemes, &self.grade, self.sales, self.created_at.0).hash(&mut hasher);
        for sku in &self.skus {
            (&sku.sku, &sku.spec, sku.net_g, sku.price_fen, sku.diameter_mm, sku.pieces, sku.in_stock)
                .hash(&mut hasher);
            sku.season.as_ref().map(|s| (&s.from, &s.to)).hash(&mut hasher);
        }
        hasher.finish()
    }
}

//! What suggestions and answers show of a product, kept compactly; digests that tell a change.

use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

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

/// Codes, slugs, names, places and digests of all products: those that the index was built with, in
/// one block, and those that came later.
#[derive(Clone)]
pub struct Shown {
    base: Arc<Block>,
    later: Vec<Arc<Later>>,
    by_later_code: Arc<QuickMap<u64, u32>>,
}

#[derive(Default)]
struct Block {
    codes: Texts,
    slugs: Texts,
    names: Texts,
    names_en: Texts,
    places: Vec<Term>,
    place_of: Vec<u16>,
    digests: Vec<u64>,
    by_code: QuickMap<u64, u32>,
}

struct Later {
    code: String,
    slug: String,
    name: String,
    name_en: String,
    place: Term,
    digest: u64,
}

fn key(code: &str) -> u64 {
    let mut hasher = Quick::default();
    hasher.write(code.as_bytes());
    hasher.finish()
}

/// Keys of a product's code and of its SKUs'.
fn keys(doc: &Doc) -> impl Iterator<Item = u64> {
    std::iter::once(&doc.code).chain(doc.skus.iter().map(|sku| &sku.sku)).map(|code| key(&normalize(code)))
}

/// What is shown of the documents read so far.
#[derive(Default)]
pub struct ShownDraft {
    block: Block,
    known: QuickMap<String, u16>,
}

impl ShownDraft {
    /// Copies what is shown of the next document.
    pub fn read(&mut self, doc: &Doc, product: u32) {
        let block = &mut self.block;
        block.codes.push(&doc.code);
        block.slugs.push(&doc.slug);
        block.names.push(&doc.name);
        block.names_en.push(&doc.name_en);
        let place = match self.known.get(&doc.county.value) {
            Some(place) => *place,
            None => {
                block.places.push(doc.county.clone());
                let place = (block.places.len() - 1) as u16;
                self.known.insert(doc.county.value.clone(), place);
                place
            }
        };
        block.place_of.push(place);
        block.digests.push(doc.text_digest());
        block.by_code.extend(keys(doc).map(|key| (key, product)));
    }

    /// All that was read.
    pub fn finish(self) -> Shown {
        Shown { base: Arc::new(self.block), later: Vec::new(), by_later_code: Arc::default() }
    }
}

impl Shown {
    /// The same with further products after the last.
    pub fn with<'a>(&self, further: impl Iterator<Item = (u32, &'a Doc)>) -> Self {
        let (mut later, mut by_later_code) = (self.later.clone(), (*self.by_later_code).clone());
        for (p, doc) in further {
            by_later_code.extend(keys(doc).map(|key| (key, p)));
            later.push(Arc::new(Later {
                code: doc.code.clone(),
                slug: doc.slug.clone(),
                name: doc.name.clone(),
                name_en: doc.name_en.clone(),
                place: doc.county.clone(),
                digest: doc.text_digest(),
            }));
        }
        Self { base: Arc::clone(&self.base), later, by_later_code: Arc::new(by_later_code) }
    }

    fn later(&self, p: u32) -> Option<&Later> {
        (p as usize).checked_sub(self.base.digests.len()).map(|at| &*self.later[at])
    }

    /// Product code.
    pub fn code(&self, p: u32) -> &str {
        self.later(p).map_or_else(|| self.base.codes.get(p as usize), |later| &later.code)
    }

    /// Slug.
    pub fn slug(&self, p: u32) -> &str {
        self.later(p).map_or_else(|| self.base.slugs.get(p as usize), |later| &later.slug)
    }

    /// Chinese and English name.
    pub fn names(&self, p: u32) -> (&str, &str) {
        let (base, at) = (&self.base, p as usize);
        self.later(p).map_or_else(|| (base.names.get(at), base.names_en.get(at)), |l| (&l.name, &l.name_en))
    }

    /// County.
    pub fn place(&self, p: u32) -> &Term {
        let base = &self.base;
        self.later(p).map_or_else(|| &base.places[base.place_of[p as usize] as usize], |later| &later.place)
    }

    /// The last product of a product or SKU code, normalized.
    pub fn by_code(&self, code: &str) -> Option<u32> {
        let key = key(code);
        self.by_later_code.get(&key).or_else(|| self.base.by_code.get(&key)).copied()
    }

    /// Digest of all that does not change by selling.
    pub fn text_digest(&self, p: u32) -> u64 {
        self.later(p).map_or_else(|| self.base.digests[p as usize], |later| later.digest)
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let base = &self.base;
        let texts = [&base.codes, &base.slugs, &base.names, &base.names_en];
        texts.map(Texts::bytes).iter().sum::<usize>()
            + base.digests.len() * 10
            + base.by_code.capacity() * 17
            + self.later.len() * 300
    }
}

impl Doc {
    /// A digest of all fields; equal documents have equal digests in every process of one build.
    pub fn digest(&self) -> u64 {
        mix(self.text_digest(), self.stock_mask(), self.sales)
    }

    /// A digest of all that does not change by selling.
    pub(super) fn text_digest(&self) -> u64 {
        let mut hasher = Quick::default();
        (&self.code, &self.slug, &self.name, &self.name_en, &self.summary, &self.keywords).hash(&mut hasher);
        (&self.category, &self.county, &self.pairing, &self.coop).hash(&mut hasher);
        (&self.certs, &self.schemes, &self.grade, self.created_at.0).hash(&mut hasher);
        for sku in &self.skus {
            (&sku.sku, &sku.spec, sku.net_g, sku.price_fen, sku.diameter_mm, sku.pieces).hash(&mut hasher);
            sku.season.as_ref().map(|s| (&s.from, &s.to)).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// A bit for each SKU in stock; those beyond the 63rd share the last.
    pub(super) fn stock_mask(&self) -> u64 {
        let stocked = self.skus.iter().zip(0_u32..).filter(|(sku, _)| sku.in_stock);
        stocked.fold(0, |mask, (_, at)| mask | 1 << at.min(63))
    }
}

/// The digest of a whole document.
pub fn mix(text: u64, stock: u64, sales: i64) -> u64 {
    let mut hasher = Quick::default();
    (text, stock, sales).hash(&mut hasher);
    hasher.finish()
}

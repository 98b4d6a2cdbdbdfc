//! Where a product stands in a snapshot, by each of its names.
//!
//! The tables hold places alone and compare with the products themselves: copies of the names would
//! take 500 bytes a product.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

use hashbrown::HashTable;

use super::facts::Product;
use crate::kernel::{ProductId, SkuId};

/// A SKU's product and its number among that product's SKUs.
type SkuPlace = (u32, u32);

/// Places of products by code, address, id, SKU and family. Whoever asks gives the products that it was
/// made of, or ones that have the same names.
#[derive(Default)]
pub(super) struct Places {
    keys: RandomState,
    code: HashTable<u32>,
    slug: HashTable<u32>,
    id: HashTable<u32>,
    sku_code: HashTable<SkuPlace>,
    sku_id: HashTable<SkuPlace>,
    family: HashMap<String, Vec<usize>>,
}

impl Places {
    /// Notes where each product stands.
    pub fn of(products: &[Arc<Product>]) -> Self {
        let keys = RandomState::new();
        let hash = |name: &str| keys.hash_one(name);
        let product = |at: &u32| &products[*at as usize];
        let sku = |(at, n): &SkuPlace| &products[*at as usize].skus[*n as usize];
        let mut places = Self::default();
        for (at, own) in (0..).zip(products) {
            places.code.insert_unique(hash(&own.code), at, |at| hash(&product(at).code));
            places.slug.insert_unique(hash(&own.slug), at, |at| hash(&product(at).slug));
            places.id.insert_unique(hash(&own.id.0), at, |at| hash(&product(at).id.0));
            if let Some(family) = &own.family {
                places.family.entry(family.clone()).or_default().push(at as usize);
            }
            for (n, own) in (0..).zip(own.skus.iter()) {
                places.sku_code.insert_unique(hash(&own.code), (at, n), |place| hash(&sku(place).code));
                places.sku_id.insert_unique(hash(&own.id.0), (at, n), |place| hash(&sku(place).id.0));
            }
        }
        Self { keys, ..places }
    }

    /// By product code, `P01`.
    pub fn code(&self, products: &[Arc<Product>], code: &str) -> Option<usize> {
        self.code.find(self.keys.hash_one(code), |at| products[*at as usize].code == code).map(|at| *at as usize)
    }

    /// By the address of its page.
    pub fn slug(&self, products: &[Arc<Product>], slug: &str) -> Option<usize> {
        self.slug.find(self.keys.hash_one(slug), |at| products[*at as usize].slug == slug).map(|at| *at as usize)
    }

    /// By id.
    pub fn id(&self, products: &[Arc<Product>], id: &ProductId) -> Option<usize> {
        self.id.find(self.keys.hash_one(&*id.0), |at| products[*at as usize].id == *id).map(|at| *at as usize)
    }

    /// A SKU by its code, `P01-1`.
    pub fn sku_code(&self, products: &[Arc<Product>], code: &str) -> Option<(usize, usize)> {
        let is_it = |(at, n): &SkuPlace| products[*at as usize].skus[*n as usize].code == code;
        self.sku_code.find(self.keys.hash_one(code), is_it).map(|(at, n)| (*at as usize, *n as usize))
    }

    /// A SKU by its id.
    pub fn sku_id(&self, products: &[Arc<Product>], id: &SkuId) -> Option<(usize, usize)> {
        let is_it = |(at, n): &SkuPlace| products[*at as usize].skus[*n as usize].id == *id;
        self.sku_id.find(self.keys.hash_one(&*id.0), is_it).map(|(at, n)| (*at as usize, *n as usize))
    }

    /// The products of a family.
    pub fn family(&self, family: &str) -> &[usize] {
        self.family.get(family).map_or(&[], Vec::as_slice)
    }
}

//! What is bought: one SKU each of two cooperatives, sent to a district of Wuxi.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::client::{self, Call};

/// Liangxi district of Wuxi.
pub const REGION: &str = "320213";

/// A basket of two cooperatives.
#[derive(Clone, Debug)]
pub struct Basket {
    /// SKU codes.
    pub skus: Vec<String>,
}

/// Two SKUs of different cooperatives that can be bought now.
pub async fn basket(address: SocketAddr) -> Result<Basket> {
    let list = client::json(address, &Call::get("/api/v1/products?per_page=100")).await?;
    let mut skus: Vec<(String, String)> = Vec::new();
    for product in list["items"].as_array().into_iter().flatten() {
        let coop = product["coop"]["slug"].as_str().unwrap_or_default().to_owned();
        if skus.iter().any(|(known, _)| *known == coop) {
            continue;
        }
        for sku in product["skus"].as_array().into_iter().flatten() {
            let code = sku["sku"].as_str().unwrap_or_default();
            let one = quote_of(&[code.to_owned()]);
            if sku["available"].as_i64().unwrap_or(0) > 10 && client::json(address, &one).await.is_ok() {
                skus.push((coop.clone(), code.to_owned()));
                break;
            }
        }
        if skus.len() == 2 {
            return Ok(Basket { skus: skus.into_iter().map(|(_, sku)| sku).collect() });
        }
    }
    None.context("no two cooperatives have goods to sell")
}

impl Basket {
    /// The request for its quote.
    pub fn quote(&self) -> Call {
        quote_of(&self.skus)
    }
}

fn quote_of(skus: &[String]) -> Call {
    let items: Vec<Value> = skus.iter().map(|sku| json!({"sku": sku, "qty": 1})).collect();
    let body = json!({"items": items, "address": {"region_code": REGION, "street": "人民路 1 号"}});
    Call::post("/api/v1/quotes", body.to_string(), "none".to_owned())
}

/// The request that places an order from a quote.
pub fn order_of(quote_id: &str) -> Call {
    let body = json!({"quote_id": quote_id, "contact": {"name": "收货人", "phone": "13800000001"}});
    Call::post("/api/v1/orders", body.to_string(), quote_id.to_owned())
}

//! What is bought: SKUs of two cooperatives in a basket, sent to a district of Wuxi.

use std::net::SocketAddr;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::client::{self, Call};

/// Liangxi district of Wuxi.
pub const REGION: &str = "320213";

/// Baskets of two SKUs of different cooperatives that can be bought now; no SKU is in two baskets,
/// so that orders at once do not all wait for one row of stock.
pub async fn baskets(address: SocketAddr) -> Result<Vec<Vec<String>>> {
    let list = client::json(address, &Call::get("/api/v1/products?per_page=100")).await?;
    let mut skus: Vec<(String, String)> = Vec::new();
    for product in list["items"].as_array().into_iter().flatten() {
        let coop = product["coop"]["slug"].as_str().unwrap_or_default().to_owned();
        if skus.iter().any(|(known, _)| *known == coop) {
            continue;
        }
        for sku in product["skus"].as_array().into_iter().flatten() {
            let code = sku["sku"].as_str().unwrap_or_default().to_owned();
            let enough = sku["available"].as_i64().unwrap_or(0) > 10;
            if enough && client::json(address, &quote_of(std::slice::from_ref(&code))).await.is_ok() {
                skus.push((coop, code));
                break;
            }
        }
    }
    let skus: Vec<String> = skus.into_iter().map(|(_, sku)| sku).collect();
    ensure!(skus.len() >= 2, "no two cooperatives have goods to sell");
    Ok(skus.chunks_exact(2).map(<[String]>::to_vec).collect())
}

/// The request for a basket's quote.
pub fn quote_of(skus: &[String]) -> Call {
    let items: Vec<Value> = skus.iter().map(|sku| json!({"sku": sku, "qty": 1})).collect();
    let body = json!({"items": items, "address": {"region_code": REGION, "street": "人民路 1 号"}});
    Call::post("/api/v1/quotes", body.to_string(), "none".to_owned())
}

/// The request that places an order from a quote.
pub fn order_of(quote_id: &str) -> Call {
    let body = json!({"quote_id": quote_id, "contact": {"name": "收货人", "phone": "13800000001"}});
    Call::post("/api/v1/orders", body.to_string(), quote_id.to_owned())
}

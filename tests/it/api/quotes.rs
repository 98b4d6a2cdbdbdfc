//! What a quote refuses and what it keeps: seasons, days and limits at their borders.

use std::sync::Arc;

use serde_json::json;
use yanxi::kernel::At;

use crate::support::{
    Desk, Shop,
    api::{Answer, quote_body},
    on_both,
    shop::write,
};

on_both! {
    out_of_season_is_refused_with_the_day_it_comes_back,
}

async fn quote(desk: &Desk, items: &[(&str, i64)]) -> Answer {
    desk.post("", "/quotes", quote_body(items)).await
}

/// Gives the apples another version: season's first day, last day, and the day a presale ships by.
async fn version(shop: &Shop, version: i64, season: &str) {
    let copy = format!(
        "INSERT INTO sku_versions (sku_id, version, spec, spec_en, diameter_mm, pieces_min, pieces_max, pack,
           net_weight_g, gross_weight_g, price_fen, season_from, season_to, presale_ships_by, created_at, created_by)
         SELECT sku_id, {version}, spec, spec_en, diameter_mm, pieces_min, pieces_max, pack,
           net_weight_g, gross_weight_g, price_fen, {season}, created_at, created_by
         FROM sku_versions WHERE sku_id = 's1' AND version = 1"
    );
    let now = format!("UPDATE skus SET version = {version} WHERE id = 's1'");
    write(&shop.trade.db, &[copy.leak(), now.leak()]).await;
}

async fn out_of_season_is_refused_with_the_day_it_comes_back(shop: Arc<Shop>) {
    version(&shop, 2, "'07-01', '08-31', NULL").await;
    let desk = Desk::open(shop.clone()).await;
    let winter = quote(&desk, &[("P02-1", 1), ("P01-1", 1)]).await;
    assert_eq!((winter.status, &winter.body["code"]), (409, &json!("not_for_sale")), "{winter:?}");
    assert_eq!(winter.body["errors"][0]["field"], "items[1].sku");
    assert!(winter.body.to_string().contains("2027-07-01"), "{winter:?}");
    assert_eq!(quote(&desk, &[("P02-1", 1)]).await.status, 200, "what has no season is sold all year");
    for (now, status) in [
        ("2027-06-30T23:59:59+08:00", 409),
        ("2027-07-01T00:00:00+08:00", 200),
        ("2027-08-31T23:59:59+08:00", 200),
        ("2027-09-01T00:00:00+08:00", 409),
    ] {
        shop.trade.clock.set(At::parse(now).unwrap());
        assert_eq!(quote(&desk, &[("P01-1", 1)]).await.status, status, "{now}");
    }
    version(&shop, 3, "'07-01', '08-31', '2028-07-10'").await;
    assert_eq!(quote(&desk, &[("P01-1", 1)]).await.status, 200, "a presale is sold before its season");
}

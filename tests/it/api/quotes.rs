//! What a quote refuses and what it keeps: seasons, days and limits at their borders.

use std::sync::Arc;

use serde_json::{Value, json};
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

fn fault(answer: &Answer) -> &Value {
    &answer.body["errors"][0]
}

async fn out_of_season_is_refused_with_the_day_it_comes_back(shop: Arc<Shop>) {
    let melon = "UPDATE sku_versions SET season_from = '07-01', season_to = '08-31' WHERE sku_id = 's1'";
    write(&shop.trade.db, &[melon]).await;
    let desk = Desk::open(shop.clone()).await;
    let winter = quote(&desk, &[("P02-1", 1), ("P01-1", 1)]).await;
    assert_eq!((winter.status, &fault(&winter)["code"]), (422, &json!("not_for_sale")), "{winter:?}");
    assert_eq!(fault(&winter)["field"], "items[1].sku");
    assert!(winter.body.to_string().contains("2027-07-01"), "{winter:?}");
    assert_eq!(quote(&desk, &[("P02-1", 1)]).await.status, 200, "what has no season is sold all year");
    for (now, status) in [
        ("2027-06-30T23:59:59+08:00", 422),
        ("2027-07-01T00:00:00+08:00", 200),
        ("2027-08-31T23:59:59+08:00", 200),
        ("2027-09-01T00:00:00+08:00", 422),
    ] {
        shop.trade.clock.set(At::parse(now).unwrap());
        assert_eq!(quote(&desk, &[("P01-1", 1)]).await.status, status, "{now}");
    }
    write(&shop.trade.db, &["UPDATE sku_versions SET presale_ships_by = '2028-07-10' WHERE sku_id = 's1'"]).await;
    assert_eq!(quote(&desk, &[("P01-1", 1)]).await.status, 200, "a presale is sold before its season");
}

//! Pages show what the journal holds now, however long ago the market was opened.

use std::sync::Arc;

use yanxi::{counter::seal, kernel::At};

use super::open::all;
use crate::support::{Desk, Shop, on_both};

on_both! {
    the_counter_and_the_chart_of_months_follow_the_journal,
}

async fn sold(shop: &Shop, at: &str, items: &[(&str, i64)]) {
    shop.trade.clock.set(At::parse(at).unwrap());
    let number = shop.placed(items, None).await.number;
    shop.pay(&number).await;
    seal::block(&shop.trade.db, shop.trade.clock.now(), 100).await.unwrap();
}

async fn the_counter_and_the_chart_of_months_follow_the_journal(shop: Arc<Shop>) {
    let desk = Desk::open(shop.clone()).await;
    sold(&shop, "2026-10-15T12:00:00+08:00", &[("P01-1", 1)]).await;
    sold(&shop, "2026-11-02T12:00:00+08:00", &[("P02-1", 1)]).await;
    let page = desk.ask("", "GET", "/counter", None).await;
    let html = page.body.as_str().unwrap();
    assert_eq!(all(html, "[data-tally='all.net_paid_fen']"), ["123.40"]);
    assert_eq!(all(html, "[data-tally='month.net_paid_fen']"), ["33.50"]);
    assert!(html.contains("2026-10-15"), "since when");
    let home = desk.ask("", "GET", "/", None).await;
    let months = all(home.body.as_str().unwrap(), ".spark title");
    let ends = months.iter().map(|month| month.rsplit('¥').next().unwrap()).collect::<Vec<_>>();
    assert_eq!((ends.len(), &ends[9..]), (11, &["89.90", "33.50"][..]), "{months:?}");
}

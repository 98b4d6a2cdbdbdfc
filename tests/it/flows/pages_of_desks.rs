//! Pages of the desks' lists: every row on one page, forwards and back, each by an index.

use std::sync::Arc;

use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};
use yanxi::{
    db::{Engine, declared},
    kernel::time::SECOND,
    orders::{
        OrderState, SellerOrderState,
        find::{self, Place},
        listing::{self, Search, Turn},
    },
};

use crate::support::{Base, Shop, on_both, runtime};

on_both! {
    the_operator_turns_through_all_orders_and_back,
    a_cooperative_turns_through_its_orders_and_back,
}

async fn pages(shop: &Shop, search: &Search) -> Vec<Vec<String>> {
    let (now, mut place, mut pages) = (shop.trade.clock.now(), Place::First, Vec::new());
    let mut conn = shop.trade.db.read().await.unwrap();
    let numbers = |page: &find::Page| page.orders.iter().map(|order| order.number.clone()).collect::<Vec<_>>();
    loop {
        let page = find::search(&mut conn, search, now, (&place, 5)).await.unwrap();
        pages.push(numbers(&page));
        if let (Some(newer), true) = (&page.newer, pages.len() > 1) {
            let before = find::search(&mut conn, search, now, (newer, 5)).await.unwrap();
            assert_eq!(numbers(&before), pages[pages.len() - 2], "{search:?}");
        }
        assert_eq!(page.newer.is_some(), pages.len() > 1, "{search:?}");
        match page.older {
            Some(older) => place = older,
            None => return pages,
        }
    }
}

async fn the_operator_turns_through_all_orders_and_back(shop: Arc<Shop>) {
    shop.shelve(100).await;
    let mut numbers = Vec::new();
    for n in 0..13 {
        shop.trade.clock.advance(SECOND);
        let placed = shop.placed(&[(if n % 2 == 0 { "P01-1" } else { "P02-1" }, 1)], None).await;
        if n < 6 {
            shop.pay(&placed.number).await;
        }
        numbers.insert(0, placed.number);
    }
    let found = pages(&shop, &Search::default()).await;
    assert_eq!((found.len(), found.concat()), (3, numbers.clone()));
    let unpaid = Search { state: Some(OrderState::AwaitingPayment), ..Search::default() };
    assert_eq!(pages(&shop, &unpaid).await.concat(), numbers[..7]);
    let coop = shop.sellers(&numbers[0]).await[0].1.clone();
    let of_coop = Search { coop: Some(coop), state: Some(OrderState::Paid), ..Search::default() };
    assert_eq!(pages(&shop, &of_coop).await.concat(), [&numbers[8..9], &numbers[10..11], &numbers[12..]].concat());
    // As it begins, with or without the letters that all have; or as it ends.
    for typed in ["YX2611", "2611"] {
        let mut all = pages(&shop, &Search { number: typed.to_owned(), ..Search::default() }).await.concat();
        all.sort_by_key(|number| numbers.iter().position(|known| known == number));
        assert_eq!(all, numbers, "{typed}");
    }
    for typed in [&numbers[3][..], &numbers[3][8..], &numbers[3][8..13]] {
        let one = pages(&shop, &Search { number: typed.to_owned(), ..Search::default() }).await.concat();
        assert_eq!(one, numbers[3..4], "{typed}");
    }
}

async fn a_cooperative_turns_through_its_orders_and_back(shop: Arc<Shop>) {
    shop.shelve(100).await;
    let mut number = String::new();
    for _ in 0..7 {
        shop.trade.clock.advance(SECOND);
        number = shop.placed(&[("P01-1", 1)], None).await.number;
        shop.pay(&number).await;
    }
    let coop = shop.sellers(&number).await[0].1.clone();
    let mut conn = shop.trade.db.read().await.unwrap();
    for (state, all) in [(SellerOrderState::ToShip, 7), (SellerOrderState::Shipped, 0)] {
        let (mut turn, mut seen) = (Turn::First, Vec::new());
        loop {
            let page = listing::of_coop(&mut conn, &coop, state, (&turn, 3)).await.unwrap();
            assert_eq!(page.before, !seen.is_empty());
            if let (true, Some(first)) = (page.before, page.ids.first()) {
                let back = Turn::Before(first.clone());
                let before = listing::of_coop(&mut conn, &coop, state, (&back, 3)).await.unwrap();
                assert_eq!(before.ids, seen[seen.len() - 3..]);
                assert_eq!((before.before, before.after), (seen.len() > 3, true));
            }
            seen.extend(page.ids);
            match seen.last().filter(|_| page.after) {
                Some(last) => turn = Turn::After(last.clone()),
                None => break,
            }
        }
        assert_eq!(seen.len(), all);
    }
}

/// Whose statements the desks' lists are.
const DESKS: [&str; 5] =
    ["src/orders/find.rs", "src/orders/listing.rs", "src/orders/odd.rs", "src/db/setback.rs", "src/db/audit_log.rs"];
/// Lists of the few rows that wait: they are read whole.
const FEW: [&str; 4] = ["SCAN audit_turn", "SCAN x", "SCAN (subquery", "SCAN setbacks USING COVERING INDEX"];

/// The index that a list walks along, by the beginning of its statement's name.
const INDEXES: [(&str, &str); 8] = [
    ("ALL", "sqlite_autoindex_orders_1"),
    ("TAILED", "orders_tail"),
    ("IN_STATE", "orders_state"),
    ("OF_COOP", "seller_orders_newest"),
    ("STUCK_UP", "refunds_open"),
    ("LATE", "seller_orders_late"),
    ("DUE", "seller_orders_due"),
    ("SENT", "seller_orders_coop"),
];

#[test]
fn no_list_of_a_desk_scans_a_table() {
    runtime().block_on(async {
        let base = Base::fresh(Engine::Sqlite).await.unwrap();
        let db = base.open().await;
        db.close().await;
        let mut conn = SqliteConnection::connect(&base.url).await.unwrap();
        let (mut faults, mut seen) = (Vec::new(), 0);
        let own = declared().filter(|statement| DESKS.iter().any(|desk| statement.place.starts_with(desk)));
        let own: Vec<_> = own.filter(|statement| statement.sql.starts_with("SELECT")).collect();
        assert!(own.len() > 25, "{}", own.len());
        for statement in own {
            let plan = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", statement.sql));
            let steps = sqlx::query(plan).fetch_all(&mut conn).await.unwrap();
            let steps: Vec<String> = steps.iter().map(|step| step.get("detail")).collect();
            for (name, index) in INDEXES.iter().filter(|(name, _)| statement.name.starts_with(name)) {
                seen += 1;
                let found = steps.iter().any(|step| step.contains(&format!(" {index} ")));
                assert!(found, "{name} does not read {index}: {steps:#?}");
            }
            for step in steps {
                // In the order of an index, up to a limit, is no scan.
                let listed = step.contains(" USING ") && statement.sql.contains("LIMIT");
                let sorted = step.contains("TEMP B-TREE FOR ORDER BY") && statement.place.starts_with(DESKS[0]);
                let scans = step.starts_with("SCAN") && !listed && !FEW.iter().any(|few| step.starts_with(few));
                if scans || (sorted && !statement.sql.contains(") x")) {
                    faults.push(format!("{} {}: {step}", statement.place, statement.name));
                }
            }
        }
        assert!(faults.is_empty() && seen >= INDEXES.len(), "{seen} {faults:#?}");
    });
}

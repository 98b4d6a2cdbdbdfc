//! A shop in which everything has happened that the audit looks at.

use yanxi::{
    db::{
        audit_log,
        idempotency::{Key, Twin},
    },
    kernel::{Actor, Carrier, Fen, time::SECOND},
    orders::{
        cancel, expire, place,
        refund::{self, Asked, AskedLine},
        ship::{self, Scan, ScanKind, ScanSource, Shipping},
    },
    payments::sandbox::Outcome,
};

use crate::support::{Shop, shop::write};

async fn send(shop: &Shop, number: &str) {
    for (place, (id, coop, _)) in shop.sellers(number).await.into_iter().enumerate() {
        let parcel = Shipping { carrier: Carrier::Zto, tracking_no: format!("ZT{number}{place}"), lines: None };
        ship::ship(&shop.trade.work(Actor::SYSTEM, None), &coop, &id, parcel).await.unwrap();
        let at = shop.trade.clock.now();
        let scan = Scan { n: 1, kind: ScanKind::Delivered, at, source: ScanSource::CarrierFile };
        ship::scan(&shop.trade.work(Actor::SYSTEM, None), &id, scan).await.unwrap();
    }
}

async fn give_back(shop: &Shop, number: &str, asked: Asked) {
    let order = shop.order(number).await;
    refund::refund(&shop.trade, &shop.trade.work(Actor::SYSTEM, None), &order, (&asked, "坏果")).await.unwrap();
}

/// Lives it: paid, shipped, received, given back before and after, cancelled, expired, paid too late,
/// still waiting; sealed and counted but for the last sale.
pub async fn live(shop: &Shop) {
    shop.shelve(60).await;
    write(
        &shop.trade.db,
        &[
            "INSERT INTO schemes (code, name, name_en, note, note_en, document, valid_from, valid_to) VALUES
               ('PAIRING_YX', '延锡对口', '', '', '', '', '2026-01-01', NULL)",
            "INSERT INTO product_schemes (product_id, scheme_code, valid_from, valid_to, document) VALUES
               ('p1', 'PAIRING_YX', '2026-01-01', NULL, '')",
        ],
    )
    .await;
    let gift = shop.placed(&[("P03-1", 1), ("P01-1", 3), ("P02-1", 2)], Some("TWENTY")).await;
    shop.pay(&gift.number).await;
    let unit = |qty, amount| Asked::Lines(vec![AskedLine { line_no: 2, qty, amount }]);
    give_back(shop, &gift.number, unit(Some(1), None)).await;
    shop.trade.clock.advance(60 * SECOND);
    send(shop, &gift.number).await;
    give_back(shop, &gift.number, Asked::Amount(Fen(777))).await;
    let whole = shop.placed(&[("P01-1", 1), ("P02-1", 1)], Some("THIRTY")).await;
    shop.pay(&whole.number).await;
    give_back(shop, &whole.number, Asked::Whole).await;
    let given_up = shop.placed(&[("P02-1", 1)], None).await;
    cancel::cancel(&shop.trade, &shop.trade.work(Actor::GUEST, None), &shop.order(&given_up.number).await)
        .await
        .unwrap();
    late(shop).await;
    let quote = shop.quote(&[("P01-1", 2)], None).await.unwrap();
    let key = Key {
        scope: format!("quote:{}", quote.quote_id),
        key: "k".to_owned(),
        operation: "placeOrder",
        body_hash: "h".to_owned(),
        twin: Twin::Told,
    };
    place::place(&shop.trade, &shop.trade.work(Actor::GUEST, Some(&key)), Shop::placing(&quote, "13800000005"))
        .await
        .unwrap();
    log(shop).await;
    shop.seal().await;
    let last = shop.placed(&[("P01-1", 1)], None).await;
    shop.pay(&last.number).await;
    write(
        &shop.trade.db,
        &["INSERT INTO persons (id, login, name, role, password_hash, coop_id, outlet_code, state, created_at, closed_at)
           VALUES ('u1', 'one', 'one', 'coop', '', 'c1', NULL, 'active', 0, NULL),
             ('u2', 'closed:u2', '', 'shopper', '', NULL, NULL, 'closed', 0, 1)"],
    )
    .await;
}

/// Money that came after the order had expired and its stock was sold.
async fn late(shop: &Shop) {
    let late = shop.placed(&[("P02-1", 30)], None).await;
    let payment = shop.open_payment(&late.number).await;
    shop.trade.clock.advance(901 * SECOND);
    expire::expire_overdue(&shop.trade, 10).await.unwrap();
    let other = shop.placed(&[("P02-1", 30)], None).await;
    shop.settle(&payment, Outcome::Succeeded).await;
    cancel::cancel(&shop.trade, &shop.trade.work(Actor::GUEST, None), &shop.order(&other.number).await).await.unwrap();
}

async fn log(shop: &Shop) {
    for subject in ["P01", "P02"] {
        let mut tx = shop.trade.db.begin().await.unwrap();
        let act = audit_log::Act { person: None, role: "operator", action: "approve", subject, detail: "in order" };
        audit_log::add(&mut tx, act, shop.trade.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }
}

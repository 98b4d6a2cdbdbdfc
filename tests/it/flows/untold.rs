//! A fact that cannot be told, such as one of an order that is not there, is put aside; the others are sealed.

use std::sync::Arc;

use yanxi::{
    counter::{Live, seal},
    db::Engine,
    kernel::Fen,
};

use crate::support::{Shop, on_both, shop::write};

on_both! {
    a_fact_that_cannot_be_told_holds_up_no_other,
}

async fn a_fact_that_cannot_be_told_holds_up_no_other(shop: Arc<Shop>) {
    let (db, first) = (&shop.trade.db, shop.placed(&[("P01-1", 1)], None).await);
    shop.pay(&first.number).await;
    // A sale of an order that is not there waits before all others.
    write(
        db,
        &[
            "INSERT INTO ledger_entries (subject_id, fact, n, kind, debit, credit, amount_fen, net_fen, effective_fen,
               qty, at, day, line_no, part_no, dimension_id)
             SELECT 'nobody', 'sale:nobody', 1, kind, debit, credit, amount_fen, net_fen, effective_fen, qty, at, day,
               line_no, part_no, dimension_id FROM ledger_entries WHERE kind = 'sale' LIMIT 1",
            "INSERT INTO outbox (id, topic, subject, key, turn, created_at)
             VALUES ('0', 'journal', 'nobody', 'nobody sale:nobody', 0, 0)",
        ],
    )
    .await;
    let second = shop.placed(&[("P01-1", 2)], None).await;
    shop.pay(&second.number).await;
    let now = shop.trade.clock.now();
    while seal::block(db, now, 1000).await.unwrap() > 0 {}
    let counter = Live::read(db, now, false).await.unwrap().now();
    assert_eq!((counter.all.orders, counter.all.net_paid_fen), (2, Fen(3 * 8990)));
    let mut conn = db.read().await.unwrap();
    let told = yanxi::db::setback::list(&mut conn, 10).await.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].job.as_str(), told[0].subject.as_str(), told[0].tries), ("seal_journal", "nobody", 1));
    assert!(told[0].error.contains("belongs to no order"), "{}", told[0].error);
    drop(conn);
    // Taken out of the way, so that the shop is sound again.
    let free = match db.engine() {
        Engine::Sqlite => "DROP TRIGGER ledger_entries_no_delete",
        Engine::Postgres => "DROP TRIGGER ledger_entries_append_only ON ledger_entries",
    };
    let gone =
        ["DELETE FROM outbox WHERE subject = 'nobody'", "DELETE FROM ledger_entries WHERE subject_id = 'nobody'"];
    write(db, &[free, gone[0], gone[1]]).await;
}

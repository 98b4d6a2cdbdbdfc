//! Every check of every capability, run over one snapshot; nothing is written.

use crate::{
    catalogue, counter,
    db::{
        Conn, Db,
        audit::{self, Finding},
    },
    identity,
    kernel::{At, Result},
    ledger, orders, payments, pricing, promotions, search, stock,
};

/// Runs every check in a snapshot of its own, telling each finding as it is made.
pub async fn each(db: &Db, now: At, tell: impl FnMut(&Finding)) -> Result<Vec<Finding>> {
    let mut snapshot = db.long_snapshot().await?;
    let found = each_in(&mut snapshot, now, tell).await?;
    snapshot.rollback().await?;
    Ok(found)
}

/// The same as a transaction sees the database.
pub async fn each_in(conn: &mut Conn, now: At, mut tell: impl FnMut(&Finding)) -> Result<Vec<Finding>> {
    let mut all = Vec::new();
    let mut keep = |found: Vec<Finding>| {
        found.iter().for_each(&mut tell);
        all.extend(found);
    };
    keep(audit::shared(conn).await?);
    keep(audit::run(identity::audit::CHECKS, conn).await?);
    keep(audit::run(catalogue::audit::CHECKS, conn).await?);
    keep(audit::run(stock::audit::CHECKS, conn).await?);
    keep(audit::run(promotions::audit::CHECKS, conn).await?);
    keep(audit::run(pricing::audit::CHECKS, conn).await?);
    keep(audit::run(payments::audit::CHECKS, conn).await?);
    keep(ledger::audit::run(conn).await?);
    keep(orders::audit::run(conn).await?);
    keep(counter::audit::run(conn).await?);
    keep(search::audit::run(conn, now).await?);
    Ok(all)
}

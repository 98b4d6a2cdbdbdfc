//! Generated markets of any size, for load tests: products first, then a year of orders, the same for a seed.
//!
//! Each batch is one transaction that leaves stock, money, journal and counter in agreement, so that a
//! generation that is stopped leaves a smaller market, not a broken one.

mod goods;
mod kinds;
mod progress;
mod size;

use std::collections::BTreeMap;

use self::progress::Progress;
pub use self::size::Size;
use super::{
    buying::Habit,
    journal,
    orders::{self, Life},
    stall::Stall,
};
use crate::{
    catalogue,
    db::{Db, Engine, Rows, Tx, tx},
    kernel::{At, Error, Result, SkuId},
    stock::movement::{Movement, MovementKind, MovementRow},
};

/// Days over which orders are spread, yesterday the last.
const DAYS: i64 = 365;
/// Orders of one transaction.
const BATCH: usize = 2000;
/// What a generation does with the orders that it makes up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    Orders,
    LedgerOnly,
}

/// Generates what is asked, telling how far it is.
pub async fn generate(db: &Db, size: Size, now: At) -> Result<()> {
    if db.engine() == Engine::Sqlite {
        // Pages of large indexes stay in memory, and the log is written back seldom.
        for pragma in ["PRAGMA cache_size = -200000", "PRAGMA wal_autocheckpoint = 16000"] {
            db.maintain(pragma.to_owned()).await?;
        }
    }
    if size.products > 0 {
        goods::generate(db, size, now).await?;
    }
    if size.orders > 0 {
        history(db, size.orders, size.seed, Kept::Orders, now).await?;
    }
    if size.ledger_lines > 0 {
        // Another seed, so that the facts of both may stand in one ledger.
        history(db, size.ledger_lines, !size.seed, Kept::LedgerOnly, now).await?;
    }
    catalogue::bump(db).await
}

/// A year of orders, or of their ledger rows.
async fn history(db: &Db, wanted: u64, seed: u64, kept: Kept, now: At) -> Result<()> {
    let part = format!("generated {} {seed}", if kept == Kept::Orders { "orders" } else { "ledger" });
    if !super::claim(db, &part, now).await? {
        return Err(Error::fault("--seed: its history is in this database already; use another number"));
    }
    let stall = Stall::read(&mut db.read().await?, skewed).await?;
    let habit = Habit { stall: &stall, now: now.day().start(), seed, regular: None, coupons: false };
    let mut progress = Progress::new(if kept == Kept::Orders { "orders" } else { "ledger rows" }, wanted);
    let (mut made, mut written, mut batch) = (0, 0, 0_u64);
    let mut lives: Vec<Life> = Vec::with_capacity(BATCH);
    for back in (1..=DAYS).rev() {
        let day = now.day().plus_days(-back);
        let market = stall.on(day);
        let until = wanted * u64::try_from(DAYS - back + 1).unwrap_or(0) / u64::try_from(DAYS).unwrap_or(1);
        let mut n = 0;
        while made < until {
            if let Some(life) = habit.order(day, n, &market)? {
                made += if kept == Kept::Orders { 1 } else { life.entries.len() as u64 };
                lives.push(life);
            }
            n += 1;
            if lives.len() == BATCH || (made >= wanted && !lives.is_empty()) {
                batch += 1;
                let reference = format!("generated {seed}/{batch}");
                write(db, &lives, (kept, &reference)).await?;
                written = made;
                lives.clear();
                progress.at(written);
            }
        }
    }
    debug_assert_eq!(made, written, "the last batch is written");
    Ok(())
}

/// Some goods are bought often, most seldom.
fn skewed(sku: &str) -> u64 {
    let place = sku.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    1 + 400 / (1 + place % 101)
}

async fn write(db: &Db, lives: &[Life], (kept, of): (Kept, &str)) -> Result<()> {
    let at = lives.first().map_or(At(0), |life| life.record.order.placed_at);
    tx!(db, tx, {
        tx.unhurried().await?;
        match kept {
            Kept::Orders => {
                orders::insert(&mut tx, lives).await?;
                restock(&mut tx, lives, (of, at)).await?;
            }
            Kept::LedgerOnly => {
                orders::insert_alone(&mut tx, lives).await?;
            }
        }
        journal::seal(&mut tx, lives).await.map(|_| ())
    })
}

/// What a batch sold came in first, so that what is on hand stays as it was.
async fn restock(tx: &mut Tx, lives: &[Life], (of, at): (&str, At)) -> Result<()> {
    let mut sold: BTreeMap<&SkuId, i64> = BTreeMap::new();
    for (sku, qty) in lives.iter().flat_map(Life::units) {
        *sold.entry(sku).or_default() += qty;
    }
    let mut rows = Rows::to::<MovementRow>()?;
    for (sku, qty) in sold.into_iter().filter(|(_, qty)| *qty > 0) {
        let came = Movement::online(sku.clone(), qty, MovementKind::Receipt, of.to_owned());
        rows.add(&came.row(at, None));
    }
    rows.exec(tx).await.map(|_| ())
}

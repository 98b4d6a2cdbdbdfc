//! Seeds (初始数据): what a new database gets at its first start.
//!
//! Every market gets its `places`. A demonstration also gets cooperatives (`coops`), products with stock
//! (`goods`, `stocks`), accounts (`accounts`) from the files of `seeds/market/`, and a year of past
//! sales (`history`), written through the rows and verbs of their capabilities. All of it is one transaction
//! together with its row in `seeds`: a process that is killed in the middle leaves an empty database, which the
//! next start fills.

mod accounts;
mod buying;
mod coops;
mod files;
pub mod generate;
mod goods;
mod history;
mod journal;
mod loading;
mod orders;
mod places;
mod stall;
mod stocks;

use self::loading::{Load, SEED};
use crate::{
    catalogue,
    db::{Db, Tx, q, statements, tx},
    identity::password,
    kernel::{At, Result},
};

statements! {
    CLAIM = "INSERT INTO seeds (part, detail, loaded_at) VALUES ($1, $2, $3) ON CONFLICT (part) DO NOTHING";
    HELD = "SELECT CAST(count(*) AS BIGINT) FROM seeds WHERE part = $1";
}

/// Password of every demonstration account (A11).
pub const PASSWORD: &str = "yanxi-demo";

/// Loads what a database of its kind still lacks; answers whether something was loaded.
pub async fn load(db: &Db, demo: bool, now: At) -> Result<bool> {
    let part = if demo { "demo" } else { "places" };
    let (held,): (i64,) = q(HELD).bind(part).one(&mut db.read().await?).await?;
    if held > 0 {
        return Ok(false);
    }
    if demo {
        println!("演示数据载入中 loading the demonstration …");
    }
    // Slow on purpose, so before the transaction, and once for all accounts.
    let hash = if demo { password::hash(PASSWORD).await? } else { String::new() };
    tx!(db, tx, {
        tx.unhurried().await?;
        let claimed = q(CLAIM).bind(part).bind(SEED.to_string()).bind(now).exec(&mut tx).await?;
        if claimed == 1 {
            places::load(&mut tx).await?;
            if demo {
                demonstration(&mut tx, &hash, now).await?;
            }
            catalogue::changed(&mut tx).await?;
        }
        Ok(claimed == 1)
    })
}

/// Notes that a part is loaded; `false` where it was before.
async fn claim(db: &Db, part: &str, now: At) -> Result<bool> {
    tx!(db, tx, { Ok(q(CLAIM).bind(part).bind("").bind(now).exec(&mut tx).await? == 1) })
}

async fn demonstration(tx: &mut Tx, password_hash: &str, now: At) -> Result<()> {
    let mut load = Load::new(now);
    let sellers = coops::load(tx, &mut load).await?;
    let products = goods::load(tx, &sellers, &mut load).await?;
    accounts::load(tx, &sellers, password_hash, &mut load).await?;
    coops::coupons(tx, &load).await?;
    let sold = history::load(tx, &mut load, now).await?;
    stocks::load(tx, &products, &sellers, &sold, &mut load).await
}

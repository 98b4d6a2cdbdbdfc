//! Leases: one process at a time does a job, and another takes over when it dies.

use super::{Db, q, statements, tx};
use crate::kernel::{At, Result};

statements! {
    TAKE = "INSERT INTO lease (name, holder, until_at) VALUES ($1, $2, $3)
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_at = excluded.until_at
            WHERE lease.holder = excluded.holder OR lease.until_at < $4";
    RELEASE = "DELETE FROM lease WHERE name = $1 AND holder = $2";
    HELD = "SELECT holder FROM lease WHERE name = $1";
}

/// Takes or renews the lease `name` for `holder` until `now + micros`; `false` where another holds it.
pub async fn take(db: &Db, name: &str, holder: &str, now: At, micros: i64) -> Result<bool> {
    tx!(db, tx, {
        let changed = q(TAKE).bind(name).bind(holder).bind(now.later(micros)).bind(now).exec(&mut tx).await?;
        Ok(changed == 1)
    })
}

/// Gives the lease back, so that another process need not wait.
pub async fn release(db: &Db, name: &str, holder: &str) -> Result<()> {
    tx!(db, tx, {
        q(RELEASE).bind(name).bind(holder).exec(&mut tx).await?;
        Ok(())
    })
}

/// Who holds the lease.
pub async fn holder(db: &Db, name: &str) -> Result<Option<String>> {
    let row: Option<(String,)> = q(HELD).bind(name).opt(&mut db.read().await?).await?;
    Ok(row.map(|r| r.0))
}

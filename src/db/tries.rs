//! Transactions that are run again where two met.

use std::time::Duration;

use super::{Db, Tx};
use crate::kernel::{Error, Result};

/// Times a transaction is run before its conflict is told.
pub const MOST_TRIES: u32 = 8;

/// The tries of one transaction: what is the same around every block of `tx!`, compiled once.
#[derive(Default)]
pub struct Tries(u32);

impl Tries {
    /// Begins; waits and begins again after a conflict.
    pub async fn begin(&mut self, db: &Db) -> Result<Tx> {
        loop {
            match db.begin().await {
                Err(error) => self.again(error).await?,
                begun => return begun,
            }
        }
    }

    /// Commits; `false` where the transaction met another and is to be run again.
    pub async fn commit(&mut self, tx: Tx) -> Result<bool> {
        match tx.commit().await {
            Ok(()) => Ok(true),
            Err(error) => self.again(error).await.map(|()| false),
        }
    }

    /// Undoes what failed; the error where the transaction is not to be run again.
    pub async fn undo(&mut self, tx: Tx, error: Error) -> Result<()> {
        // The first error is the one that tells; a failed rollback discards the connection.
        let _ = tx.rollback().await;
        self.again(error).await
    }

    /// Waits a little longer after each conflict; the error where it is none, or met too often.
    async fn again(&mut self, error: Error) -> Result<()> {
        let Error::Conflict(conflict) = error else { return Err(error) };
        self.0 += 1;
        if self.0 >= MOST_TRIES {
            return Err(Error::Unavailable(conflict));
        }
        tokio::time::sleep(Duration::from_millis(u64::from(self.0 * self.0) * 2)).await;
        Ok(())
    }
}

/// `tx!(db, tx, { … })`: runs the block in a transaction and commits; the block ends in
/// `Ok(value)`, uses `?`, and may be run again after a conflict, so it changes nothing but `tx`.
macro_rules! tx {
    ($db:expr, $tx:ident, $body:block) => {{
        let mut tries = $crate::db::Tries::default();
        loop {
            let mut $tx = match tries.begin(&$db).await {
                Ok(tx) => tx,
                Err(error) => break Err(error),
            };
            let done: $crate::kernel::Result<_> = async { $body }.await;
            match done {
                Ok(value) => match tries.commit($tx).await {
                    Ok(true) => break Ok(value),
                    Ok(false) => {}
                    Err(error) => break Err(error),
                },
                Err(error) => {
                    if let Err(error) = tries.undo($tx, error).await {
                        break Err(error);
                    }
                }
            }
        }
    }};
}
pub(crate) use tx;

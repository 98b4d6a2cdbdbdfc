//! Writes that survive their client: run to the end although the connection is gone.

use crate::{
    kernel::{Error, Result},
    web,
};

/// Runs a write as a task of its own and waits for it. A dropped request leaves the task running,
/// so that no transaction is cut in the middle (I16).
pub async fn durable<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> web::Result<T> {
    match tokio::spawn(work).await {
        Ok(done) => done.map_err(Into::into),
        Err(panic) => Err(Error::fault(format!("a write broke off: {panic}")).into()),
    }
}

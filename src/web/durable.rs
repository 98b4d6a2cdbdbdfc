//! Writes that survive their client: run to the end although the connection is gone.

use std::{any::Any, pin::Pin};

use crate::{
    db::{Work, idempotency::Key},
    kernel::{CoopId, Error, Result},
    web::{self, Market, auth::Caller},
};

/// A write without its type: what the runtime puts around a task is compiled once, not for each write.
type Task = Pin<Box<dyn Future<Output = Box<dyn Any + Send>> + Send>>;

/// Runs a write as a task of its own and waits for it. A dropped request leaves the task running,
/// so that no transaction is cut in the middle (I16).
pub async fn durable<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> web::Result<T> {
    let task: Task = Box::pin(async move { Box::new(work.await) as Box<dyn Any + Send> });
    let done = tokio::spawn(task).await.map_err(|panic| Error::fault(format!("a write broke off: {panic}")))?;
    let done = done.downcast::<Result<T>>().map_err(|_| Error::fault("a write answered something else"))?;
    (*done).map_err(Into::into)
}

/// Runs a write of the caller's cooperative in the same way; refuses everybody else.
pub async fn of_coop<T: Send + 'static, F: Future<Output = Result<T>> + Send + 'static>(
    market: &Market,
    caller: &Caller,
    key: Option<Key>,
    verb: impl FnOnce(Work, CoopId) -> F,
) -> web::Result<T> {
    let coop = caller.person()?.own_coop()?.clone();
    durable(verb(market.work(caller.actor(), key), coop)).await
}

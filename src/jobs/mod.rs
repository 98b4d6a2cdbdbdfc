//! Jobs: work that no request waits for. Each is a verb of a capability, run again and again.
//!
//! A process asks for the lease `jobs` every few seconds; the one that holds it runs the leased
//! jobs, so that two never do the same work, and another takes over when it dies. Jobs that keep
//! this process's own memory in step (catalogue, counter) run everywhere. A row that a
//! job cannot do is put off and holds up no other (`db::setback`), a full batch is followed by the next at once, and a
//! job that fails as a whole is logged and tried again at its next turn; all are idempotent.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::watch, task::JoinSet};

use crate::{
    db::lease,
    kernel::{Random, Result, time::SECOND},
    web::Market,
};

mod catalogue;
mod expire_holds;
mod forget;
mod give_up;
mod live_counter;
mod meilisearch;
mod receive;
mod reconcile;
mod seal_journal;
mod self_check;
mod send_refunds;
mod zero_hits;

pub use catalogue::turn as follow_catalogue;
pub use self_check::{Audited, audited};

/// A turn of a job; answers how many things it did.
type Turn = fn(Market) -> Pin<Box<dyn Future<Output = Result<usize>> + Send>>;

/// A job of the table below.
struct Job {
    name: &'static str,
    every: Duration,
    /// Whether only the process with the lease runs it.
    leased: bool,
    turn: Turn,
    /// What a full batch is: after one the next turn comes at once.
    full: i64,
}

impl Job {
    /// A job that takes so many rows a turn at most.
    fn full(self, full: i64) -> Self {
        Self { full, ..self }
    }
}

fn everywhere(name: &'static str, every: Duration, turn: Turn) -> Job {
    Job { name, every, leased: false, turn, full: i64::MAX }
}

fn leased(name: &'static str, every: Duration, turn: Turn) -> Job {
    Job { name, every, leased: true, turn, full: i64::MAX }
}

/// How long a lease lasts without being renewed.
const LEASE: i64 = 15 * SECOND;
/// How often it is renewed.
const RENEW: Duration = Duration::from_secs(5);

fn table(market: &Market) -> Vec<Job> {
    let second = Duration::from_secs(1);
    // A payment is due after so many seconds; it is found within twice that.
    let reconcile = Duration::from_secs((market.config.reconcile_seconds / 4).clamp(1, 60).unsigned_abs());
    vec![
        everywhere("catalogue", second / 4, |s| Box::pin(catalogue::turn(s))),
        everywhere("live_counter", second, |s| Box::pin(live_counter::turn(s))),
        everywhere("meili_watch", second, |s| Box::pin(meilisearch::watch(s))),
        leased("meili_write", second, |s| Box::pin(meilisearch::write(s))),
        leased("seal_journal", second, |s| Box::pin(seal_journal::turn(s))),
        leased("expire_holds", second, |s| Box::pin(expire_holds::turn(s))).full(expire_holds::BATCH),
        leased("reconcile", reconcile, |s| Box::pin(reconcile::turn(s))).full(reconcile::BATCH),
        leased("give_up", second, |s| Box::pin(give_up::turn(s))).full(give_up::BATCH),
        leased("send_refunds", second * 15, |s| Box::pin(send_refunds::turn(s))).full(send_refunds::BATCH),
        leased("receive", second * 60, |s| Box::pin(receive::turn(s))).full(receive::BATCH),
        everywhere("zero_hits", second * 10, |s| Box::pin(zero_hits::turn(s))),
        leased("self_check", second * 600, |s| Box::pin(self_check::turn(s))),
        leased("forget", second * 600, |s| Box::pin(forget::turn(s))),
    ]
}

/// The running jobs of this process.
pub struct Jobs {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    market: Market,
    holder: String,
}

/// Starts all jobs.
pub fn start(market: &Market) -> Result<Jobs> {
    let (stop, stopped) = watch::channel(false);
    let holder = Random::System.id(market.now())?;
    let leads = Arc::new(AtomicBool::new(false));
    let mut tasks = JoinSet::new();
    tasks.spawn(lead(market.clone(), holder.clone(), leads.clone(), stopped.clone()));
    tasks.spawn(look_once(market.clone()));
    for job in table(market) {
        tasks.spawn(repeat(job, market.clone(), leads.clone(), stopped.clone()));
    }
    Ok(Jobs { stop, tasks, market: market.clone(), holder })
}

impl Jobs {
    /// Lets every job finish its turn, then gives the lease back.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
        if let Err(error) = lease::release(self.market.db(), "jobs", &self.holder).await {
            tracing::warn!(%error, "the lease of the jobs runs out by itself");
        }
    }
}

async fn lead(market: Market, holder: String, leads: Arc<AtomicBool>, mut stopped: watch::Receiver<bool>) {
    loop {
        let took = lease::take(market.db(), "jobs", &holder, market.now(), LEASE).await;
        if let Err(error) = &took {
            tracing::warn!(%error, "the lease of the jobs could not be asked for");
        }
        leads.store(took.unwrap_or(false), Ordering::SeqCst);
        if pause(RENEW, &mut stopped).await {
            return;
        }
    }
}

async fn look_once(market: Market) {
    if let Err(error) = self_check::file(market).await {
        tracing::warn!(%error, "the database file was not looked through");
    }
}

async fn repeat(job: Job, market: Market, leads: Arc<AtomicBool>, mut stopped: watch::Receiver<bool>) {
    loop {
        let mut at_once = false;
        if !job.leased || leads.load(Ordering::SeqCst) {
            let started = tokio::time::Instant::now();
            match (job.turn)(market.clone()).await {
                Ok(0) => {}
                Ok(done) => {
                    tracing::debug!(job = job.name, done, "job");
                    at_once = i64::try_from(done).is_ok_and(|done| done >= job.full);
                }
                Err(error) => {
                    tracing::warn!(
                        job = job.name,
                        error = format!("{error:#}"),
                        "a job failed and will be tried again"
                    );
                }
            }
            metrics::histogram!("yanxi_job_seconds", "job" => job.name).record(started.elapsed().as_secs_f64());
        }
        if pause(if at_once { Duration::ZERO } else { job.every }, &mut stopped).await {
            return;
        }
    }
}

/// Waits, or answers `true` at once when the program stops.
async fn pause(length: Duration, stopped: &mut watch::Receiver<bool>) -> bool {
    if *stopped.borrow_and_update() {
        return true;
    }
    tokio::select! {
        () = tokio::time::sleep(length) => false,
        _ = stopped.changed() => true,
    }
}

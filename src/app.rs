//! The program as a whole: built from its configuration, started, stopped without losing anything.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use axum::{Router, extract::Request, routing::get};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use tower::Service;
use tracing_subscriber::{Layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    catalogue::Shelf,
    config::{self, Config},
    counter::Live,
    db::{Db, idempotency::Running as RunningKeys, market, migrate, tx},
    jobs::{self, Jobs},
    kernel::{Clock, Error, Result},
    orders::{Trade, token::OrderTokens},
    payments::Providers,
    search::{Engine, Meili, Published},
    web::{
        self, Market, Parts,
        limits::{Limits, Peer},
    },
};

/// How long running requests get when the program stops.
const STOP_PATIENCE: Duration = Duration::from_secs(20);
/// How long a client may take to send its headers.
const HEADER_PATIENCE: Duration = Duration::from_secs(10);

/// A built market that does not listen yet.
pub struct App {
    market: Market,
    router: Router,
    metrics: Option<(SocketAddr, PrometheusHandle)>,
}

/// A market that serves.
pub struct Serving {
    /// Where it listens, which may differ from what was asked (port 0).
    pub address: SocketAddr,
    /// What handlers see.
    pub market: Market,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
    jobs: Jobs,
}

/// Structured log lines on stderr; `RUST_LOG` sets what is logged.
pub fn log_to_stderr() {
    let lines = tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr);
    // A second call, as in tests, leaves the first in place.
    let _ = tracing_subscriber::registry().with(lines.with_filter(config::logged())).try_init();
}

/// Connects to the configured database; the SQLite file's folder is made where it is missing.
pub async fn connect(config: &Config) -> Result<Db> {
    if config.database.is_none() {
        std::fs::create_dir_all(&config.data)
            .map_err(|e| Error::fault(format!("YANXI_DATA: {} cannot be created: {e}", config.data.display())))?;
    }
    Db::open(&config.database_url(), config.replica.as_deref()).await
}

/// The configured database with its schema up to date and its kind decided.
pub async fn open_database(config: &Config, clock: &Clock) -> Result<Db> {
    let db = connect(config).await?;
    migrate::run(&db, clock.now()).await?;
    decide_kind(config, &db).await?;
    Ok(db)
}

/// The database of a market that exists already, untouched: for commands that only read. Refuses
/// one that is not there or whose schema is of another release.
pub async fn open_existing(config: &Config) -> Result<Db> {
    let url = config.database_url();
    if let Some(path) = url.strip_prefix("sqlite:")
        && !std::path::Path::new(path.trim_start_matches("//")).exists()
    {
        return Err(Error::fault(format!("there is no market yet: {url} does not exist")));
    }
    let db = Db::open_spilling(&url).await?;
    migrate::refuse_other(&db).await?;
    Ok(db)
}

/// A database is demonstration or real from its creation, for ever; another wish stops the start.
async fn decide_kind(config: &Config, db: &Db) -> Result<()> {
    let wish = config.demo.unwrap_or_else(|| config.demo_by_default());
    let Some(demo) = market::is_demo(&mut db.read().await?).await? else {
        return tx!(db, tx, { market::decide(&mut tx, wish).await });
    };
    match config.demo {
        Some(wish) if wish != demo => Err(Error::fault(format!(
            "YANXI_DEMO: this database was created as {} and stays so; unset YANXI_DEMO or use another database",
            if demo { "demo" } else { "real" }
        ))),
        _ => Ok(()),
    }
}

/// Whether a database is a demonstration.
pub async fn is_demo(db: &Db) -> Result<bool> {
    Ok(market::is_demo(&mut db.read().await?).await?.unwrap_or(false))
}

/// The configured database with its seeds, and whether they were loaded only now. Refuses a real
/// market that would be served without TLS.
pub async fn open_seeded(config: &Config, clock: &Clock) -> Result<(Db, bool)> {
    let db = open_database(config, clock).await?;
    let demo = is_demo(&db).await?;
    config.refuse_open_http(demo).map_err(Error::fault)?;
    let loaded = crate::seeds::load(&db, demo, clock.now()).await?;
    Ok((db, loaded))
}

impl App {
    /// A market on a database that has its seeds: reads the catalogue, builds the index.
    pub async fn on(db: Db, config: Config, clock: Clock) -> Result<Self> {
        let demo = is_demo(&db).await?;
        let providers = Providers::of(&db).await?;
        let snapshot = crate::catalogue::load_at_once(&db, clock.now()).await?;
        let mut engine = Engine::new(&Published(&snapshot));
        if let Some(meili) = &config.meili {
            engine = engine.with_meili(Meili::new(&meili.url, meili.key.as_deref())?);
        }
        let counter = Live::read(&db, clock.now(), demo).await?;
        let keys = RunningKeys::default();
        let metrics = match config.metrics_listen {
            Some(address) => Some((address, recorder()?)),
            None => None,
        };
        let tokens = OrderTokens::of(&db).await?;
        let trade = Trade { db, clock, providers, keys, tokens, hold_seconds: config.hold_seconds };
        let market = Market::from(Parts {
            trade,
            shelf: Shelf::new(snapshot),
            search: engine,
            counter,
            demo,
            limits: Limits::per_minute(config.rate),
            pages: web::pages::Cache::default(),
            sound: Arc::new(AtomicBool::new(true)),
            config: Arc::new(config),
        });
        let router = web::router(&market).map_err(Error::fault)?;
        Ok(Self { market, router, metrics })
    }

    /// The router alone, for tests that need no socket.
    pub fn router(&self) -> (Router, Market) {
        (self.router.clone(), self.market.clone())
    }

    /// Listens, starts the jobs, prints the address, the demonstration's accounts, and that it is ready.
    pub async fn start(self) -> Result<Serving> {
        let Self { market, router, metrics } = self;
        let wish = market.config.listen;
        let listener = TcpListener::bind(wish)
            .await
            .map_err(|e| Error::fault(format!("YANXI_LISTEN: {wish} cannot be used: {e}")))?;
        let address = listener.local_addr()?;
        if let Some((address, handle)) = metrics {
            serve_metrics(address, handle).await?;
        }
        let jobs = jobs::start(&market)?;
        let (stop, stopped) = watch::channel(false);
        let accepting = tokio::spawn(accept(listener, router, stopped));
        greet(&market, address);
        Ok(Serving { address, market, stop, accepting, jobs })
    }
}

impl Serving {
    /// Serves until SIGINT or SIGTERM, then stops.
    pub async fn until_stopped(self) {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok();
        let terminated = async {
            match &mut terminate {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated => {}
        }
        tracing::info!("stopping");
        self.stop().await;
    }

    /// Takes no new connections, lets running requests and jobs end, closes the database.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.accepting.await {
            tracing::warn!(%error, "the listener broke off");
        }
        self.jobs.stop().await;
        self.market.db().close().await;
    }
}

async fn accept(listener: TcpListener, router: Router, mut stopped: watch::Receiver<bool>) {
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEADER_PATIENCE);
    let graceful = GracefulShutdown::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, say: others may end meanwhile.
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            _ = stopped.changed() => break,
        };
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let service = hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let mut request: Request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(Peer(peer));
            router.clone().call(request)
        });
        let connection = server.serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(STOP_PATIENCE, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

fn recorder() -> Result<PrometheusHandle> {
    let seconds = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];
    let builder = PrometheusBuilder::new().set_buckets(&seconds);
    builder.and_then(PrometheusBuilder::install_recorder).map_err(|e| Error::fault(format!("metrics: {e}")))
}

async fn serve_metrics(address: SocketAddr, handle: PrometheusHandle) -> Result<()> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|e| Error::fault(format!("YANXI_METRICS_LISTEN: {address} cannot be used: {e}")))?;
    let router = Router::new().route("/metrics", get(move || async move { handle.render() }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(())
}

fn greet(market: &Market, address: SocketAddr) {
    println!("延锡集市 Yanxi Market: {}", market.config.origin);
    if market.config.origin != format!("http://{address}") {
        println!("listening on {address}");
    }
    if market.demo {
        println!("演示数据 demonstration data. Accounts, all with the password yanxi-demo:");
        println!("  shopper, coop01 … coop14, clerk, bureau, operator");
    }
    if market.trade.providers.methods().next().is_none() {
        println!("还没有付款方式，订单付不了 no way of paying is set up: orders cannot be paid");
    }
    println!("可以使用了 ready");
}

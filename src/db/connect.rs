//! Opening the databases and taking connections from their pools.

use std::{str::FromStr, time::Duration};

use sqlx::{
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous},
};

use super::{Conn, Engine, Query, Reading, Tx, conn::ACQUIRE, report::Stop, shared::Writer, tx::UNHURRIED};
use crate::kernel::{Error, Result};

/// Read-only connections to the SQLite file.
const SQLITE_READERS: u32 = 4;
/// Connections to PostgreSQL for each process.
const POSTGRES_CONNECTIONS: u32 = 16;
/// Reports that are drawn at once in each process; they have connections of their own.
const REPORTS: u32 = 2;
/// How long a report waits for one of them before it is answered 503.
const REPORT_WAITS: Duration = Duration::from_secs(5);
/// A connection that no report needed for so long gives its memory back.
const REPORT_IDLE: Duration = Duration::from_mins(5);

/// The database: cheap to clone, shared by all.
#[derive(Clone)]
pub enum Db {
    /// One writer (a fair queue) and read-only readers.
    Sqlite {
        /// The one connection that writes.
        writer: Writer,
        /// Connections that cannot write.
        readers: SqlitePool,
        /// The same for reports.
        reports: SqlitePool,
    },
    /// A pool, and another for reads that may be a moment old.
    Postgres {
        /// The primary.
        pool: PgPool,
        /// The replica, or the primary again.
        replica: PgPool,
        /// To the replica, for reports.
        reports: PgPool,
    },
}

impl Db {
    /// Opens `sqlite:path` or `postgres://…`; `replica` serves reads that may be a moment old.
    /// The SQLite file is created where it is missing.
    pub async fn open(url: &str, replica: Option<&str>) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            Self::open_sqlite(path.trim_start_matches("//"), "memory").await
        } else {
            let pool = open_postgres(url).await?;
            let reports = postgres_reports(replica.unwrap_or(url))?;
            let replica = match replica {
                Some(url) => open_postgres(url).await?,
                None => pool.clone(),
            };
            Ok(Self::Postgres { pool, replica, reports })
        }
    }

    /// The same for one long look at everything: what SQLite sorts goes to its temporary files, as PostgreSQL's
    /// does by itself, so that a big market needs no more memory than a small one.
    pub async fn open_spilling(url: &str) -> Result<Self> {
        match url.strip_prefix("sqlite:") {
            Some(path) => Self::open_sqlite(path.trim_start_matches("//"), "file").await,
            None => Self::open(url, None).await,
        }
    }

    async fn open_sqlite(path: &str, temporary: &'static str) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5))
            .foreign_keys(true)
            .statement_cache_capacity(256)
            .pragma("cache_size", "-16384")
            .pragma("temp_store", temporary)
            .pragma("journal_size_limit", "67108864");
        let pool = |connections: u32| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .min_connections(1)
                .acquire_timeout(ACQUIRE)
                .test_before_acquire(false)
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let writer = pool(1).connect_with(options.clone()).await?;
        let options = options.read_only(true);
        let readers = pool(SQLITE_READERS).connect_with(options.clone()).await?;
        let reports = pool(REPORTS).min_connections(0).acquire_timeout(REPORT_WAITS).idle_timeout(REPORT_IDLE);
        let reports = reports.connect_lazy_with(options);
        Ok(Self::Sqlite { writer: Writer::new(writer), readers, reports })
    }

    /// Opens a SQLite file that nobody writes, such as a backup, without changing a byte of it or
    /// leaving files beside it.
    pub async fn open_copy(path: &std::path::Path) -> Result<Self> {
        let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(true);
        let options = options.pragma("cache_size", "-65536").pragma("temp_store", "memory");
        let readers = SqlitePoolOptions::new().max_connections(2).connect_with(options).await?;
        Ok(Self::Sqlite { writer: Writer::new(readers.clone()), reports: readers.clone(), readers })
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite { .. } => Engine::Sqlite,
            Self::Postgres { .. } => Engine::Postgres,
        }
    }

    /// A connection that reads what was committed.
    pub async fn read(&self) -> Result<Conn> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Conn::Sqlite(readers.acquire().await?),
            Self::Postgres { pool, .. } => Conn::Postgres(pool.acquire().await?),
        })
    }

    /// A connection for reads that may be a moment old: public lists.
    pub async fn read_replica(&self) -> Result<Conn> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Conn::Sqlite(readers.acquire().await?),
            Self::Postgres { replica, .. } => Conn::Postgres(replica.acquire().await?),
        })
    }

    /// A connection that may write, outside a transaction: migrations and maintenance.
    pub(super) async fn write(&self) -> Result<Conn> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Conn::Sqlite(writer.pool.acquire().await?),
            Self::Postgres { pool, .. } => Conn::Postgres(pool.acquire().await?),
        })
    }

    /// Begins a transaction that writes; `tx!` is the usual way.
    pub async fn begin(&self) -> Result<Tx> {
        match self {
            Self::Sqlite { writer, .. } => Ok(Tx::turn(writer.begin().await?)),
            Self::Postgres { pool, .. } => Tx::begun(Conn::Postgres(pool.acquire().await?), &["BEGIN"]).await,
        }
    }

    /// Begins a transaction that only reads, all of it at one moment, which may be a moment old.
    /// Dropped, as by a client that hangs up, it ends.
    pub async fn snapshot(&self) -> Result<Tx> {
        begin_reading(self.read_replica().await?, &[]).await
    }

    /// The same on a connection that only reports have. Dropped, it is stopped, whatever it was computing; where too
    /// many are drawn it says so after a while.
    pub async fn report(&self) -> Result<Reading> {
        match self {
            Self::Sqlite { reports, .. } => {
                let mut conn = reports.acquire().await?;
                let stop = Stop::flag(&mut conn).await?;
                Ok(Reading::new(begin_reading(Conn::Sqlite(conn), &[]).await?, stop))
            }
            Self::Postgres { reports, replica, .. } => {
                let mut tx = begin_reading(Conn::Postgres(reports.acquire().await?), &[]).await?;
                let stop = Stop::process(&mut tx, replica.clone()).await?;
                Ok(Reading::new(tx, stop))
            }
        }
    }

    /// The same of what is committed now, for as long as it takes: copies and audits.
    pub async fn long_snapshot(&self) -> Result<Tx> {
        begin_reading(self.read().await?, &UNHURRIED).await
    }

    /// Runs a maintenance command (PRAGMA, VACUUM INTO, ANALYZE) outside a transaction.
    pub async fn maintain(&self, sql: String) -> Result<()> {
        let mut conn = self.write().await?;
        Query::from_closed_parts(sql).exec(&mut conn).await.map(|_| ())
    }

    /// Closes all connections; SQLite writes its log back into the file.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers, reports } => {
                reports.close().await;
                readers.close().await;
                writer.pool.close().await;
            }
            Self::Postgres { pool, replica, reports } => {
                reports.close().await;
                pool.close().await;
                replica.close().await;
            }
        }
    }
}

async fn begin_reading(conn: Conn, patience: &[&'static str]) -> Result<Tx> {
    let (begin, patience) = match conn {
        Conn::Sqlite(_) => ("BEGIN", &[][..]),
        Conn::Postgres(_) => ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", patience),
    };
    Tx::begun(conn, &[&[begin][..], patience].concat()).await
}

async fn open_postgres(url: &str) -> Result<PgPool> {
    let pool = postgres_pool(POSTGRES_CONNECTIONS, ACQUIRE).connect_with(postgres(url)?).await?;
    refuse_lossy_settings(&pool).await?;
    Ok(pool)
}

/// Connections for reports; none is open until a report is drawn.
fn postgres_reports(url: &str) -> Result<PgPool> {
    let pool = postgres_pool(REPORTS, REPORT_WAITS).min_connections(0).idle_timeout(REPORT_IDLE);
    Ok(pool.connect_lazy_with(postgres(url)?.application_name("yanxi reports")))
}

fn postgres(url: &str) -> Result<PgConnectOptions> {
    Ok(PgConnectOptions::from_str(url)?
        .application_name("yanxi")
        .statement_cache_capacity(256)
        .options([("idle_in_transaction_session_timeout", "10s"), ("statement_timeout", "60s")]))
}

fn postgres_pool(connections: u32, patience: Duration) -> PgPoolOptions {
    PgPoolOptions::new().max_connections(connections).acquire_timeout(patience).test_before_acquire(false)
}

/// Acknowledged orders must survive a crash: the settings that may lose them stop the start.
async fn refuse_lossy_settings(pool: &PgPool) -> Result<()> {
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        let (value,): (String,) = sqlx::query_as("SELECT current_setting($1)").bind(setting).fetch_one(pool).await?;
        if value == "off" {
            return Err(Error::fault(format!(
                "PostgreSQL runs with {setting}=off, which may lose paid orders; set it to on"
            )));
        }
    }
    Ok(())
}

//! A database of the bench's own on the PostgreSQL that `TEST_POSTGRES_URL` names.

use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

static NEXT: AtomicUsize = AtomicUsize::new(0);

/// A database that is dropped at the end.
pub struct Database {
    server: String,
    name: String,
    /// Its address.
    pub url: String,
}

impl Database {
    /// Creates it, or answers none where no server is named.
    pub async fn create() -> Result<Option<Self>> {
        let Ok(server) = std::env::var("TEST_POSTGRES_URL") else { return Ok(None) };
        let name = format!("yanxi_load_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let (front, _) = server.rsplit_once('/').unwrap_or((&server, ""));
        let url = format!("{front}/{name}");
        let own = Self { server, name, url };
        own.run(format!("CREATE DATABASE {} TEMPLATE template0 LOCALE 'C.UTF-8'", own.name)).await?;
        Ok(Some(own))
    }

    /// What it takes on disk after a VACUUM.
    pub async fn bytes(&self) -> Result<u64> {
        let mut conn = PgConnection::connect(&self.url).await?;
        conn.execute("VACUUM").await?;
        let bytes: i64 = sqlx::query_scalar("SELECT pg_database_size(current_database())").fetch_one(&mut conn).await?;
        conn.close().await?;
        Ok(u64::try_from(bytes)?)
    }

    /// Drops it, with what is still connected.
    pub async fn remove(&self) -> Result<()> {
        self.run(format!("DROP DATABASE {} WITH (FORCE)", self.name)).await
    }

    async fn run(&self, sql: String) -> Result<()> {
        let mut conn = PgConnection::connect(&self.server).await?;
        conn.execute(AssertSqlSafe(sql)).await?;
        Ok(conn.close().await?)
    }
}

//! A database of the bench's own on the PostgreSQL that `TEST_POSTGRES_URL` names.

use anyhow::Result;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

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
        let name = format!("yanxi_load_{}", std::process::id());
        let (front, _) = server.rsplit_once('/').unwrap_or((&server, ""));
        let url = format!("{front}/{name}");
        let own = Self { server, name, url };
        own.run(format!("CREATE DATABASE {} TEMPLATE template0 LOCALE 'C.UTF-8'", own.name)).await?;
        Ok(Some(own))
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

//! A migrated database for one test: a file that goes away, or a copy of PostgreSQL's template.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqlSafeStr};
use yanxi::{
    db::{Db, Engine, migrate},
    kernel::At,
};

use super::{skipped, variable};

/// Any number: the lock under which one test process makes the template.
const TEMPLATE_LOCK: i64 = 7_401_553;

/// A database of its own for one test.
pub struct Base {
    /// Where it is, as `DATABASE_URL`.
    pub url: String,
    /// A folder that goes away with the test; SQLite's file is in it.
    pub folder: tempfile::TempDir,
    server: Option<(String, String)>,
}

impl Base {
    /// A fresh, migrated database; `None`, and said so, where the engine is not at hand.
    pub async fn fresh(engine: Engine) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        if engine == Engine::Sqlite {
            let url = format!("sqlite:{}", folder.path().join("yanxi.db").display());
            migrate(&url).await;
            return Some(Self { url, folder, server: None });
        }
        let Some(server) = variable("TEST_POSTGRES_URL") else {
            skipped("TEST_POSTGRES_URL names no PostgreSQL; tests/run starts one");
            return None;
        };
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("t_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let template = template(&server).await;
        command(&server, format!("DROP DATABASE IF EXISTS {name}")).await;
        command(&server, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Some(Self { url: beside(&server, &name), folder, server: Some((server, name)) })
    }

    /// Opens it as the market does.
    pub async fn open(&self) -> Db {
        Db::open(&self.url, None).await.unwrap()
    }

    /// Takes it away; a failed test leaves it for a look.
    pub async fn remove(self) {
        if let Some((server, name)) = self.server {
            command(&server, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

async fn migrate(url: &str) {
    let db = Db::open(url, None).await.unwrap();
    migrate::run(&db, At(0)).await.unwrap();
    db.close().await;
}

/// The URL of another database of the same server.
pub fn beside(server: &str, name: &str) -> String {
    let (head, _) = server.rsplit_once('/').unwrap();
    format!("{head}/{name}")
}

pub async fn command(server: &str, sql: String) {
    let mut conn = PgConnection::connect(server).await.unwrap();
    conn.execute(AssertSqlSafe(sql).into_sql_str()).await.unwrap();
    conn.close().await.unwrap();
}

/// The migrated template of this build's migrations; the first test that needs it makes it.
async fn template(server: &str) -> String {
    let name = format!("template_{}", &fingerprint()[..12]);
    let mut conn = PgConnection::connect(server).await.unwrap();
    sqlx::query("SELECT pg_advisory_lock($1)").bind(TEMPLATE_LOCK).execute(&mut conn).await.unwrap();
    let known: Option<(String,)> = sqlx::query_as("SELECT datname::text FROM pg_database WHERE datname = $1")
        .bind(&name)
        .fetch_optional(&mut conn)
        .await
        .unwrap();
    if known.is_none() {
        let raw = format!("{name}_raw");
        for sql in [format!("DROP DATABASE IF EXISTS {raw}"), format!("CREATE DATABASE {raw}")] {
            conn.execute(AssertSqlSafe(sql).into_sql_str()).await.unwrap();
        }
        migrate(&beside(server, &raw)).await;
        let rename = format!("ALTER DATABASE {raw} RENAME TO {name}");
        conn.execute(AssertSqlSafe(rename).into_sql_str()).await.unwrap();
    }
    conn.close().await.unwrap();
    name
}

/// A hash over the migration files, so that a changed schema gets a new template.
fn fingerprint() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let mut text = String::new();
    for place in ["", "/postgres"] {
        let mut files: Vec<_> =
            std::fs::read_dir(format!("{folder}{place}")).unwrap().map(|f| f.unwrap().path()).collect();
        files.sort();
        for file in files.into_iter().filter(|f| f.is_file()) {
            text.push_str(&std::fs::read_to_string(file).unwrap());
        }
    }
    yanxi::kernel::hash::sha256_hex(text.as_bytes())
}

//! The statements of one placed order, run again with fresh ids by sqlx alone.
//!
//! The texts are the program's own, found by name among its declared statements; the values are
//! read back from the rows of one order that was placed before, and its ids are exchanged.

use std::{collections::HashMap, str::FromStr, sync::Arc, time::Instant};

use anyhow::{Context, Result};
use sqlx::{
    Column, Executor, PgPool, Row, SqlitePool, TypeInfo, ValueRef,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::{sync::Mutex, task::JoinSet};
use yanxi::{db::declared, kernel::Random};

use crate::client::Turn;

/// A value of a row.
#[derive(Clone, Debug)]
pub enum Cell {
    Int(Option<i64>),
    Bool(Option<bool>),
    Text(Option<String>),
}

/// A statement with its values.
#[derive(Clone, Debug)]
pub struct Statement {
    sql: &'static str,
    cells: Vec<Cell>,
    reads: bool,
}

/// The statements of one order: reads before the transaction, and those within it.
#[derive(Clone, Debug, Default)]
pub struct Template {
    before: Vec<Statement>,
    within: Vec<Statement>,
    ids: Vec<String>,
    quote: String,
}

/// Connections of sqlx alone, with the program's settings.
#[derive(Clone)]
pub enum Plain {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

macro_rules! bound {
    ($statement:expr) => {{
        let mut query = sqlx::query($statement.sql);
        for cell in $statement.cells {
            query = match cell {
                Cell::Int(value) => query.bind(value),
                Cell::Bool(value) => query.bind(value),
                Cell::Text(value) => query.bind(value),
            };
        }
        query
    }};
}

macro_rules! cells_of {
    ($row:expr) => {{
        let mut cells = Vec::with_capacity($row.len());
        for place in 0..$row.len() {
            let raw = $row.try_get_raw(place)?;
            let name = if raw.is_null() {
                $row.column(place).type_info().name().to_owned()
            } else {
                raw.type_info().name().to_owned()
            };
            cells.push(match name.as_str() {
                "INTEGER" | "BIGINT" | "INT8" => Cell::Int($row.try_get(place)?),
                "BOOLEAN" | "BOOL" => Cell::Bool($row.try_get(place)?),
                _ => Cell::Text($row.try_get(place)?),
            });
        }
        cells
    }};
}

macro_rules! place_all {
    ($pool:expr, $begin:expr, $plans:expr) => {{
        let mut conn = $pool.acquire().await?;
        let mut times = Vec::new();
        while let Some(plan) = { $plans.lock().await.pop() } {
            let asked = Instant::now();
            for statement in plan.before {
                bound!(statement).fetch_all(&mut *conn).await?;
            }
            conn.execute($begin).await?;
            for statement in plan.within {
                if statement.reads {
                    bound!(statement).fetch_all(&mut *conn).await?;
                } else {
                    bound!(statement).execute(&mut *conn).await?;
                }
            }
            conn.execute("COMMIT").await?;
            times.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
        Ok::<_, anyhow::Error>(times)
    }};
}

impl Plain {
    pub async fn open(url: &str, connections: usize) -> Result<Self> {
        let most = u32::try_from(connections)?;
        if let Some(path) = url.strip_prefix("sqlite:") {
            let options = SqliteConnectOptions::new()
                .filename(path)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(std::time::Duration::from_secs(5));
            let pool = SqlitePoolOptions::new().max_connections(most).test_before_acquire(false);
            return Ok(Self::Sqlite(pool.connect_with(options).await?));
        }
        let pool = PgPoolOptions::new().max_connections(most).min_connections(most).test_before_acquire(false);
        Ok(Self::Postgres(pool.connect_with(PgConnectOptions::from_str(url)?).await?))
    }

    async fn rows(&self, sql: String, key: &str) -> Result<Vec<Vec<Cell>>> {
        let statement = Statement { sql: forever(sql), cells: vec![Cell::Text(Some(key.to_owned()))], reads: true };
        match self {
            Self::Sqlite(pool) => {
                let rows = bound!(statement).fetch_all(pool).await?;
                rows.iter().map(|row| Ok(cells_of!(row))).collect()
            }
            Self::Postgres(pool) => {
                let rows = bound!(statement).fetch_all(pool).await?;
                rows.iter().map(|row| Ok(cells_of!(row))).collect()
            }
        }
    }

    /// Runs a statement.
    pub async fn execute(&self, sql: &'static str) -> Result<()> {
        match self {
            Self::Sqlite(pool) => pool.execute(sql).await.map(|_| ())?,
            Self::Postgres(pool) => pool.execute(sql).await.map(|_| ())?,
        }
        Ok(())
    }

    /// Runs the orders over all connections; times each from its first statement to its commit.
    pub async fn run(&self, plans: Vec<Template>) -> Result<Turn> {
        let plans = Arc::new(Mutex::new(plans));
        let connections = match self {
            Self::Sqlite(pool) => pool.options().get_max_connections(),
            Self::Postgres(pool) => pool.options().get_max_connections(),
        };
        let begun = Instant::now();
        let mut tasks = JoinSet::new();
        for _ in 0..connections {
            let (plain, plans) = (self.clone(), plans.clone());
            tasks.spawn(async move {
                match plain {
                    Self::Sqlite(pool) => place_all!(pool, "BEGIN IMMEDIATE", plans),
                    Self::Postgres(pool) => place_all!(pool, "BEGIN", plans),
                }
            });
        }
        let mut times = Vec::new();
        while let Some(done) = tasks.join_next().await {
            times.extend(done??);
        }
        let turn = Turn { took: begun.elapsed(), times, processor: None };
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
        Ok(turn)
    }
}

/// sqlx caches a statement by its text; the few texts of a bench may stay for ever.
fn forever(sql: String) -> &'static str {
    Box::leak(sql.into_boxed_str())
}

fn text(place: &str, name: &str) -> Result<&'static str> {
    let found = declared().find(|d| d.name == name && d.place.contains(place));
    found.map(|d| d.sql).with_context(|| format!("the program declares no {name} in {place}"))
}

/// Table and columns of a declared INSERT.
fn columns(insert: &str) -> Result<(&str, &str)> {
    let rest = insert.split_once("INSERT INTO ").context("an INSERT")?.1;
    let (table, rest) = rest.split_once('(').context("its columns")?;
    Ok((table.trim(), rest.split_once(')').context("its columns")?.0))
}

/// `($1, …)` for so many rows.
fn places(rows: usize, width: usize) -> String {
    let row = |n: usize| (1..=width).map(|c| format!("${}", n * width + c)).collect::<Vec<_>>().join(",");
    (0..rows).map(|n| format!("({})", row(n))).collect::<Vec<_>>().join(",")
}

impl Template {
    /// Reads the rows of a placed order back.
    pub async fn of(url: &str, number: &str) -> Result<Self> {
        let plain = Plain::open(url, 1).await?;
        let order = one_text(&plain, "SELECT id FROM orders WHERE number = $1", number).await?;
        let quote = one_text(&plain, "SELECT quote_id FROM orders WHERE id = $1", &order).await?;
        let token = one_text(&plain, "SELECT token_hash FROM orders WHERE id = $1", &order).await?;
        let mut ids = vec![order.clone(), quote.clone(), token, number.to_owned(), format!("quote:{quote}")];
        for sql in
            ["SELECT id FROM seller_orders WHERE order_id = $1", "SELECT id FROM order_events WHERE order_id = $1"]
        {
            for row in plain.rows(sql.to_owned(), &order).await? {
                ids.extend(row.into_iter().filter_map(text_of));
            }
        }
        let mut own = Self { ids, quote: quote.clone(), ..Self::default() };
        own.before.push(read(text("pricing/store.rs", "FIND")?, vec![Cell::Text(Some(quote.clone()))]));
        own.read_versions(&plain, &order).await?;
        for table in ["orders", "order_contacts", "seller_orders", "order_lines", "line_parts", "order_events"] {
            let name = format!("insert into {table}");
            own.insert(&plain, text("orders/record.rs", &name)?, &order).await?;
        }
        own.insert(&plain, text("stock/hold.rs", "insert into stock_holds")?, &order).await?;
        own.hold(&plain, &order).await?;
        own.insert(&plain, text("db/idempotency.rs", "insert into idempotency_keys")?, &quote).await?;
        Ok(own)
    }

    /// The read of the SKUs' versions, its list padded as the program pads it.
    async fn read_versions(&mut self, plain: &Plain, order: &str) -> Result<()> {
        let sql = "SELECT sku_id FROM order_lines WHERE order_id = $1 ORDER BY line_no";
        let mut skus: Vec<Cell> = plain.rows(sql.to_owned(), order).await?.into_iter().flatten().collect();
        let last = skus.last().cloned().context("a line")?;
        skus.resize(skus.len().next_power_of_two(), last);
        let list = places(1, skus.len());
        self.within.push(read(forever(text("pricing/read.rs", "VERSIONS")?.replacen("($1)", &list, 1)), skus));
        Ok(())
    }

    /// The insert of all rows of a table that belong to the order.
    async fn insert(&mut self, plain: &Plain, insert: &'static str, key: &str) -> Result<()> {
        let (table, columns) = columns(insert)?;
        let by = match table {
            "orders" => "id",
            "idempotency_keys" => "key",
            _ => "order_id",
        };
        let rows = plain.rows(format!("SELECT {columns} FROM {table} WHERE {by} = $1"), key).await?;
        let (head, rest) = insert.split_once("VALUES").context("VALUES")?;
        let (row, tail) = rest.split_once(')').context("a row")?;
        let sql = format!("{head} VALUES {} {tail}", places(rows.len(), row.matches('$').count()));
        self.within.push(Statement { sql: forever(sql), cells: rows.into_iter().flatten().collect(), reads: false });
        Ok(())
    }

    /// The guarded update of the SKUs' stock, which locks them in key order.
    async fn hold(&mut self, plain: &Plain, order: &str) -> Result<()> {
        let sql = "SELECT id, placed_at FROM orders WHERE id = $1";
        let cells = plain.rows(sql.to_owned(), order).await?.into_iter().next().context("the order")?;
        let mut hold = text("stock/hold.rs", "HOLD")?;
        if matches!(plain, Plain::Postgres(_)) {
            hold = forever(hold.replacen("/* locked */", "FOR UPDATE OF l", 1));
        }
        self.within.push(read(hold, cells));
        Ok(())
    }

    /// Statements of an order, BEGIN and COMMIT among them.
    pub fn statements(&self) -> usize {
        self.before.len() + self.within.len() + 2
    }

    /// The same for another quote, with ids of its own.
    pub fn order(&self, quote: &str) -> Result<Self> {
        let now = yanxi::kernel::Clock::System.now();
        let mut fresh: HashMap<&str, String> = HashMap::new();
        for old in &self.ids {
            let id = if *old == self.quote {
                quote.to_owned()
            } else if old.starts_with("quote:") {
                format!("quote:{quote}")
            } else if old.starts_with("YX") {
                Random::System.order_number(now)?
            } else {
                Random::System.id(now)?
            };
            fresh.insert(old, id);
        }
        let mut own = self.clone();
        for cell in own.before.iter_mut().chain(&mut own.within).flat_map(|s| &mut s.cells) {
            if let Cell::Text(Some(text)) = cell
                && let Some(id) = fresh.get(text.as_str())
            {
                text.clone_from(id);
            }
        }
        Ok(own)
    }
}

fn read(sql: &'static str, cells: Vec<Cell>) -> Statement {
    Statement { sql, cells, reads: true }
}

fn text_of(cell: Cell) -> Option<String> {
    match cell {
        Cell::Text(text) => text,
        Cell::Int(_) | Cell::Bool(_) => None,
    }
}

async fn one_text(plain: &Plain, sql: &str, key: &str) -> Result<String> {
    let row = plain.rows(sql.to_owned(), key).await?.into_iter().flatten().next();
    row.and_then(text_of).context("the sample order")
}

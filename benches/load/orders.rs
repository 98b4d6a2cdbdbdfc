//! Orders placed a second, three ways on one database: the same statements from a plain loop,
//! the verb `orders::place` without HTTP, and the API over HTTP. Quotes are prepared beforehand.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use tokio::{sync::Mutex, task::JoinSet};
use yanxi::{
    db::{
        Db, Engine,
        idempotency::{Key, Running, Twin},
        q,
    },
    kernel::{Actor, Clock, Fulfilment, Qty, QuoteId, Random, RegionCode, SkuCode, Step},
    orders::{
        Trade,
        place::{self, Placing},
        token::OrderTokens,
    },
    payments::Providers,
    pricing::{self, Ask, AskedItem, Quote},
};

use crate::{
    Plan,
    app::Server,
    client::{self, Turn},
    postgres::Database,
    raw::{self, Plain},
    report::Figures,
    shop::{REGION, baskets, order_of},
};

pub const MORE_STOCK: &str = "UPDATE stock_levels SET on_hand = on_hand + 10000000";

/// Prints the table of one engine; none is SQLite.
pub async fn measure(plan: &Plan, database: Option<&Database>) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let url = database.map(|d| d.url.as_str());
    let app = Server::app(folder.path(), url).await?;
    let baskets = baskets(app.address).await?;
    let file = sqlite_file(folder.path());
    let own_url = url.map_or_else(|| file.clone(), str::to_owned);
    let bench = Bench::open(&own_url, &baskets).await?;
    let (mut plain, mut verb, mut http) = (Figures::default(), Figures::default(), Figures::default());
    for round in 0..=plan.rounds {
        // The first turn of each warms up and is short.
        let orders = if round == 0 { plan.orders / 10 + 1 } else { plan.orders };
        let turns = [
            bench.plain(orders, plan.connections).await?,
            bench.verb(orders, plan.connections).await?,
            bench.http(orders, plan.connections, &app).await?,
        ];
        if round > 0 {
            for (figures, turn) in [&mut plain, &mut verb, &mut http].into_iter().zip(turns) {
                figures.add(turn);
            }
        }
    }
    let engine = if database.is_some() { "PostgreSQL" } else { "SQLite" };
    println!("\n| orders of two cooperatives on {engine} | orders/s | p50 ms | p99 ms | µs of processor | ratio |");
    println!("| --- | --: | --: | --: | --: | --: |");
    println!(
        "| the same {} statements from a plain loop | {} | 1 |",
        bench.goods[0].template.statements(),
        plain.cells()
    );
    println!("| `orders::place` without HTTP | {} | {:.2} |", verb.cells(), verb.ratio(&plain));
    println!("| `POST /api/v1/orders` | {} | {:.2} |", http.cells(), http.ratio(&plain));
    bench.trade.db.close().await;
    Ok(())
}

/// What the verbs need, on a database of the program.
pub async fn trade(url: &str) -> Result<Trade> {
    let db = Db::open(url, None).await?;
    let (providers, tokens) = (Providers::of(&db).await?, OrderTokens::of(&db).await?);
    Ok(Trade { db, clock: Clock::System, providers, keys: Running::default(), tokens, hold_seconds: 900 })
}

/// The program's SQLite file in its data folder.
pub fn sqlite_file(folder: &std::path::Path) -> String {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let file =
        files.into_iter().find(|path| path.extension().is_some_and(|e| e == "db" || e == "sqlite" || e == "sqlite3"));
    format!("sqlite:{}", file.unwrap_or_default().display())
}

/// A basket as it was quoted, and the statements of its order.
struct Goods {
    quote: Quote,
    template: raw::Template,
}

struct Bench {
    trade: Trade,
    goods: Vec<Goods>,
    url: String,
}

/// One of each SKU.
pub fn asked(skus: &[String]) -> Result<Ask> {
    let one = Qty::parse("qty", 1).map_err(yanxi::kernel::Error::from)?;
    Ok(Ask {
        items: skus.iter().map(|sku| AskedItem { sku: SkuCode::stored(sku.clone()), qty: one }).collect(),
        region_code: Some(RegionCode::stored(REGION.to_owned())),
        street: "人民路 1 号".to_owned(),
        coupons: Vec::new(),
        fulfilment: Fulfilment::Delivery,
        outlet: None,
    })
}

pub fn placing(quote_id: &str) -> Placing {
    Placing {
        quote_id: quote_id.to_owned(),
        name: "收货人".to_owned(),
        phone: "13800000001".to_owned(),
        ..Placing::default()
    }
}

fn key(quote_id: &str) -> Key {
    key_for(quote_id, "placeOrder")
}

pub fn key_for(quote_id: &str, operation: &'static str) -> Key {
    Key {
        scope: format!("quote:{quote_id}"),
        key: quote_id.to_owned(),
        operation,
        body_hash: Random::hash_of(quote_id),
        twin: Twin::Told,
    }
}

impl Bench {
    async fn open(url: &str, baskets: &[Vec<String>]) -> Result<Self> {
        let trade = trade(url).await?;
        let mut tx = trade.db.begin().await?;
        q(MORE_STOCK).exec(&mut tx).await?;
        tx.commit().await?;
        let mut bench = Self { trade, goods: Vec::new(), url: url.to_owned() };
        for skus in baskets {
            let quote = bench.priced(skus).await?;
            bench.keep(std::slice::from_ref(&quote)).await?;
            let id = &quote.quote_id.0;
            let placed =
                place::place(&bench.trade, &bench.trade.work(Actor::GUEST, Some(&key(id))), placing(id)).await?;
            let template = raw::Template::of(url, &placed.number).await?;
            bench.goods.push(Goods { quote, template });
        }
        Ok(bench)
    }

    async fn priced(&self, skus: &[String]) -> Result<Quote> {
        let ask = asked(skus)?;
        let mut step = Step { at: self.trade.clock.now(), by: Actor::GUEST, random: Random::System };
        Ok(pricing::price(&mut self.trade.db.read().await?, &ask, &mut step).await?)
    }

    async fn keep(&self, quotes: &[Quote]) -> Result<()> {
        let mut tx = self.trade.db.begin().await?;
        for quote in quotes {
            pricing::keep_quote(&mut tx, quote, None, self.trade.clock.now()).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Keeps so many quotes, over all baskets in turn; answers their ids.
    async fn quotes(&self, count: usize) -> Result<Vec<String>> {
        let now = self.trade.clock.now();
        let mut quotes = Vec::with_capacity(count);
        for goods in self.goods.iter().cycle().take(count) {
            quotes.push(Quote { quote_id: QuoteId(Random::System.id(now)?), ..goods.quote.clone() });
        }
        self.keep(&quotes).await?;
        Ok(quotes.into_iter().map(|quote| quote.quote_id.0).collect())
    }

    async fn plain(&self, orders: usize, connections: usize) -> Result<Turn> {
        let quotes = self.quotes(orders).await?;
        let plans = quotes.iter().zip(self.goods.iter().cycle()).map(|(id, goods)| goods.template.order(id));
        let plans = plans.collect::<Result<Vec<_>>>()?;
        // SQLite has one writer at a time; more connections would only wait for each other.
        let connections = if self.trade.db.engine() == Engine::Sqlite { 1 } else { connections };
        let plain = Plain::open(&self.url, connections).await?;
        plain.run(plans).await
    }

    async fn verb(&self, orders: usize, connections: usize) -> Result<Turn> {
        let quotes = Arc::new(Mutex::new(self.quotes(orders).await?));
        let begun = Instant::now();
        let mut tasks = JoinSet::new();
        for _ in 0..connections {
            let (trade, quotes) = (self.trade.clone(), quotes.clone());
            tasks.spawn(async move {
                let mut times = Vec::new();
                while let Some(id) = { quotes.lock().await.pop() } {
                    let asked = Instant::now();
                    place::place(&trade, &trade.work(Actor::GUEST, Some(&key(&id))), placing(&id)).await?;
                    times.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
                }
                Ok::<_, anyhow::Error>(times)
            });
        }
        let mut times = Vec::new();
        while let Some(done) = tasks.join_next().await {
            times.extend(done??);
        }
        Ok(Turn { took: begun.elapsed(), times, processor: None })
    }

    async fn http(&self, orders: usize, connections: usize, app: &Server) -> Result<Turn> {
        let quotes = self.quotes(orders).await?;
        let calls: client::Calls = Arc::new(move |n| quotes.get(n).map(|id| order_of(id)));
        let before = app.processor_time();
        let mut turn = client::load(app.address, connections, Duration::from_mins(10), &calls).await?;
        turn.processor = before.zip(app.processor_time()).map(|(from, to)| to.saturating_sub(from));
        Ok(turn)
    }
}

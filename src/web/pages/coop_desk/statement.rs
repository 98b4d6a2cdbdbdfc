//! `/coop/statement`: what each sale and refund moved, with files for the books.

use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use serde::Deserialize;

use super::frame::{COOP, desk};
use crate::{
    db::Conn,
    kernel::{Fen, Result as KernelResult},
    orders::statement::{self, Asked, Moved, Place, Totals},
    web::{
        Market, Result, Route,
        auth::Caller,
        form::Faults,
        json::ApiQuery,
        pages::{
            desk::Desk,
            view::{Layout, again},
        },
        statements::asked,
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/coop/statement", COOP, statement)]
}

/// Most rows on the page; the files hold all.
const MOST: usize = 500;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    from: Option<String>,
    to: Option<String>,
    /// The last row of the page before.
    after: Option<String>,
}

struct Row {
    words: [String; 3],
    qty: i64,
    money: [Fen; 6],
}

#[derive(Template)]
#[template(path = "coop_desk/statement.html")]
struct Page {
    layout: Layout,
    desk: Desk,
    from: String,
    to: String,
    faults: Faults,
    /// What was drawn; nothing where the days were refused.
    table: Option<Table>,
}

struct Table {
    rows: Vec<Row>,
    /// The next page.
    later: Option<String>,
    qty: i64,
    totals: [Fen; 6],
}

fn row(moved: &Moved) -> KernelResult<Row> {
    let freight = moved.freight_fen.minus(moved.refund_freight_fen)?;
    Ok(Row {
        words: [moved.day.to_string(), moved.number.clone(), moved.sku.clone().unwrap_or_else(|| "—".to_owned())],
        qty: moved.qty,
        money: [moved.goods_fen, moved.promotion_fen, freight, moved.refund_fen, moved.net()?, moved.received_fen],
    })
}

async fn statement(
    State(market): State<Market>,
    caller: Caller,
    uri: Uri,
    ApiQuery(query): ApiQuery<Query>,
) -> Result<Response> {
    let layout = Layout::of(&market, caller.lang, "stall.statement");
    let (from, to, table, faults) = match drawn(&market, &caller, &query).await {
        Ok((asked, table)) => (asked.from.to_string(), asked.to.to_string(), Some(table), Faults::default()),
        Err(error) => {
            let faults = Faults::kept(error, caller.lang, &["from", "to"])?;
            (query.from.unwrap_or_default(), query.to.unwrap_or_default(), None, faults)
        }
    };
    let page = Page { desk: desk(&layout, &caller, &uri), from, to, faults, table, layout };
    again(page.faults.status(), &page)
}

async fn drawn(market: &Market, caller: &Caller, query: &Query) -> Result<(Asked, Table)> {
    let asked = asked(market, caller, query.from.as_deref(), query.to.as_deref())?;
    let after = query.after.as_deref().map(str::parse::<Place>).transpose()?;
    let mut reading = market.db().report().await?;
    let read = read(&mut reading, &asked, after.as_ref()).await;
    let (page, totals) = reading.end(read).await?;
    let table = table(&asked, &page, &totals)?;
    Ok((asked, table))
}

async fn read(conn: &mut Conn, asked: &Asked, after: Option<&Place>) -> KernelResult<(statement::Page, Totals)> {
    Ok((asked.page(conn, after, MOST).await?, asked.totals(conn).await?))
}

fn table(asked: &Asked, page: &statement::Page, t: &Totals) -> KernelResult<Table> {
    let freight = t.freight_fen.minus(t.refund_freight_fen)?;
    let rows: KernelResult<Vec<Row>> = page.rows.iter().map(row).collect();
    let last = page.rows.last().filter(|_| page.more);
    let later = |last: &Moved| format!("/coop/statement?from={}&to={}&after={}", asked.from, asked.to, last.place());
    Ok(Table {
        later: last.map(later),
        rows: rows?,
        qty: t.qty,
        totals: [t.goods_fen, t.promotion_fen, freight, t.refund_fen, t.net_fen, t.received_fen],
    })
}

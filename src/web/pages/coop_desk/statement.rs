//! `/coop/statement`: what each sale and refund moved, with files for the books.

use askama::Template;
use axum::{extract::State, http::Uri, response::Response};

use super::frame::{COOP, desk};
use crate::{
    kernel::Fen,
    orders::statement::{Moved, Statement},
    web::{
        Market, Result, Route,
        auth::Caller,
        form::Faults,
        json::ApiQuery,
        pages::{
            desk::Desk,
            view::{Layout, again},
        },
        statements::{StatementQuery, drawn},
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/coop/statement", COOP, statement)]
}

/// Most rows on the page; the files hold all.
const MOST: usize = 500;

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
    more: bool,
    qty: i64,
    totals: [Fen; 6],
}

fn row(moved: &Moved) -> crate::kernel::Result<Row> {
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
    ApiQuery(query): ApiQuery<StatementQuery>,
) -> Result<Response> {
    let layout = Layout::of(&market, caller.lang, "stall.statement");
    let (from, to, table, faults) = match drawn(&market, &caller, &query).await {
        Ok(drawn) => (drawn.from.to_string(), drawn.to.to_string(), Some(table(&drawn)?), Faults::default()),
        Err(error) => {
            let faults = Faults::kept(error, caller.lang, &["from", "to"])?;
            (query.from.unwrap_or_default(), query.to.unwrap_or_default(), None, faults)
        }
    };
    let page = Page { desk: desk(&layout, &caller, &uri), from, to, faults, table, layout };
    again(page.faults.status(), &page)
}

fn table(drawn: &Statement) -> crate::kernel::Result<Table> {
    let t = &drawn.totals;
    let freight = t.freight_fen.minus(t.refund_freight_fen)?;
    let rows: crate::kernel::Result<Vec<Row>> = drawn.rows.iter().take(MOST).map(row).collect();
    Ok(Table {
        more: drawn.rows.len() > MOST,
        rows: rows?,
        qty: t.qty,
        totals: [t.goods_fen, t.promotion_fen, freight, t.refund_fen, t.net_fen, t.received_fen],
    })
}

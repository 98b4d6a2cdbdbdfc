//! The sandbox's page of payment: plays the provider's page, on which the payer pays or is refused.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use crate::{
    kernel::{Code, Fen, Named, PaymentId, Refusal},
    orders::{hear, read},
    payments::{Payment, PaymentState, sandbox::Outcome, store},
    web::{
        Allow, Market, Result, Route,
        auth::Language,
        durable::durable,
        form::Form,
        json::ApiQuery,
        pages::view::{self, Layout},
        percent,
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/pay/{payment_id}", Allow::Anyone, page), Route::post("/pay/{payment_id}", Allow::Anyone, settle)]
}

#[derive(Template)]
#[template(path = "checkout/pay.html")]
struct PayPage {
    layout: Layout,
    id: String,
    number: String,
    amount: Fen,
    open: bool,
    state: &'static str,
    back: String,
    query: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    token: String,
}

impl Asked {
    fn query(&self, sign: char) -> String {
        if self.token.is_empty() { String::new() } else { format!("{sign}token={}", percent(&self.token)) }
    }
}

/// The payment of an id with its order's number; there is none for who guesses, nor outside a demonstration.
async fn found(market: &Market, id: &str) -> Result<(Payment, String)> {
    market.trade.providers.sandbox()?;
    let mut conn = market.db().read().await?;
    let payment = store::find(&mut conn, id).await?.ok_or_else(|| Refusal::new(Code::NotFound))?;
    let order = read::by_id(&mut conn, &payment.order_id).await?;
    Ok((payment, order.number))
}

fn back(payment: &Payment, number: &str, asked: &Asked) -> String {
    format!("/orders/{number}/return?payment={}{}", payment.id, asked.query('&'))
}

async fn page(
    State(market): State<Market>,
    Language(lang): Language,
    Path(id): Path<String>,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response> {
    let (payment, number) = found(&market, &id).await?;
    let layout = Layout::of(&market, lang, "pay.title").nav("me");
    view::html(&PayPage {
        back: back(&payment, &number, &asked),
        open: matches!(payment.state, PaymentState::Pending | PaymentState::Failed),
        state: payment.state.name(lang),
        query: asked.query('?'),
        amount: payment.amount_fen,
        layout,
        id,
        number,
    })
}

#[derive(Deserialize)]
struct Settled {
    outcome: Outcome,
}

/// The payer's act; then the browser returns to the order, whatever came of it.
async fn settle(
    State(market): State<Market>,
    Path(id): Path<String>,
    ApiQuery(asked): ApiQuery<Asked>,
    Form(settled): Form<Settled>,
) -> Result<Response> {
    let (payment, number) = found(&market, &id).await?;
    let (trade, id) = (market.trade.clone(), PaymentId(id));
    let done = durable(async move { hear::settle_at_sandbox(&trade, &id, settled.outcome).await }).await;
    match done {
        Err(error) if error.refusal().is_none_or(|refusal| refusal.code != Code::PaymentDone) => Err(error),
        _ => Ok(Redirect::to(&back(&payment, &number, &asked)).into_response()),
    }
}

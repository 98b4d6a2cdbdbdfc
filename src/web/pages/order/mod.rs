//! An order for its owner: paid, followed, cancelled, received.
//!
//! The owner is who is signed in, or bears the order's token: in the address (`?token=`, as in the link
//! that a guest keeps) or in a cookie that the link leaves behind. Everybody else is told that there is
//! no such order. `page` is what it shows, `track` how its way is told.

pub(super) mod found;
pub(super) mod page;
pub(super) mod track;

use axum::{
    extract::{FromRequestParts, Path},
    http::{HeaderValue, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use self::{
    found::Found,
    page::{OrderPage, PageRequest},
};
use crate::{
    db::idempotency::{Key, Twin},
    kernel::{Code, PaymentId, Refusal, SellerOrderId},
    orders::{
        OrderState, ask, cancel as cancelling, pay,
        read::{self, Owner},
        receive,
        record::Order,
    },
    payments::store,
    web::{
        Allow, Error, Market, Result, Route,
        auth::{self, Caller},
        durable::durable,
        form::Form,
        json::ApiQuery,
        pages::view,
        percent,
    },
};

/// A guest's browser keeps the order's token for this many seconds.
const TOKEN_LIFE: i64 = 2 * 24 * 3600;

/// Routes of this folder.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/orders/{number}", Allow::Owner, show),
        Route::post("/orders/{number}/pay", Allow::Owner, pay_order),
        Route::get("/orders/{number}/return", Allow::Owner, return_from_payment),
        Route::post("/orders/{number}/cancel", Allow::Owner, cancel),
        Route::post("/orders/{number}/receipt", Allow::Owner, confirm_receipt),
    ]
}

/// What an address of an order says besides its number.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    token: Option<String>,
    /// The payment from which one returns.
    payment: Option<String>,
}

fn token_name(number: &str) -> String {
    format!("order_{number}")
}

/// `Set-Cookie` with which a guest's browser may see the order for some days.
pub fn token_cookie(market: &Market, number: &str, token: &str) -> String {
    auth::secret_cookie(market, &token_name(number), (token, TOKEN_LIFE))
}

/// One visit of an order by its owner.
struct Visit {
    market: Market,
    caller: Caller,
    order: Order,
    /// The token that the address or the cookie brought.
    token: Option<String>,
    /// Whether the address brought it: then it stays there, for browsers without cookies.
    in_address: bool,
    /// The payment from which one returns.
    payment: Option<String>,
}

impl FromRequestParts<Market> for Visit {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, market: &Market) -> Result<Self> {
        let caller = Caller::from_request_parts(parts, market).await?;
        let number: Result<Path<String>, _> = Path::from_request_parts(parts, market).await;
        let Ok(Path(number)) = number else { return Err(Refusal::new(Code::NotFound).into()) };
        let ApiQuery(asked): ApiQuery<Asked> = ApiQuery::from_request_parts(parts, market).await?;
        let kept = auth::cookie(&parts.headers, &auth::secret_name(market, &token_name(&number)));
        let in_address = asked.token.is_some();
        let token = asked.token.or(kept);
        let by_person = Owner { token: token.clone().or_else(|| caller.order_token.clone()), ..caller.owner() };
        let order = read::owned(&mut market.db().read().await?, &number, &by_person).await?;
        Ok(Self { market: market.clone(), caller, order, token, in_address, payment: asked.payment })
    }
}

impl Visit {
    /// The order's address, with the token where it came with it.
    fn at(&self, below: &str) -> String {
        let token = self.token.as_ref().filter(|_| self.in_address);
        let query = token.map(|token| format!("?token={}", percent(token))).unwrap_or_default();
        format!("/orders/{}{below}{query}", self.order.number)
    }

    async fn page(&self, alert: String) -> Result<OrderPage> {
        let mut conn = self.market.db().read().await?;
        let found = Found::read(&mut conn, self.order.id.clone(), self.caller.lang).await?;
        let own = self.caller.person.is_some() && self.order.person_id == self.caller.owner().person;
        let token = self.token.as_deref().filter(|_| !own);
        let query = self.at("").split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
        Ok(OrderPage::of(&self.market, self.caller.lang, found, PageRequest { token, query: &query, alert }))
    }

    /// After a form: the order again, or the order with what was refused.
    async fn after(&self, done: Result<(), Error>) -> Result<Response> {
        match done {
            Ok(()) => Ok(Redirect::to(&self.at("")).into_response()),
            Err(error) => {
                let Some(refusal) = error.refusal() else { return Err(error) };
                let page = self.page(refusal.detail(self.caller.lang)).await?;
                view::again(refusal.code.status(), &page)
            }
        }
    }
}

async fn show(visit: Visit) -> Result<Response> {
    let mut response = view::html(&visit.page(String::new()).await?)?;
    if let Some(token) = visit.token.as_deref().filter(|_| visit.in_address)
        && let Ok(cookie) = HeaderValue::from_str(&token_cookie(&visit.market, &visit.order.number, token))
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Goes to the payment that is open, or opens one; a double click opens one.
async fn pay_order(visit: Visit) -> Result<Response> {
    let payments = store::of_order(&mut visit.market.db().read().await?, &visit.order.id).await?;
    let waits = visit.order.state == OrderState::AwaitingPayment;
    let open = payments.iter().find(|payment| waits && payment.state.is_open()).cloned();
    let (trade, order) = (visit.market.trade.clone(), visit.order.clone());
    let paying = match open {
        Some(payment) => durable(async move { pay::go_on(&trade, payment).await }).await,
        None => {
            // One for each try: a failed payment is followed by another.
            let key = Key {
                scope: format!("order:{}", order.id),
                key: format!("page-{}", payments.len()),
                operation: "payOrder",
                body_hash: String::new(),
                twin: Twin::Waits,
            };
            let work = trade.work(visit.caller.actor(), Some(&key));
            let offered = trade.providers.methods().next();
            match offered {
                Some(method) => {
                    durable(async move { pay::pay(&trade, &work, &order, pay::Tender::of(method)).await }).await
                }
                None => Err(Refusal::new(Code::NoMethod).into()),
            }
        }
    };
    match paying.map(|paying| paying.redirect_url.unwrap_or_else(|| visit.at(""))) {
        Ok(page) => {
            let token = visit.token.as_ref().filter(|_| visit.in_address);
            let query = token.map(|token| format!("?token={}", percent(token))).unwrap_or_default();
            Ok(Redirect::to(&format!("{page}{query}")).into_response())
        }
        Err(error) => visit.after(Err(error)).await,
    }
}

/// The browser's return: never believed, the provider is asked.
async fn return_from_payment(visit: Visit) -> Result<Response> {
    let payments = store::of_order(&mut visit.market.db().read().await?, &visit.order.id).await?;
    let of_order = |id: &String| payments.iter().any(|payment| payment.id.as_str() == id);
    if let Some(id) = visit.payment.clone().filter(of_order) {
        let trade = visit.market.trade.clone();
        durable(async move { ask::ask_provider(&trade, &PaymentId(id)).await }).await?;
    }
    Ok(Redirect::to(&visit.at("")).into_response())
}

async fn cancel(visit: Visit) -> Result<Response> {
    let (trade, order) = (visit.market.trade.clone(), visit.order.clone());
    let work = trade.work(visit.caller.actor(), None);
    let done = durable(async move { cancelling::cancel(&trade, &work, &order).await }).await;
    visit.after(done).await
}

#[derive(Deserialize)]
struct Receipt {
    seller_order: String,
}

async fn confirm_receipt(visit: Visit, Form(receipt): Form<Receipt>) -> Result<Response> {
    let (work, order) = (visit.market.trade.work(visit.caller.actor(), None), visit.order.clone());
    let seller = SellerOrderId(receipt.seller_order);
    let done = durable(async move { receive::confirm(&work, &order, &seller).await }).await;
    visit.after(done).await
}

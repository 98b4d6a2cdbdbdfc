//! `/admin/orders/{number}`: one order whole, and what repairs it: money back, scans, the provider asked
//! again. `page` is what is shown, `typed` what was typed; the verbs are those of orders.

mod page;
mod typed;

use axum::{
    extract::{Path, State},
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use self::{
    page::{Case, CasePage, Forms, Looked},
    typed::{RefundForm, SCAN_FIELDS, ScanForm},
};
use super::frame::{OPERATOR, desk};
use crate::{
    db::idempotency::{self, Key},
    kernel::{Code, Lang, PaymentId, RefundId, Refusal, SellerOrderId},
    orders::{
        ask,
        record::Line,
        refund::{
            self, Refunding,
            request::{self, RefundRequest, Wished},
        },
        ship,
    },
    web::{
        Error, Market, Result, Route,
        auth::Caller,
        durable::durable,
        form::{Faults, Form, is_key, new_key},
        json::ApiQuery,
        pages::view::{self, Layout},
    },
};

/// Routes of this folder.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/admin/orders/{number}", OPERATOR, show),
        Route::post("/admin/orders/{number}/refunds", OPERATOR, give_back),
        Route::post("/admin/orders/{number}/refunds/{id}", OPERATOR, send_again),
        Route::post("/admin/orders/{number}/payments/{id}", OPERATOR, ask_provider),
        Route::post("/admin/orders/{number}/scans", OPERATOR, add_scan),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    /// What was just done: a refund's id, or `scan`, `asked`.
    done: Option<String>,
}

fn address(number: &str, done: &str) -> String {
    format!("/admin/orders/{number}?done={}", crate::web::percent(done))
}

async fn page(market: &Market, caller: &Caller, uri: &Uri, (case, mut forms): (Case, Forms)) -> Result<CasePage> {
    if !is_key(&forms.refund.key) {
        forms.refund.key = new_key()?;
    }
    let layout = Layout::of(market, caller.lang, "cases.order");
    let layout = Layout { title: format!("{} {}", layout.title, case.number()), ..layout };
    let desk = desk(market, &layout, caller, uri).await?;
    Ok(CasePage::of(layout, desk, case, forms))
}

async fn show(
    State(market): State<Market>,
    caller: Caller,
    uri: Uri,
    Path(number): Path<String>,
    ApiQuery(after): ApiQuery<After>,
) -> Result<Response> {
    let case = Case::read(&market, &number, caller.lang).await?;
    let forms = Forms { done: after.done.unwrap_or_default(), ..Forms::default() };
    view::html(&page(&market, &caller, &uri, (case, forms)).await?)
}

/// What became of a refund's form.
enum Outcome {
    /// So much would go back.
    Looked(Looked),
    /// It went back, now or when the form was sent before.
    Done(String),
}

async fn give_back(
    State(market): State<Market>,
    caller: Caller,
    uri: Uri,
    Path(number): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let mut refund = RefundForm::of(pairs);
    let case = Case::read(&market, &number, caller.lang).await?;
    if !is_key(&refund.key) {
        refund.key = new_key()?;
    }
    let asked = match refund.request(&case.lines) {
        Ok(request) if request.lines.as_ref().is_some_and(Vec::is_empty) => {
            let mut faults = Faults::default();
            faults.whole.push(Layout::of(&market, caller.lang, "cases.choose_units").title);
            let forms = Forms { refund, refund_faults: faults, ..Forms::default() };
            return view::refused(&page(&market, &caller, &uri, (case, forms)).await?);
        }
        Ok(request) => outcome(&market, &caller, &number, (&refund, &request)).await.map_err(|error| {
            let named = error.refusal().map(|refusal| RefundForm::named(refusal, &request));
            named.map_or(error, Error::from)
        }),
        Err(refusal) => Err(refusal.into()),
    };
    match asked {
        Ok(Outcome::Done(id)) => Ok(Redirect::to(&address(&number, &id)).into_response()),
        Ok(Outcome::Looked(looked)) => {
            let forms = Forms { refund, looked: Some(looked), ..Forms::default() };
            view::html(&page(&market, &caller, &uri, (case, forms)).await?)
        }
        Err(error) => {
            let Some(refusal) = error.refusal() else { return Err(error) };
            let mut faults = refund_faults(refusal, caller.lang, &case);
            if refusal.code == Code::KeyReused {
                // The form went through with other content before, such as before the back button.
                faults = Faults::default();
                faults.whole.push(Layout::of(&market, caller.lang, "cases.sent_before").title);
                refund.key = new_key()?;
            }
            let forms = Forms { refund, refund_faults: faults, ..Forms::default() };
            view::again(refusal.code.status(), &page(&market, &caller, &uri, (case, forms)).await?)
        }
    }
}

/// Faults beside the form's fields, those of each line among them.
fn refund_faults(refusal: &Refusal, lang: Lang, case: &Case) -> Faults {
    let of_line = |line: &Line| [format!("qty-{}", line.line_no), format!("amount-{}", line.line_no)];
    let fields: Vec<String> = case.lines.iter().flat_map(of_line).collect();
    let shown: Vec<&str> = fields.iter().map(String::as_str).chain(["amount", "reason"]).collect();
    Faults::of(refusal, lang, &shown)
}

/// Looks at what would go back, or sends it: once for a form, and only what the form had shown.
async fn outcome(
    market: &Market,
    caller: &Caller,
    number: &str,
    (form, request): (&RefundForm, &RefundRequest),
) -> Result<Outcome> {
    let key = form.key_of(&caller.person()?.id, number, request)?;
    let mut conn = market.db().read().await?;
    let wished = request::wished(&mut conn, number, request).await?;
    // First what is left, then the key: a twin that finished in between is found by its key.
    let looked = refund::look(&mut conn, &wished.order, &wished.asked).await;
    let known = idempotency::find(&mut conn, &key).await?;
    drop(conn);
    if let Some(answer) = known {
        let first: Refunding = serde_json::from_str(&answer).map_err(crate::kernel::Error::from)?;
        return Ok(Outcome::Done(first.refund_id));
    }
    let amounts = looked?;
    let changed = form.act == "send" && form.shown != amounts.total.0.to_string();
    if form.act != "send" || changed {
        return Ok(Outcome::Looked(Looked { amounts, changed }));
    }
    sent(market, caller, wished, &key).await.map(Outcome::Done)
}

async fn sent(market: &Market, caller: &Caller, wished: Wished, key: &Key) -> Result<String> {
    let (trade, work) = (market.trade.clone(), market.trade.work(caller.actor(), Some(key)));
    let Wished { order, asked, reason } = wished;
    let sending = async move { refund::refund(&trade, &work, &order, (&asked, &reason)).await };
    Ok(durable(sending).await?.refund_id)
}

fn not_found() -> Error {
    Refusal::new(Code::NotFound).into()
}

/// Sends a refund that is promised and did not reach the provider, which takes it once; or promises again what no
/// order could take and the provider refused.
async fn send_again(
    State(market): State<Market>,
    caller: Caller,
    Path((number, id)): Path<(String, String)>,
) -> Result<Response> {
    let case = Case::read(&market, &number, caller.lang).await?;
    if !case.found.refunds.iter().any(|refund| refund.id.as_str() == id) {
        return Err(not_found());
    }
    let (trade, work, refund) = (market.trade.clone(), market.trade.work(caller.actor(), None), RefundId(id.clone()));
    durable(async move { refund::send::again(&trade, &work, &refund).await }).await?;
    Ok(Redirect::to(&address(&number, &id)).into_response())
}

/// Asks the provider after a payment whose result is not known.
async fn ask_provider(
    State(market): State<Market>,
    caller: Caller,
    Path((number, id)): Path<(String, String)>,
) -> Result<Response> {
    let case = Case::read(&market, &number, caller.lang).await?;
    if !case.payments.iter().any(|payment| payment.id.as_str() == id) {
        return Err(not_found());
    }
    let trade = market.trade.clone();
    durable(async move { ask::ask_provider(&trade, &PaymentId(id)).await }).await?;
    Ok(Redirect::to(&address(&number, "asked")).into_response())
}

async fn add_scan(
    State(market): State<Market>,
    caller: Caller,
    uri: Uri,
    Path(number): Path<String>,
    Form(typed): Form<ScanForm>,
) -> Result<Response> {
    let case = Case::read(&market, &number, caller.lang).await?;
    if !case.found.view.seller_orders.iter().any(|seller| seller.id == typed.seller_order) {
        return Err(not_found());
    }
    let done = match typed.scan() {
        Ok(scan) => {
            let (work, id) = (market.trade.work(caller.actor(), None), SellerOrderId(typed.seller_order.clone()));
            durable(async move { ship::scan(&work, &id, scan).await }).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    match done {
        Ok(()) => Ok(Redirect::to(&address(&number, "scan")).into_response()),
        Err(error) => match error.refusal() {
            Some(refusal) if refusal.code != Code::NotFound => {
                let scan_faults = Faults::of(refusal, caller.lang, &SCAN_FIELDS);
                let forms = Forms { scan: typed, scan_faults, ..Forms::default() };
                view::again(refusal.code.status(), &page(&market, &caller, &uri, (case, forms)).await?)
            }
            _ => Err(error),
        },
    }
}

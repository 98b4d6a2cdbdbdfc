//! `/admin/coupons`: coupons with what is used of them, and a form for a new one.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::frame::{OPERATOR, desk};
use crate::{
    kernel::{Code, Day, Fen, Named, Refusal, parse},
    promotions::coupon::{self, Coupon, CouponKind, Funder, NewCoupon},
    web::{
        Market, Result, Route,
        auth::Caller,
        durable::durable,
        form::{Choice, Faults, Form, choices_of},
        json::ApiQuery,
        pages::{
            desk::Desk,
            view::{self, Layout},
        },
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/admin/coupons", OPERATOR, list),
        Route::post("/admin/coupons", OPERATOR, make),
        Route::post("/admin/coupons/{code}/end", OPERATOR, end),
    ]
}

const PER_PAGE: i64 = 50;
const FIELDS: [&str; 10] =
    ["code", "kind", "amount", "percent", "min_goods", "limit_total", "limit_each", "from", "to", "funder"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    page: Option<i64>,
}

/// What was typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct CouponForm {
    code: String,
    kind: String,
    amount: String,
    percent: String,
    min_goods: String,
    limit_total: String,
    limit_each: String,
    from: String,
    to: String,
    funder: String,
}

impl CouponForm {
    /// What the form describes; every field at fault is named.
    fn parsed(&self) -> Result<NewCoupon, Refusal> {
        let mut faults = Vec::new();
        let typed = |text: &str| !text.trim().is_empty();
        let missing = |field: &str| Refusal::of_field(field, Code::Missing);
        let kind = CouponKind::try_from(self.kind.as_str()).unwrap_or(CouponKind::Amount);
        let amount = kind == CouponKind::Amount;
        let mut kept = |read: Result<i64, Refusal>| read.map_err(|refusal| faults.push(refusal)).ok();
        let yuan = |field: &str, text: &str| parse::yuan(field, text).map(|fen| fen.0);
        let amount_fen = amount.then(|| kept(yuan("amount", &self.amount))).flatten();
        let bp = (!amount).then(|| kept(parse::percent("percent", &self.percent).map(|bp| bp.0))).flatten();
        let min = typed(&self.min_goods).then(|| kept(yuan("min_goods", &self.min_goods))).flatten();
        let mut limit = |field: &str, text: &str| typed(text).then(|| kept(parse::whole(field, text))).flatten();
        let (limit_total, limit_each) =
            (limit("limit_total", &self.limit_total), limit("limit_each", &self.limit_each));
        let mut day = |field: &str, text: &str| {
            let read = if typed(text) { parse::day(field, text) } else { Err(missing(field)) };
            read.map_err(|refusal| faults.push(refusal)).unwrap_or_default()
        };
        let (from, to): (Day, Day) = (day("from", &self.from), day("to", &self.to));
        let funder = Funder::try_from(self.funder.as_str()).map_err(|_| missing("funder"));
        let funder = funder.map_err(|refusal| faults.push(refusal)).unwrap_or(Funder::Platform);
        match Refusal::all(faults) {
            Some(refusal) => Err(refusal),
            None => Ok(NewCoupon {
                code: self.code.clone(),
                kind,
                amount_fen: amount_fen.map(Fen),
                bp,
                min_goods_fen: min.map(Fen),
                limit_total,
                limit_each,
                from,
                to,
                funder,
            }),
        }
    }
}

struct Row {
    code: String,
    value: String,
    least: Option<Fen>,
    used: String,
    each: String,
    days: String,
    state: String,
    live: bool,
    can_end: bool,
    funder: String,
}

/// Who sees the page, and where.
struct Seen<'a> {
    market: &'a Market,
    caller: &'a Caller,
    uri: &'a Uri,
}

#[derive(Template)]
#[template(path = "operator/coupons.html")]
struct Page {
    layout: Layout,
    desk: Desk,
    rows: Vec<Row>,
    typed: CouponForm,
    faults: Faults,
    kinds: Vec<Choice>,
    funders: Vec<Choice>,
    newer: Option<String>,
    older: Option<String>,
}

async fn shown(seen: &Seen<'_>, page: i64, typed: CouponForm, faults: Faults) -> Result<Response> {
    let Seen { market, caller, uri } = *seen;
    let layout = Layout::of(market, caller.lang, "coupons.title");
    let found = coupon::list(&mut market.db().read().await?, PER_PAGE, (page - 1) * PER_PAGE).await?;
    let today = market.now().day();
    let page = Page {
        rows: found.coupons.into_iter().map(|coupon| row(&layout, coupon, today)).collect(),
        kinds: choices_of::<CouponKind>(layout.lang, &typed.kind),
        funders: choices_of::<Funder>(layout.lang, &typed.funder),
        newer: (page > 1).then(|| format!("/admin/coupons?page={}", page - 1)),
        older: (found.total > page * PER_PAGE).then(|| format!("/admin/coupons?page={}", page + 1)),
        desk: desk(market, &layout, caller, uri).await?,
        typed,
        faults,
        layout,
    };
    view::again(page.faults.status(), &page)
}

fn row(layout: &Layout, coupon: Coupon, today: Day) -> Row {
    let value = match (coupon.amount_fen, coupon.bp) {
        (Some(fen), _) => fen.to_string(),
        (None, bp) => layout.say("coupons.off", &[("percent", &percent(bp.unwrap_or(0)))]),
    };
    let limit = |n: Option<i64>| n.map_or_else(|| layout.t("coupons.unlimited").to_owned(), |n| n.to_string());
    let used_up = coupon.limit_total.is_some_and(|limit| coupon.used >= limit);
    let key = match today {
        _ if coupon.ended_at.is_some() => "ended",
        _ if used_up => "used_up",
        day if day < coupon.valid_from => "to_come",
        day if day > coupon.valid_to => "over",
        _ => "live",
    };
    Row {
        value,
        least: Some(coupon.min_goods_fen).filter(|fen| *fen > Fen::ZERO),
        used: format!("{} / {}", coupon.used, limit(coupon.limit_total)),
        each: limit(coupon.limit_each),
        days: format!("{} – {}", coupon.valid_from, coupon.valid_to),
        state: layout.word("coupon_state", key),
        live: key == "live",
        can_end: coupon.ended_at.is_none() && today <= coupon.valid_to,
        funder: coupon.funder.name(layout.lang).to_owned(),
        code: coupon.code,
    }
}

/// Basis points as a percentage without idle zeros: `12.5`.
fn percent(bp: i64) -> String {
    let text = format!("{}.{:02}", bp / 100, bp % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

async fn list(
    State(market): State<Market>,
    caller: Caller,
    uri: Uri,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response> {
    let page = parse::within("page", asked.page.unwrap_or(1), 1, 1_000_000)?;
    let typed =
        CouponForm { from: market.now().day().to_string(), limit_each: "1".to_owned(), ..CouponForm::default() };
    shown(&Seen { market: &market, caller: &caller, uri: &uri }, page, typed, Faults::default()).await
}

async fn end(State(market): State<Market>, caller: Caller, Path(code): Path<String>) -> Result<Response> {
    let work = market.work(caller.actor(), None);
    durable(async move { coupon::end(&work, &code).await }).await?;
    Ok(Redirect::to("/admin/coupons").into_response())
}

async fn make(
    State(market): State<Market>,
    caller: Caller,
    uri: Uri,
    Form(typed): Form<CouponForm>,
) -> Result<Response> {
    let done = match typed.parsed() {
        Ok(new) => {
            let work = market.work(caller.actor(), None);
            durable(async move { coupon::make(&work, &new).await }).await.map(|_| ())
        }
        Err(refusal) => Err(refusal.into()),
    };
    match done {
        Ok(()) => Ok(Redirect::to("/admin/coupons").into_response()),
        Err(error) => {
            let faults = Faults::kept(error, caller.lang, &FIELDS)?;
            shown(&Seen { market: &market, caller: &caller, uri: &uri }, 1, typed, faults).await
        }
    }
}

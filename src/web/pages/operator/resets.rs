//! `/admin/reset-codes`: a one-time code for someone who forgot a password, shown once.

use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use serde::Deserialize;

use super::frame::{OPERATOR, desk};
use crate::{
    identity::reset::{self, Issued},
    web::{
        Market, Result, Route,
        auth::Caller,
        durable::durable,
        form::{Faults, Form},
        pages::{
            desk::Desk,
            view::{self, Layout},
        },
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/admin/reset-codes", OPERATOR, form), Route::post("/admin/reset-codes", OPERATOR, issue)]
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct ResetForm {
    login: String,
}

#[derive(Template)]
#[template(path = "operator/resets.html")]
struct Page {
    layout: Layout,
    desk: Desk,
    typed: ResetForm,
    faults: Faults,
    issued: Option<(String, String)>,
}

async fn page(
    market: &Market,
    caller: &Caller,
    uri: &Uri,
    (typed, faults): (ResetForm, Faults),
    issued: Option<Issued>,
) -> Result<Page> {
    let layout = Layout::of(market, caller.lang, "operator.resets");
    let issued = issued.map(|code| {
        let until =
            layout.say("operator.reset_until", &[("login", &code.login), ("at", &code.expires_at.minute_label())]);
        (code.code, until)
    });
    Ok(Page { desk: desk(market, &layout, caller, uri).await?, typed, faults, issued, layout })
}

async fn form(State(market): State<Market>, caller: Caller, uri: Uri) -> Result<Response> {
    view::html(&page(&market, &caller, &uri, Default::default(), None).await?)
}

async fn issue(
    State(market): State<Market>,
    caller: Caller,
    uri: Uri,
    Form(typed): Form<ResetForm>,
) -> Result<Response> {
    let (work, login) = (market.work(caller.actor(), None), typed.login.trim().to_owned());
    match durable(async move { reset::issue_to(&work, &login).await }).await {
        Ok(code) => view::html(&page(&market, &caller, &uri, Default::default(), Some(code)).await?),
        Err(error) => match error.refusal() {
            Some(refusal) => {
                let mut faults = Faults::default();
                faults.add("login", refusal.detail(caller.lang));
                view::refused(&page(&market, &caller, &uri, (typed, faults), None).await?)
            }
            None => Err(error),
        },
    }
}

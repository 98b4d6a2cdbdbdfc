//! A forgotten password set anew with the operator's one-time code.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use crate::{
    identity::reset::{self, Reset},
    web::{
        Allow, Market, Result, Route,
        auth::Caller,
        durable::durable,
        form::{Faults, Form},
        limits::ClientAddress,
        pages::view::{self, Layout},
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/reset", Allow::Anyone, page), Route::post("/reset", Allow::Anyone, redeem)]
}

#[derive(Template)]
#[template(path = "account/reset.html")]
struct ResetPage {
    layout: Layout,
    faults: Faults,
    typed: ResetForm,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct ResetForm {
    login: String,
    code: String,
    password: String,
}

fn shown(market: &Market, caller: &Caller, faults: Faults, typed: ResetForm) -> ResetPage {
    ResetPage { layout: Layout::of(market, caller.lang, "reset.title").nav("me"), faults, typed }
}

async fn page(State(market): State<Market>, caller: Caller) -> Result<Response> {
    view::html(&shown(&market, &caller, Faults::default(), ResetForm::default()))
}

async fn redeem(
    State(market): State<Market>,
    caller: Caller,
    ClientAddress(address): ClientAddress,
    Form(typed): Form<ResetForm>,
) -> Result<Response> {
    let ResetForm { login, code, password } = typed.clone();
    let (trade, by) = (market.trade.clone(), caller.actor());
    let asked = Reset { login, code, password, address };
    match durable(async move { reset::redeem(&trade.db, &asked, &trade.step(by)).await }).await {
        Ok(_) => Ok(Redirect::to("/sign-in?done=reset").into_response()),
        Err(error) => {
            let Some(refusal) = error.refusal() else { return Err(error) };
            let faults = Faults::of(refusal, caller.lang, &["login", "code", "password"]);
            view::again(refusal.code.status(), &shown(&market, &caller, faults, typed))
        }
    }
}

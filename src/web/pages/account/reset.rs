//! A forgotten password set anew with the operator's one-time code.

use askama::Template;
use axum::{
    extract::State as Inject,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use crate::{
    identity::reset::{self, Reset},
    web::{
        Allow, Result, Route, State,
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
    typed: Typed,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    login: String,
    code: String,
    password: String,
}

fn shown(state: &State, caller: &Caller, faults: Faults, typed: Typed) -> ResetPage {
    ResetPage { layout: Layout::of(state, caller.lang, "reset.title").nav("me"), faults, typed }
}

async fn page(Inject(state): Inject<State>, caller: Caller) -> Result<Response> {
    view::html(&shown(&state, &caller, Faults::default(), Typed::default()))
}

async fn redeem(
    Inject(state): Inject<State>,
    caller: Caller,
    ClientAddress(address): ClientAddress,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let Typed { login, code, password } = typed.clone();
    let (trade, by) = (state.trade.clone(), caller.actor());
    let asked = Reset { login, code, password, address };
    match durable(async move { reset::redeem(&trade.db, &asked, &trade.step(by)).await }).await {
        Ok(_) => Ok(Redirect::to("/sign-in?done=reset").into_response()),
        Err(error) => {
            let Some(refusal) = error.refusal() else { return Err(error) };
            let faults = Faults::of(refusal, caller.lang, &["login", "code", "password"]);
            view::again(refusal.code.status(), &shown(&state, &caller, faults, typed))
        }
    }
}

//! Signing in and out.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::onward::{entered, onward};
use crate::{
    identity::session::{self, SignIn},
    kernel::Actor,
    web::{
        Allow, Market, Result, Route,
        auth::Caller,
        durable::durable,
        form::{Faults, Form},
        json::ApiQuery,
        limits::ClientAddress,
        pages::view::{self, Layout},
        session as browser,
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/sign-in", Allow::Anyone, page),
        Route::post("/sign-in", Allow::Anyone, sign_in),
        Route::post("/sign-out", Allow::Anyone, sign_out),
    ]
}

/// An account of the demonstration (A11).
struct DemoAccount {
    login: &'static str,
    what: String,
}

const DEMO_LOGINS: [&str; 5] = ["shopper", "coop01", "clerk", "bureau", "operator"];

#[derive(Template)]
#[template(path = "account/sign_in.html")]
struct SignInPage {
    layout: Layout,
    faults: Faults,
    login: String,
    next: String,
    reset_done: bool,
    accounts: Vec<DemoAccount>,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    next: String,
    #[serde(default)]
    done: String,
}

#[derive(Deserialize)]
struct SignInForm {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

fn shown(market: &Market, caller: &Caller, next: &str) -> SignInPage {
    let layout = Layout::of(market, caller.lang, "sign_in.title").nav("me");
    let layout =
        layout.asked("", &if next.is_empty() { String::new() } else { format!("next={}", crate::web::percent(next)) });
    let logins = if market.demo { &DEMO_LOGINS[..] } else { &[] };
    let accounts = logins.iter().map(|login| DemoAccount { login, what: layout.word("demo_account", login) }).collect();
    SignInPage {
        faults: Faults::default(),
        login: String::new(),
        next: next.to_owned(),
        reset_done: false,
        accounts,
        layout,
    }
}

async fn page(State(market): State<Market>, caller: Caller, ApiQuery(asked): ApiQuery<Asked>) -> Result<Response> {
    if let Some(person) = &caller.person {
        return Ok(Redirect::to(&onward(&asked.next, person.role)).into_response());
    }
    let page = SignInPage { reset_done: asked.done == "reset", ..shown(&market, &caller, &asked.next) };
    view::html(&page)
}

async fn sign_in(
    State(market): State<Market>,
    caller: Caller,
    ClientAddress(address): ClientAddress,
    Form(typed): Form<SignInForm>,
) -> Result<Response> {
    let sign_in = SignIn { login: typed.login.clone(), password: typed.password, address };
    let trade = market.trade.clone();
    let opened = durable(async move { session::open(&trade.db, &sign_in, &mut trade.step(Actor::GUEST)).await });
    match opened.await {
        Ok(opened) => Ok(entered(&market, &opened, &typed.next)),
        Err(error) => {
            let Some(refusal) = error.refusal() else { return Err(error) };
            let faults = Faults::of(refusal, caller.lang, &[]);
            let page = SignInPage { faults, login: typed.login, ..shown(&market, &caller, &typed.next) };
            view::again(refusal.code.status(), &page)
        }
    }
}

async fn sign_out(State(market): State<Market>, caller: Caller) -> Result<Response> {
    Ok((browser::close(&market, &caller).await?, Redirect::to("/")).into_response())
}

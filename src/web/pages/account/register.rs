//! A new shopper's account.

use askama::Template;
use axum::{extract::State, response::Response};
use serde::Deserialize;

use super::onward::entered;
use crate::{
    identity::session::{self, NewShopper},
    kernel::{Actor, Code, Refusal},
    web::{
        Allow, Error, Market, Result, Route,
        auth::Caller,
        durable::durable,
        form::{Faults, Form},
        json::ApiQuery,
        pages::view::{self, Layout},
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/register", Allow::Anyone, page), Route::post("/register", Allow::Anyone, register)]
}

const FIELDS: [&str; 4] = ["name", "login", "password", "agree"];

#[derive(Template)]
#[template(path = "account/register.html")]
struct RegisterPage {
    layout: Layout,
    faults: Faults,
    typed: RegisterForm,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct RegisterForm {
    name: String,
    login: String,
    password: String,
    agree: String,
    next: String,
}

async fn page(
    State(market): State<Market>,
    caller: Caller,
    ApiQuery(asked): ApiQuery<RegisterForm>,
) -> Result<Response> {
    let typed = RegisterForm { next: asked.next, ..RegisterForm::default() };
    let layout = Layout::of(&market, caller.lang, "register.title").nav("me");
    view::html(&RegisterPage { layout, faults: Faults::default(), typed })
}

async fn register(State(market): State<Market>, caller: Caller, Form(typed): Form<RegisterForm>) -> Result<Response> {
    let RegisterForm { name, login, password, agree, next } = typed.clone();
    let made = if agree.is_empty() {
        Err(Error::from(Refusal::of_field("agree", Code::ConsentNeeded)))
    } else {
        let (trade, new) = (market.trade.clone(), NewShopper { login, password, name });
        durable(async move { session::register(&trade.db, &new, &mut trade.step(Actor::GUEST)).await }).await
    };
    match made {
        Ok(opened) => Ok(entered(&market, &opened, &next)),
        Err(error) => {
            let Some(refusal) = error.refusal() else { return Err(error) };
            let faults = Faults::of(refusal, caller.lang, &FIELDS);
            let layout = Layout::of(&market, caller.lang, "register.title").nav("me");
            view::again(refusal.code.status(), &RegisterPage { layout, faults, typed })
        }
    }
}

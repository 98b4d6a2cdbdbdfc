//! A new shopper's account.

use askama::Template;
use axum::{extract::State as Inject, response::Response};
use serde::Deserialize;

use super::entered;
use crate::{
    kernel::{Code, Refusal},
    web::{
        Allow, Error, Result, Route, State,
        api::session::{self, RegisterRequest},
        auth::Caller,
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
    typed: Typed,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    name: String,
    login: String,
    password: String,
    agree: String,
    next: String,
}

async fn page(Inject(state): Inject<State>, caller: Caller, ApiQuery(asked): ApiQuery<Typed>) -> Result<Response> {
    let typed = Typed { next: asked.next, ..Typed::default() };
    let layout = Layout::of(&state, caller.lang, "register.title").nav("me");
    view::html(&RegisterPage { layout, faults: Faults::default(), typed })
}

async fn register(Inject(state): Inject<State>, caller: Caller, Form(typed): Form<Typed>) -> Result<Response> {
    let Typed { name, login, password, agree, next } = typed.clone();
    let made = if agree.is_empty() {
        Err(Error::from(Refusal::of_field("agree", Code::ConsentNeeded)))
    } else {
        session::new_shopper(&state, RegisterRequest { login, password, name }).await
    };
    match made {
        Ok(opened) => Ok(entered(&state, &opened, &next)),
        Err(error) => {
            let Some(refusal) = error.refusal() else { return Err(error) };
            let faults = Faults::of(refusal, caller.lang, &FIELDS);
            let layout = Layout::of(&state, caller.lang, "register.title").nav("me");
            view::again(refusal.code.status(), &RegisterPage { layout, faults, typed })
        }
    }
}

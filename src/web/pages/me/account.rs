//! The account itself: name, password, sessions, export of all that is known, closing.

use askama::Template;
use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::room::{Room, layout};
use crate::{
    db::tx,
    identity::{
        Person, Role,
        account::{self, Passwords},
        person, session,
    },
    kernel::{Code, Random, Refusal},
    orders::account as kept,
    web::{
        Allow, Error, Market, Result, Route,
        auth::Caller,
        durable::durable,
        form::{Faults, Form},
        json::ApiQuery,
        pages::view::{self, Layout},
        session as browser,
    },
};

const FIELDS: [&str; 5] = ["name", "password", "new_password", "close_password", "agree"];

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/me/account", Allow::SignedIn, page),
        Route::post("/me/name", Allow::SignedIn, rename),
        Route::post("/me/password", Allow::SignedIn, change_password),
        Route::post("/me/sessions", Allow::SignedIn, end_sessions),
        Route::get("/me/export", Allow::SignedIn, export),
        Route::post("/me/close", Allow::SignedIn, close),
    ]
}

/// A session that is open.
struct Open {
    name: String,
    since: String,
    until: String,
    this: bool,
}

#[derive(Template)]
#[template(path = "me/account.html")]
struct AccountPage {
    layout: Layout,
    room: Room,
    login: String,
    since: String,
    faults: Faults,
    sessions: Vec<Open>,
    done: String,
    can_close: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    done: String,
}

async fn shown(market: &Market, caller: &Caller, faults: Faults, (status, done): (u16, &str)) -> Result<Response> {
    let person = caller.person()?;
    let layout = layout(market, caller, "me.account");
    let open = session::list(&mut market.db().read().await?, &person.id, market.now()).await?;
    let own = caller.session.as_deref().map(Random::hash_of);
    let sessions = open.into_iter().map(|s| Open {
        this: Some(&s.token_hash) == own.as_ref(),
        name: s.token_hash,
        since: s.created_at.minute_label(),
        until: s.expires_at.minute_label(),
    });
    let page = AccountPage {
        room: Room::of(&layout, person, "account"),
        login: person.login.clone(),
        since: person.created_at.day().to_string(),
        faults,
        sessions: sessions.collect(),
        done: if done.is_empty() { String::new() } else { layout.word("me_done", done) },
        can_close: person.role == Role::Shopper,
        layout,
    };
    view::again(status, &page)
}

async fn page(State(market): State<Market>, caller: Caller, ApiQuery(asked): ApiQuery<Asked>) -> Result<Response> {
    let done = ["name", "password", "session"].into_iter().find(|known| *known == asked.done);
    shown(&market, &caller, Faults::default(), (200, done.unwrap_or_default())).await
}

/// After a form: the page with what was done, or the form again with what is wrong.
async fn after(market: &Market, caller: &Caller, what: &str, done: Result<(), Error>) -> Result<Response> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/me/account?done={what}")).into_response()),
        Err(error) => {
            let Some(refusal) = error.refusal() else { return Err(error) };
            let faults = Faults::of(refusal, caller.lang, &FIELDS);
            shown(market, caller, faults, (refusal.code.status(), "")).await
        }
    }
}

#[derive(Deserialize)]
struct Name {
    #[serde(default)]
    name: String,
}

async fn rename(State(market): State<Market>, caller: Caller, Form(typed): Form<Name>) -> Result<Response> {
    let (db, id) = (market.db().clone(), caller.person()?.id.clone());
    let done = durable(async move { tx!(db, tx, { person::rename(&mut tx, &id, &typed.name).await }) }).await;
    after(&market, &caller, "name", done).await
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct PasswordForm {
    password: String,
    new_password: String,
}

async fn change_password(
    State(market): State<Market>,
    caller: Caller,
    Form(typed): Form<PasswordForm>,
) -> Result<Response> {
    let (work, who) = (market.work(caller.actor(), None), caller.person()?.clone());
    let keep = caller.session.clone();
    let done = durable(async move {
        let passwords = Passwords { present: typed.password, new: typed.new_password };
        account::change_password(&work, &who, &passwords, keep.as_deref()).await
    });
    after(&market, &caller, "password", done.await).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Sessions {
    /// One session; all others where it is empty.
    session: String,
}

async fn end_sessions(State(market): State<Market>, caller: Caller, Form(asked): Form<Sessions>) -> Result<Response> {
    let (db, id, own) = (market.db().clone(), caller.person()?.id.clone(), caller.session.clone());
    let done = durable(async move {
        tx!(db, tx, {
            match asked.session.as_str() {
                "" => session::close_others(&mut tx, &id, own.as_deref()).await,
                one => session::close_one(&mut tx, &id, one).await,
            }
        })
    });
    after(&market, &caller, "session", done.await).await
}

/// All that is known of the person, as a file.
async fn export(State(market): State<Market>, caller: Caller) -> Result<Response> {
    let who = caller.person()?;
    let mut all = kept::export(&mut market.db().read().await?, who, caller.lang, market.now()).await?;
    all.notice = market.demo.then(|| view::Layout::of(&market, caller.lang, "site.demo").title);
    let heads = [(header::CONTENT_DISPOSITION, "attachment; filename=\"yanxi-my-data.json\"")];
    Ok((heads, Json(all)).into_response())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Closing {
    close_password: String,
    agree: String,
}

async fn close(State(market): State<Market>, caller: Caller, Form(typed): Form<Closing>) -> Result<Response> {
    let who = caller.person()?.clone();
    match closed(&market, who, typed).await {
        Ok(()) => Ok((browser::close(&market, &caller).await?, Redirect::to("/")).into_response()),
        Err(error) => after(&market, &caller, "", Err(error)).await,
    }
}

async fn closed(market: &Market, who: Person, typed: Closing) -> Result<(), Error> {
    if typed.agree.is_empty() {
        return Err(Refusal::of_field("agree", Code::ConsentNeeded).into());
    }
    if who.role != Role::Shopper {
        return Err(Refusal::new(Code::Forbidden).into());
    }
    let trade = market.trade.clone();
    durable(async move {
        if !account::knows(&trade.db, &who, &typed.close_password).await? {
            return Err(Refusal::of_field("close_password", Code::BadCredentials).into());
        }
        kept::close(&trade, &who).await
    })
    .await
}

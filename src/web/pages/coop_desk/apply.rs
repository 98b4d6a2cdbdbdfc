//! `/coop/apply`: a cooperative asks for its account, sees how that stands, and corrects what was asked back.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use crate::{
    cooperatives::{
        apply::{self, Application, Applied},
        state::CoopState,
    },
    identity::Role,
    kernel::{Code, Day, Named, Refusal, parse},
    web::{
        Allow, Market, Result, Route,
        auth::Caller,
        durable::durable,
        form::{Choice, Faults, Form, choices},
        pages::view::{self, Layout},
    },
};

/// Who may apply, or did.
const APPLICANT: Allow = Allow::Roles(&[Role::Shopper, Role::Coop]);

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/coop/apply", APPLICANT, page), Route::post("/coop/apply", APPLICANT, send)]
}

const FIELDS: [&str; 11] = [
    "name",
    "name_en",
    "county",
    "credit_code",
    "licence_valid_to",
    "contact",
    "phone",
    "ship_from",
    "sla_hours",
    "story",
    "note",
];

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct ApplicationForm {
    name: String,
    name_en: String,
    county: String,
    credit_code: String,
    licence_valid_to: String,
    contact: String,
    phone: String,
    ship_from: String,
    sla_hours: String,
    story: String,
    note: String,
}

impl ApplicationForm {
    fn of(applied: &Applied) -> Self {
        Self {
            name: applied.name.clone(),
            name_en: applied.name_en.clone(),
            county: applied.county_code.clone(),
            credit_code: applied.credit_code.clone(),
            licence_valid_to: applied.licence_valid_to.map(|day| day.to_string()).unwrap_or_default(),
            contact: applied.contact.clone(),
            phone: applied.phone.clone(),
            ship_from: applied.ship_from.clone(),
            sla_hours: applied.sla_hours.to_string(),
            story: applied.story.clone(),
            note: applied.note.clone(),
        }
    }

    fn parsed(self) -> Result<Application, Refusal> {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let wrong = || Refusal::of_field("licence_valid_to", Code::Malformed).with("example", "2030-01-01");
        let until = some(&self.licence_valid_to).map(|day| day.parse::<Day>().map_err(|_| wrong())).transpose();
        let hours = some(&self.sla_hours).map(|hours| parse::whole("sla_hours", &hours)).transpose();
        match (until, hours) {
            (Ok(licence_valid_to), Ok(sla_hours)) => Ok(Application {
                name: self.name,
                name_en: self.name_en,
                county: self.county,
                credit_code: self.credit_code,
                contact: self.contact,
                phone: self.phone,
                ship_from: self.ship_from,
                story: self.story,
                sla_hours,
                licence_valid_to,
                note: self.note,
            }),
            (until, hours) => {
                let faults = [until.err(), hours.err()].into_iter().flatten().collect();
                Err(Refusal::all(faults).unwrap_or_else(|| Refusal::new(Code::Invalid)))
            }
        }
    }
}

#[derive(Template)]
#[template(path = "coop_desk/apply.html")]
struct Page {
    layout: Layout,
    /// Where the application stands; empty before it was sent.
    state: &'static str,
    standing: &'static str,
    sent: String,
    /// What the operator asked or said.
    reason: String,
    /// Whether it can be sent, or sent again.
    open: bool,
    counties: Vec<Choice>,
    faults: Faults,
    typed: ApplicationForm,
}

async fn shown(market: &Market, caller: &Caller, refused: Option<(ApplicationForm, Faults)>) -> Result<Response> {
    let person = caller.person()?;
    if person.role == Role::Coop {
        return Ok(Redirect::to("/coop").into_response());
    }
    let own = apply::own(&mut market.db().read().await?, &person.id).await?;
    let layout = Layout::of(market, caller.lang, "apply.title").nav("me");
    let kept = own.as_ref().map(ApplicationForm::of);
    let (typed, faults) = refused.unwrap_or_else(|| {
        (
            kept.unwrap_or_else(|| ApplicationForm { sla_hours: "48".to_owned(), ..ApplicationForm::default() }),
            Faults::default(),
        )
    });
    let snapshot = market.shelf.now();
    let lang = caller.lang;
    let counties = snapshot.counties.iter().map(|c| (c.code.clone(), lang.pick(&c.name, &c.name_en).to_owned()));
    let none = (String::new(), layout.t("stall.choose").to_owned());
    let stands = own.as_ref().map(|own| own.state);
    let page = Page {
        state: stands.map_or("", CoopState::as_str),
        standing: stands.map_or("", |stands| stands.name(lang)),
        sent: own.as_ref().map(|own| own.sent_at.minute_label()).unwrap_or_default(),
        reason: own.and_then(|own| own.reason).unwrap_or_default(),
        open: stands.is_none_or(|stands| matches!(stands, CoopState::Applied | CoopState::Rejected)),
        counties: choices(std::iter::once(none).chain(counties), &typed.county),
        faults,
        typed,
        layout,
    };
    view::again(page.faults.status(), &page)
}

async fn page(State(market): State<Market>, caller: Caller) -> Result<Response> {
    shown(&market, &caller, None).await
}

async fn send(State(market): State<Market>, caller: Caller, Form(typed): Form<ApplicationForm>) -> Result<Response> {
    let sent = match typed.clone().parsed() {
        Ok(application) => {
            let (work, person) = (market.work(caller.actor(), None), caller.person()?.clone());
            durable(async move { apply::apply(&work, application, &person).await }).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    match sent {
        Ok(_) => Ok(Redirect::to("/coop/apply").into_response()),
        Err(error) => {
            let faults = Faults::kept(error, caller.lang, &FIELDS)?;
            shown(&market, &caller, Some((typed, faults))).await
        }
    }
}

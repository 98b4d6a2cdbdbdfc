//! A buyer's saved addresses: added, corrected, made the first, removed.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::room::{Room, layout};
use crate::{
    db::tx,
    identity::address::{self, Address, NewAddress},
    kernel::{Code, Refusal, RegionCode},
    pricing::{region, romanised},
    web::{
        Allow, Error, Market, Result, Route,
        auth::Caller,
        durable::durable,
        form::{Faults, Form},
        pages::{
            regions::{self, Chosen, Picker},
            view::{self, Layout},
        },
    },
};

const FIELDS: [&str; 4] = ["name", "phone", "region_code", "street"];

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/me/addresses", Allow::SignedIn, page),
        Route::post("/me/addresses", Allow::SignedIn, add),
        Route::get("/me/addresses/{id}", Allow::SignedIn, edit),
        Route::post("/me/addresses/{id}", Allow::SignedIn, change),
    ]
}

/// An address in the list.
struct Row {
    id: String,
    name: String,
    phone: String,
    place: String,
    first: bool,
}

#[derive(Template)]
#[template(path = "me/addresses.html")]
struct AddressesPage {
    layout: Layout,
    room: Room,
    rows: Vec<Row>,
    faults: Faults,
    typed: AddressForm,
    picker: Picker,
    /// The address that is corrected; none for a new one.
    editing: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct AddressForm {
    #[serde(rename = "do")]
    act: String,
    name: String,
    phone: String,
    province: String,
    city: String,
    region_code: String,
    street: String,
}

impl AddressForm {
    fn of(address: &Address) -> Self {
        let chosen = Chosen::of_district(address.region_code.as_str());
        Self {
            act: String::new(),
            name: address.name.clone(),
            phone: address.phone.to_string(),
            province: chosen.province.to_owned(),
            city: chosen.city.to_owned(),
            region_code: chosen.district.to_owned(),
            street: address.street.clone(),
        }
    }
}

async fn shown(
    market: &Market,
    caller: &Caller,
    (typed, faults): (AddressForm, Faults),
    editing: Option<String>,
) -> Result<Response> {
    let person = caller.person()?;
    let layout = layout(market, caller, "me.addresses");
    let mut conn = market.db().read().await?;
    let mut rows = Vec::new();
    for kept in address::list(&mut conn, &person.id).await? {
        let place = region::find(&mut conn, "region_code", &kept.region_code).await;
        rows.push(Row {
            place: romanised::address(&place.map(|region| region.name).unwrap_or_default(), &kept.street, caller.lang),
            id: kept.id,
            name: kept.name,
            phone: kept.phone.to_string(),
            first: kept.is_default,
        });
    }
    let chosen = Chosen { province: &typed.province, city: &typed.city, district: &typed.region_code };
    let picker = regions::picker(&mut conn, chosen, (layout.t("checkout.choose"), layout.lang)).await?;
    let refused = !faults.none();
    let room = Room::of(&layout, person, "addresses");
    let page = AddressesPage { layout, room, rows, faults, typed, picker, editing };
    if refused { view::refused(&page) } else { view::html(&page) }
}

async fn page(State(market): State<Market>, caller: Caller) -> Result<Response> {
    shown(&market, &caller, (AddressForm::default(), Faults::default()), None).await
}

async fn edit(State(market): State<Market>, caller: Caller, Path(id): Path<String>) -> Result<Response> {
    let person = caller.person()?;
    let all = address::list(&mut market.db().read().await?, &person.id).await?;
    let own = all.iter().find(|a| a.id == id).ok_or_else(|| Refusal::new(Code::NotFound))?;
    shown(&market, &caller, (AddressForm::of(own), Faults::default()), Some(id)).await
}

async fn add(State(market): State<Market>, caller: Caller, Form(typed): Form<AddressForm>) -> Result<Response> {
    write(&market, &caller, None, typed).await
}

async fn change(
    State(market): State<Market>,
    caller: Caller,
    Path(id): Path<String>,
    Form(typed): Form<AddressForm>,
) -> Result<Response> {
    write(&market, &caller, Some(id), typed).await
}

/// `save` adds or corrects, `default` and `remove` are a kept one's, `region` shows the divisions anew.
async fn write(market: &Market, caller: &Caller, id: Option<String>, typed: AddressForm) -> Result<Response> {
    if typed.act == "region" {
        return shown(market, caller, (typed, Faults::default()), id).await;
    }
    match written(market, caller, id.clone(), typed.clone()).await {
        Ok(()) => Ok(Redirect::to("/me/addresses").into_response()),
        Err(error) => {
            let faults = Faults::kept(error, caller.lang, &FIELDS)?;
            shown(market, caller, (typed, faults), id).await
        }
    }
}

/// What the form's button asks for.
enum Act {
    Default(String),
    Remove(String),
    Correct(String, NewAddress),
    Add(NewAddress),
}

/// The act of a form; an address is read, and its region must exist.
async fn act(market: &Market, id: Option<String>, typed: &AddressForm) -> Result<Act, Error> {
    match (typed.act.as_str(), id) {
        ("default", Some(id)) => Ok(Act::Default(id)),
        ("remove", Some(id)) => Ok(Act::Remove(id)),
        (_, id) => {
            let found = match RegionCode::parse("region_code", &typed.region_code) {
                Ok(code) => region::find(&mut market.db().read().await?, "region_code", &code).await,
                Err(refusal) => Err(refusal.into()),
            };
            let new = NewAddress::parse(&typed.name, &typed.phone, &typed.region_code, &typed.street);
            let unknown = found.err().and_then(|error| error.refusal().cloned());
            let new = match (new, unknown) {
                (Ok(new), None) => new,
                (new, unknown) => {
                    let faults = new.err().into_iter().chain(unknown).collect();
                    return Err(Refusal::all(faults).unwrap_or_else(|| Refusal::new(Code::Invalid)).into());
                }
            };
            Ok(match id {
                Some(id) => Act::Correct(id, new),
                None => Act::Add(new),
            })
        }
    }
}

async fn written(market: &Market, caller: &Caller, id: Option<String>, typed: AddressForm) -> Result<(), Error> {
    let person = caller.person()?.clone();
    let act = act(market, id, &typed).await?;
    let work = market.work(person.actor(), None);
    durable(async move {
        tx!(work.db, tx, {
            match &act {
                Act::Default(id) => address::make_default(&mut tx, &person.id, id).await,
                Act::Remove(id) => address::remove(&mut tx, &person.id, id).await,
                Act::Correct(id, new) => address::set(&mut tx, &person.id, id, new).await,
                Act::Add(new) => address::add(&mut tx, &person.id, new, &mut work.step()).await.map(|_| ()),
            }
        })
    })
    .await
}

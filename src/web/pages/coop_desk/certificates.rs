//! `/coop/products/{id}/certificates`: the papers that goods are sold with, and a new one.

use askama::Template;
use axum::{
    extract::{Path, State as Inject},
    http::Uri,
    response::Response,
};
use serde::Deserialize;

use super::{COOP, after, desk};
use crate::{
    catalogue::{
        cert_term, desk as own,
        edit::product::{CertificateEdit, CertificateKind, ProductEdit},
    },
    kernel::{Code, Day, ProductId, Refusal},
    web::{
        Result, Route, State,
        api::coop_products,
        auth::Caller,
        form::{Choice, Faults, Form, choices},
        pages::{
            desk::Desk,
            paper::Paper,
            view::{self, Layout},
        },
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/coop/products/{id}/certificates", COOP, page),
        Route::post("/coop/products/{id}/certificates", COOP, add),
    ]
}

const FIELDS: [&str; 5] = ["kind", "number", "holder", "valid_from", "valid_to"];

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    kind: String,
    number: String,
    holder: String,
    valid_from: String,
    valid_to: String,
}

impl Typed {
    fn parsed(&self) -> Result<ProductEdit, Refusal> {
        let day = |field: &str, raw: &str| {
            let wrong = Refusal::of_field(field, Code::Malformed).with("example", "2026-11-01");
            raw.trim().parse::<Day>().map_err(|_| wrong)
        };
        let kind = CertificateKind::try_from(self.kind.as_str());
        let kind = kind.map_err(|_| Refusal::of_field("kind", Code::Missing));
        let (from, to) = (day("valid_from", &self.valid_from), day("valid_to", &self.valid_to));
        match (kind, from, to) {
            (Ok(kind), Ok(valid_from), Ok(valid_to)) => {
                let (number, holder) = (self.number.clone(), self.holder.clone());
                let certificate = CertificateEdit { kind, number, holder, valid_from, valid_to };
                Ok(ProductEdit { certificates: Some(vec![certificate]), ..ProductEdit::default() })
            }
            (kind, from, to) => {
                let faults = [kind.err(), from.err(), to.err()].into_iter().flatten().collect();
                Err(Refusal::all(faults).unwrap_or_else(|| Refusal::new(Code::Invalid)))
            }
        }
    }
}

#[derive(Template)]
#[template(path = "coop_desk/certificates.html")]
struct Page {
    layout: Layout,
    desk: Desk,
    product: String,
    product_id: String,
    papers: Vec<Paper>,
    kinds: Vec<Choice>,
    faults: Faults,
    typed: Typed,
}

async fn shown(
    (state, caller, uri): (&State, &Caller, &Uri),
    id: &ProductId,
    (mut typed, faults): (Typed, Faults),
) -> Result<Response> {
    let coop = caller.person()?.own_coop()?;
    let mut conn = state.db().read().await?;
    let (product, _) = own::own_product(&mut conn, id, coop).await?;
    let layout = Layout::of(state, caller.lang, "stall.certificates");
    let lang = caller.lang;
    let kind = |kind: &CertificateKind| {
        let term = cert_term(kind.as_str());
        (kind.to_string(), lang.pick(&term.zh, &term.en).to_owned())
    };
    if faults.none() {
        typed.holder = state.shelf.now().coop(coop).map(|coop| coop.name.clone()).unwrap_or_default();
    }
    let none = (String::new(), layout.t("stall.choose").to_owned());
    let page = Page {
        desk: desk(&layout, caller, uri),
        product: lang.pick(&product.name, &product.name_en).to_owned(),
        product_id: id.0.clone(),
        papers: Paper::of(&mut conn, &product, state.now().day(), lang).await?,
        kinds: choices(std::iter::once(none).chain(CertificateKind::ALL.iter().map(kind)), &typed.kind),
        faults,
        typed,
        layout,
    };
    view::again(page.faults.status(), &page)
}

async fn page(Inject(state): Inject<State>, caller: Caller, uri: Uri, Path(id): Path<String>) -> Result<Response> {
    shown((&state, &caller, &uri), &ProductId(id), (Typed::default(), Faults::default())).await
}

async fn add(
    Inject(state): Inject<State>,
    caller: Caller,
    uri: Uri,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let id = ProductId(id);
    let added = match typed.parsed() {
        Ok(edit) => coop_products::changed(&state, &caller, id.clone(), edit).await,
        Err(refusal) => Err(refusal.into()),
    };
    let to = format!("/coop/products/{id}");
    after(added.map(|()| to), (caller.lang, &FIELDS), |faults| shown((&state, &caller, &uri), &id, (typed, faults)))
        .await
}

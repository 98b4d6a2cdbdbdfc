//! `/coop/products/{id}/certificates`: the certificates that goods are sold with, and a new one.

use askama::Template;
use axum::{extract::Path, response::Response};
use serde::Deserialize;

use super::frame::{COOP, Visit};
use crate::{
    catalogue::{
        CertificateKind,
        edit::product::{self, CertificateEdit, ProductEdit},
    },
    kernel::{Code, Day, Named, ProductId, Refusal},
    web::{
        Result, Route,
        form::{Choice, Faults, Form, choices},
        pages::{
            certificate::CertificateView,
            desk::Desk,
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
struct CertificateForm {
    kind: String,
    number: String,
    holder: String,
    valid_from: String,
    valid_to: String,
}

impl CertificateForm {
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
    certificates: Vec<CertificateView>,
    kinds: Vec<Choice>,
    faults: Faults,
    typed: CertificateForm,
}

async fn shown(visit: &Visit, id: &ProductId, (mut typed, faults): (CertificateForm, Faults)) -> Result<Response> {
    let (product, _) = visit.product(id).await?;
    let (market, lang) = (&visit.market, visit.caller.lang);
    let layout = visit.layout("stall.certificates");
    let kind = |kind: &CertificateKind| (kind.to_string(), kind.name(lang).to_owned());
    if faults.none() {
        typed.holder = market.shelf.now().coop(&product.coop_id).map(|coop| coop.name.clone()).unwrap_or_default();
    }
    let none = (String::new(), layout.t("stall.choose").to_owned());
    let mut conn = market.db().read().await?;
    let page = Page {
        desk: visit.desk(&layout),
        product: lang.pick(&product.name, &product.name_en).to_owned(),
        product_id: id.0.clone(),
        certificates: CertificateView::of(&mut conn, &product, market.now().day(), lang).await?,
        kinds: choices(std::iter::once(none).chain(CertificateKind::ALL.iter().map(kind)), &typed.kind),
        faults,
        typed,
        layout,
    };
    view::again(page.faults.status(), &page)
}

async fn page(visit: Visit, Path(id): Path<String>) -> Result<Response> {
    shown(&visit, &ProductId(id), (CertificateForm::default(), Faults::default())).await
}

async fn add(visit: Visit, Path(id): Path<String>, Form(typed): Form<CertificateForm>) -> Result<Response> {
    let id = ProductId(id);
    let of = id.clone();
    let change = |work, coop, edit| async move { product::change(&work, (&coop, &of), &edit).await };
    let added = visit.act(typed.parsed(), None, change).await;
    let to = format!("/coop/products/{id}?done=certificate");
    visit.after((added, &to), &FIELDS, |faults| shown(&visit, &id, (typed, faults))).await
}

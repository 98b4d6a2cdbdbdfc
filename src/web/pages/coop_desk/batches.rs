//! `/coop/products/{id}/batches`: what came in from which plot, with the code that stands on the box.

use askama::Template;
use axum::{extract::Path, response::Response};
use serde::Deserialize;

use super::frame::{COOP, Visit};
use crate::{
    kernel::{Code, ProductId, Refusal, SkuId, parse},
    stock::batch::{self, NewBatch},
    web::{
        Result, Route,
        form::{self, Choice, Faults, Form, choices},
        pages::{
            desk::Desk,
            view::{self, Layout},
        },
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/coop/products/{id}/batches", COOP, page), Route::post("/coop/products/{id}/batches", COOP, add)]
}

const FIELDS: [&str; 9] =
    ["sku", "qty", "harvested_on", "plot", "village", "packhouse", "code", "conformity_no", "report_no"];

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct BatchForm {
    key: String,
    sku: String,
    qty: String,
    harvested_on: String,
    plot: String,
    village: String,
    packhouse: String,
    code: String,
    conformity_no: String,
    report_no: String,
}

impl BatchForm {
    fn parsed(&self) -> Result<NewBatch, Refusal> {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let wrong = || Refusal::of_field("harvested_on", Code::Malformed).with("example", "2026-10-28");
        Ok(NewBatch {
            code: some(&self.code),
            plot: self.plot.clone(),
            village: self.village.clone(),
            harvested_on: self.harvested_on.trim().parse().map_err(|_| wrong())?,
            packhouse: self.packhouse.clone(),
            conformity_no: some(&self.conformity_no),
            report_no: some(&self.report_no),
            qty: parse::whole("qty", &self.qty)?,
        })
    }
}

struct Row {
    code: String,
    spec: String,
    qty: i64,
    day: String,
    place: String,
    numbers: String,
}

#[derive(Template)]
#[template(path = "coop_desk/batches.html")]
struct Page {
    layout: Layout,
    desk: Desk,
    product: String,
    product_id: String,
    rows: Vec<Row>,
    skus: Vec<Choice>,
    today: String,
    faults: Faults,
    typed: BatchForm,
}

fn row(batch: batch::Batch, skus: &[(String, String)]) -> Row {
    let spec = skus.iter().find(|(id, _)| *id == batch.sku_id.0).map(|(_, spec)| spec.clone());
    let numbers: Vec<String> = [batch.conformity_no, batch.report_no].into_iter().flatten().collect();
    Row {
        code: batch.code,
        spec: spec.unwrap_or_default(),
        qty: batch.qty,
        day: batch.harvested_on.to_string(),
        place: [batch.village, batch.plot, batch.packhouse].join(" · "),
        numbers: numbers.join(" · "),
    }
}

async fn shown(visit: &Visit, id: &ProductId, (mut typed, faults): (BatchForm, Faults)) -> Result<Response> {
    let layout = visit.layout("stall.batches");
    let lang = visit.caller.lang;
    let (product, skus) = visit.product(id).await?;
    let mut conn = visit.market.db().read().await?;
    let batches = batch::of_skus(&mut conn, skus.iter().map(|sku| sku.id.clone()).collect()).await?;
    if let Some(last) = batches.first().filter(|_| faults.none()) {
        // The next batch comes from the same village and yard as the last, more often than not.
        typed.village.clone_from(&last.village);
        typed.packhouse.clone_from(&last.packhouse);
    }
    let skus: Vec<(String, String)> =
        skus.iter().map(|sku| (sku.id.0.clone(), lang.pick(&sku.spec, &sku.spec_en).to_owned())).collect();
    let page = Page {
        desk: visit.desk(&layout),
        product: lang.pick(&product.name, &product.name_en).to_owned(),
        product_id: id.0.clone(),
        rows: batches.into_iter().map(|batch| row(batch, &skus)).collect(),
        skus: choices(skus, &typed.sku),
        today: visit.market.now().day().to_string(),
        typed: BatchForm { key: form::new_key()?, ..typed },
        faults,
        layout,
    };
    view::again(page.faults.status(), &page)
}

async fn page(visit: Visit, Path(id): Path<String>) -> Result<Response> {
    shown(&visit, &ProductId(id), (BatchForm::default(), Faults::default())).await
}

async fn add(visit: Visit, Path(id): Path<String>, Form(typed): Form<BatchForm>) -> Result<Response> {
    let id = ProductId(id);
    let said = [&typed.sku, &typed.qty, &typed.harvested_on, &typed.plot, &typed.village, &typed.code];
    let key = form::key(&visit.caller, &typed.key, "addBatch", &said.map(String::as_str));
    let sku = SkuId(typed.sku.clone());
    let add = |work, coop, new| async move { batch::add(&work, (&coop, &sku), &new).await };
    let added = visit.act(typed.parsed(), key, add).await;
    let to = format!("/coop/products/{id}/batches?done=batch");
    visit.after((added, &to), &FIELDS, |faults| shown(&visit, &id, (typed, faults))).await
}

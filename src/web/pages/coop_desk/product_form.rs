//! `/coop/products/new` and `…/words`: what is said of the goods, written and changed in one form.

use askama::Template;
use axum::{extract::Path, response::Response};
use serde::Deserialize;

use super::frame::{COOP, Visit};
use crate::{
    catalogue::{
        ListingState,
        edit::product::{self, ProductEdit},
        own::OwnProduct,
    },
    cooperatives::service::Service,
    kernel::{Code, Named, ProductId, Refusal, ReturnClass},
    web::{
        Result, Route,
        form::{self, Choice, Faults, Form, choices},
        pages::{
            desk::Desk,
            view::{self, Layout},
        },
        sizes,
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/coop/products/new", COOP, blank),
        Route::post("/coop/products/new", COOP, create).body(sizes::LONG_TEXTS),
        Route::get("/coop/products/{id}/words", COOP, edit),
        Route::post("/coop/products/{id}/words", COOP, change).body(sizes::LONG_TEXTS),
    ]
}

const FIELDS: [&str; 14] = [
    "name",
    "name_en",
    "category",
    "county",
    "summary",
    "summary_en",
    "story",
    "story_en",
    "storage",
    "storage_en",
    "variety",
    "grade",
    "return_class",
    "service",
];

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct ProductForm {
    key: String,
    name: String,
    name_en: String,
    category: String,
    county: String,
    summary: String,
    summary_en: String,
    story: String,
    story_en: String,
    storage: String,
    storage_en: String,
    variety: String,
    grade: String,
    return_class: String,
    service: String,
    bad_fruit_promise: String,
}

impl ProductForm {
    fn of(p: OwnProduct) -> Self {
        Self {
            key: String::new(),
            name: p.name,
            name_en: p.name_en,
            category: p.category_code,
            county: p.county_code,
            summary: p.summary,
            summary_en: p.summary_en,
            story: p.story,
            story_en: p.story_en,
            storage: p.storage,
            storage_en: p.storage_en,
            variety: p.variety.unwrap_or_default(),
            grade: p.grade.unwrap_or_default(),
            return_class: p.return_class.to_string(),
            service: p.service.to_string(),
            bad_fruit_promise: if p.bad_fruit_promise { "yes".to_owned() } else { String::new() },
        }
    }

    fn parsed(&self) -> Result<ProductEdit, Refusal> {
        let missing = |field: &str| Refusal::of_field(field, Code::Missing);
        let some = |text: &String| Some(text.clone());
        Ok(ProductEdit {
            name: some(&self.name),
            name_en: some(&self.name_en),
            category: some(&self.category),
            county: some(&self.county),
            summary: some(&self.summary),
            summary_en: some(&self.summary_en),
            story: some(&self.story),
            story_en: some(&self.story_en),
            storage: some(&self.storage),
            storage_en: some(&self.storage_en),
            variety: some(&self.variety),
            grade: some(&self.grade),
            return_class: Some(ReturnClass::try_from(self.return_class.as_str()).map_err(|_| missing("return_class"))?),
            service: Some(Service::try_from(self.service.as_str()).map_err(|_| missing("service"))?),
            bad_fruit_promise: Some(!self.bad_fruit_promise.is_empty()),
            certificates: None,
        })
    }
}

#[derive(Template)]
#[template(path = "coop_desk/product_form.html")]
struct Page {
    layout: Layout,
    desk: Desk,
    /// Where the form goes, and where one goes back to.
    action: String,
    back: String,
    new: bool,
    /// On the shelf: what is changed waits for the operator's look.
    listed: bool,
    categories: Vec<Choice>,
    counties: Vec<Choice>,
    return_classes: Vec<Choice>,
    services: Vec<Choice>,
    faults: Faults,
    typed: ProductForm,
}

/// The form for a product, or for a new one.
fn shown(
    visit: &Visit,
    id: Option<&ProductId>,
    listed: bool,
    (typed, faults): (ProductForm, Faults),
) -> Result<Response> {
    let layout = visit.layout(if id.is_some() { "stall.words" } else { "stall.new_product" });
    let snapshot = visit.market.shelf.now();
    let lang = visit.caller.lang;
    let categories = snapshot.categories.iter().map(|c| (c.code.clone(), lang.pick(&c.name, &c.name_en).to_owned()));
    let counties = snapshot.counties.iter().map(|c| (c.code.clone(), lang.pick(&c.name, &c.name_en).to_owned()));
    let classes = ReturnClass::ALL.iter().map(|c| (c.to_string(), c.name(lang).to_owned()));
    let services = Service::ALL.iter().map(|s| (s.to_string(), s.name(lang).to_owned()));
    let none = (String::new(), layout.t("stall.choose").to_owned());
    let page = Page {
        desk: visit.desk(&layout),
        action: id.map_or_else(|| "/coop/products/new".to_owned(), |id| format!("/coop/products/{id}/words")),
        back: id.map_or_else(|| "/coop/products".to_owned(), |id| format!("/coop/products/{id}")),
        new: id.is_none(),
        listed,
        categories: choices(std::iter::once(none).chain(categories), &typed.category),
        counties: choices(counties, &typed.county),
        return_classes: choices(classes, &typed.return_class),
        services: choices(services, &typed.service),
        typed: ProductForm { key: form::new_key()?, ..typed },
        faults,
        layout,
    };
    view::again(page.faults.status(), &page)
}

async fn blank(visit: Visit) -> Result<Response> {
    let county = visit.market.shelf.now().coop(visit.coop()?).map(|coop| coop.county_code.clone());
    let typed = ProductForm {
        county: county.unwrap_or_default(),
        return_class: ReturnClass::SevenDay.to_string(),
        service: Service::Ambient.to_string(),
        ..ProductForm::default()
    };
    shown(&visit, None, false, (typed, Faults::default()))
}

async fn create(visit: Visit, Form(typed): Form<ProductForm>) -> Result<Response> {
    let said = [&typed.name, &typed.category, &typed.summary, &typed.story, &typed.storage];
    let key = form::key(&visit.caller, &typed.key, "createProduct", &said.map(String::as_str));
    let create = |work, coop, edit| async move { product::create(&work, &coop, &edit).await };
    let made = visit.act(typed.parsed(), key, create).await;
    let to = made.as_ref().map(|id| format!("/coop/products/{id}")).unwrap_or_default();
    let again = |faults| async { shown(&visit, None, false, (typed, faults)) };
    visit.after((made, &to), &FIELDS, again).await
}

async fn edit(visit: Visit, Path(id): Path<String>) -> Result<Response> {
    let id = ProductId(id);
    let (product, _) = visit.product(&id).await?;
    let listed = product.state == ListingState::Published;
    shown(&visit, Some(&id), listed, (ProductForm::of(product), Faults::default()))
}

async fn change(visit: Visit, Path(id): Path<String>, Form(typed): Form<ProductForm>) -> Result<Response> {
    let id = ProductId(id);
    let of = id.clone();
    let change = |work, coop, edit| async move { product::change(&work, (&coop, &of), &edit).await };
    let changed = visit.act(typed.parsed(), None, change).await;
    let to = format!("/coop/products/{id}?done=words");
    let again = |faults| async {
        let listed = visit.product(&id).await?.0.state == ListingState::Published;
        shown(&visit, Some(&id), listed, (typed, faults))
    };
    visit.after((changed, &to), &FIELDS, again).await
}

//! `/coop/products`: own goods with what is on hand; one form each for stock and for price.

use askama::Template;
use axum::{
    extract::{Path, State as Inject},
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{COOP, desk};
use crate::{
    catalogue::{ListingState, desk as own, edit::sku::SkuEdit},
    kernel::{Code, Fen, ProductId, Refusal, SkuId, parse},
    stock::adjust::Change,
    web::{
        Error, Result, Route, State,
        api::{
            coop_products::{self, OwnProductView},
            coop_stock::adjusted,
        },
        auth::Caller,
        form::{self, Faults, Form},
        json::ApiQuery,
        pages::{
            desk::Desk,
            view::{self, Layout},
        },
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/coop/products", COOP, list),
        Route::get("/coop/products/{id}", COOP, one),
        Route::post("/coop/products/{id}", COOP, change),
    ]
}

const PER_PAGE: i64 = 30;
const FIELDS: [&str; 3] = ["delta", "reason", "price"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    page: Option<i64>,
}

struct SkuRow {
    id: String,
    code: String,
    spec: String,
    price: Fen,
    on_hand: i64,
    held: i64,
    available: i64,
    active: bool,
}

struct Good {
    id: String,
    code: String,
    slug: String,
    name: String,
    photo: String,
    state: String,
    on_sale: bool,
    skus: Vec<SkuRow>,
}

#[derive(Template)]
#[template(path = "coop_desk/goods.html")]
struct ListPage {
    layout: Layout,
    desk: Desk,
    goods: Vec<Good>,
    before: Option<i64>,
    after: Option<i64>,
}

/// What was typed, and for which SKU.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    #[serde(rename = "do")]
    act: String,
    /// Once for each time that the page is shown.
    key: String,
    sku: String,
    delta: String,
    reason: String,
    price: String,
}

#[derive(Template)]
#[template(path = "coop_desk/good.html")]
struct GoodPage {
    layout: Layout,
    desk: Desk,
    good: Good,
    reason: String,
    missing: Vec<String>,
    can_submit: bool,
    can_withdraw: bool,
    faults: Faults,
    typed: Typed,
}

fn state_words(layout: &Layout, state: ListingState) -> String {
    layout.word("listing_state", state.as_str())
}

async fn list(
    Inject(state): Inject<State>,
    caller: Caller,
    uri: Uri,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response> {
    let layout = Layout::of(&state, caller.lang, "stall.goods");
    let page = parse::within("page", asked.page.unwrap_or(1), 1, 1_000_000)?;
    let coop = caller.person()?.own_coop()?;
    let mut conn = state.db().read().await?;
    let (products, total) = own::products(&mut conn, coop, (PER_PAGE, (page - 1) * PER_PAGE)).await?;
    let lang = caller.lang;
    let good = |(product, skus): own::WithSkus| Good {
        id: product.id.0,
        code: product.code,
        slug: product.slug,
        name: lang.pick(&product.name, &product.name_en).to_owned(),
        photo: product.photo.unwrap_or_default(),
        state: state_words(&layout, product.state),
        on_sale: product.state == ListingState::Published,
        skus: skus.into_iter().map(coop_products::OwnSkuView::from).map(|s| sku_row(s, lang)).collect(),
    };
    let goods = products.into_iter().map(good).collect();
    let shown = ListPage {
        desk: desk(&layout, &caller, &uri),
        goods,
        before: (page > 1).then_some(page - 1),
        after: (page * PER_PAGE < total).then_some(page + 1),
        layout,
    };
    view::html(&shown)
}

fn sku_row(sku: coop_products::OwnSkuView, lang: crate::kernel::Lang) -> SkuRow {
    SkuRow {
        spec: lang.pick(&sku.spec, &sku.spec_en).to_owned(),
        id: sku.id,
        code: sku.sku,
        price: sku.price_fen,
        on_hand: sku.on_hand,
        held: sku.held,
        available: sku.available,
        active: sku.active,
    }
}

fn good_of(layout: &Layout, product: OwnProductView, photo: String) -> Good {
    Good {
        name: layout.lang.pick(&product.name, &product.name_en).to_owned(),
        state: state_words(layout, product.state),
        on_sale: product.state == ListingState::Published,
        id: product.id,
        code: product.code,
        slug: product.slug,
        photo,
        skus: product.skus.into_iter().map(|s| sku_row(s, layout.lang)).collect(),
    }
}

async fn shown(
    state: &State,
    caller: &Caller,
    uri: &Uri,
    id: &ProductId,
    (typed, faults): (Typed, Faults),
) -> Result<Response> {
    let typed = Typed { key: form::new_key()?, ..typed };
    let product = coop_products::seen(state, caller, id).await?;
    let layout = Layout::titled(state.demo, caller.lang, caller.lang.pick(&product.name, &product.name_en).to_owned());
    let (found, _) = own::product(&mut state.db().read().await?, id).await?;
    let refused = !faults.none();
    let page = GoodPage {
        desk: desk(&layout, caller, uri),
        reason: product.reason.clone().unwrap_or_default(),
        missing: product.missing.iter().map(|field| layout.word("product_field", field)).collect(),
        can_submit: matches!(product.state, ListingState::Draft | ListingState::Withdrawn),
        can_withdraw: matches!(product.state, ListingState::Submitted | ListingState::Published),
        good: good_of(&layout, product, found.photo.unwrap_or_default()),
        faults,
        typed,
        layout,
    };
    if refused { view::refused(&page) } else { view::html(&page) }
}

async fn one(Inject(state): Inject<State>, caller: Caller, uri: Uri, Path(id): Path<String>) -> Result<Response> {
    shown(&state, &caller, &uri, &ProductId(id), (Typed::default(), Faults::default())).await
}

async fn change(
    Inject(state): Inject<State>,
    caller: Caller,
    uri: Uri,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let id = ProductId(id);
    match changed(&state, &caller, &id, &typed).await {
        Ok(()) => Ok(Redirect::to(&format!("/coop/products/{id}")).into_response()),
        Err(error) => {
            let faults = Faults::kept(error, caller.lang, &FIELDS)?;
            shown(&state, &caller, &uri, &id, (typed, faults)).await
        }
    }
}

async fn changed(state: &State, caller: &Caller, id: &ProductId, typed: &Typed) -> Result<(), Error> {
    match typed.act.as_str() {
        "stock" => {
            let wrong = || Refusal::of_field("delta", Code::Malformed).with("example", "-3");
            let delta = typed.delta.trim().parse().map_err(|_| wrong())?;
            let change = Change { sku: SkuId(typed.sku.clone()), delta, reason: typed.reason.clone() };
            let key = form::key(caller, &typed.key, "adjustStock", &[&typed.sku, &typed.delta, &typed.reason]);
            adjusted(state, caller, change, key).await.map(|_| ())
        }
        "price" => {
            let price = parse::yuan("price", &typed.price)?;
            let edit = SkuEdit { price_fen: Some(price.0), ..SkuEdit::default() };
            coop_products::sku_set(state, caller, SkuId(typed.sku.clone()), edit).await
        }
        "submit" => coop_products::submitted(state, caller, id.clone()).await,
        "withdraw" => coop_products::withdrawn(state, caller, id.clone()).await,
        _ => Err(Refusal::new(Code::Invalid).into()),
    }
}

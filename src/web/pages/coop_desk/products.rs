//! `/coop/products`: own goods with what is on hand; one form each for stock and for price, the way to the
//! shelf, and the doors to words, specs, certificates and batches.

use askama::Template;
use axum::{extract::Path, response::Response};
use serde::Deserialize;

use super::frame::{COOP, Visit};
use crate::{
    catalogue::{
        ListingState, Snapshot,
        edit::{
            publish,
            sku::{self, SkuEdit},
        },
        own,
    },
    kernel::{Code, Fen, Named, ProductId, Refusal, SkuId, parse},
    stock::adjust::{self, Change},
    web::{
        Error, Result, Route,
        form::{self, Faults, Form},
        json::ApiQuery,
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
    weights: String,
    when: String,
    price: Fen,
    unit: Fen,
    on_hand: i64,
    held: i64,
    available: i64,
    active: bool,
}

struct Product {
    id: String,
    code: String,
    slug: String,
    name: String,
    photo: String,
    state: &'static str,
    on_sale: bool,
    skus: Vec<SkuRow>,
}

#[derive(Template)]
#[template(path = "coop_desk/products.html")]
struct ListPage {
    layout: Layout,
    desk: Desk,
    goods: Vec<Product>,
    before: Option<i64>,
    after: Option<i64>,
}

/// What was typed, and for which SKU.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct StockForm {
    #[serde(rename = "do")]
    act: String,
    /// Once for each time that the page is shown.
    key: String,
    sku: String,
    delta: String,
    reason: String,
    price: String,
}

impl StockForm {
    fn change(&self, sku: SkuId) -> Result<Change, Refusal> {
        let wrong = || Refusal::of_field("delta", Code::Malformed).with("example", "-3");
        Ok(Change { sku, delta: self.delta.trim().parse().map_err(|_| wrong())?, reason: self.reason.clone() })
    }
}

#[derive(Template)]
#[template(path = "coop_desk/product.html")]
struct GoodPage {
    layout: Layout,
    desk: Desk,
    product: Product,
    facts: Vec<(String, String)>,
    certificates: Vec<CertificateView>,
    reason: String,
    /// What it lacks, each with the page where that is mended.
    missing: Vec<(String, String)>,
    can_submit: bool,
    can_withdraw: bool,
    faults: Faults,
    typed: StockForm,
}

async fn list(visit: Visit, ApiQuery(asked): ApiQuery<Asked>) -> Result<Response> {
    let layout = visit.layout("stall.goods");
    let page = parse::within("page", asked.page.unwrap_or(1), 1, 1_000_000)?;
    let mut conn = visit.market.db().read().await?;
    let (products, total) = own::products(&mut conn, visit.coop()?, (PER_PAGE, (page - 1) * PER_PAGE)).await?;
    let lang = visit.caller.lang;
    let product = |(product, skus): own::WithSkus| Product {
        id: product.id.0,
        code: product.code,
        slug: product.slug,
        name: lang.pick(&product.name, &product.name_en).to_owned(),
        photo: product.photo.unwrap_or_default(),
        state: product.state.name(lang),
        on_sale: product.state == ListingState::Published,
        skus: skus.into_iter().map(|sku| sku_row(sku, &layout)).collect(),
    };
    let goods = products.into_iter().map(product).collect();
    let shown = ListPage {
        desk: visit.desk(&layout),
        goods,
        before: (page > 1).then_some(page - 1),
        after: (page * PER_PAGE < total).then_some(page + 1),
        layout,
    };
    view::html(&shown)
}

fn sku_row(sku: own::OwnSku, layout: &Layout) -> SkuRow {
    let season = sku.season_from.as_ref().zip(sku.season_to.as_ref()).map(|(from, to)| format!("{from} – {to}"));
    let presale = sku.presale_ships_by.as_ref().map(|day| layout.say("card.presale", &[("day", day)]));
    let (net, gross) = (sku.net_weight_g.label(), sku.gross_weight_g.label());
    SkuRow {
        spec: layout.lang.pick(&sku.spec, &sku.spec_en).to_owned(),
        weights: layout.say("product.weights", &[("net", &net), ("gross", &gross)]),
        when: presale.or(season).unwrap_or_else(|| layout.t("stall.all_year").to_owned()),
        unit: sku.net_weight_g.price_per_500g(sku.price_fen),
        available: sku.on_hand - sku.held,
        id: sku.id.0,
        code: sku.code,
        price: sku.price_fen,
        on_hand: sku.on_hand,
        held: sku.held,
        active: sku.active,
    }
}

/// Where a cooperative mends what a product lacks.
fn mended_at(id: &ProductId, field: &str) -> String {
    match field {
        "skus" => format!("/coop/products/{id}/skus/new"),
        "certificates" => format!("/coop/products/{id}/certificates"),
        "photo" => String::new(),
        field => format!("/coop/products/{id}/words#{field}"),
    }
}

fn facts(layout: &Layout, snapshot: &Snapshot, p: &own::OwnProduct) -> Vec<(String, String)> {
    let lang = layout.lang;
    let county = snapshot.county(&p.county_code).map(|c| lang.pick(&c.name, &c.name_en).to_owned());
    let category = snapshot.category(&p.category_code).map(|c| lang.pick(&c.name, &c.name_en).to_owned());
    let rows = [
        ("summary", lang.pick(&p.summary, &p.summary_en).to_owned()),
        ("county", county.unwrap_or_default()),
        ("category", category.unwrap_or_default()),
        ("storage", lang.pick(&p.storage, &p.storage_en).to_owned()),
        ("return_class", p.return_class.name(lang).to_owned()),
        ("service", p.service.name(lang).to_owned()),
    ];
    let said = rows.into_iter().filter(|(_, text)| !text.is_empty());
    said.map(|(field, text)| (layout.word("product_field", field), text)).collect()
}

async fn shown(visit: &Visit, id: &ProductId, (typed, faults): (StockForm, Faults)) -> Result<Response> {
    let found = visit.product(id).await?;
    let (product, _) = &found;
    let (market, lang) = (&visit.market, visit.caller.lang);
    let mut conn = market.db().read().await?;
    let layout = Layout::titled(market.demo, lang, lang.pick(&product.name, &product.name_en).to_owned());
    let today = market.now().day();
    let lacking = publish::lacks(&mut conn, &found, today).await?;
    let (product, skus) = found;
    let certificates = CertificateView::of(&mut conn, &product, today, lang).await?;
    let page = GoodPage {
        desk: visit.desk(&layout),
        facts: facts(&layout, &market.shelf.now(), &product),
        certificates,
        missing: lacking.iter().map(|f| (layout.word("missing_field", f), mended_at(id, f))).collect(),
        can_submit: matches!(product.state, ListingState::Draft | ListingState::Withdrawn),
        can_withdraw: matches!(product.state, ListingState::Submitted | ListingState::Published),
        reason: product.reason.unwrap_or_default(),
        product: Product {
            name: lang.pick(&product.name, &product.name_en).to_owned(),
            state: product.state.name(lang),
            on_sale: product.state == ListingState::Published,
            id: product.id.0,
            code: product.code,
            slug: product.slug,
            photo: product.photo.unwrap_or_default(),
            skus: skus.into_iter().map(|sku| sku_row(sku, &layout)).collect(),
        },
        typed: StockForm { key: form::new_key()?, ..typed },
        faults,
        layout,
    };
    view::again(page.faults.status(), &page)
}

async fn one(visit: Visit, Path(id): Path<String>) -> Result<Response> {
    shown(&visit, &ProductId(id), (StockForm::default(), Faults::default())).await
}

async fn change(visit: Visit, Path(id): Path<String>, Form(typed): Form<StockForm>) -> Result<Response> {
    let id = ProductId(id);
    let acted = changed(&visit, id.clone(), &typed).await;
    let to = format!("/coop/products/{id}?done={}", typed.act);
    visit.after((acted, &to), &FIELDS, |faults| shown(&visit, &id, (typed, faults))).await
}

async fn changed(visit: &Visit, id: ProductId, typed: &StockForm) -> Result<(), Error> {
    let sku = SkuId(typed.sku.clone());
    match typed.act.as_str() {
        "stock" => {
            let key = form::key(&visit.caller, &typed.key, "adjustStock", &[&typed.sku, &typed.delta, &typed.reason]);
            let adjust = |work, coop, change| async move { adjust::adjust(&work, &coop, &change).await };
            visit.act(typed.change(sku), key, adjust).await.map(|_| ())
        }
        "price" => {
            let price = parse::yuan("price", &typed.price);
            let edit = price.map(|fen| SkuEdit { price_fen: Some(fen.0), ..SkuEdit::default() });
            visit
                .act(edit, None, |work, coop, edit| async move { sku::change(&work, (&coop, &sku), &edit).await })
                .await
        }
        "submit" => {
            visit.act(Ok(id), None, |work, coop, id| async move { publish::submit(&work, (&coop, &id)).await }).await
        }
        "withdraw" => {
            visit.act(Ok(id), None, |work, coop, id| async move { publish::withdraw(&work, (&coop, &id)).await }).await
        }
        _ => Err(Refusal::new(Code::Invalid).into()),
    }
}

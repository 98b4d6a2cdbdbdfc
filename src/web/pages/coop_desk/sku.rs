//! `/coop/products/{id}/skus/…`: a spec with its weights, price, season and presale, as people write them.

use askama::Template;
use axum::{extract::Path, response::Response};
use serde::Deserialize;

use super::frame::{COOP, Visit};
use crate::{
    catalogue::{
        ListingState,
        edit::sku::{self, SeasonDays, SkuEdit},
        own::{OwnProduct, OwnSku},
    },
    kernel::{Code, Day, Grams, ProductId, Refusal, SkuId, parse},
    web::{
        Result, Route,
        form::{self, Faults, Form},
        pages::{
            desk::Desk,
            view::{self, Layout},
        },
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/coop/products/{id}/skus/new", COOP, blank),
        Route::post("/coop/products/{id}/skus/new", COOP, add),
        Route::get("/coop/products/{id}/skus/{sku}", COOP, edit),
        Route::post("/coop/products/{id}/skus/{sku}", COOP, change),
    ]
}

const FIELDS: [&str; 11] = [
    "spec",
    "spec_en",
    "net_weight_g",
    "gross_weight_g",
    "price",
    "diameter_mm",
    "pieces_min",
    "pieces_max",
    "from",
    "to",
    "presale_ships_by",
];

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct SkuForm {
    key: String,
    spec: String,
    spec_en: String,
    /// Weights as they are typed, in kg.
    net_weight_g: String,
    gross_weight_g: String,
    price: String,
    diameter_mm: String,
    pieces_min: String,
    pieces_max: String,
    from: String,
    to: String,
    presale_ships_by: String,
    active: String,
}

impl SkuForm {
    fn of(sku: &OwnSku) -> Self {
        let number = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
        Self {
            key: String::new(),
            spec: sku.spec.clone(),
            spec_en: sku.spec_en.clone(),
            net_weight_g: sku.net_weight_g.kilograms(),
            gross_weight_g: sku.gross_weight_g.kilograms(),
            price: sku.price_fen.yuan(),
            diameter_mm: number(sku.diameter_mm),
            pieces_min: number(sku.pieces_min),
            pieces_max: number(sku.pieces_max),
            from: sku.season_from.clone().unwrap_or_default(),
            to: sku.season_to.clone().unwrap_or_default(),
            presale_ships_by: sku.presale_ships_by.clone().unwrap_or_default(),
            active: if sku.active { "yes".to_owned() } else { String::new() },
        }
    }

    fn parsed(&self) -> Result<SkuEdit, Refusal> {
        let mut faults = Vec::new();
        let net = good(parse::kilograms("net_weight_g", &self.net_weight_g), &mut faults);
        let gross = given(&self.gross_weight_g, |raw| parse::kilograms("gross_weight_g", raw), &mut faults);
        if let (Some(net), Some(gross)) = (net, gross)
            && gross < net
        {
            let low = Refusal::of_field("gross_weight_g", Code::OutOfRange);
            faults.push(low.with("min", net.label()).with("max", Grams(parse::MOST_GRAMS).label()));
        }
        let edit = SkuEdit {
            spec: Some(self.spec.clone()),
            spec_en: Some(self.spec_en.clone()),
            net_weight_g: net.map(|grams| grams.0),
            gross_weight_g: gross.map(|grams| grams.0),
            price_fen: good(parse::yuan("price", &self.price), &mut faults).map(|fen| fen.0),
            diameter_mm: Some(given(&self.diameter_mm, |raw| parse::whole("diameter_mm", raw), &mut faults)),
            pieces_min: Some(given(&self.pieces_min, |raw| parse::whole("pieces_min", raw), &mut faults)),
            pieces_max: Some(given(&self.pieces_max, |raw| parse::whole("pieces_max", raw), &mut faults)),
            pack: None,
            season: Some(self.season(&mut faults)),
            presale_ships_by: Some(given(&self.presale_ships_by, presale, &mut faults)),
            active: Some(!self.active.is_empty()),
        };
        Refusal::all(faults).map_or(Ok(edit), Err)
    }

    /// Both days, or all year where none is typed.
    fn season(&self, faults: &mut Vec<Refusal>) -> Option<SeasonDays> {
        let (from, to) = (month_day(&self.from), month_day(&self.to));
        for (field, day, other) in [("from", &from, &to), ("to", &to, &from)] {
            if day.is_empty() && !other.is_empty() {
                faults.push(Refusal::of_field(field, Code::Missing));
            }
        }
        (!from.is_empty() && !to.is_empty()).then_some(SeasonDays { from, to })
    }
}

/// What was parsed; a fault is noted.
fn good<T>(parsed: Result<T, Refusal>, faults: &mut Vec<Refusal>) -> Option<T> {
    parsed.map_err(|fault| faults.push(fault)).ok()
}

/// The same where the field may be empty.
fn given<T>(raw: &str, parse: impl Fn(&str) -> Result<T, Refusal>, faults: &mut Vec<Refusal>) -> Option<T> {
    let raw = raw.trim();
    if raw.is_empty() { None } else { good(parse(raw), faults) }
}

fn presale(raw: &str) -> Result<Day, Refusal> {
    raw.parse().map_err(|_| Refusal::of_field("presale_ships_by", Code::Malformed).with("example", "2027-11-15"))
}

/// `10-8`, `10.08`, `10月8日` as `10-08`; anything else as it is, to be refused.
fn month_day(raw: &str) -> String {
    let plain = raw.trim().trim_end_matches('日');
    let Some((month, day)) = plain.split_once(['-', '.', '/', '月']) else { return plain.to_owned() };
    format!("{:0>2}-{:0>2}", month.trim(), day.trim())
}

#[derive(Template)]
#[template(path = "coop_desk/sku.html")]
struct Page {
    layout: Layout,
    desk: Desk,
    product: String,
    product_id: String,
    action: String,
    new: bool,
    /// On the shelf: all but the price waits for the operator's look.
    listed: bool,
    faults: Faults,
    typed: SkuForm,
}

fn shown(
    visit: &Visit,
    product: &OwnProduct,
    sku: Option<&SkuId>,
    (typed, faults): (SkuForm, Faults),
) -> Result<Response> {
    let layout = visit.layout(if sku.is_some() { "stall.sku_edit" } else { "stall.new_sku" });
    let id = &product.id;
    let page = Page {
        desk: visit.desk(&layout),
        product: visit.caller.lang.pick(&product.name, &product.name_en).to_owned(),
        product_id: id.0.clone(),
        action: format!("/coop/products/{id}/skus/{}", sku.map_or("new", SkuId::as_str)),
        new: sku.is_none(),
        listed: product.state == ListingState::Published,
        typed: SkuForm { key: form::new_key()?, ..typed },
        faults,
        layout,
    };
    view::again(page.faults.status(), &page)
}

async fn blank(visit: Visit, Path(id): Path<String>) -> Result<Response> {
    let (product, _) = visit.product(&ProductId(id)).await?;
    let typed = SkuForm { active: "yes".to_owned(), ..SkuForm::default() };
    shown(&visit, &product, None, (typed, Faults::default()))
}

async fn add(visit: Visit, Path(id): Path<String>, Form(typed): Form<SkuForm>) -> Result<Response> {
    let (product, _) = visit.product(&ProductId(id)).await?;
    let said = [product.id.as_str(), &typed.spec, &typed.net_weight_g, &typed.gross_weight_g, &typed.price];
    let key = form::key(&visit.caller, &typed.key, "addSku", &said);
    let of = product.id.clone();
    let add = |work, coop, edit| async move { sku::add(&work, (&coop, &of), &edit).await };
    let made = visit.act(typed.parsed(), key, add).await;
    let to = format!("/coop/products/{}?done=sku", product.id);
    let again = |faults| async { shown(&visit, &product, None, (typed, faults)) };
    visit.after((made, &to), &FIELDS, again).await
}

/// An own SKU, with its product.
async fn found(visit: &Visit, id: String, sku: &str) -> Result<(OwnProduct, OwnSku)> {
    let (product, skus) = visit.product(&ProductId(id)).await?;
    let known = skus.into_iter().find(|known| known.id.0 == sku).ok_or_else(|| Refusal::new(Code::NotFound))?;
    Ok((product, known))
}

async fn edit(visit: Visit, Path((id, sku)): Path<(String, String)>) -> Result<Response> {
    let (product, known) = found(&visit, id, &sku).await?;
    shown(&visit, &product, Some(&known.id), (SkuForm::of(&known), Faults::default()))
}

async fn change(visit: Visit, Path((id, sku)): Path<(String, String)>, Form(typed): Form<SkuForm>) -> Result<Response> {
    let (product, known) = found(&visit, id, &sku).await?;
    let of = known.id.clone();
    let change = |work, coop, edit| async move { sku::change(&work, (&coop, &of), &edit).await };
    let changed = visit.act(typed.parsed(), None, change).await;
    let to = format!("/coop/products/{}?done=sku#{}", product.id, known.code);
    let again = |faults| async { shown(&visit, &product, Some(&known.id), (typed, faults)) };
    visit.after((changed, &to), &FIELDS, again).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_a_season_are_read_as_people_write_them() {
        let read = ["10-8", "10.08", "10月8日", " 1/2 ", "10", ""].map(month_day);
        assert_eq!(read, ["10-08", "10-08", "10-08", "01-02", "10", ""]);
    }
}

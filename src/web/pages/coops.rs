//! A cooperative's page: who they are, what backs it, what they sell.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};

use super::{
    Form, Key,
    card::{self, Card},
    view::{self, Layout},
};
use crate::{
    catalogue::{Certificate, Coop, Snapshot},
    kernel::{Code, Lang, Named, Refusal},
    web::{Allow, Market, Result, Route, auth::Language},
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/coops/{slug}", Allow::Anyone, coop)]
}

/// A cooperative in a list and beside its goods.
#[derive(Clone, Debug)]
pub struct CoopCard {
    /// Its page.
    pub href: String,
    pub name: String,
    /// One sign of the name, in a circle.
    pub face: String,
    /// 延川 · 江阴结对.
    pub place: String,
    /// Households, hours to dispatch, goods on sale.
    pub facts: String,
}

impl CoopCard {
    /// Of a cooperative.
    pub fn of(snapshot: &Snapshot, coop: &Coop, layout: &Layout) -> Self {
        let lang = layout.lang;
        let name = lang.pick(&coop.name, &coop.name_en).to_owned();
        let county = snapshot.county(&coop.county_code);
        let goods = snapshot.of_coop(&coop.id).count();
        let facts = [("households", coop.households.max(0)), ("hours", coop.sla_hours), ("goods", goods as i64)];
        let facts = facts.iter().filter(|(_, n)| *n > 0);
        let facts = facts.map(|(key, n)| layout.word("coop_facts", key).replace("{n}", &n.to_string()));
        Self {
            href: format!("/coops/{}", coop.slug),
            face: face(&coop.name, county.map_or("", |c| c.short_name.as_str())),
            place: county.map(|c| card::place(c, layout)).unwrap_or_default(),
            facts: facts.collect::<Vec<_>>().join(" · "),
            name,
        }
    }
}

/// The first sign that is not of the county's name: 洛川塬上苹果 is 塬.
fn face(name: &str, county: &str) -> String {
    let own = name.strip_prefix(county).unwrap_or(name);
    own.chars().next().map(String::from).unwrap_or_default()
}

/// A certificate that holds.
#[derive(Clone, Debug)]
pub struct CertLine {
    /// 地理标志.
    pub kind: &'static str,
    pub number: String,
    /// Who holds it.
    pub holder: String,
    /// Last day.
    pub valid_to: String,
}

impl CertLine {
    /// Those of a list that hold today: an expired one is gone at once.
    pub fn holding(certs: &[Certificate], snapshot: &Snapshot, lang: Lang) -> Vec<Self> {
        let holding = certs.iter().filter(|cert| cert.holds(snapshot.day));
        let line = |cert: &Certificate| Self {
            kind: cert.kind.name(lang),
            number: cert.number.clone(),
            holder: snapshot
                .coops
                .iter()
                .find(|coop| coop.name == cert.holder)
                .map_or_else(|| cert.holder.clone(), |coop| lang.pick(&coop.name, &coop.name_en).to_owned()),
            valid_to: cert.valid_to.to_string(),
        };
        holding.map(line).collect()
    }
}

#[derive(Template)]
#[template(path = "shop/coop.html")]
struct CoopPage {
    layout: Layout,
    card: CoopCard,
    county: String,
    hall_href: String,
    story: String,
    credit_code: String,
    phone: String,
    ship_from: String,
    promise: String,
    households: Option<String>,
    certs: Vec<CertLine>,
    goods: Vec<Card>,
    photo: Option<String>,
}

async fn coop(
    State(market): State<Market>,
    Language(lang): Language,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let snapshot = market.shelf.now();
    let known = snapshot.coop_by_slug(&slug).ok_or_else(|| Refusal::new(Code::NotFound))?;
    let key = Key { path: format!("/coops/{slug}"), lang, shown: snapshot.shown };
    let page = || async {
        let layout = Layout::titled(market.demo, lang, String::new());
        view::text(&CoopPage::of(&snapshot, known, layout))
    };
    Ok(market.pages.answer(Form::Page, &key, &headers, page).await?)
}

impl CoopPage {
    fn of(snapshot: &Snapshot, coop: &Coop, mut layout: Layout) -> Self {
        let lang = layout.lang;
        let card = CoopCard::of(snapshot, coop, &layout);
        let county = snapshot.county(&coop.county_code);
        let mut goods: Vec<_> = snapshot.of_coop(&coop.id).collect();
        goods.sort_by_key(|p| (!p.buyable(snapshot.day), std::cmp::Reverse(p.sales)));
        let story = lang.pick(&coop.story, &coop.story_en).to_owned();
        layout.title.clone_from(&card.name);
        Self {
            county: county.map(|c| lang.pick(&c.name, &c.name_en).to_owned()).unwrap_or_default(),
            hall_href: county.map(|c| format!("/halls/{}", c.slug)).unwrap_or_default(),
            credit_code: coop.credit_code.clone(),
            phone: coop.phone.clone(),
            ship_from: coop.ship_from.clone(),
            promise: layout.say("coop_page.promise", &[("n", &coop.sla_hours)]),
            households: (coop.households > 0).then(|| layout.say("coop_page.households", &[("n", &coop.households)])),
            certs: CertLine::holding(&coop.certs, snapshot, lang),
            photo: goods.iter().find_map(|p| p.photos.first()).map(|p| p.name.clone()),
            goods: Card::all(snapshot, goods, &layout),
            layout: layout.about(&story),
            card,
            story,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_face_is_a_sign_of_its_own() {
        assert_eq!(face("洛川塬上苹果（演示）", "洛川"), "塬");
        assert_eq!(face("延水关红枣", "延川"), "延");
    }
}

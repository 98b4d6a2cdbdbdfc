//! The halls of the counties: all of them, and each with its pairing, cooperatives and goods.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    Form, Key,
    card::{self, Card},
    coops::CoopCard,
    view::{self, Layout},
};
use crate::{
    catalogue::{County, Snapshot, table::Outlet},
    kernel::{Code, Refusal},
    web::{Allow, Market, Result, Route, auth::Language},
};

/// Goods of a hall's page before the list takes over.
const GOODS: usize = 24;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/halls", Allow::Anyone, halls), Route::get("/halls/{county}", Allow::Anyone, hall)]
}

/// A hall in a list.
#[derive(Clone, Debug)]
pub struct HallCard {
    /// Its page.
    pub href: String,
    /// 延川馆.
    pub name: String,
    /// 结对 江阴.
    pub paired: Option<String>,
    /// Picture of what it sells most.
    pub photo: String,
    /// What is sold there.
    pub goods: String,
}

impl HallCard {
    /// Of a county.
    pub fn of(snapshot: &Snapshot, county: &County, layout: &Layout) -> Self {
        let mut goods: Vec<_> = snapshot.of_county(&county.code).collect();
        goods.sort_by_key(|p| (!p.buyable(snapshot.day), std::cmp::Reverse(p.sales)));
        let own = [&county.name, &county.short_name];
        let bare = |name: &str| own.iter().find_map(|c| name.strip_prefix(c.as_str())).unwrap_or(name).to_owned();
        let names = goods.iter().map(|p| match layout.lang {
            crate::kernel::Lang::ZhCn => bare(&p.name),
            crate::kernel::Lang::En => p.name_en.clone(),
        });
        let mut few: Vec<String> = Vec::new();
        names.for_each(|name| {
            if few.len() < 3 && !few.contains(&name) {
                few.push(name);
            }
        });
        let few = few.join(layout.t("hall.comma"));
        let said = match goods.len() {
            0 => layout.t("hall.nothing").to_owned(),
            n => layout.say("hall.sells", &[("goods", &few), ("n", &n)]),
        };
        let district = card::district(county, layout.lang);
        Self {
            href: format!("/halls/{}", county.slug),
            name: name(county, layout),
            paired: district.map(|d| layout.say("hall.paired", &[("district", &d)])),
            photo: goods.iter().find_map(|p| p.photos.first()).map(|p| p.name.clone()).unwrap_or_default(),
            goods: said,
        }
    }

    /// Address of the picture at a width.
    pub fn src(&self, width: u32) -> String {
        view::photo(&self.photo, width)
    }
}

/// 延川馆, or the county's name with 馆.
fn name(county: &County, layout: &Layout) -> String {
    layout.say("hall.name", &[("county", &card::short(county, layout.lang))])
}

#[derive(Template)]
#[template(path = "shop/halls.html")]
struct Halls {
    layout: Layout,
    paired: Vec<HallCard>,
    others: Vec<HallCard>,
}

async fn halls(State(market): State<Market>, Language(lang): Language, headers: HeaderMap) -> Result<Response> {
    let snapshot = market.shelf.now();
    let key = Key { path: "/halls".to_owned(), lang, shown: snapshot.shown };
    let page = || async {
        let layout = Layout::of(&market, lang, "hall.all").nav("halls");
        let (paired, others): (Vec<_>, Vec<_>) = snapshot.counties.iter().partition(|c| c.pairing.is_some());
        let cards = |of: Vec<&County>| of.into_iter().map(|c| HallCard::of(&snapshot, c, &layout)).collect();
        view::text(&Halls { paired: cards(paired), others: cards(others), layout: layout.clone() })
    };
    Ok(market.pages.answer(Form::Page, &key, &headers, page).await?)
}

/// A place in Wuxi where goods of the county can be seen.
struct OutletView {
    name: String,
    address: String,
}

#[derive(Template)]
#[template(path = "shop/hall.html")]
struct Hall {
    layout: Layout,
    card: HallCard,
    full_name: String,
    story: String,
    origin_832: bool,
    pairing: Option<String>,
    outlets: Vec<OutletView>,
    coops: Vec<CoopCard>,
    season: Vec<Card>,
    goods: Vec<Card>,
    total: usize,
    all_href: String,
}

async fn hall(
    State(market): State<Market>,
    Language(lang): Language,
    Path(county): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let snapshot = market.shelf.now();
    let known = snapshot.county_by_slug(&county).ok_or_else(|| Refusal::new(Code::NotFound))?;
    if known.slug != county {
        return Ok(Redirect::permanent(&format!("/halls/{}", known.slug)).into_response());
    }
    let key = Key { path: format!("/halls/{county}"), lang, shown: snapshot.shown };
    let page = || async {
        let layout = Layout::titled(market.demo, lang, String::new()).nav("halls");
        view::text(&Hall::of(&snapshot, known, layout))
    };
    Ok(market.pages.answer(Form::Page, &key, &headers, page).await?)
}

impl Hall {
    fn of(snapshot: &Snapshot, county: &County, mut layout: Layout) -> Self {
        let lang = layout.lang;
        let card = HallCard::of(snapshot, county, &layout);
        let (season, rest): (Vec<_>, Vec<_>) =
            snapshot.of_county(&county.code).partition(|p| p.seasonal() && p.buyable(snapshot.day));
        let total = season.len() + rest.len();
        let here = |outlet: &&Outlet| outlet.county_code.as_deref() == Some(county.code.as_str());
        let outlets = snapshot.outlets.iter().filter(here).map(|outlet| OutletView {
            name: lang.pick(&outlet.name, &outlet.name_en).to_owned(),
            address: outlet.address.clone(),
        });
        let grown = |coop: &&crate::catalogue::Coop| {
            coop.county_code == county.code || snapshot.of_coop(&coop.id).any(|p| p.county_code == county.code)
        };
        let story = lang.pick(&county.story, &county.story_en).to_owned();
        layout.title.clone_from(&card.name);
        Self {
            full_name: lang.pick(&county.name, &county.name_en).to_owned(),
            origin_832: county.origin_832,
            pairing: county.pairing.as_ref().map(|p| lang.pick(&p.name, &p.name_en).to_owned()),
            outlets: outlets.collect(),
            coops: snapshot.coops.iter().filter(grown).map(|c| CoopCard::of(snapshot, c, &layout)).collect(),
            season: Card::all(snapshot, season, &layout),
            goods: Card::all(snapshot, rest.into_iter().take(GOODS), &layout),
            total,
            all_href: format!("/products?county={}", county.code),
            layout: layout.about(&story),
            card,
            story,
        }
    }
}

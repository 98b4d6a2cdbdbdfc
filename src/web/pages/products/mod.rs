//! The list of goods: search, facets, order, pages; what was understood and what was relaxed is said.
//!
//! Every control is a link (`links`), so that it works without a script, and a facet's count is what
//! its link gives.

mod facets;
mod links;

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, Uri},
    response::Response,
};

use self::{
    facets::{FacetView, Removable},
    links::Query,
};
use super::{
    Form, Key,
    card::Card,
    view::{self, Layout},
};
use crate::{
    catalogue::Snapshot,
    kernel::Lang,
    search::{Hits, Sort},
    web::{
        Allow, Market, Result, Route,
        auth::Language,
        cache::Rendered,
        list_query::{Listing, listing},
    },
};

/// Goods shown where nothing was found.
const INSTEAD: usize = 4;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/products", Allow::Anyone, products)]
}

/// An order of the list.
struct SortLink {
    label: String,
    href: String,
    current: bool,
}

/// A link with its words.
struct Link {
    label: String,
    href: String,
}

/// Where the list goes on.
struct Pager {
    before: Option<String>,
    after: Option<String>,
    place: String,
}

#[derive(Template)]
#[template(path = "shop/products.html")]
struct Products {
    layout: Layout,
    heading: String,
    count: String,
    show: String,
    chips: Vec<Link>,
    chosen: Vec<Removable>,
    clear: String,
    notes: Vec<String>,
    corrections: Vec<Link>,
    sorts: Vec<SortLink>,
    sort_note: String,
    facets: Vec<FacetView>,
    goods: Vec<Card>,
    pager: Option<Pager>,
    categories: Vec<Link>,
    instead: Vec<Card>,
}

async fn products(
    State(market): State<Market>,
    Language(lang): Language,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response> {
    let snapshot = market.shelf.now();
    let query = Query::read(uri.query().unwrap_or_default());
    let listing = listing(&query.text(), &snapshot)?;
    let key = Key { path: query.href(), lang, shown: snapshot.shown };
    let page = || async {
        let hits = market.search.search(&listing.request).await;
        let zero = hits.zero;
        let text =
            view::text(&Products::of(&snapshot, &query, &listing, &hits, Layout::of(&market, lang, "list.all")))?;
        // What found nothing is noted each time it is asked.
        Ok(if zero { Rendered::once(text) } else { Rendered::from(text) })
    };
    Ok(market.pages.answer(Form::Page, &key, &headers, page).await?)
}

impl Products {
    fn of(snapshot: &Snapshot, query: &Query, listing: &Listing, hits: &Hits, layout: Layout) -> Self {
        let lang = layout.lang;
        let request = &listing.request;
        let chosen = facets::chosen(snapshot, query, hits, &layout);
        let heading = heading(&request.text, &chosen, &layout);
        let goods: Vec<_> = hits.codes.iter().filter_map(|code| snapshot.by_code(code)).collect();
        let nothing = hits.total == 0;
        let season = request.selected.len() == 1 && query.has("in_season", "true") && request.text.is_empty();
        let mut layout = layout.nav(if season { "season" } else { "products" }).asked(&request.text, &query.text());
        if heading != layout.title {
            layout.title.clone_from(&heading);
        }
        Self {
            count: layout.say("list.count", &[("n", &hits.total)]),
            show: layout.say("list.show", &[("n", &hits.total)]),
            chips: chips(query, hits, lang),
            clear: query.only("q").href(),
            notes: hits.notes.iter().map(|note| note.text_in(lang).to_owned()).collect(),
            corrections: corrections(query, hits),
            sorts: sorts(query, request.sort, &layout),
            sort_note: layout.word("sort_note", request.sort.as_str()),
            facets: facets::views(snapshot, query, hits, &layout),
            goods: Card::all(snapshot, goods, &layout),
            pager: pager(query, listing, hits.total, &layout),
            categories: if nothing { categories(snapshot, lang) } else { Vec::new() },
            instead: if nothing {
                Card::all(snapshot, snapshot.buyable_now().into_iter().take(INSTEAD), &layout)
            } else {
                Vec::new()
            },
            heading,
            chosen,
            layout,
        }
    }
}

/// What the list is of: the text, or the one choice made.
fn heading(text: &str, chosen: &[Removable], layout: &Layout) -> String {
    match (text.is_empty(), chosen) {
        (false, _) => layout.say("list.quoted", &[("q", &text)]),
        (true, [only]) => only.label.clone(),
        _ => layout.t("list.all").to_owned(),
    }
}

/// Pieces of the text that were understood; each link takes its piece away.
fn chips(query: &Query, hits: &Hits, lang: Lang) -> Vec<Link> {
    let shown = hits.chips.iter().filter(|chip| !chip.label_in(lang).is_empty());
    shown.map(|c| Link { label: c.label_in(lang).to_owned(), href: query.with_text(&c.without).href() }).collect()
}

fn corrections(query: &Query, hits: &Hits) -> Vec<Link> {
    hits.corrections.iter().map(|text| Link { label: text.clone(), href: query.with_text(text).href() }).collect()
}

fn sorts(query: &Query, now: Sort, layout: &Layout) -> Vec<SortLink> {
    let link = |sort: Sort| SortLink {
        label: layout.word("sort", sort.as_str()),
        href: match sort {
            Sort::Relevance => query.without("sort").href(),
            other => query.set("sort", other.as_str()).href(),
        },
        current: sort == now,
    };
    Sort::ALL.iter().copied().map(link).collect()
}

fn pager(query: &Query, listing: &Listing, total: u64, layout: &Layout) -> Option<Pager> {
    let pages = i64::try_from(total).unwrap_or(i64::MAX).saturating_sub(1).max(0) / listing.per_page + 1;
    let now = listing.page;
    let at = |page: i64| match page {
        1 => query.href(),
        page => query.set("page", &page.to_string()).href(),
    };
    (pages > 1 || now > pages).then(|| Pager {
        // From beyond the end one goes back to the last page.
        before: (now > 1).then(|| at((now - 1).min(pages))),
        after: (now < pages).then(|| at(now + 1)),
        place: layout.say("list.page", &[("n", &now), ("pages", &pages)]),
    })
}

fn categories(snapshot: &Snapshot, lang: Lang) -> Vec<Link> {
    let link = |c: &crate::catalogue::table::Category| Link {
        label: lang.pick(&c.name, &c.name_en).to_owned(),
        href: format!("/products?category={}", crate::web::percent(&c.code)),
    };
    snapshot.categories.iter().map(link).collect()
}

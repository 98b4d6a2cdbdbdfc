//! `/admin/orders`: the order that somebody asks about, by what is known of it.
//!
//! A phone is looked up by a form that is posted, so that it stands in no address and no log of
//! addresses; each look-up is itself an act in the log.

use askama::Template;
use axum::{
    extract::State,
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::frame::{OPERATOR, desk};
use crate::{
    db::tx,
    kernel::{Channel, CoopId, Day, Fen, Named, Phone, parse},
    orders::{
        OrderState,
        find::{self, Place},
        listing::{self as orders, Listed, Search, SoldBy, Trouble},
    },
    web::{
        Market, Result, Route,
        auth::Caller,
        durable::durable,
        form::{Choice, Faults, Form},
        json::ApiQuery,
        pages::{
            desk::Desk,
            view::{self, Layout},
        },
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/admin/orders", OPERATOR, list), Route::post("/admin/orders", OPERATOR, by_phone)]
}

/// Orders of a page, and the most that one phone shows.
const PER_PAGE: usize = 25;
const OF_PHONE: i64 = 100;

/// What was typed, as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct OrderSearchForm {
    number: String,
    state: String,
    channel: String,
    coop: String,
    from: String,
    to: String,
    trouble: String,
    /// The row behind or before which the page begins.
    older: String,
    newer: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ByPhone {
    phone: String,
}

struct Tab {
    href: String,
    label: String,
    count: Option<i64>,
    current: bool,
}

struct Row {
    number: String,
    state: &'static str,
    state_words: &'static str,
    sellers: Vec<(String, &'static str)>,
    channel: &'static str,
    placed: String,
    paid: String,
    total: Fen,
    refunded: Option<Fen>,
}

#[derive(Template)]
#[template(path = "operator/orders.html")]
struct Page {
    layout: Layout,
    desk: Desk,
    typed: OrderSearchForm,
    phone: String,
    faults: Faults,
    tabs: Vec<Tab>,
    states: Vec<Choice>,
    channels: Vec<Choice>,
    coops: Vec<Choice>,
    rows: Vec<Row>,
    /// What was found by phone, in words.
    told: Option<String>,
    newer: Option<String>,
    older: Option<String>,
}

impl OrderSearchForm {
    /// The number as it is stored: people leave gaps, and say letters small.
    fn number(&self) -> String {
        self.number.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase()
    }

    /// The search, and what of it cannot be read.
    fn search(&self, caller: &Caller, coops: &[(String, CoopId)]) -> (Search, Faults) {
        let mut faults = Faults::default();
        let mut day = |field: &str, text: &str| {
            let read = (!text.trim().is_empty()).then(|| parse::day(field, text)).transpose();
            read.unwrap_or_else(|refusal| {
                faults.add(field, refusal.detail(caller.lang));
                None
            })
        };
        let (from, to): (Option<Day>, Option<Day>) = (day("from", &self.from), day("to", &self.to));
        let search = Search {
            number: self.number(),
            state: OrderState::try_from(self.state.as_str()).ok(),
            channel: Channel::try_from(self.channel.as_str()).ok(),
            coop: coops.iter().find(|(slug, _)| *slug == self.coop).map(|(_, id)| id.clone()),
            from,
            to,
            trouble: Trouble::try_from(self.trouble.as_str()).ok(),
        };
        (search, faults)
    }

    /// Where the page begins.
    fn place(&self) -> Place {
        match (self.older.as_str(), self.newer.as_str()) {
            ("", "") => Place::First,
            ("", newer) => Place::Newer(newer.to_owned()),
            (older, _) => Place::Older(older.to_owned()),
        }
    }

    /// The address of another page of the same search, or of one with another trouble.
    fn href(&self, place: &Place, trouble: &str) -> String {
        let (older, newer) = match place {
            Place::First => ("", ""),
            Place::Older(key) => (key.as_str(), ""),
            Place::Newer(key) => ("", key.as_str()),
        };
        let fields = [
            ("number", self.number.trim()),
            ("state", &self.state),
            ("channel", &self.channel),
            ("coop", &self.coop),
            ("from", &self.from),
            ("to", &self.to),
            ("trouble", trouble),
            ("older", older),
            ("newer", newer),
        ];
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(fields.into_iter().filter(|(_, value)| !value.is_empty()));
        let query = query.finish();
        if query.is_empty() { "/admin/orders".to_owned() } else { format!("/admin/orders?{query}") }
    }
}

async fn list(
    State(market): State<Market>,
    caller: Caller,
    uri: Uri,
    ApiQuery(typed): ApiQuery<OrderSearchForm>,
) -> Result<Response> {
    let place = typed.place();
    let snapshot = market.shelf.now();
    let coops: Vec<(String, CoopId)> = snapshot.coops.iter().map(|c| (c.slug.clone(), c.id.clone())).collect();
    let (search, faults) = typed.search(&caller, &coops);
    let mut shown = Page::of(&market, &caller, &uri, typed).await?;
    if !faults.none() {
        shown.faults = faults;
        return view::refused(&shown);
    }
    let mut conn = market.db().read().await?;
    let find::Page { orders: found, newer, older } =
        find::search(&mut conn, &search, market.now(), (&place, PER_PAGE)).await?;
    if let [only] = found.as_slice()
        && only.number == search.number
    {
        return Ok(Redirect::to(&format!("/admin/orders/{}", only.number)).into_response());
    }
    let parts = orders::sold_by(&mut conn, &found).await?;
    shown.rows = found.into_iter().map(|order| row(&shown.layout, order, &parts)).collect();
    let href = |place: Place| shown.typed.href(&place, &shown.typed.trouble);
    (shown.newer, shown.older) = (newer.map(href), older.map(href));
    view::html(&shown)
}

/// The orders of a receiver's phone.
async fn by_phone(
    State(market): State<Market>,
    caller: Caller,
    uri: Uri,
    Form(asked): Form<ByPhone>,
) -> Result<Response> {
    let mut shown = Page::of(&market, &caller, &uri, OrderSearchForm::default()).await?;
    let phone = match Phone::parse("phone", &asked.phone) {
        Ok(phone) => phone,
        Err(refusal) => {
            (shown.faults, shown.phone) = (Faults::of(&refusal, caller.lang, &["phone"]), asked.phone);
            return view::refused(&shown);
        }
    };
    let (trade, by, wanted) = (market.trade.clone(), caller.actor(), phone.clone());
    let found: Vec<Listed> = durable(async move {
        tx!(trade.db, tx, {
            let step = trade.step(by.clone());
            orders::of_phone(&mut tx, &wanted, OF_PHONE, &step).await
        })
    })
    .await?;
    let parts = orders::sold_by(&mut market.db().read().await?, &found).await?;
    shown.rows = found.into_iter().map(|order| row(&shown.layout, order, &parts)).collect();
    shown.told = Some(shown.layout.say("cases.of_phone", &[("phone", &phone), ("n", &shown.rows.len())]));
    shown.phone = phone.to_string();
    view::html(&shown)
}

fn row(layout: &Layout, order: Listed, parts: &[SoldBy]) -> Row {
    let own = parts.iter().filter(|part| part.order_id == order.id);
    let seller = |part: &SoldBy| {
        let name = layout.lang.pick(&part.name, &part.name_en).to_owned();
        (name, part.state.name(layout.lang))
    };
    Row {
        state: order.state.as_str(),
        state_words: order.state.name(layout.lang),
        sellers: own.map(seller).collect(),
        channel: order.channel.name(layout.lang),
        placed: order.placed_at.minute_label(),
        paid: order.paid_at.map(crate::kernel::At::minute_label).unwrap_or_default(),
        total: order.total_fen,
        refunded: Some(order.refunded_fen).filter(|fen| *fen > Fen::ZERO),
        number: order.number,
    }
}

impl Page {
    /// The page with its forms and nothing found yet.
    async fn of(market: &Market, caller: &Caller, uri: &Uri, typed: OrderSearchForm) -> Result<Self> {
        let layout = Layout::of(market, caller.lang, "cases.orders");
        let stuck = orders::stuck_refunds(&mut market.db().read().await?, market.now()).await?;
        let any = Choice { value: String::new(), label: layout.t("cases.any").to_owned(), chosen: false };
        let with_any = |choices: Vec<Choice>| std::iter::once(any.clone()).chain(choices).collect();
        let choice = |value: &str, label: String, chosen: &str| Choice {
            value: value.to_owned(),
            label,
            chosen: value == chosen,
        };
        let state_of = |s: &OrderState| choice(s.as_str(), s.name(layout.lang).to_owned(), &typed.state);
        let channel_of = |c: &Channel| choice(c.as_str(), c.name(layout.lang).to_owned(), &typed.channel);
        let snapshot = market.shelf.now();
        let coops = snapshot.coops.iter();
        let coops = coops.map(|c| choice(&c.slug, caller.lang.pick(&c.name, &c.name_en).to_owned(), &typed.coop));
        let tab = |trouble: &str, key: &str, count: Option<i64>| Tab {
            href: typed.href(&Place::First, trouble),
            label: layout.t(key).to_owned(),
            count: count.filter(|n| *n > 0),
            current: typed.trouble == trouble,
        };
        Ok(Self {
            desk: desk(market, &layout, caller, uri).await?,
            tabs: vec![
                tab("", "cases.all", None),
                tab("refund", "cases.stuck", Some(stuck)),
                tab("late", "cases.late", None),
            ],
            states: with_any(OrderState::ALL.iter().map(state_of).collect()),
            channels: with_any(Channel::ALL.iter().map(channel_of).collect()),
            coops: with_any(coops.collect()),
            phone: String::new(),
            faults: Faults::default(),
            rows: Vec::new(),
            told: None,
            newer: None,
            older: None,
            typed,
            layout,
        })
    }
}

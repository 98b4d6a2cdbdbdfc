//! The checkout's steps: looked at, priced, placed once, paid.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    basket::Basket,
    cart,
    form::{CheckoutForm, FIELDS, Needed, estimate},
    page::{self, CheckoutPage, Looked},
};
use crate::{
    db::{
        idempotency::{Key, Twin},
        tx,
    },
    identity::{Address, address},
    kernel::{Code, Fen, Network, Random, Refusal, ReturnClass},
    orders::{
        OrderState, pay,
        place::{self, Placed},
        read,
    },
    pricing::{
        self, Ask, Quote,
        pasted::{self, Pasted},
        region,
    },
    web::{
        Allow, Error, Market, Result, Route,
        auth::{self, Caller},
        durable::durable,
        form::{Faults, Form, is_key},
        limits::ClientAddress,
        pages::{order, product, regions, view},
        percent,
    },
};

/// Cookie of the key that all tabs share until the order is placed.
const KEY: &str = "checkout";
/// Cookie of the order that was placed last.
const PLACED: &str = "placed";
/// For so many seconds the way back from its payment leads to the order.
const PLACED_LIFE: i64 = 3600;
/// A checkout may lie for this many seconds.
const KEY_LIFE: i64 = 24 * 3600;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/checkout", Allow::Anyone, page), Route::post("/checkout", Allow::Anyone, act)]
}

/// One visit of the checkout.
struct Visit {
    market: Market,
    caller: Caller,
    basket: Basket,
    /// Saved ones, each with its region's name.
    addresses: Vec<(Address, String)>,
    /// Where the buyer is, whose live holds are limited.
    from: Option<Network>,
}

async fn visit(market: Market, caller: Caller, headers: &HeaderMap, address: ClientAddress) -> Result<Visit> {
    let mut addresses = Vec::new();
    if let Some(person) = &caller.person {
        let mut conn = market.db().read().await?;
        for saved in address::list(&mut conn, &person.id).await? {
            let region = region::find(&mut conn, "region_code", &saved.region_code).await;
            addresses.push((saved, region.map(|region| region.name).unwrap_or_default()));
        }
    }
    let from = market.limits.network(address);
    Ok(Visit { basket: Basket::of(headers), market, caller, addresses, from })
}

async fn page(
    State(market): State<Market>,
    caller: Caller,
    address: ClientAddress,
    headers: HeaderMap,
) -> Result<Response> {
    let visit = visit(market, caller, &headers, address).await?;
    if !cart::ready(&visit.market, &visit.basket)? {
        let placed = auth::cookie(&headers, &auth::secret_name(&visit.market, PLACED));
        let placed = placed.filter(|_| visit.basket.items.is_empty());
        let to = placed.map_or_else(|| "/cart".to_owned(), |number| format!("/orders/{}", percent(&number)));
        return Ok(Redirect::to(&to).into_response());
    }
    let kept = auth::cookie(&headers, &auth::secret_name(&visit.market, KEY)).filter(|key| is_key(key));
    let key = kept.map_or_else(|| Random::System.salt(), Ok)?;
    let mut typed = CheckoutForm { key: key.clone(), ..CheckoutForm::default() };
    match visit.addresses.first() {
        Some((first, _)) => typed.take(first),
        // The place for which freight was looked at beside the goods.
        None => typed.choose(&auth::cookie(&headers, product::DISTRICT).unwrap_or_default()),
    }
    let mut response = visit.look(typed, Faults::default(), None).await?;
    put_cookie(&mut response, &auth::secret_cookie(&visit.market, KEY, (&key, KEY_LIFE)));
    Ok(response)
}

async fn act(
    State(market): State<Market>,
    caller: Caller,
    address: ClientAddress,
    headers: HeaderMap,
    Form(mut typed): Form<CheckoutForm>,
) -> Result<Response> {
    let visit = visit(market, caller, &headers, address).await?;
    if !is_key(&typed.key) {
        typed.key = Random::System.salt()?;
    }
    if let Some(placed) = visit.placed(&typed.key).await? {
        return visit.onward(&typed, placed).await;
    }
    if !cart::ready(&visit.market, &visit.basket)? {
        return Ok(Redirect::to("/cart").into_response());
    }
    if let Some((saved, _)) = visit.addresses.iter().find(|(a, _)| a.id == typed.address_id) {
        typed.take(saved);
    }
    match typed.act.as_str() {
        "place" => visit.place(typed).await,
        "paste" => visit.paste(typed).await,
        _ => visit.look(typed, Faults::default(), None).await,
    }
}

fn key_of(key: &str, operation: &'static str) -> Key {
    // The form's content is no part of it: what was placed once is shown, whatever is typed afterwards.
    Key {
        scope: format!("checkout:{key}"),
        key: operation.to_owned(),
        operation,
        body_hash: String::new(),
        twin: Twin::Waits,
    }
}

fn put_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

impl Visit {
    /// The order that this key has placed already: a double click, the back button, another tab.
    async fn placed(&self, key: &str) -> Result<Option<Placed>> {
        let key = key_of(key, "placeOrder");
        let known = crate::db::idempotency::find(&mut self.market.db().read().await?, &key).await?;
        Ok(known.map(|answer| serde_json::from_str(&answer)).transpose()?)
    }

    /// Prices the form and shows it; a quote that was just made is used.
    async fn look(&self, mut typed: CheckoutForm, mut faults: Faults, quote: Option<Quote>) -> Result<Response> {
        let none = view::Layout::of(&self.market, self.caller.lang, "checkout.choose");
        let mut conn = self.market.db().read().await?;
        let picker = regions::picker(&mut conn, typed.chosen(), (&none.title, self.caller.lang)).await?;
        drop(conn);
        typed.region_code.clone_from(&picker.district);
        let quote = match quote {
            Some(quote) => quote,
            None => match self.priced(&typed, &mut faults).await {
                Ok(quote) => quote,
                Err(error) => return self.back_to_cart(error),
            },
        };
        let refused = !faults.none();
        let page = CheckoutPage::of(
            &self.market,
            Looked {
                lang: self.caller.lang,
                typed,
                faults,
                quote: &quote,
                picker,
                addresses: &self.addresses,
                signed_in: self.caller.person.is_some(),
            },
        );
        if refused { view::refused(&page) } else { view::html(&page) }
    }

    /// The quote of the form. A coupon or a district that is refused is said beside its field, and the
    /// rest is priced without it; goods that are refused are the cart's matter.
    async fn priced(&self, typed: &CheckoutForm, faults: &mut Faults) -> Result<Quote> {
        let mut ask = typed.ask(&self.basket);
        for _ in 0..3 {
            let error = match self.quoted(ask.clone()).await {
                Ok(quote) => return Ok(quote),
                Err(error) => error,
            };
            let Some(refusal) = error.refusal() else { return Err(error) };
            let about = |start: &str| refusal.fields.iter().any(|fault| fault.field.starts_with(start));
            if about("coupons") && !ask.coupons.is_empty() {
                ask.coupons.clear();
            } else if about("address") && ask.region_code.as_ref() != Some(&estimate()) {
                ask.region_code = Some(estimate());
            } else {
                return Err(error);
            }
            faults.join(Faults::of(refusal, self.caller.lang, &FIELDS));
        }
        Err(Refusal::new(Code::Invalid).into())
    }

    async fn quoted(&self, ask: Ask) -> Result<Quote> {
        let work = self.market.trade.work(self.caller.actor(), None);
        durable(async move { pricing::quote(&work, &ask).await }).await
    }

    /// Goods that went meanwhile are said in the cart.
    fn back_to_cart(&self, error: Error) -> Result<Response> {
        match error.refusal() {
            Some(refusal) => cart::shown(&self.market, &self.caller, &self.basket, Some(refusal)),
            None => Err(error),
        }
    }

    /// Takes a pasted address apart into the form's fields.
    async fn paste(&self, mut typed: CheckoutForm) -> Result<Response> {
        let mut faults = Faults::default();
        match pasted::understood(&mut self.market.db().read().await?, &typed.paste).await {
            Ok(Pasted { name, phone, region_code, street }) => {
                for (own, read) in [(&mut typed.name, name), (&mut typed.phone, phone), (&mut typed.street, street)] {
                    if !read.is_empty() {
                        *own = read;
                    }
                }
                if let Some(code) = region_code {
                    typed.choose(&code);
                }
                typed.address_id.clear();
            }
            Err(error) => match error.refusal() {
                Some(refusal) => faults = Faults::of(refusal, self.caller.lang, &[]),
                None => return Err(error.into()),
            },
        }
        self.look(typed, faults, None).await
    }

    /// Places the order: what was looked at, or what is priced now where that costs the same.
    async fn place(&self, typed: CheckoutForm) -> Result<Response> {
        let lang = self.caller.lang;
        let mut conn = self.market.db().read().await?;
        let picker = regions::picker(&mut conn, typed.chosen(), ("", lang)).await?;
        let by = self.caller.actor();
        let looked = pricing::find_quote(&mut conn, &typed.quote_id, by.person.as_ref(), self.market.now()).await;
        let looked = looked.ok().filter(|quote| typed.is_of(quote, &self.basket));
        drop(conn);
        let typed = CheckoutForm { region_code: picker.district, ..typed };
        let mut faults = Faults::default();
        let quote = match looked {
            Some(quote) => quote,
            None => match self.priced(&typed, &mut faults).await {
                Ok(quote) => quote,
                Err(error) => return self.back_to_cart(error),
            },
        };
        let custom = quote.lines.iter().any(|line| line.return_class == ReturnClass::Custom);
        if page::unpayable(&self.market, &quote) {
            // Said on the page itself, before anything is typed.
            faults.join(Faults::of(&Refusal::new(Code::NoMethod), lang, &FIELDS));
            return self.look(typed, faults, Some(quote)).await;
        }
        let costs = quote.total_fen > Fen::ZERO;
        faults.join(typed.faults(lang, Needed { district: &typed.region_code, custom, costs }));
        if faults.none() && typed.total != quote.total_fen.0.to_string() {
            let layout = view::Layout::of(&self.market, lang, "checkout.title");
            faults.whole.push(layout.say("checkout.total_changed", &[("total", &quote.total_fen)]));
        }
        if !faults.none() {
            return self.look(typed, faults, Some(quote)).await;
        }
        let key = key_of(&typed.key, "placeOrder");
        let (trade, work) = (self.market.trade.clone(), self.market.trade.work(by, Some(&key)));
        let placing = typed.placing(&quote, self.from);
        let placing = durable(async move { place::place(&trade, &work, placing.clone()).await });
        match placing.await {
            Ok(placed) => {
                self.keep_address(&typed).await?;
                self.onward(&typed, placed).await
            }
            Err(error) => self.refused(typed, error).await,
        }
    }

    /// A refused placing: goods are the cart's matter, all else is corrected here.
    async fn refused(&self, mut typed: CheckoutForm, error: Error) -> Result<Response> {
        let Some(refusal) = error.refusal() else { return Err(error) };
        if matches!(refusal.code, Code::OutOfStock | Code::NotForSale | Code::UnknownSku) {
            return self.back_to_cart(error);
        }
        let faults = Faults::of(refusal, self.caller.lang, &FIELDS);
        if refusal.code == Code::CouponUsedUp {
            typed.coupons.clear();
        }
        self.look(typed, faults, None).await
    }

    /// Keeps a new address where that was ticked; a full list is no reason to fail an order.
    async fn keep_address(&self, typed: &CheckoutForm) -> Result<()> {
        let Some(person) = self.caller.person.clone().filter(|_| !typed.save.is_empty() && typed.address_id.is_empty())
        else {
            return Ok(());
        };
        // The order has taken them already.
        let new = address::NewAddress::parse(&typed.name, &typed.phone, &typed.region_code, &typed.street);
        let Ok(new) = new else { return Ok(()) };
        let trade = self.market.trade.clone();
        let kept = durable(async move {
            tx!(trade.db, tx, {
                let mut step = trade.step(person.actor());
                address::add(&mut tx, &person.id, &new, &mut step).await.map(|_| ())
            })
        });
        match kept.await {
            Err(error) if error.refusal().is_none() => Err(error),
            _ => Ok(()),
        }
    }

    /// On to the payment, the cart emptied; an order without anything to pay is shown.
    async fn onward(&self, typed: &CheckoutForm, placed: Placed) -> Result<Response> {
        let number = placed.number.clone();
        let to = match placed.state {
            OrderState::AwaitingPayment => self.payment(typed, &placed).await?,
            _ => format!("/orders/{number}"),
        };
        let mut response = Redirect::to(&to).into_response();
        put_cookie(&mut response, &Basket::default().cookie(&self.market));
        put_cookie(&mut response, &auth::secret_cookie(&self.market, KEY, ("", 0)));
        put_cookie(&mut response, &auth::secret_cookie(&self.market, PLACED, (&number, PLACED_LIFE)));
        if self.caller.person.is_none() {
            put_cookie(&mut response, &order::token_cookie(&self.market, &number, &placed.token));
        }
        Ok(response)
    }

    /// The page on which the order is paid; one that cannot be paid any more is shown instead.
    async fn payment(&self, typed: &CheckoutForm, placed: &Placed) -> Result<String> {
        let order = read::by_number(&mut self.market.db().read().await?, &placed.number).await?;
        let shown = format!("/orders/{}", placed.number);
        let Ok(method) = typed.method() else { return Ok(shown) };
        let (trade, key) = (self.market.trade.clone(), key_of(&typed.key, "payOrder"));
        let work = trade.work(self.caller.actor(), Some(&key));
        let paying = durable(async move { pay::pay(&trade, &work, &order, pay::Tender::of(method)).await });
        match paying.await {
            Ok(paying) => Ok(paying.redirect_url.unwrap_or(shown)),
            Err(error) if error.refusal().is_some() => Ok(shown),
            Err(error) => Err(error),
        }
    }
}

//! Random lives of orders against a second, naive book: what happened is written down by hand and
//! must be what the rows, the ledger and the provider's books say (I1, I4–I9).
//! A failure names its seed; the same seed lives the same lives.

mod check;
mod paying;

use std::sync::Arc;

use yanxi::{
    kernel::{
        Actor, Carrier, Error, Fen, PaymentId, Random, SellerOrderId,
        time::{DAY, SECOND},
    },
    orders::{
        OrderState, expire,
        kinds::RefundState,
        place, read, receive,
        record::Order,
        refund::{self, Asked, AskedLine},
        ship::{self, Packed, Scan, ScanKind, ScanSource, Shipping},
    },
    payments::sandbox::Mood,
    stock::movement::{self, Movement, MovementKind},
};

use crate::support::{Shop, long, on_both, shop::write};

on_both! {
    what_happened_is_what_the_books_say,
}

/// Histories that share one shop.
const IN_ONE_SHOP: u64 = 200;
const STEPS: usize = 20;
const SKUS: [&str; 3] = ["P01-1", "P02-1", "P03-1"];
const SHELF: i64 = 12;

/// An order as it is remembered by hand.
struct Remembered {
    number: String,
    state: OrderState,
    lines: Vec<Units>,
    total: Fen,
    refunded: Fen,
    coupon: bool,
    ever_paid: bool,
    payments: Vec<PaymentId>,
    /// What came in while it still waits for the rest.
    came: Fen,
}

/// Units of a line.
struct Units {
    sku: usize,
    qty: i64,
    shipped: i64,
    withdrawn: i64,
    refunded: i64,
}

struct Life {
    shop: Arc<Shop>,
    random: Random,
    orders: Vec<Remembered>,
    parcels: u32,
    /// Units that ever came onto each shelf.
    stocked: [i64; 3],
    /// Money that came and went back because no order took it.
    returned: i64,
    /// How often more came than an order cost.
    more_than_asked: usize,
}

async fn what_happened_is_what_the_books_say(shop: Arc<Shop>) {
    shop.shelve(SHELF).await;
    write(&shop.trade.db, &["UPDATE coupons SET limit_total = NULL, limit_each = NULL"]).await;
    let histories = if long() { 10 * IN_ONE_SHOP } else { IN_ONE_SHOP };
    let mut life = Life {
        shop,
        random: Random::Seeded(0),
        orders: Vec::new(),
        parcels: 0,
        stocked: [SHELF; 3],
        returned: 0,
        more_than_asked: 0,
    };
    for seed in 1..=histories {
        life.random = Random::Seeded(seed);
        let first = life.orders.len();
        for _ in 0..STEPS {
            life.step(first).await;
        }
        life.check(seed, first).await;
        life.restock(seed).await;
    }
    super::counting::counter_journal_and_reports_agree(&life.shop).await;
    let ended = |state| life.orders.iter().filter(|o| o.state == state).count();
    let ends: Vec<_> = OrderState::ALL.iter().map(|state| (*state, ended(*state))).collect();
    assert!(
        life.returned > 0
            && life.more_than_asked > 0
            && ends.iter().all(|(state, n)| *state == OrderState::AwaitingPayment || *n > 10),
        "{ends:?}, {} went back, {} came over a total",
        life.returned,
        life.more_than_asked
    );
}

/// A refusal is a fair answer to a random wish; anything else is a fault of the market.
fn told<T>(done: Result<T, Error>) -> Option<T> {
    match done {
        Ok(value) => Some(value),
        Err(error) => {
            assert!(error.refusal().is_some(), "{error}");
            None
        }
    }
}

impl Life {
    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.random.below(n as u64).unwrap()).unwrap()
    }

    async fn step(&mut self, first: usize) {
        let mine = self.orders.len() - first;
        if mine == 0 || (mine < 4 && self.below(4) == 0) {
            return self.place().await;
        }
        let which = first + self.below(mine);
        match self.below(13) {
            0..=2 => self.pay(which).await,
            3 => self.pay_late(which).await,
            4 => self.cancel(which).await,
            5 => self.expire().await,
            6..=8 => self.ship(which).await,
            9 | 10 => self.receive(which).await,
            _ => self.refund(which).await,
        }
    }

    async fn place(&mut self) {
        let mut wanted: Vec<(usize, i64)> = Vec::new();
        for sku in 0..SKUS.len() {
            if self.below(2) == 0 {
                wanted.push((sku, 1 + self.below(4) as i64));
            }
        }
        let coupon = (self.below(3) == 0).then_some("THIRTY");
        let items: Vec<(&str, i64)> = wanted.iter().map(|(sku, qty)| (SKUS[*sku], *qty)).collect();
        let Some(quote) = told(self.shop.quote(&items, coupon).await) else { return };
        let placing = Shop::placing(&quote, "13800000009");
        let Some(placed) =
            told(place::place(&self.shop.trade, &self.shop.trade.work(Actor::GUEST, None), placing).await)
        else {
            return;
        };
        let units = |(sku, qty)| Units { sku, qty, shipped: 0, withdrawn: 0, refunded: 0 };
        self.orders.push(Remembered {
            number: placed.number,
            state: placed.state,
            lines: wanted.into_iter().map(units).collect(),
            total: placed.total_fen,
            refunded: Fen::ZERO,
            coupon: coupon.is_some(),
            ever_paid: placed.state == OrderState::Paid,
            payments: Vec::new(),
            came: Fen::ZERO,
        });
    }

    async fn expire(&mut self) {
        self.shop.trade.clock.advance(901 * SECOND);
        expire::expire_overdue(&self.shop.trade, 1000).await.unwrap();
        for order in self.orders.iter_mut().filter(|o| o.state == OrderState::AwaitingPayment) {
            order.state = OrderState::Expired;
            self.returned += std::mem::take(&mut order.came.0);
        }
    }

    async fn ship(&mut self, which: usize) {
        let sellers = self.shop.sellers(&self.orders[which].number).await;
        let (id, coop, _) = sellers[self.below(sellers.len())].clone();
        let order = self.shop.order(&self.orders[which].number).await;
        let lines = read::lines(&mut self.shop.trade.db.read().await.unwrap(), &order.id).await.unwrap();
        let own: Vec<_> = lines.iter().filter(|l| l.seller_order_id == id).collect();
        let mut asked = Vec::new();
        let all = self.below(3) > 0;
        for line in &own {
            let left = line.qty - line.withdrawn_qty - line.shipped_qty;
            let qty = if all { left } else { self.below(4) as i64 };
            if qty > 0 {
                asked.push((line.line_no, qty));
            }
        }
        self.parcels += 1;
        let shipping = Shipping {
            carrier: Carrier::Zto,
            tracking_no: format!("ZT{:06}", self.parcels),
            lines: Some(asked.iter().map(|(line_no, qty)| Packed { line_no: *line_no, qty: *qty }).collect()),
        };
        if told(ship::ship(&self.shop.trade.work(Actor::SYSTEM, None), &coop, &id, shipping).await).is_some() {
            assert_eq!(self.orders[which].state, OrderState::Paid);
            for (line_no, qty) in asked {
                let line = &mut self.orders[which].lines[usize::try_from(line_no - 1).unwrap()];
                line.shipped += qty;
                assert!(line.shipped + line.withdrawn <= line.qty);
            }
        }
    }

    async fn receive(&mut self, which: usize) {
        let order = self.shop.order(&self.orders[which].number).await;
        let sellers = self.shop.sellers(&self.orders[which].number).await;
        let way = self.below(3);
        for (id, ..) in sellers {
            self.receive_part(&order, &id, way).await;
        }
    }

    async fn receive_part(&mut self, order: &Order, id: &SellerOrderId, way: usize) {
        match way {
            0 => {
                told(receive::confirm(&self.shop.trade.work(Actor::GUEST, None), order, id).await);
            }
            1 => {
                let at = self.shop.trade.clock.now();
                let scan = Scan { n: 1, kind: ScanKind::Delivered, at, source: ScanSource::CarrierFile };
                told(ship::scan(&self.shop.trade.work(Actor::SYSTEM, None), id, scan).await);
            }
            _ => {
                let at = self.shop.trade.clock.now();
                let scan = Scan { n: 1, kind: ScanKind::PickedUp, at, source: ScanSource::Operator };
                told(ship::scan(&self.shop.trade.work(Actor::SYSTEM, None), id, scan).await);
                self.expire().await;
                self.shop.trade.clock.advance(10 * DAY);
                receive::auto_receive(&self.shop.trade, 1000).await.unwrap();
            }
        }
    }

    async fn refund(&mut self, which: usize) {
        let order = self.shop.order(&self.orders[which].number).await;
        let line = self.below(self.orders[which].lines.len());
        let line_no = line as i64 + 1;
        let qty = 1 + self.below(3) as i64;
        let amount = Fen(1 + self.below(20_000) as i64);
        let asked = match self.below(4) {
            0 => Asked::Whole,
            1 => Asked::Amount(amount),
            2 => Asked::Lines(vec![AskedLine { line_no, qty: None, amount: Some(amount) }]),
            _ => Asked::Lines(vec![AskedLine { line_no, qty: Some(qty), amount: None }]),
        };
        let refused = self.below(8) == 0;
        self.shop.sandbox().is(if refused { Mood::Stingy } else { Mood::Well });
        let done =
            refund::refund(&self.shop.trade, &self.shop.trade.work(Actor::SYSTEM, None), &order, (&asked, "random"))
                .await;
        self.shop.sandbox().is(Mood::Well);
        let Some(refunding) = told(done) else { return };
        if refunding.state == RefundState::Failed {
            assert!(refused);
            return;
        }
        let known = &mut self.orders[which];
        assert!(known.ever_paid);
        known.refunded.0 += refunding.amount_fen.0;
        assert!(known.refunded <= known.total);
        match asked {
            Asked::Whole => known.refund_whole(),
            Asked::Lines(lines) if lines[0].qty.is_some() => known.lines[line].withdraw(qty),
            _ => self.withdraw_what_was_paid_back(which, &order).await,
        }
        let known = &mut self.orders[which];
        if known.refunded == known.total {
            known.state = OrderState::Refunded;
        }
    }

    /// An amount that was all that was left of a line takes the units back that were not sent.
    async fn withdraw_what_was_paid_back(&mut self, which: usize, order: &Order) {
        let lines = read::lines(&mut self.shop.trade.db.read().await.unwrap(), &order.id).await.unwrap();
        for (line, known) in lines.iter().zip(&mut self.orders[which].lines) {
            if line.refunded_fen == line.payable_fen && line.payable_fen > Fen::ZERO {
                let unsent = known.qty - known.withdrawn - known.shipped;
                known.withdraw(unsent.min(known.qty - known.refunded));
            }
        }
    }

    /// New goods come in between histories, as a cooperative books them.
    async fn restock(&mut self, seed: u64) {
        self.expire().await;
        for (place, code) in SKUS.iter().enumerate() {
            let delta = SHELF - self.shop.stock(code).await.0;
            if delta == 0 {
                continue;
            }
            self.stocked[place] += delta;
            let movement = Movement {
                sku_id: format!("s{}", place + 1).into(),
                location: "online".to_owned(),
                delta,
                kind: MovementKind::Receipt,
                reference: format!("restock {seed}"),
                reason: String::new(),
                batch_id: None,
            };
            let mut step = self.shop.trade.step(Actor::SYSTEM);
            let mut tx = self.shop.trade.db.begin().await.unwrap();
            movement::apply(&mut tx, movement, &mut step).await.unwrap();
            tx.commit().await.unwrap();
        }
    }
}

impl Remembered {
    fn refund_whole(&mut self) {
        self.refunded = self.total;
        self.state = OrderState::Refunded;
        for line in &mut self.lines {
            line.withdraw(line.qty - line.refunded);
        }
    }
}

impl Units {
    fn withdraw(&mut self, qty: i64) {
        self.refunded += qty;
        self.withdrawn += qty.min(self.qty - self.withdrawn - self.shipped).max(0);
    }
}

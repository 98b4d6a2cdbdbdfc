//! Payments of a remembered order: whole or in parts, refused, late, or of an order that was given up.

use yanxi::{
    db::q,
    kernel::{Actor, Fen, PaymentId},
    orders::{OrderState, cancel, payment_result::PaymentOutcome},
    payments::sandbox::Outcome,
};

use super::{Life, told};

impl Life {
    async fn open(&mut self, which: usize) -> Option<PaymentId> {
        if self.orders[which].state != OrderState::AwaitingPayment {
            return None;
        }
        let number = self.orders[which].number.clone();
        let part = 1 + self.below(20_000) as i64;
        let mut id = self.shop.open_payment(&number).await;
        self.remember(which, &id);
        if self.below(4) == 0 {
            id = self.shop.open_part(&number, part).await;
            self.remember(which, &id);
        }
        Some(id)
    }

    fn remember(&mut self, which: usize, id: &PaymentId) {
        if !self.orders[which].payments.contains(id) {
            self.orders[which].payments.push(id.clone());
        }
    }

    pub(super) async fn pay(&mut self, which: usize) {
        let Some(id) = self.open(which).await else { return };
        match self.below(6) {
            0 if self.sandbox_state(&id).await == "open" => {
                assert_eq!(self.shop.settle(&id, Outcome::Failed).await, PaymentOutcome::Failed);
            }
            // The payer wanders off; the money may come later.
            1 => {}
            _ => self.settle(which, &id).await,
        }
        if self.orders[which].came > Fen::ZERO && self.below(2) == 0 {
            self.pay_late(which).await;
        }
    }

    /// An old payment of the order succeeds now, whatever became of the order.
    pub(super) async fn pay_late(&mut self, which: usize) {
        self.open(which).await;
        let all = self.orders[which].payments.clone();
        if !all.is_empty() {
            let id = all[self.below(all.len())].clone();
            self.settle(which, &id).await;
        }
    }

    async fn settle(&mut self, which: usize, id: &PaymentId) {
        let order = self.orders[which].state;
        if self.sandbox_state(id).await != "open" {
            return;
        }
        let payments = self.shop.payments(&self.orders[which].number).await;
        let amount = payments.iter().find(|payment| payment.id == *id).unwrap().amount_fen.0;
        let known = &mut self.orders[which];
        let balance = known.came.0 + amount;
        match self.shop.settle(id, Outcome::Succeeded).await {
            PaymentOutcome::Paid => {
                assert!(matches!(order, OrderState::AwaitingPayment | OrderState::Expired), "{order}");
                assert!(balance >= known.total.0);
                self.returned += balance - known.total.0;
                self.more_than_asked += usize::from(balance > known.total.0);
                (known.state, known.ever_paid, known.came) = (OrderState::Paid, true, Fen::ZERO);
            }
            PaymentOutcome::PartPaid => {
                assert_eq!(order, OrderState::AwaitingPayment);
                assert!(balance < known.total.0);
                known.came = Fen(balance);
            }
            PaymentOutcome::GivenBack(_) => {
                assert_ne!(order, OrderState::AwaitingPayment);
                self.returned += amount;
            }
            other => panic!("{other:?}"),
        }
    }

    async fn sandbox_state(&self, id: &PaymentId) -> String {
        let sql = "SELECT state FROM sandbox_intents WHERE provider_ref = $1";
        let mut conn = self.shop.trade.db.read().await.unwrap();
        let row: (String,) = q(sql).bind(format!("pi_sandbox_{id}")).one(&mut conn).await.unwrap();
        row.0
    }

    /// Half of those who give an order up have a payment open, and half of these pay it all the same.
    pub(super) async fn cancel(&mut self, which: usize) {
        let open = if self.below(2) == 0 { self.open(which).await } else { None };
        self.end(which).await;
        if let Some(id) = open.filter(|_| self.random.below(2).unwrap() == 0) {
            self.settle(which, &id).await;
        }
    }

    async fn end(&mut self, which: usize) {
        let order = self.shop.order(&self.orders[which].number).await;
        if told(cancel::cancel(&self.shop.trade, &self.shop.trade.work(Actor::GUEST, None), &order).await).is_none() {
            return;
        }
        let known = &mut self.orders[which];
        if known.state == OrderState::AwaitingPayment {
            known.state = OrderState::Cancelled;
            self.returned += std::mem::take(&mut known.came.0);
        } else {
            assert_eq!(known.state, OrderState::Paid);
            known.refund_whole();
        }
    }
}

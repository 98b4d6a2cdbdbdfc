//! The hand-written book against rows, ledger and the provider's books.

use yanxi::orders::{OrderState, read, refund};

use super::{Life, Remembered, SKUS, Units};

impl Life {
    pub(super) async fn check(&mut self, seed: u64, first: usize) {
        let now = self.shop.trade.clock.now();
        refund::send::send_waiting(&self.shop.trade, now, 1000).await.unwrap();
        for place in first..self.orders.len() {
            self.check_order(place, seed).await;
        }
        for (place, code) in SKUS.iter().enumerate() {
            let of = |wanted: fn(&Remembered) -> bool, units: fn(&Units) -> i64| -> i64 {
                let orders = self.orders.iter().filter(|o| wanted(o));
                orders.flat_map(|o| &o.lines).filter(|l| l.sku == place).map(units).sum()
            };
            let held = of(|o| o.state == OrderState::AwaitingPayment, |l| l.qty);
            let sold = of(|o| o.ever_paid, |l| l.qty - l.withdrawn);
            assert_eq!(self.shop.stock(code).await, (self.stocked[place] - sold, held), "seed {seed}: {code}");
            let moved =
                self.sum(&format!("SELECT delta AS n FROM stock_movements WHERE sku_id = 's{}'", place + 1)).await;
            assert_eq!(moved, self.stocked[place] - sold, "seed {seed}: movements of {code}");
        }
        let paid: i64 = self.orders.iter().filter(|o| o.ever_paid).map(|o| o.total.0).sum();
        let waits: i64 = self.orders.iter().map(|o| o.came.0).sum();
        let refunded: i64 = self.orders.iter().map(|o| o.refunded.0).sum();
        let using = self.orders.iter().filter(|o| o.coupon && (o.ever_paid || o.state == OrderState::AwaitingPayment));
        let using = using.count() as i64;
        for (what, sql, expected) in [
            ("paid", "SELECT amount_fen AS n FROM ledger_entries WHERE kind IN ('sale', 'sale_freight')", paid),
            (
                "refunded",
                "SELECT amount_fen AS n FROM ledger_entries WHERE kind IN ('refund', 'refund_freight')",
                refunded,
            ),
            ("came", "SELECT amount_fen AS n FROM ledger_entries WHERE kind = 'tender'", paid + waits + self.returned),
            (
                "went",
                "SELECT amount_fen AS n FROM ledger_entries WHERE kind = 'tender_return'",
                refunded + self.returned,
            ),
            (
                "captured",
                "SELECT amount_fen AS n FROM sandbox_intents WHERE state = 'succeeded'",
                paid + waits + self.returned,
            ),
            ("given", "SELECT refunded_fen AS n FROM sandbox_intents", refunded + self.returned),
            ("coupons", "SELECT used AS n FROM coupons WHERE code = 'THIRTY'", using),
            ("holders", "SELECT used AS n FROM coupon_holders WHERE coupon_code = 'THIRTY'", using),
        ] {
            assert_eq!(self.sum(sql).await, expected, "seed {seed}: {what}");
        }
        let due = "SELECT payable_fen - refunded_fen AS n FROM order_lines WHERE received_at IS NOT NULL";
        let effective = self.sum("SELECT effective_fen AS n FROM ledger_entries").await;
        assert_eq!(self.sum(due).await, effective, "seed {seed}: effective");
    }

    async fn sum(&self, of: &str) -> i64 {
        let sql = format!("SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM ({of}) AS t");
        let mut conn = self.shop.trade.db.read().await.unwrap();
        let row: (i64,) = yanxi::db::Query::from_closed_parts(sql).one(&mut conn).await.unwrap();
        row.0
    }

    async fn check_order(&mut self, place: usize, seed: u64) {
        let known = &mut self.orders[place];
        let order = self.shop.order(&known.number).await;
        if known.state == OrderState::Paid && order.state == OrderState::Completed {
            let mut conn = self.shop.trade.db.read().await.unwrap();
            for line in read::lines(&mut conn, &order.id).await.unwrap() {
                let arrived = line.received_qty == line.qty - line.withdrawn_qty;
                assert!(arrived || line.refunded_fen == line.payable_fen, "seed {seed}: {}", known.number);
            }
            known.state = OrderState::Completed;
        }
        let told = (order.state, order.refunded_fen, order.refund_reserved_fen);
        assert_eq!(told, (known.state, known.refunded, known.refunded), "seed {seed}: {}", known.number);
    }
}

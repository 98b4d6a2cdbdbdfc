//! `bridge`: how placed becomes effective, step by step (C13); each step is the difference
//! of two figures that were summed by themselves. Below it stands what of the effective sales no carrier's
//! delivery proves (C9): received by time, and confirmed by the buyer without any scan.

use super::{Ask, Cell, Report, Sight, figures, report};
use crate::{
    db::{Conn, Db, q, row, statements},
    kernel::{Code, Fen, Lang, Refusal, Result},
};

statements! {
    PLACED = "SELECT CAST(COALESCE(SUM(goods_fen - discount_fen), 0) AS BIGINT) AS placed_fen,
        CAST(COALESCE(SUM(CASE WHEN paid_on IS NULL THEN goods_fen - discount_fen ELSE 0 END), 0) AS BIGINT) AS unpaid_fen
      FROM orders WHERE placed_on >= $1 AND placed_on <= $2";
    UNPROVEN = "SELECT
        CAST(COALESCE(SUM(CASE WHEN w.received_source = 'auto' THEN w.fen ELSE 0 END), 0) AS BIGINT) AS automatic_fen,
        CAST(COALESCE(SUM(CASE WHEN w.received_source = 'confirmed' AND w.scans = 0 THEN w.fen ELSE 0 END), 0) AS BIGINT) AS unscanned_fen
      FROM (SELECT s.received_source, e.effective_fen AS fen,
              (SELECT CAST(count(*) AS BIGINT) FROM shipment_scans c WHERE c.seller_order_id = s.id) AS scans
            FROM ledger_entries e JOIN order_lines l ON l.order_id = e.subject_id AND l.line_no = e.line_no
              JOIN seller_orders s ON s.id = l.seller_order_id
            WHERE e.day >= $1 AND e.day <= $2 AND e.effective_fen <> 0
              AND s.received_source IN ('auto', 'confirmed')) w";
}

row! {
    struct Placed {
        placed_fen: Fen,
        unpaid_fen: Fen,
    }
}

row! {
    /// What of the effective sales no delivery scan proves: walks the ledger, so only the drawn report has it.
    struct Unproven {
        /// Received by time, after a pick-up scan.
        automatic_fen: Fen,
        /// Confirmed by the buyer, without a scan of any parcel.
        unscanned_fen: Fen,
    }
}

impl Unproven {
    fn steps(&self) -> [Step; 2] {
        [
            level("effective_automatic", self.automatic_fen, "其中到期自动确认", "of it received by time"),
            level(
                "effective_unscanned",
                self.unscanned_fen,
                "其中买家确认、无物流记录",
                "of it confirmed by the buyer without a scan",
            ),
        ]
    }
}

/// The figures between placed and effective; a loss is negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bridge {
    /// 下单额: goods of orders placed in the days. Never titled sales.
    pub placed_fen: Fen,
    /// Of these, never paid.
    pub unpaid_fen: Fen,
    /// Paid in the days but placed before, less placed in the days but paid after.
    pub carried_fen: Fen,
    /// 支付额.
    pub gross_fen: Fen,
    /// 退款额.
    pub refunds_fen: Fen,
    /// 调整.
    pub adjustments_fen: Fen,
    /// 净支付额.
    pub net_fen: Fen,
    /// 在途变动.
    pub transit_fen: Fen,
    /// 剔除.
    pub excluded_fen: Fen,
    /// 有效销售额.
    pub effective_fen: Fen,
}

/// A figure on the way, or what lies between two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub key: &'static str,
    pub fen: Fen,
    zh: &'static str,
    en: &'static str,
    /// Whether it is a level rather than a change.
    pub level: bool,
}

impl Step {
    /// Its name for people.
    pub fn name(&self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.en)
    }
}

const fn level(key: &'static str, fen: Fen, zh: &'static str, en: &'static str) -> Step {
    Step { key, fen, zh, en, level: true }
}

const fn change(key: &'static str, fen: Fen, zh: &'static str, en: &'static str) -> Step {
    Step { key, fen, zh, en, level: false }
}

impl Bridge {
    /// The steps in order.
    pub fn steps(&self) -> [Step; 10] {
        [
            level("placed", self.placed_fen, "下单额", "Placed"),
            change("unpaid", self.unpaid_fen, "未付与取消", "Not paid"),
            change("carried", self.carried_fen, "跨期付款", "Paid in other days"),
            level("gross_paid", self.gross_fen, "支付额", "Paid"),
            change("refunds", self.refunds_fen, "退款", "Refunded"),
            change("adjustments", self.adjustments_fen, "调整", "Adjusted"),
            level("net_paid", self.net_fen, "净支付额", "Net paid"),
            change("transit", self.transit_fen, "在途变动", "In transit"),
            change("excluded", self.excluded_fen, "剔除", "Excluded"),
            level("effective", self.effective_fen, "有效销售额", "Effective"),
        ]
    }
}

/// The bridge of an ask's days.
pub async fn bridge(db: &Db, ask: &Ask) -> Result<Bridge> {
    let mut reading = db.report().await?;
    let bridge = read(&mut reading, ask).await;
    reading.end(bridge).await
}

async fn read(conn: &mut Conn, ask: &Ask) -> Result<Bridge> {
    let placed: Placed = q(PLACED).bind(ask.from).bind(ask.to).one(conn).await?;
    let sums = figures::total(conn, ask, false).await?;
    let less = |fen: Fen| Fen::ZERO.minus(fen);
    let net = sums.net()?;
    Ok(Bridge {
        placed_fen: placed.placed_fen,
        unpaid_fen: less(placed.unpaid_fen)?,
        carried_fen: sums.gross_fen.minus(placed.placed_fen.minus(placed.unpaid_fen)?)?,
        gross_fen: sums.gross_fen,
        refunds_fen: less(sums.refunds_fen)?,
        adjustments_fen: sums.adjustments_fen,
        net_fen: net,
        transit_fen: sums.effective_fen.plus(sums.excluded_fen)?.minus(net)?,
        excluded_fen: less(sums.excluded_fen)?,
        effective_fen: sums.effective_fen,
    })
}

/// Draws the report.
pub(super) async fn draw(conn: &mut Conn, ask: &Ask, sight: Sight) -> Result<Report> {
    if let Some((dimension, _)) = ask.filters.first() {
        return Err(Refusal::of_field(dimension.as_str(), Code::NotGrouped).with("kind", ask.kind).into());
    }
    let bridge = read(conn, ask).await?;
    let mut drawn = Report::new(ask, sight, report::columns(&["key", "label", "amount_fen"], &[], sight.lang));
    let unproven: Unproven = q(UNPROVEN).bind(ask.from).bind(ask.to).one(conn).await?;
    for step in bridge.steps().into_iter().chain(unproven.steps()) {
        let label = step.name(sight.lang).to_owned();
        drawn.rows.push(vec![Cell::Text(step.key.to_owned()), Cell::Text(label), Cell::Money(step.fen)]);
    }
    drawn.totals = vec![Cell::Empty, Cell::Empty, Cell::Money(bridge.effective_fen)];
    Ok(drawn)
}

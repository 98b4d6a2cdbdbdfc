//! Shipping (发货): a cooperative sends units with a tracking number; the carrier's scans follow.

use super::{
    OrderState, Trade, read, receive, record,
    record::{Line, SellerOrder},
};
use crate::{
    db::{Rows, Tx, audit_log, q, statements, tx},
    kernel::{Actor, At, Code, CoopId, Refusal, Result, SellerOrderId, Step, closed_set, parse},
};

statements! {
    SHIP_LINE = "UPDATE order_lines SET shipped_qty = shipped_qty + $1
                 WHERE order_id = $2 AND line_no = $3 AND shipped_qty + withdrawn_qty + $1 <= qty";
    NEXT = "SELECT CAST(COALESCE(MAX(n), 0) + 1 AS BIGINT) FROM shipments WHERE seller_order_id = $1";
    ADD = "INSERT INTO shipments (seller_order_id, n, carrier, tracking_no, shipped_at, picked_up_at, delivered_at)
           VALUES ($1, $2, $3, $4, $5, NULL, NULL) ON CONFLICT (carrier, tracking_no) DO NOTHING";
    ADD_LINE = "INSERT INTO shipment_lines (seller_order_id, n, line_no, qty) VALUES ($1, $2, $3, $4)";
    FIRST = "UPDATE seller_orders SET shipped_at = $1 WHERE id = $2 AND shipped_at IS NULL";
    SCAN = "INSERT INTO shipment_scans (seller_order_id, n, kind, at, source, person_id, recorded_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (seller_order_id, n, kind) DO NOTHING";
    PICKED_UP = "UPDATE shipments SET picked_up_at = $1
                 WHERE seller_order_id = $2 AND n = $3 AND picked_up_at IS NULL";
    SHIPPED_AT = "SELECT shipped_at FROM shipments WHERE seller_order_id = $1 AND n = $2";
}

closed_set! {
    /// Who carries a parcel.
    pub enum Carrier {
        /// 中通.
        Zto = "zto",
        /// 邮政 EMS.
        Ems = "ems",
        /// 京东.
        Jd = "jd",
        /// 顺丰.
        Sf = "sf",
        /// Local delivery from a hall.
        Local = "local",
        /// Another.
        Other = "other",
    }
}

closed_set! {
    /// What a carrier scanned.
    pub enum ScanKind {
        /// Picked up from the cooperative.
        PickedUp = "picked_up",
        /// Delivered to the receiver.
        Delivered = "delivered",
    }
}

closed_set! {
    /// Where a scan is known from.
    pub enum ScanSource {
        /// The carrier's file.
        CarrierFile = "carrier_file",
        /// Entered by the operator.
        Operator = "operator",
    }
}

/// What a cooperative sends off.
#[derive(Clone, Debug)]
pub struct Shipping {
    /// Who carries it.
    pub carrier: Carrier,
    /// The carrier's number.
    pub tracking_no: String,
    /// Lines and units; all that is left when absent.
    pub lines: Option<Vec<(i64, i64)>>,
}

/// A carrier's scan of a shipment.
#[derive(Clone, Copy, Debug)]
pub struct Scan {
    /// Which shipment of the seller order, from 1.
    pub n: i64,
    /// What was scanned.
    pub kind: ScanKind,
    /// When.
    pub at: At,
    /// Where it is known from.
    pub source: ScanSource,
}

/// Ships units of a cooperative's own seller order; answers the shipment's number. Refuses another
/// cooperative's order as not found, one that is not to be shipped, and more than is left.
pub async fn ship(trade: &Trade, coop: &CoopId, id: &SellerOrderId, shipping: Shipping, by: Actor) -> Result<i64> {
    let tracking = parse::tracking_no("tracking_no", &shipping.tracking_no)?;
    tx!(trade.db, tx, {
        let mut step = trade.step(by.clone());
        let seller = read::seller_of(&mut tx, id, coop).await?;
        let order = read::lock(&mut tx, &seller.order_id).await?;
        let seller = read::seller_of(&mut tx, &seller.id, coop).await?;
        if order.state != OrderState::Paid || !seller.state.is_to_ship() {
            return Err(Refusal::new(Code::WrongState).with("state", seller.state).into());
        }
        let lines: Vec<Line> = read::lines(&mut tx, &order.id).await?;
        let own: Vec<&Line> = lines.iter().filter(|l| l.seller_order_id == seller.id).collect();
        let units = wanted(&own, shipping.lines.as_deref())?;
        let n = send(&mut tx, &seller, (shipping.carrier, &tracking), &units, &mut step).await?;
        receive::follow(&mut tx, &order, &mut step).await?;
        let detail = format!("{} {tracking}", shipping.carrier);
        let event = record::event(&step, "shipped", Some(&seller.id), &detail);
        record::note(&mut tx, &order.id, event, &mut step).await?;
        let act = format!("{n} {detail}");
        audit_log::by(&mut tx, &step, ("order.ship", seller.id.as_str(), &act)).await?;
        Ok(n)
    })
}

fn left(line: &Line) -> i64 {
    line.qty - line.withdrawn_qty - line.shipped_qty
}

fn wanted(own: &[&Line], asked: Option<&[(i64, i64)]>) -> Result<Vec<(i64, i64)>> {
    let Some(asked) = asked else {
        let rest: Vec<_> = own.iter().map(|l| (l.line_no, left(l))).filter(|(_, qty)| *qty > 0).collect();
        return Ok(rest);
    };
    if asked.is_empty() {
        return Err(Refusal::of_field("lines", Code::Missing).into());
    }
    let mut units: Vec<(i64, i64)> = Vec::new();
    for (place, (line_no, qty)) in asked.iter().enumerate() {
        let unknown = || Refusal::of_field(format!("lines[{place}].line_no"), Code::UnknownLine);
        let line = own.iter().find(|l| l.line_no == *line_no).ok_or_else(unknown)?;
        let field = format!("lines[{place}].qty");
        parse::within(&field, *qty, 1, i64::MAX)?;
        let twice = units.iter().any(|(known, _)| known == line_no);
        if *qty > left(line) || twice {
            let refusal = Refusal::of_field(field, Code::ShipTooMuch);
            return Err(refusal.with("line", line_no).with("left", left(line)).into());
        }
        units.push((*line_no, *qty));
    }
    Ok(units)
}

async fn send(
    tx: &mut Tx,
    seller: &SellerOrder,
    (carrier, tracking): (Carrier, &str),
    units: &[(i64, i64)],
    step: &mut Step,
) -> Result<i64> {
    for (line_no, qty) in units {
        tx.expect_rows(q(SHIP_LINE).bind(*qty).bind(&seller.order_id).bind(*line_no), 1).await?;
    }
    let (n,): (i64,) = q(NEXT).bind(&seller.id).one(tx).await?;
    let added = q(ADD).bind(&seller.id).bind(n).bind(carrier).bind(tracking).bind(step.at).exec(tx).await?;
    if added == 0 {
        return Err(Refusal::of_field("tracking_no", Code::TrackingUsed).into());
    }
    let mut rows = Rows::of(ADD_LINE)?;
    for (line_no, qty) in units {
        rows.push([(&seller.id).into(), n.into(), (*line_no).into(), (*qty).into()])?;
    }
    rows.exec(tx).await?;
    q(FIRST).bind(step.at).bind(&seller.id).exec(tx).await?;
    Ok(n)
}

/// Records a carrier's scan; a `delivered` scan receives what the shipment carried. Refuses unknown
/// shipments and times before shipping or in the future; a repeated scan changes nothing.
pub async fn scan(trade: &Trade, id: &SellerOrderId, scan: Scan, by: Actor) -> Result<()> {
    tx!(trade.db, tx, {
        let mut step = trade.step(by.clone());
        let seller = read::seller(&mut tx, id).await?;
        let order = read::lock(&mut tx, &seller.order_id).await?;
        let shipped: Option<(At,)> = q(SHIPPED_AT).bind(id).bind(scan.n).opt(&mut tx).await?;
        let (shipped,) = shipped.ok_or_else(|| Refusal::new(Code::NotFound))?;
        // Scans are told to the minute: one in the minute of shipping is not before it.
        let earliest = shipped.later(-60 * crate::kernel::time::SECOND);
        if scan.at < earliest || scan.at > step.at.later(60 * crate::kernel::time::SECOND) {
            return Err(Refusal::of_field("at", Code::ScanTimeInvalid).into());
        }
        let new = q(SCAN)
            .bind(id)
            .bind(scan.n)
            .bind(scan.kind)
            .bind(scan.at)
            .bind(scan.source)
            .bind(step.by.person.clone())
            .bind(step.at)
            .exec(&mut tx)
            .await?;
        if new == 0 {
            return Ok(());
        }
        let event = record::event(&step, scan.kind.as_str(), Some(id), &scan.n.to_string());
        record::note(&mut tx, &order.id, event, &mut step).await?;
        match scan.kind {
            ScanKind::PickedUp => {
                q(PICKED_UP).bind(scan.at).bind(id).bind(scan.n).exec(&mut tx).await?;
            }
            ScanKind::Delivered => {
                let delivered = receive::Delivered { n: scan.n, at: scan.at, source: "delivered_scan" };
                receive::deliver(&mut tx, &order, &seller, delivered, &mut step).await?;
            }
        }
        let detail = format!("{} {} {}", scan.n, scan.kind, scan.at.rfc3339());
        audit_log::by(&mut tx, &step, ("order.scan", id.as_str(), &detail)).await
    })
}

//! Shipping (发货): a cooperative sends units with a tracking number; the carrier's scans follow.

use super::{
    OrderState, deliver,
    kinds::{OrderEventKind, ReceivedSource},
    read, receive,
    record::{Line, Scanned, SellerOrder, Shipment, ShipmentLine},
    store,
};
use crate::{
    db::{self, Tx, Work, audit_log, q, statements, tx},
    kernel::{At, Carrier, Code, CoopId, Refusal, Result, SellerOrderId, Step, parse, time::SECOND},
};

pub use super::kinds::{ScanKind, ScanSource};

statements! {
    SHIP_LINE = "UPDATE order_lines SET shipped_qty = shipped_qty + $1
                 WHERE order_id = $2 AND line_no = $3 AND shipped_qty + withdrawn_qty + $1 <= qty";
    NEXT = "SELECT CAST(COALESCE(MAX(n), 0) + 1 AS BIGINT) FROM shipments WHERE seller_order_id = $1";
    FIRST = "UPDATE seller_orders SET shipped_at = $1 WHERE id = $2 AND shipped_at IS NULL";
    PICKED_UP = "UPDATE shipments SET picked_up_at = $1
                 WHERE seller_order_id = $2 AND n = $3 AND picked_up_at IS NULL";
    SHIPPED_AT = "SELECT shipped_at FROM shipments WHERE seller_order_id = $1 AND n = $2";
}

/// Units of a line that go into a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packed {
    pub line_no: i64,
    pub qty: i64,
}

/// What a cooperative sends off.
#[derive(Clone, Debug)]
pub struct Shipping {
    /// Who carries it.
    pub carrier: Carrier,
    /// The carrier's number.
    pub tracking_no: String,
    /// What goes into it; all that is left when absent.
    pub lines: Option<Vec<Packed>>,
}

/// A carrier's scan of a shipment.
#[derive(Clone, Copy, Debug)]
pub struct Scan {
    /// Which shipment of the seller order, from 1.
    pub n: i64,
    /// What was scanned.
    pub kind: ScanKind,
    pub at: At,
    /// Where it is known from.
    pub source: ScanSource,
}

/// Ships units of a cooperative's own seller order; answers the shipment's number. Refuses another
/// cooperative's order as not found, one that is not to be shipped, and more than is left.
pub async fn ship(work: &Work, coop: &CoopId, id: &SellerOrderId, shipping: Shipping) -> Result<i64> {
    let tracking = parse::tracking_no("tracking_no", &shipping.tracking_no)?;
    tx!(work.db, tx, {
        let mut step = work.step();
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
        deliver::follow(&mut tx, &order, &mut step).await?;
        let detail = format!("{} {tracking}", shipping.carrier);
        let shipped = (OrderEventKind::Shipped, &detail);
        store::note_seller_order(&mut tx, (&order.id, &seller.id), shipped, &mut step).await?;
        let act = format!("{n} {detail}");
        audit_log::by(&mut tx, &step, "order.ship", seller.id.as_str(), &act).await?;
        Ok(n)
    })
}

fn wanted(own: &[&Line], asked: Option<&[Packed]>) -> Result<Vec<Packed>> {
    let Some(asked) = asked else {
        let rest = own.iter().map(|line| Packed { line_no: line.line_no, qty: line.to_ship() });
        let rest: Vec<Packed> = rest.filter(|packed| packed.qty > 0).collect();
        if rest.is_empty() {
            // All of it is promised back.
            return Err(Refusal::of_field("lines", Code::ShipTooMuch).with("line", 1).with("left", 0).into());
        }
        return Ok(rest);
    };
    if asked.is_empty() {
        return Err(Refusal::of_field("lines", Code::Missing).into());
    }
    let mut units: Vec<Packed> = Vec::new();
    for (place, packed) in asked.iter().enumerate() {
        let unknown = || Refusal::of_field(format!("lines[{place}].line_no"), Code::UnknownLine);
        let line = own.iter().find(|l| l.line_no == packed.line_no).ok_or_else(unknown)?;
        let field = format!("lines[{place}].qty");
        parse::within(&field, packed.qty, 1, i64::MAX)?;
        let twice = units.iter().any(|known| known.line_no == packed.line_no);
        if packed.qty > line.to_ship() || twice {
            let refusal = Refusal::of_field(field, Code::ShipTooMuch);
            return Err(refusal.with("line", packed.line_no).with("left", line.to_ship()).into());
        }
        units.push(*packed);
    }
    Ok(units)
}

async fn send(
    tx: &mut Tx,
    seller: &SellerOrder,
    (carrier, tracking): (Carrier, &str),
    units: &[Packed],
    step: &mut Step,
) -> Result<i64> {
    for Packed { line_no, qty } in units {
        tx.expect_rows(q(SHIP_LINE).bind(*qty).bind(&seller.order_id).bind(*line_no), 1).await?;
    }
    let (n,): (i64,) = q(NEXT).bind(&seller.id).one(tx).await?;
    let shipment = Shipment {
        seller_order_id: seller.id.clone(),
        n,
        carrier,
        tracking_no: tracking.to_owned(),
        shipped_at: step.at,
        picked_up_at: None,
        delivered_at: None,
    };
    if !db::insert(tx, &shipment).await? {
        return Err(Refusal::of_field("tracking_no", Code::TrackingUsed).into());
    }
    let inside = |&Packed { line_no, qty }: &Packed| {
        let seller_order_id = seller.id.clone();
        ShipmentLine { seller_order_id, n, line_no, qty }
    };
    db::insert_all(tx, &units.iter().map(inside).collect::<Vec<_>>()).await?;
    q(FIRST).bind(step.at).bind(&seller.id).exec(tx).await?;
    Ok(n)
}

/// Records a carrier's scan; a `delivered` scan receives what the shipment carried. Refuses unknown
/// shipments and times before shipping or in the future; a repeated scan changes nothing.
pub async fn scan(work: &Work, id: &SellerOrderId, scan: Scan) -> Result<()> {
    tx!(work.db, tx, {
        let mut step = work.step();
        let seller = read::seller(&mut tx, id).await?;
        let order = read::lock(&mut tx, &seller.order_id).await?;
        let shipped: Option<(At,)> = q(SHIPPED_AT).bind(id).bind(scan.n).opt(&mut tx).await?;
        let (shipped,) = shipped.ok_or_else(|| Refusal::new(Code::NotFound))?;
        // Scans are told to the minute: one in the minute of shipping is not before it.
        let earliest = shipped.later(-60 * SECOND);
        if scan.at < earliest || scan.at > step.at.later(60 * SECOND) {
            return Err(Refusal::of_field("at", Code::ScanTimeInvalid).into());
        }
        let Scan { n, kind, at, source } = scan;
        let (person_id, recorded_at) = (step.by.person.clone(), step.at);
        let scanned = Scanned { seller_order_id: id.clone(), n, kind, at, source, person_id, recorded_at };
        if !db::insert(&mut tx, &scanned).await? {
            return Ok(());
        }
        let event = match kind {
            ScanKind::PickedUp => OrderEventKind::PickedUp,
            ScanKind::Delivered => OrderEventKind::Delivered,
        };
        store::note_seller_order(&mut tx, (&order.id, id), (event, n.to_string()), &mut step).await?;
        match scan.kind {
            ScanKind::PickedUp => {
                q(PICKED_UP).bind(scan.at).bind(id).bind(scan.n).exec(&mut tx).await?;
            }
            ScanKind::Delivered => {
                let delivered = receive::Delivered { n, at, source: ReceivedSource::DeliveredScan };
                receive::parcel_arrived(&mut tx, (&order, &seller), delivered, &mut step).await?;
            }
        }
        let detail = format!("{} {} {}", scan.n, scan.kind, scan.at.rfc3339());
        audit_log::by(&mut tx, &step, "order.scan", id.as_str(), &detail).await
    })
}

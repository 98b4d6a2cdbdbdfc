//! Past lives of orders, inserted many at once with their stock, money and ledger.

use super::{
    past::{Past, PastRefund},
    record::{self, Record},
};
use crate::{
    db::{Rows, Tx, Value, statements},
    kernel::{At, Error, Fen, OrderId, Random, Result},
    ledger,
    payments::past,
    stock::{
        self,
        movement::{MovementKind, ONLINE},
    },
};

statements! {
    SHIPMENT = "INSERT INTO shipments (seller_order_id, n, carrier, tracking_no, shipped_at, picked_up_at, delivered_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7)";
    SHIPMENT_LINE = "INSERT INTO shipment_lines (seller_order_id, n, line_no, qty) VALUES ($1, $2, $3, $4)";
    SCAN = "INSERT INTO shipment_scans (seller_order_id, n, kind, at, source, person_id, recorded_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
    REFUND = "INSERT INTO refunds (id, order_id, payment_id, state, amount_fen, goods_fen, freight_fen, unapplied, reason,
                requested_by, requested_at, succeeded_at, succeeded_on, provider_ref)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    REFUND_LINE = "INSERT INTO refund_lines (refund_id, line_no, qty, withdrawn_qty, goods_fen, freight_fen)
                   VALUES ($1, $2, $3, $4, $5, $6)";
}

/// Inserts lives with their holds, movements, payments, parcels, refunds and ledger entries. Levels of
/// stock, product sales, coupons and the journal are the caller's, who knows the sums.
pub async fn insert(tx: &mut Tx, lives: &[Past], random: &mut Random) -> Result<()> {
    let records: Vec<Record> = lives.iter().map(|life| life.record.clone()).collect();
    if !record::insert(tx, &records, random).await? {
        return Err(Error::fault("a past order was there before"));
    }
    past::insert(tx, lives.iter().filter_map(|life| life.payment.as_ref())).await?;
    let mut rows = Tables::new()?;
    for life in lives {
        rows.stock(life, random)?;
        rows.parcels(life)?;
        if let Some(refund) = &life.refund {
            rows.refund(life, refund)?;
        }
    }
    rows.exec(tx).await?;
    ledger::post::insert(tx, lives.iter().flat_map(|life| life.entries.iter().cloned()).collect()).await
}

struct Tables {
    holds: Rows,
    movements: Rows,
    shipments: Rows,
    shipment_lines: Rows,
    scans: Rows,
    refunds: Rows,
    refund_lines: Rows,
}

impl Tables {
    fn new() -> Result<Self> {
        Ok(Self {
            holds: Rows::of(stock::insert::HOLD)?,
            movements: Rows::of(stock::insert::MOVEMENT)?,
            shipments: Rows::of(SHIPMENT)?,
            shipment_lines: Rows::of(SHIPMENT_LINE)?,
            scans: Rows::of(SCAN)?,
            refunds: Rows::of(REFUND)?,
            refund_lines: Rows::of(REFUND_LINE)?,
        })
    }

    fn stock(&mut self, life: &Past, random: &mut Random) -> Result<()> {
        let order = &life.record.order;
        for line in &life.record.lines {
            let (id, sku) = ((&order.id).into(), (&line.sku_id).into());
            self.holds.push([id, sku, line.qty.into(), life.holds().into()])?;
            if let Some(at) = order.paid_at {
                self.moved(&line.sku_id.0, (-line.qty, MovementKind::Sale), &order.id.0, at, random)?;
            }
            if let Some(refund) = life.refund.as_ref().filter(|_| line.withdrawn_qty > 0) {
                let back = (line.withdrawn_qty, MovementKind::Return);
                self.moved(&line.sku_id.0, back, &refund.id.0, refund.at, random)?;
            }
        }
        Ok(())
    }

    fn moved(
        &mut self,
        sku: &str,
        (delta, kind): (i64, MovementKind),
        of: &str,
        at: At,
        random: &mut Random,
    ) -> Result<()> {
        let (none, no_person) = (Value::Text(None), Value::Text(None));
        let id = random.id(at)?.into();
        let place = ONLINE.into();
        self.movements.push([
            id,
            sku.into(),
            place,
            delta.into(),
            kind.into(),
            of.into(),
            "".into(),
            none,
            no_person,
            at.into(),
        ])
    }

    fn parcels(&mut self, life: &Past) -> Result<()> {
        for (seller, parcel) in life.record.sellers.iter().zip(&life.parcels) {
            let Some(parcel) = parcel else { continue };
            self.shipments.push([
                (&seller.id).into(),
                1_i64.into(),
                (&seller.carrier).into(),
                (&parcel.tracking_no).into(),
                parcel.shipped_at.into(),
                parcel.picked_up_at.into(),
                parcel.delivered_at.into(),
            ])?;
            for line in life.record.lines.iter().filter(|l| l.seller_order_id == seller.id) {
                self.shipment_lines.push([
                    (&seller.id).into(),
                    1_i64.into(),
                    line.line_no.into(),
                    line.shipped_qty.into(),
                ])?;
            }
            for (kind, at) in [("picked_up", parcel.picked_up_at), ("delivered", parcel.delivered_at)] {
                let Some(at) = at else { continue };
                let (source, nobody) = ("carrier_file".into(), Value::Text(None));
                self.scans.push([
                    (&seller.id).into(),
                    1_i64.into(),
                    kind.into(),
                    at.into(),
                    source,
                    nobody,
                    at.into(),
                ])?;
            }
        }
        Ok(())
    }

    fn refund(&mut self, life: &Past, refund: &PastRefund) -> Result<()> {
        let PastRefund { id, at, reason, shares, goods, freight } = refund;
        let order: &OrderId = &life.record.order.id;
        let amount = goods.plus(*freight)?;
        let payment = life.payment.as_ref().map(|p| p.payment.id.clone());
        let reference = (amount > Fen::ZERO).then(|| format!("re_sandbox_{id}"));
        self.refunds.push([
            id.into(),
            order.into(),
            payment.into(),
            "succeeded".into(),
            amount.into(),
            (*goods).into(),
            (*freight).into(),
            false.into(),
            (*reason).into(),
            Value::Text(None),
            (*at).into(),
            Some(*at).into(),
            Some(at.day()).into(),
            reference.into(),
        ])?;
        for s in shares {
            let (goods, freight) = (s.goods.into(), s.freight.into());
            self.refund_lines.push([id.into(), s.line_no.into(), s.qty.into(), s.withdrawn.into(), goods, freight])?;
        }
        Ok(())
    }

    async fn exec(self, tx: &mut Tx) -> Result<()> {
        let Self { holds, movements, shipments, shipment_lines, scans, refunds, refund_lines } = self;
        for rows in [holds, movements, shipments, shipment_lines, scans, refunds, refund_lines] {
            rows.exec(tx).await?;
        }
        Ok(())
    }
}

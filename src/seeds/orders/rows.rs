//! Past lives of orders, inserted many at once with their stock, money and ledger.

use super::life::{Life, PastRefund};
use crate::{
    db::{Rows, Tx, insert_all},
    kernel::{At, Error, Result},
    ledger,
    orders::{
        kinds::{RefundState, ScanKind, ScanSource},
        record::{Record, Refund, RefundLine, RefundTender, Scanned, Shipment, ShipmentLine},
        store,
    },
    payments::{
        BackState, Payment,
        sandbox::{GivenBack, Intent, IntentState},
    },
    stock::{
        hold::Hold,
        level::ONLINE,
        movement::{Movement, MovementRow},
    },
};

/// Inserts lives with their holds, movements, payments, parcels, refunds and ledger entries. Levels of
/// stock, product sales, coupons and the journal are the caller's, who knows the sums.
pub async fn insert(tx: &mut Tx, lives: &[Life]) -> Result<()> {
    let records: Vec<Record> = lives.iter().map(|life| life.record.clone()).collect();
    if !store::insert(tx, &records).await? {
        return Err(Error::fault("a past order was there before"));
    }
    let mut tables = Tables::new()?;
    for life in lives {
        tables.stock(life);
        tables.parcels(life);
        if let Some(payment) = &life.payment {
            tables.payment(payment, life.refund.as_ref());
        }
        if let Some(refund) = &life.refund {
            tables.refund(life, refund);
        }
    }
    tables.exec(tx).await?;
    book(tx, lives).await
}

/// Inserts the orders' own rows alone with their ledger entries, for measuring large ledgers.
pub async fn insert_alone(tx: &mut Tx, lives: &[Life]) -> Result<()> {
    insert_all(tx, lives.iter().map(|life| &life.record.order)).await?;
    book(tx, lives).await
}

async fn book(tx: &mut Tx, lives: &[Life]) -> Result<()> {
    let known = lives.iter().flat_map(|life| life.dimensions.iter().map(|(id, of)| (*id, of.clone()))).collect();
    ledger::dimensions::keep(tx, &known).await?;
    ledger::post::insert(tx, lives.iter().flat_map(|life| &life.entries)).await
}

struct Tables {
    payments: Rows,
    intents: Rows,
    given_back: Rows,
    holds: Rows,
    movements: Rows,
    shipments: Rows,
    shipment_lines: Rows,
    scans: Rows,
    refunds: Rows,
    refund_tenders: Rows,
    refund_lines: Rows,
}

impl Tables {
    fn new() -> Result<Self> {
        Ok(Self {
            payments: Rows::to::<Payment>()?,
            intents: Rows::to::<Intent>()?,
            given_back: Rows::to::<GivenBack>()?,
            holds: Rows::to::<Hold>()?,
            movements: Rows::to::<MovementRow>()?,
            shipments: Rows::to::<Shipment>()?,
            shipment_lines: Rows::to::<ShipmentLine>()?,
            scans: Rows::to::<Scanned>()?,
            refunds: Rows::to::<Refund>()?,
            refund_tenders: Rows::to::<RefundTender>()?,
            refund_lines: Rows::to::<RefundLine>()?,
        })
    }

    /// A captured payment of the sandbox, and what went back of it.
    fn payment(&mut self, payment: &Payment, refund: Option<&PastRefund>) {
        let reference = payment.provider_ref.clone().unwrap_or_default();
        self.payments.add(payment);
        self.intents.add(&Intent {
            provider_ref: reference.clone(),
            amount_fen: payment.amount_fen,
            state: IntentState::Succeeded,
            settled_at: payment.captured_at,
            refunded_fen: payment.refunded_fen,
        });
        if let Some(tender) = refund.and_then(|refund| refund.tender.as_ref()) {
            self.given_back.add(&GivenBack {
                idempotency_key: tender.id.clone(),
                provider_ref: reference,
                amount_fen: tender.amount_fen,
                state: BackState::Succeeded,
                at: tender.succeeded_at.unwrap_or(payment.created_at),
            });
        }
    }

    fn stock(&mut self, life: &Life) {
        let order = &life.record.order;
        for line in &life.record.lines {
            let (sku_id, location, qty) = (line.sku_id.clone(), ONLINE.to_owned(), line.qty);
            if let Some(at) = order.paid_at {
                self.moved(Movement::sale((sku_id.clone(), location.clone()), qty, &order.id), at);
            }
            self.holds.add(&Hold { order_id: order.id.clone(), sku_id, location, qty, state: life.holds() });
            if let Some(refund) = life.refund.as_ref().filter(|_| line.withdrawn_qty > 0) {
                let place = (line.sku_id.clone(), ONLINE.to_owned());
                self.moved(Movement::restock(place, line.withdrawn_qty, &refund.id), refund.at);
            }
        }
    }

    fn moved(&mut self, movement: Movement, at: At) {
        self.movements.add(&movement.row(at, None));
    }

    /// One parcel for each seller order, scanned by its carrier.
    fn parcels(&mut self, life: &Life) {
        for (seller, parcel) in life.record.sellers.iter().zip(&life.parcels) {
            let Some(parcel) = parcel else { continue };
            self.shipments.add(&Shipment {
                seller_order_id: seller.id.clone(),
                n: 1,
                carrier: seller.carrier,
                tracking_no: parcel.tracking_no.clone(),
                shipped_at: parcel.shipped_at,
                picked_up_at: parcel.picked_up_at,
                delivered_at: parcel.delivered_at,
            });
            for line in life.record.lines.iter().filter(|l| l.seller_order_id == seller.id) {
                let (seller_order_id, line_no, qty) = (seller.id.clone(), line.line_no, line.shipped_qty);
                self.shipment_lines.add(&ShipmentLine { seller_order_id, n: 1, line_no, qty });
            }
            for (kind, at) in [(ScanKind::PickedUp, parcel.picked_up_at), (ScanKind::Delivered, parcel.delivered_at)] {
                let Some(at) = at else { continue };
                self.scans.add(&Scanned {
                    seller_order_id: seller.id.clone(),
                    n: 1,
                    kind,
                    at,
                    source: ScanSource::CarrierFile,
                    person_id: None,
                    recorded_at: at,
                });
            }
        }
    }

    fn refund(&mut self, life: &Life, refund: &PastRefund) {
        let PastRefund { id, at, reason, shares, amounts, tender } = refund;
        self.refunds.add(&Refund {
            id: id.clone(),
            order_id: life.record.order.id.clone(),
            state: RefundState::Succeeded,
            amount_fen: amounts.total,
            goods_fen: amounts.goods,
            freight_fen: amounts.freight,
            unapplied: false,
            renews: None,
            reason: (*reason).to_owned(),
            requested_by: None,
            requested_at: *at,
            succeeded_at: Some(*at),
            succeeded_on: Some(at.day()),
        });
        if let Some(tender) = tender {
            self.refund_tenders.add(tender);
        }
        for share in shares {
            self.refund_lines.add(&RefundLine {
                refund_id: id.clone(),
                line_no: share.line_no,
                qty: share.qty,
                withdrawn_qty: share.withdrawn,
                goods_fen: share.goods,
                freight_fen: share.freight,
            });
        }
    }

    async fn exec(self, tx: &mut Tx) -> Result<()> {
        let Self { payments, intents, given_back, holds, movements, .. } = self;
        let Self { shipments, shipment_lines, scans, refunds, refund_tenders, refund_lines, .. } = self;
        for rows in [payments, intents, given_back, holds, movements] {
            rows.exec(tx).await?;
        }
        for rows in [shipments, shipment_lines, scans, refunds, refund_tenders, refund_lines] {
            rows.exec(tx).await?;
        }
        Ok(())
    }
}

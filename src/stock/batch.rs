//! Batches (批次): what came in from which plot on which day, with the code that traces it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    adjust,
    level::ONLINE,
    movement::{self, Movement, MovementKind},
};
use crate::{
    catalogue::own,
    db::{self, Conn, Query, Work, audit_log, once, select, statements, table},
    kernel::{At, BatchId, Code, CoopId, Day, Refusal, Result, SkuId, parse},
};

statements! {
    OF_SKUS = select!(Batch, "WHERE sku_id IN ($1) ORDER BY harvested_on DESC, code DESC");
}

/// A batch that came in.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBatch {
    /// Code on the box; made when absent.
    pub code: Option<String>,
    pub plot: String,
    pub village: String,
    /// Day of harvest or making.
    #[schema(value_type = String)]
    pub harvested_on: Day,
    /// Where it was sorted and packed.
    pub packhouse: String,
    /// Number of its certificate of conformity (合格证).
    pub conformity_no: Option<String>,
    /// Number of its test report.
    pub report_no: Option<String>,
    /// Units that came in.
    pub qty: i64,
}

/// A batch that was kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    pub id: BatchId,
    /// Code on the box.
    pub code: String,
    /// What is on hand of the SKU now.
    pub level: adjust::Level,
}

table! {
    /// A batch as it is kept.
    #[derive(Clone, Debug)]
    pub struct Batch in "batches" or "ON CONFLICT (code) DO NOTHING" {
        pub id: BatchId,
        /// Code on the box.
        pub code: String,
        pub sku_id: SkuId,
        pub plot: String,
        pub village: String,
        /// Day of harvest or making.
        pub harvested_on: Day,
        /// Where it was sorted and packed.
        pub packhouse: String,
        /// Number of its certificate of conformity.
        pub conformity_no: Option<String>,
        /// Number of its test report.
        pub report_no: Option<String>,
        /// Units that came in.
        pub qty: i64,
        pub created_at: At,
    }
}

/// Batches of these SKUs, newest harvest first.
pub async fn of_skus(conn: &mut Conn, skus: Vec<SkuId>) -> Result<Vec<Batch>> {
    Query::with_list(OF_SKUS, skus).all(conn).await
}

/// A code that can stand in an address: 4 to 40 of letters, digits and dashes, in upper case.
fn code(raw: &str) -> Result<String, Refusal> {
    let upper = raw.trim().to_ascii_uppercase();
    let good = (4..=40).contains(&upper.len()) && upper.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if good { Ok(upper) } else { Err(Refusal::of_field("code", Code::Malformed).with("example", "LC-20261101-A")) }
}

/// Takes a batch of an own SKU into stock, once for a key. Refuses another cooperative's SKU as not found, a day in the
/// future, and a code that is taken.
pub async fn add(work: &Work, (coop, sku): (&CoopId, &SkuId), batch: &NewBatch) -> Result<Kept> {
    let asked = batch.code.as_deref().map(code).transpose()?;
    let plot = parse::text("plot", &batch.plot, 80)?;
    let village = parse::text("village", &batch.village, 80)?;
    let packhouse = parse::text("packhouse", &batch.packhouse, 80)?;
    let number = |field: &str, raw: &Option<String>| raw.as_deref().map(|raw| parse::text(field, raw, 60)).transpose();
    let conformity_no = number("conformity_no", &batch.conformity_no)?;
    let report_no = number("report_no", &batch.report_no)?;
    let qty = parse::within("qty", batch.qty, 1, 1_000_000)?;
    if batch.harvested_on > work.clock.today() {
        return Err(Refusal::of_field("harvested_on", Code::DayInFuture).into());
    }
    once!(work, tx, step, {
        let sku = own::own_sku(&mut tx, sku, coop).await?;
        let code = match &asked {
            Some(code) => code.clone(),
            None => format!("{}-{}", sku.code, step.random.code(6)?),
        };
        let id = BatchId(step.random.id(step.at)?);
        let kept = Batch {
            id: id.clone(),
            code: code.clone(),
            sku_id: sku.id.clone(),
            plot: plot.clone(),
            village: village.clone(),
            harvested_on: batch.harvested_on,
            packhouse: packhouse.clone(),
            conformity_no: conformity_no.clone(),
            report_no: report_no.clone(),
            qty,
            created_at: step.at,
        };
        if !db::insert(&mut tx, &kept).await? {
            return Err(Refusal::of_field("code", Code::BatchKnown).with("code", &code).into());
        }
        let moved = Movement {
            sku_id: sku.id.clone(),
            location: ONLINE.to_owned(),
            delta: qty,
            kind: MovementKind::Receipt,
            reference: id.0.clone(),
            reason: code.clone(),
            batch_id: Some(id.clone()),
        };
        movement::apply(&mut tx, moved, &mut step).await?;
        audit_log::by(&mut tx, &step, "batch.add", &sku.code, &format!("{code} {qty}")).await?;
        Ok(Kept { level: adjust::level(&mut tx, &sku.id).await?, id, code })
    })
}

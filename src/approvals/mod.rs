//! What waits for the operator (待审核): one queue over applications of cooperatives, products that are to be
//! sold, and products that changed on the shelf, with one decision for all of them.
//!
//! Owns no table: `cooperatives` and `catalogue` keep what waits and what was decided. A decision names the
//! version that was looked at, and is refused where that changed meanwhile.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    catalogue::{
        self, ListingState,
        edit::{
            publish::{self, Looked},
            since::{self, Change},
        },
    },
    cooperatives::decide::{self, Decision},
    db::{Conn, Work, once},
    kernel::{At, CoopId, ProductId, Result, closed_set, parse},
};

closed_set! {
    /// What is decided on.
    pub enum ApprovalKind {
        /// An application.
        Coop = "coop" ["合作社入驻", "Cooperative"],
        /// A product that is to be sold.
        Product = "product" ["商品上架", "Product"],
        /// A product that changed on the shelf since it was approved.
        Change = "change" ["在售改动", "Changed on the shelf"],
    }
}

/// Something that waits for the operator.
#[derive(Debug, Serialize, ToSchema)]
pub struct Approval {
    /// Id for the decision.
    pub id: String,
    /// `coop` for an application, `product` for one that is to be sold, `change` for one that changed on the
    /// shelf since it was approved.
    pub kind: ApprovalKind,
    pub code: String,
    pub name: String,
    /// The cooperative of a product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coop: Option<String>,
    /// What was asked back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[schema(value_type = String)]
    pub sent_at: At,
    /// What is decided on; a decision that carries it is refused when this changed meanwhile.
    pub version: i64,
    /// The same of a product's SKUs together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skus_version: Option<i64>,
    /// The version that was approved last, of a `change`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_version: Option<i64>,
    /// What a `change` says otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

/// What the operator says of something that waits.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionRequest {
    /// `approve`, `reject` or `ask`.
    pub decision: Decision,
    /// Why; needed unless approved.
    #[serde(default)]
    pub reason: String,
    /// `version` of what was looked at.
    pub version: Option<i64>,
    /// `skus_version` of what was looked at.
    pub skus_version: Option<i64>,
}

impl From<decide::Waiting> for Approval {
    fn from(coop: decide::Waiting) -> Self {
        Self {
            id: coop.id.0,
            kind: ApprovalKind::Coop,
            code: coop.code,
            name: coop.name,
            coop: None,
            reason: coop.reason,
            version: coop.sent_at.0,
            sent_at: coop.sent_at,
            skus_version: None,
            approved_version: None,
            changes: Vec::new(),
        }
    }
}

impl From<publish::Waiting> for Approval {
    fn from(product: publish::Waiting) -> Self {
        let listed = product.state == ListingState::Published;
        Self {
            id: product.id.0,
            kind: if listed { ApprovalKind::Change } else { ApprovalKind::Product },
            code: product.code,
            name: product.name,
            coop: Some(product.coop),
            reason: None,
            sent_at: product.changed_at,
            version: product.version,
            skus_version: Some(product.skus_version.unwrap_or(0)),
            approved_version: listed.then_some(product.approved_version),
            changes: Vec::new(),
        }
    }
}

/// A page of what waits, with the number of all: applications first, then submitted products, then changed
/// ones, each oldest first.
pub async fn waiting(conn: &mut Conn, (page, per_page): (i64, i64)) -> Result<(Vec<Approval>, i64)> {
    let coops = decide::waiting(conn).await?.into_iter().map(Approval::from);
    let products = publish::waiting(conn).await?.into_iter().map(Approval::from);
    let all: Vec<Approval> = coops.chain(products).collect();
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let (from, most) = (usize::try_from((page - 1) * per_page), usize::try_from(per_page));
    let shown = all.into_iter().skip(from.unwrap_or(usize::MAX)).take(most.unwrap_or(0));
    let mut items: Vec<Approval> = shown.collect();
    for item in items.iter_mut().filter(|item| item.approved_version.is_some()) {
        item.changes = since::changes(conn, &ProductId(item.id.clone())).await?;
    }
    Ok((items, total))
}

/// Decides an application or a product. Refuses what does not wait, what changed since it was looked at, and
/// a rejection or a question without a reason.
pub async fn decide(work: &Work, id: &str, said: &DecisionRequest) -> Result<()> {
    let decision = said.decision;
    let reason = match decision {
        Decision::Approve => parse::optional_text("reason", &said.reason, 300)?,
        Decision::Reject | Decision::Ask => parse::text("reason", &said.reason, 300)?,
    };
    let looked = Looked { version: said.version, skus_version: said.skus_version };
    once!(work, tx, step, {
        let coop = CoopId(id.to_owned());
        if decide::decide(&mut tx, &coop, (decision, &reason), looked.version, &mut step).await? {
            return catalogue::changed(&mut tx).await;
        }
        publish::decide(&mut tx, &ProductId(id.to_owned()), (decision, &reason), looked, &step).await
    })
}

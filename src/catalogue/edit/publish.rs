//! The way to the shelf: sent by the cooperative, decided by the operator, taken off again.

use super::{met, since};
use crate::{
    catalogue::{
        Certificate, CertificateKind, ListingEvent, ListingState, TOUCH,
        own::{self, OwnProduct, OwnSku, WithSkus},
        product_changed,
        table::ProductDecision,
        touch,
    },
    cooperatives::{decide::Decision, service::Service},
    db::{Conn, Tx, Work, audit_log, insert, once, q, row, statements},
    kernel::{At, Code, CoopId, Day, ProductId, Refusal, Result, Step},
};

statements! {
    MOVE = "UPDATE products SET state = $1, changed_at = $2 WHERE id = $3 AND state = $4";
    APPROVED = "UPDATE products SET approved_version = version, published_at = COALESCE(published_at, $1) WHERE id = $2";
    SKUS_APPROVED = "UPDATE skus SET approved_version = version WHERE product_id = $1 AND approved_version < version";
    WAITING = "SELECT p.id, p.code, p.state, p.version, p.approved_version, v.name, c.name AS coop, p.changed_at,
                 (SELECT CAST(SUM(k.version) AS BIGINT) FROM skus k WHERE k.product_id = p.id) AS skus_version
               FROM products p JOIN product_versions v ON v.product_id = p.id AND v.version = p.version
               JOIN coops c ON c.id = p.coop_id
               WHERE p.id IN (SELECT id FROM products WHERE state = 'submitted'
                 UNION SELECT id FROM products WHERE state = 'published' AND approved_version < version
                 UNION SELECT k.product_id FROM skus k JOIN products l ON l.id = k.product_id AND l.state = 'published'
                   WHERE k.active AND k.approved_version < k.version)
               ORDER BY p.state DESC, p.changed_at, p.id";
}

row! {
    /// A product that waits for the operator: to be put on the shelf, or to stay there with other words.
    #[derive(Clone, Debug)]
    pub struct Waiting {
        pub id: ProductId,
        pub code: String,
        /// `submitted`, or `published` where its words changed on the shelf.
        pub state: ListingState,
        /// Version of its words.
        pub version: i64,
        /// Versions of its SKUs together, which rise with each change of one.
        pub skus_version: Option<i64>,
        /// Version of the words that were approved last; 1 for what was on the shelf from the start.
        pub approved_version: i64,
        pub name: String,
        /// Who sells it.
        pub coop: String,
        /// Since when it waits.
        pub changed_at: At,
    }
}

/// The versions that the operator looked at; what is absent he did not say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Looked {
    /// Of the words of a product; when an application was sent.
    pub version: Option<i64>,
    /// Of a product's SKUs together.
    pub skus_version: Option<i64>,
}

/// Products that wait, submitted ones first, each oldest first.
pub async fn waiting(conn: &mut Conn) -> Result<Vec<Waiting>> {
    q(WAITING).all(conn).await
}

/// What the law and the shelf ask for that a product does not have yet, by field.
pub fn missing(product: &OwnProduct, skus: &[OwnSku], certificates: &[Certificate], today: Day) -> Vec<&'static str> {
    let food = product.category_code != "culture";
    let meat = product.category_code == "meat";
    let held = |admits: fn(CertificateKind) -> bool| certificates.iter().any(|c| admits(c.kind) && c.holds(today));
    let documents = match (food, meat) {
        (false, _) => true,
        (_, true) => held(|kind| kind == CertificateKind::Quarantine),
        _ => held(CertificateKind::admits_food),
    };
    let wants = [
        ("summary", product.summary.is_empty()),
        ("storage", food && product.storage.is_empty()),
        ("photo", product.photo.is_none()),
        ("skus", !skus.iter().any(|sku| sku.active)),
        ("service", meat && product.service != Service::ColdChain),
        ("certificates", !documents),
    ];
    wants.into_iter().filter(|(_, wanting)| *wanting).map(|(field, _)| field).collect()
}

/// What an own product still lacks.
pub async fn lacks(conn: &mut Conn, (product, skus): &WithSkus, today: Day) -> Result<Vec<&'static str>> {
    let certificates = own::certificates(conn, product).await?;
    Ok(missing(product, skus, &certificates, today))
}

/// Sends an own product to the operator. Refuses another cooperative's as not found, one that is not a
/// draft or withdrawn, and one that lacks what the law asks for, naming each.
pub async fn submit(work: &Work, (coop, id): (&CoopId, &ProductId)) -> Result<()> {
    once!(work, tx, step, {
        let found = own::own_product(&mut tx, id, coop).await?;
        found.0.state.apply(ListingEvent::Submit)?;
        let lacking = lacks(&mut tx, &found, step.at.day()).await?;
        if !lacking.is_empty() {
            return Err(not_publishable(&lacking).into());
        }
        shift(&mut tx, &found.0, ListingEvent::Submit, &step).await?;
        audit_log::by(&mut tx, &step, "product.submit", &found.0.code, "").await
    })
}

/// After a change of a product, in its transaction: what is on the shelf is read anew, and refused where
/// it lacks then what the shelf asks for. Changes of one product wait here for each other.
pub(super) async fn changed(tx: &mut Tx, id: &ProductId, at: At) -> Result<()> {
    touch(tx, id, at).await?;
    let found = own::product(tx, id).await?;
    if found.0.state == ListingState::Published { shown(tx, &found, at).await } else { Ok(()) }
}

/// What is or comes on the shelf has all that it must have.
async fn shown(tx: &mut Tx, found: &WithSkus, at: At) -> Result<()> {
    let lacking = lacks(tx, found, at.day()).await?;
    if !lacking.is_empty() {
        return Err(not_publishable(&lacking).into());
    }
    product_changed(tx, &found.0.id, at).await
}

fn not_publishable(lacking: &[&str]) -> Refusal {
    let fields = lacking.iter().map(|field| Refusal::of_field(*field, Code::Missing)).collect();
    let mut refusal = Refusal::new(Code::NotPublishable).with("missing", lacking.join(", "));
    refusal.fields = Refusal::all(fields).map(|all| all.fields).unwrap_or_default();
    refusal
}

/// Takes an own product off the shelf, or back from the operator.
pub async fn withdraw(work: &Work, (coop, id): (&CoopId, &ProductId)) -> Result<()> {
    once!(work, tx, step, {
        let (product, _) = own::own_product(&mut tx, id, coop).await?;
        shift(&mut tx, &product, ListingEvent::Withdraw, &step).await?;
        audit_log::by(&mut tx, &step, "product.withdraw", &product.code, "").await?;
        product_changed(&mut tx, id, step.at).await
    })
}

/// Decides a product that waits, within the caller's transaction: a submitted one goes on the shelf or back,
/// one whose words changed on the shelf stays there, is asked after, or comes off. Refuses one that does
/// not wait, and one that changed after it was looked at.
pub async fn decide(
    tx: &mut Tx,
    id: &ProductId,
    (decision, reason): (Decision, &str),
    looked: Looked,
    step: &Step,
) -> Result<()> {
    if q(TOUCH).bind(step.at).bind(id).exec(tx).await? == 0 {
        return Err(Refusal::new(Code::NotFound).into());
    }
    let found = own::product(tx, id).await?;
    let (product, skus) = &found;
    let skus_version: i64 = skus.iter().map(|sku| sku.version).sum();
    let same = looked.version.is_none_or(|version| version == product.version)
        && looked.skus_version.is_none_or(|version| version == skus_version);
    if !same {
        return Err(Refusal::new(Code::ChangedSince).into());
    }
    let listed = product.state == ListingState::Published;
    let unapproved = since::unapproved(skus).next().is_some();
    if listed && !unapproved && product.approved_version >= product.version {
        return Err(Refusal::new(Code::WrongState).with("state", product.state).into());
    }
    match decision {
        Decision::Approve | Decision::Ask if listed => {}
        Decision::Approve => shift(tx, product, ListingEvent::Approve, step).await?,
        Decision::Reject if listed => shift(tx, product, ListingEvent::TakeOff, step).await?,
        Decision::Reject | Decision::Ask => shift(tx, product, ListingEvent::SendBack, step).await?,
    }
    let kept = ProductDecision {
        product_id: id.clone(),
        at: step.at,
        version: product.version,
        decision,
        reason: reason.to_owned(),
        person_id: step.by.person.clone(),
    };
    insert(tx, &kept).await?;
    let detail = format!("{decision} version {} {reason}", product.version);
    audit_log::by(tx, step, "product.decide", &product.code, &detail).await?;
    match decision {
        Decision::Approve => {
            q(APPROVED).bind(step.at).bind(id).exec(tx).await?;
            q(SKUS_APPROVED).bind(id).exec(tx).await?;
            shown(tx, &found, step.at).await
        }
        _ if listed => product_changed(tx, id, step.at).await,
        _ => Ok(()),
    }
}

async fn shift(tx: &mut Tx, product: &OwnProduct, event: ListingEvent, step: &Step) -> Result<()> {
    let to = product.state.apply(event)?;
    if q(MOVE).bind(to).bind(step.at).bind(&product.id).bind(product.state).exec(tx).await? == 0 {
        return Err(met());
    }
    Ok(())
}

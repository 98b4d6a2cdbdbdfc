//! Decisions on applications: approved, turned down, or asked back.

use super::{
    service::Service,
    state::{CoopEvent, CoopState},
    table::{FreightRule, FreightTemplate},
};
use crate::{
    db::{Conn, Tx, audit_log, insert, insert_all, q, row, statements},
    identity::{person, session},
    kernel::{At, Carrier, Code, CoopId, Day, Fen, Grams, PersonId, Refusal, Result, Step, closed_set},
};

statements! {
    WAITING = "SELECT c.id, c.code, c.name, c.name_en, c.sla_hours, c.county_code, c.credit_code, c.phone, c.ship_from, c.story,
                 c.licence_valid_to, c.reason, COALESCE(a.sent_at, c.created_at) AS sent_at, a.contact, a.note
               FROM coops c LEFT JOIN coop_applicants a ON a.coop_id = c.id
               WHERE c.state = 'applied' ORDER BY c.created_at, c.id";
    STATE = "SELECT state FROM coops WHERE id = $1";
    DECIDE = "UPDATE coops SET state = $1, decided_at = $2, decided_by = $3, reason = $4
              WHERE id = $5 AND state = $6";
    APPLICANT = "SELECT person_id FROM coop_applicants WHERE coop_id = $1";
    SENT_AT = "SELECT COALESCE(a.sent_at, c.created_at) FROM coops c LEFT JOIN coop_applicants a ON a.coop_id = c.id
               WHERE c.id = $1";
}

closed_set! {
    /// What the operator says.
    pub enum Decision {
        /// Yes.
        Approve = "approve",
        /// No, with a reason.
        Reject = "reject",
        /// Something is missing or unclear.
        Ask = "ask",
    }
}

row! {
    /// An application that waits.
    #[derive(Clone, Debug)]
    pub struct Waiting {
        pub id: CoopId,
        pub code: String,
        pub name: String,
        pub name_en: String,
        /// Hours within which it ships.
        pub sla_hours: i64,
        pub county_code: String,
        /// 统一社会信用代码.
        pub credit_code: String,
        pub phone: String,
        pub ship_from: String,
        /// What it grows and how.
        pub story: String,
        /// Last day of the licence.
        pub licence_valid_to: Option<Day>,
        /// What was asked back.
        pub reason: Option<String>,
        pub sent_at: At,
        /// Who is asked back.
        pub contact: Option<String>,
        /// Anything else.
        pub note: Option<String>,
    }
}

/// Applications that wait, oldest first.
pub async fn waiting(conn: &mut Conn) -> Result<Vec<Waiting>> {
    q(WAITING).all(conn).await
}

/// Decides an application within the caller's transaction; `false` where there is no such cooperative.
/// Refuses one that does not wait any more, and one that was sent again after it was looked at.
pub async fn decide(
    tx: &mut Tx,
    id: &CoopId,
    (decision, reason): (Decision, &str),
    looked: Option<i64>,
    step: &mut Step,
) -> Result<bool> {
    let known: Option<(CoopState,)> = q(STATE).bind(id).opt(tx).await?;
    let Some((state,)) = known else { return Ok(false) };
    let to = state.apply(match decision {
        Decision::Approve => CoopEvent::Approve,
        Decision::Reject => CoopEvent::Reject,
        Decision::Ask => CoopEvent::Ask,
    })?;
    let decided = q(DECIDE).bind(to).bind(step.at).bind(step.by.person.clone()).bind(reason).bind(id).bind(state);
    if decided.exec(tx).await? == 0 {
        return Err(Refusal::new(Code::WrongState).with("state", state).into());
    }
    let (sent_at,): (At,) = q(SENT_AT).bind(id).one(tx).await?;
    if looked.is_some_and(|version| version != sent_at.0) {
        return Err(Refusal::new(Code::ChangedSince).into());
    }
    if decision == Decision::Approve {
        start_freight(tx, id, step).await?;
        let applicant: Option<(PersonId,)> = q(APPLICANT).bind(id).opt(tx).await?;
        if let Some((applicant,)) = applicant {
            person::join_coop(tx, &applicant, id).await?;
            session::shorten(tx, &applicant, step.at).await?;
        }
    }
    let detail = format!("{decision} {reason}");
    audit_log::by(tx, step, "coop.decide", id.as_str(), &detail).await?;
    Ok(true)
}

/// Regions that a new cooperative does not serve: Taiwan, Hong Kong, Macao.
const NOT_SERVED: [&str; 3] = ["71", "81", "82"];

/// A new cooperative ships by EMS, which reaches every village, until it agrees on something else.
async fn start_freight(tx: &mut Tx, coop: &CoopId, step: &mut Step) -> Result<()> {
    let id = step.random.id(step.at)?;
    let service = Service::Ambient;
    let template = FreightTemplate { id: id.clone(), coop_id: coop.clone(), service, carrier: Carrier::Ems };
    insert(tx, &template).await?;
    let regions = std::iter::once(("", false)).chain(NOT_SERVED.map(|region| (region, true)));
    let rules: Vec<FreightRule> = regions
        .map(|(region, blocked)| FreightRule {
            template_id: id.clone(),
            region_prefix: region.to_owned(),
            blocked,
            first_g: Grams(1000),
            first_fee_fen: Fen(800),
            step_g: Grams(1000),
            step_fee_fen: Fen(200),
            parcel_g: Grams(20_000),
            parcel_fee_fen: Fen::ZERO,
            free_from_fen: None,
        })
        .collect();
    insert_all(tx, &rules).await.map(|_| ())
}

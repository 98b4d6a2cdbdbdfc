//! Applications (入驻申请): sent by a person, sent again after a question or a rejection.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::state::{CoopEvent, CoopState};
use super::table::{Applicant, Coop};
use crate::{
    db::{Conn, Tx, Work, insert, once, q, row, statements},
    identity::{Person, Role},
    kernel::{At, Code, CoopId, Day, Error, PersonId, Refusal, Result, Step, parse},
};

statements! {
    OWN = "SELECT c.id, c.code, c.name, c.name_en, c.county_code, c.credit_code, c.phone, c.story, c.ship_from, c.sla_hours,
             c.licence_valid_to, c.state, c.reason, a.contact, a.note, a.sent_at
           FROM coop_applicants a JOIN coops c ON c.id = a.coop_id WHERE a.person_id = $1
           ORDER BY a.sent_at DESC LIMIT 1";
    COUNTY = "SELECT code FROM counties WHERE code = $1 OR slug = $1 OR short_name = $1 OR name = $1";
    CREDIT_CODE = "SELECT id FROM coops WHERE credit_code = $1";
    SENT_AGAIN = "UPDATE coop_applicants SET contact = $1, note = $2, sent_at = $3 WHERE coop_id = $4";
    CHANGE = "UPDATE coops SET name = $1, name_en = $2, county_code = $3, credit_code = $4, phone = $5, story = $6,
                ship_from = $7, sla_hours = $8, licence_valid_to = $9, state = $10, reason = NULL
              WHERE id = $11 AND state = $12";
}

/// What an applicant tells.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Name as on the licence.
    pub name: String,
    #[serde(default)]
    pub name_en: String,
    /// County by code, slug or name.
    pub county: String,
    /// 统一社会信用代码.
    pub credit_code: String,
    /// Who is asked back.
    pub contact: String,
    pub phone: String,
    pub ship_from: String,
    /// What it grows and how.
    #[serde(default)]
    pub story: String,
    /// Hours within which a paid order is shipped; 48 when absent.
    pub sla_hours: Option<i64>,
    /// Last day of the licence.
    #[schema(value_type = Option<String>)]
    pub licence_valid_to: Option<Day>,
    /// Anything else the operator should know.
    #[serde(default)]
    pub note: String,
}

row! {
    /// A person's application as it stands.
    #[derive(Clone, Debug, Serialize, Deserialize)]
    pub struct Applied {
        pub id: CoopId,
        pub code: String,
        pub name: String,
        pub name_en: String,
        pub county_code: String,
        /// 统一社会信用代码.
        pub credit_code: String,
        pub phone: String,
        /// What it grows and how.
        pub story: String,
        pub ship_from: String,
        /// Hours within which it ships.
        pub sla_hours: i64,
        /// Last day of the licence.
        pub licence_valid_to: Option<Day>,
        /// Where it stands.
        pub state: CoopState,
        /// What the operator said.
        pub reason: Option<String>,
        /// Who is asked back.
        pub contact: String,
        /// Anything else.
        pub note: String,
        pub sent_at: At,
    }
}

/// The application with its fields checked.
fn checked(mut a: Application) -> Result<Application> {
    let mut faults = Vec::new();
    let mut take = |field: &mut String, parsed: std::result::Result<String, Refusal>| match parsed {
        Ok(good) => *field = good,
        Err(fault) => faults.push(fault),
    };
    let parsed = parse::name("name", &a.name);
    take(&mut a.name, parsed);
    let parsed = parse::optional_text("name_en", &a.name_en, 80);
    take(&mut a.name_en, parsed);
    let parsed = parse::credit_code("credit_code", &a.credit_code);
    take(&mut a.credit_code, parsed);
    let parsed = parse::name("contact", &a.contact);
    take(&mut a.contact, parsed);
    let parsed = parse::phone("phone", &a.phone);
    take(&mut a.phone, parsed);
    let parsed = parse::text("ship_from", &a.ship_from, 100);
    take(&mut a.ship_from, parsed);
    let parsed = parse::optional_text("story", &a.story, 2000);
    take(&mut a.story, parsed);
    let parsed = parse::optional_text("note", &a.note, 500);
    take(&mut a.note, parsed);
    let hours = parse::within("sla_hours", a.sla_hours.unwrap_or(48), 1, 720);
    faults.extend(hours.err());
    Refusal::all(faults).map_or(Ok(a), |all| Err(all.into()))
}

/// The person's application, if there is one.
pub async fn own(conn: &mut Conn, person: &PersonId) -> Result<Option<Applied>> {
    q(OWN).bind(person).opt(conn).await
}

/// Sends an application, or sends it again; answers it as it stands. Refuses staff, a person whose
/// cooperative is approved, an unknown county, and a credit code that another cooperative has.
pub async fn apply(work: &Work, application: Application, person: &Person) -> Result<Applied> {
    let asked = checked(application)?;
    if person.role == Role::Coop {
        return Err(Refusal::new(Code::WrongState).with("state", CoopState::Approved).into());
    }
    if person.role != Role::Shopper {
        return Err(Refusal::new(Code::Forbidden).into());
    }
    once!(work, tx, step, {
        let county: Option<(String,)> = q(COUNTY).bind(&asked.county).opt(&mut tx).await?;
        let (county,) = county.ok_or_else(|| Refusal::of_field("county", Code::UnknownRegion))?;
        let holder: Option<(CoopId,)> = q(CREDIT_CODE).bind(&asked.credit_code).opt(&mut tx).await?;
        let known = own(&mut tx, &person.id).await?;
        let another = holder.is_some_and(|(id,)| known.as_ref().is_none_or(|own| own.id != id));
        if another {
            return Err(Refusal::of_field("credit_code", Code::CreditCodeTaken).into());
        }
        match known {
            Some(known) => again(&mut tx, &known, (&asked, &county), &step).await?,
            None => add(&mut tx, (&asked, &county), person, &mut step).await?,
        }
        own(&mut tx, &person.id).await?.ok_or_else(|| Error::fault("an application vanished"))
    })
}

async fn again(tx: &mut Tx, known: &Applied, (asked, county): (&Application, &str), step: &Step) -> Result<()> {
    let to = known.state.apply(CoopEvent::Send)?;
    let changed = q(CHANGE)
        .bind(&asked.name)
        .bind(&asked.name_en)
        .bind(county)
        .bind(&asked.credit_code)
        .bind(&asked.phone)
        .bind(&asked.story)
        .bind(&asked.ship_from)
        .bind(asked.sla_hours.unwrap_or(48))
        .bind(asked.licence_valid_to)
        .bind(to)
        .bind(&known.id)
        .bind(known.state)
        .exec_alone(tx)
        .await?
        .ok_or_else(|| Refusal::of_field("credit_code", Code::CreditCodeTaken))?;
    if changed == 0 {
        return Err(Refusal::new(Code::WrongState).with("state", known.state).into());
    }
    let sent = q(SENT_AGAIN).bind(&asked.contact).bind(&asked.note).bind(step.at).bind(&known.id);
    tx.expect_rows(sent, 1).await
}

async fn add(tx: &mut Tx, (asked, county): (&Application, &str), person: &Person, step: &mut Step) -> Result<()> {
    let id = CoopId(step.random.id(step.at)?);
    let code = format!("C{}", step.random.code(5)?);
    let asked = asked.clone();
    let coop = Coop {
        id: id.clone(),
        slug: format!("coop-{}", code.to_ascii_lowercase()),
        code,
        name: asked.name,
        name_en: asked.name_en,
        county_code: county.to_owned(),
        credit_code: asked.credit_code,
        phone: asked.phone,
        story: asked.story,
        story_en: String::new(),
        ship_from: asked.ship_from,
        sla_hours: asked.sla_hours.unwrap_or(48),
        licence_valid_to: asked.licence_valid_to,
        state: CoopState::Applied,
        created_at: step.at,
        decided_at: None,
        decided_by: None,
        reason: None,
    };
    if !insert(tx, &coop).await? {
        return Err(Refusal::of_field("credit_code", Code::CreditCodeTaken).into());
    }
    let (contact, note) = (asked.contact, asked.note);
    let applicant = Applicant { coop_id: id, person_id: person.id.clone(), contact, note, sent_at: step.at };
    insert(tx, &applicant).await.map(|_| ())
}

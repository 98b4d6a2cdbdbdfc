//! Reset codes (重设码): issued by the operator to a person who forgot the password, used once.

use std::net::IpAddr;

use super::{
    lockout::Guards,
    password,
    person::{self, Person, PersonState},
    session,
};
use crate::{
    db::{Db, Tx, Work, audit_log, insert, q, statements, table, tx},
    kernel::{At, Code, PersonId, Random, Refusal, Result, Step, time::DAY},
};

/// How long a code can be used.
const LIFE: i64 = DAY;

table! {
    /// A code as it is kept.
    struct ResetCode in "reset_codes" {
        code_hash: String,
        person_id: PersonId,
        issued_by: PersonId,
        created_at: At,
        expires_at: At,
        used_at: Option<At>,
    }
}

statements! {
    VOID = "DELETE FROM reset_codes WHERE person_id = $1 AND used_at IS NULL";
    USE = "UPDATE reset_codes SET used_at = $1
        WHERE code_hash = $2 AND person_id = $3 AND used_at IS NULL AND expires_at > $1";
    REMOVE_ALL = "DELETE FROM reset_codes WHERE person_id = $1";
}

/// A code to be told to the person, once.
#[derive(Clone, Debug)]
pub struct Issued {
    /// Whose it is.
    pub login: String,
    /// Three groups of four characters that can be read out on the phone.
    pub code: String,
    /// Until when it can be used.
    pub expires_at: At,
}

/// A reset as the person sends it.
#[derive(Clone, Debug)]
pub struct Reset {
    /// As typed.
    pub login: String,
    /// As typed; blanks, dashes and case do not matter.
    pub code: String,
    /// The password from now on.
    pub password: String,
    /// The client's address.
    pub address: IpAddr,
}

fn hash_of(code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    Random::hash_of(&plain.to_ascii_uppercase())
}

/// Issues a code, voids earlier ones, and logs who did it. Refuses accounts that are not active.
pub async fn issue(tx: &mut Tx, person: &Person, by: &PersonId, step: &mut Step) -> Result<Issued> {
    if person.state != PersonState::Active {
        return Err(Refusal::new(Code::WrongState).with("state", person.state).into());
    }
    q(VOID).bind(&person.id).exec(tx).await?;
    let code = format!("{}-{}-{}", step.random.code(4)?, step.random.code(4)?, step.random.code(4)?);
    let expires_at = step.at.later(LIFE);
    let row = ResetCode {
        code_hash: hash_of(&code),
        person_id: person.id.clone(),
        issued_by: by.clone(),
        created_at: step.at,
        expires_at,
        used_at: None,
    };
    insert(tx, &row).await?;
    audit_log::by(tx, step, "reset_code.issue", person.id.as_str(), person.role.as_str()).await?;
    Ok(Issued { login: person.login.clone(), code, expires_at })
}

/// Issues a code for a login; refuses an unknown one.
pub async fn issue_to(work: &Work, login: &str) -> Result<Issued> {
    let by = work.by.person.clone().ok_or_else(|| Refusal::new(Code::SignInNeeded))?;
    let person = person::find_by_login(&mut work.db.read().await?, login).await?;
    tx!(work.db, tx, { issue(&mut tx, &person, &by, &mut work.step()).await })
}

/// Sets another password by a code; all sessions of the person end. Refuses a weak password and,
/// in one word, a code that is wrong, used or over and a login that is unknown; tries are limited
/// as sign-ins are.
pub async fn redeem(db: &Db, reset: &Reset, step: &Step) -> Result<Person> {
    password::strong("password", &reset.password, &reset.login)?;
    let guards = Guards::of(&reset.login, reset.address);
    guards.pass_address(&mut db.read().await?, step.at).await?;
    let hash = password::hash(&reset.password).await?;
    let login = reset.login.trim().to_ascii_lowercase();
    let done = tx!(db, tx, {
        let person: Option<Person> = q(person::BY_LOGIN).bind(&login).opt(&mut tx).await?;
        let Some(person) = person.filter(|p| p.state == PersonState::Active) else { return Ok(None) };
        let used = q(USE).bind(step.at).bind(hash_of(&reset.code)).bind(&person.id).exec(&mut tx).await?;
        if used == 0 {
            return Ok(None);
        }
        person::set_password(&mut tx, &person.id, &hash).await?;
        session::close_all(&mut tx, &person.id).await?;
        guards.clear(&mut tx).await?;
        Ok(Some(person))
    })?;
    match done {
        Some(person) => Ok(person),
        None => {
            guards.fail(db, step.at).await?;
            Err(Refusal::of_field("code", Code::ResetCodeInvalid).into())
        }
    }
}

/// Removes all codes of a person.
pub(super) async fn remove_all(tx: &mut Tx, person: &PersonId) -> Result<()> {
    q(REMOVE_ALL).bind(person).exec(tx).await.map(|_| ())
}

//! Reset codes (重设码): issued by the operator to a person who forgot the password, used once.

use std::net::IpAddr;

use super::{
    lockout::Guards,
    password,
    person::{Person, PersonState},
    store,
};
use crate::{
    db::{Db, Tx, audit_log, q, tx},
    kernel::{At, Code, PersonId, Random, Refusal, Result, Step, time::DAY},
};

/// How long a code can be used.
const LIFE: i64 = DAY;

/// A code to be told to the person, once.
#[derive(Clone, Debug)]
pub struct Issued {
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
    q(store::VOID_CODES).bind(&person.id).exec(tx).await?;
    let code = format!("{}-{}-{}", step.random.code(4)?, step.random.code(4)?, step.random.code(4)?);
    let expires_at = step.at.later(LIFE);
    let add = q(store::ADD_CODE).bind(hash_of(&code)).bind(&person.id).bind(by).bind(step.at).bind(expires_at);
    tx.expect_rows(add, 1).await?;
    audit_log::by(tx, step, ("reset_code.issue", person.id.as_str(), person.role.as_str())).await?;
    Ok(Issued { code, expires_at })
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
        let person: Option<Person> = q(store::PERSON_BY_LOGIN).bind(&login).opt(&mut tx).await?;
        let Some(person) = person.filter(|p| p.state == PersonState::Active) else { return Ok(None) };
        let used = q(store::USE_CODE).bind(step.at).bind(hash_of(&reset.code)).bind(&person.id).exec(&mut tx).await?;
        if used == 0 {
            return Ok(None);
        }
        tx.expect_rows(q(store::SET_PASSWORD).bind(&hash).bind(&person.id), 1).await?;
        q(store::CLOSE_SESSIONS).bind(&person.id).exec(&mut tx).await?;
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

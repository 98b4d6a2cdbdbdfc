//! Sessions: opened by a password, carried as a random token, known to the database by its hash.

use std::net::IpAddr;

use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    lockout::{self, Guards},
    password,
    person::{self, Account, NewPerson, Person, PersonState, create_person},
    role::Role,
};
use crate::{
    db::{Conn, Db, Tx, insert, q, select, statements, table, tx},
    kernel::{
        At, Code, PersonId, Random, Refusal, Result, Step, parse,
        time::{DAY, HOUR},
    },
};

/// A shopper stays signed in for this long, staff for a working day.
const SHOPPER_LIFE: i64 = 30 * DAY;
const STAFF_LIFE: i64 = 12 * HOUR;

/// A try to sign in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// As typed.
    pub login: String,
    /// As typed.
    pub password: String,
    /// The client's address, after trusted proxies.
    pub address: IpAddr,
}

/// A session that was opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Goes into the cookie or `Authorization: Bearer`; told once.
    pub token: String,
    /// When it ends by itself.
    pub expires_at: At,
    /// Whose it is.
    pub person: Person,
}

table! {
    /// A session as it is kept.
    #[derive(Clone, Debug)]
    pub struct Session in "sessions" {
        /// SHA-256 of its token: its name among the person's sessions.
        pub token_hash: String,
        pub person_id: PersonId,
        /// Signed in.
        pub created_at: At,
        pub seen_at: At,
        /// Ends by itself.
        pub expires_at: At,
    }
}

statements! {
    WHO = select!(Person as p, "JOIN sessions s ON s.person_id = p.id
        WHERE s.token_hash = $1 AND s.expires_at > $2 AND p.state = 'active'");
    OF_PERSON = select!(Session, "WHERE person_id = $1 AND expires_at > $2 ORDER BY created_at DESC, token_hash");
    CLOSE = "DELETE FROM sessions WHERE token_hash = $1";
    CLOSE_ONE = "DELETE FROM sessions WHERE person_id = $1 AND token_hash = $2";
    CLOSE_ALL = "DELETE FROM sessions WHERE person_id = $1";
    CLOSE_OTHERS = "DELETE FROM sessions WHERE person_id = $1 AND token_hash <> $2";
    SHORTEN = "UPDATE sessions SET expires_at = $1 WHERE person_id = $2 AND expires_at > $1";
    FORGET = "DELETE FROM sessions WHERE expires_at <= $1";
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RegisterRequest)]
pub struct NewShopper {
    /// 3 to 40 letters, digits, `.`, `_`, `-`, `@`.
    pub login: String,
    /// At least 10 characters, no common one.
    pub password: String,
    /// What others see.
    pub name: String,
}

/// Makes a shopper's account and signs it in; refuses every bad field at once, and a taken login.
pub async fn register(db: &Db, new: &NewShopper, step: &mut Step) -> Result<Opened> {
    let faults = [
        parse::login("login", &new.login).err(),
        parse::name("name", &new.name).err(),
        password::strong("password", &new.password, &new.login).err(),
    ];
    if let Some(refusal) = Refusal::all(faults.into_iter().flatten().collect()) {
        return Err(refusal.into());
    }
    let password_hash = password::hash(&new.password).await?;
    tx!(db, tx, {
        let new = NewPerson {
            login: new.login.clone(),
            name: new.name.clone(),
            role: Role::Shopper,
            coop: None,
            outlet: None,
            password_hash: password_hash.clone(),
        };
        let person = create_person(&mut tx, new, step).await?;
        open_for(&mut tx, person, step).await
    })
}

/// Signs in. Refuses wrong credentials, equal in words and work for known and unknown logins, and
/// tries past the limit of the login or the address (`lockout`).
pub async fn open(db: &Db, sign_in: &SignIn, step: &mut Step) -> Result<Opened> {
    let guards = Guards::of(&sign_in.login, sign_in.address);
    guards.pass(&mut db.read().await?, step.at).await?;
    let turn = password::turn().await?;
    let login = sign_in.login.trim().to_ascii_lowercase();
    let found: Option<Account> = {
        let mut conn = db.read().await?;
        // Asked again: those who were before in the queue may have failed meanwhile.
        guards.pass(&mut conn, step.at).await?;
        q(person::ACCOUNT).bind(login).opt(&mut conn).await?
    };
    let known = found.filter(|account| account.state == PersonState::Active);
    let hash = known.as_ref().map(|account| account.password_hash.clone());
    if !password::verify_in(&turn, hash, &sign_in.password).await? {
        guards.fail(db, step.at).await?;
        return Err(Refusal::new(Code::BadCredentials).into());
    }
    drop(turn);
    let person = Person::from(known.ok_or_else(|| Refusal::new(Code::BadCredentials))?);
    tx!(db, tx, {
        guards.clear(&mut tx).await?;
        open_for(&mut tx, person.clone(), step).await
    })
}

/// Opens a session without a password, for a person who has just registered or reset it.
pub async fn open_for(tx: &mut Tx, person: Person, step: &mut Step) -> Result<Opened> {
    let token = step.random.token()?;
    let expires_at = step.at.later(life(person.role));
    let session = Session {
        token_hash: Random::hash_of(&token),
        person_id: person.id.clone(),
        created_at: step.at,
        seen_at: step.at,
        expires_at,
    };
    insert(tx, &session).await?;
    Ok(Opened { token, expires_at, person })
}

fn life(role: Role) -> i64 {
    if role.is_staff() { STAFF_LIFE } else { SHOPPER_LIFE }
}

/// The person behind a token; nobody where it is unknown, over, or its account is not active.
pub async fn who(conn: &mut Conn, token: &str, now: At) -> Result<Option<Person>> {
    q(WHO).bind(Random::hash_of(token)).bind(now).opt(conn).await
}

/// Ends the session of a token; one that is gone already is no error.
pub async fn close(tx: &mut Tx, token: &str) -> Result<()> {
    q(CLOSE).bind(Random::hash_of(token)).exec(tx).await.map(|_| ())
}

/// A person's live sessions, newest first.
pub async fn list(conn: &mut Conn, person: &PersonId, now: At) -> Result<Vec<Session>> {
    q(OF_PERSON).bind(person).bind(now).all(conn).await
}

/// Ends one of the person's own sessions; another's is not found.
pub async fn close_one(tx: &mut Tx, person: &PersonId, token_hash: &str) -> Result<()> {
    let closed = q(CLOSE_ONE).bind(person).bind(token_hash).exec(tx).await?;
    if closed == 0 { Err(Refusal::new(Code::NotFound).into()) } else { Ok(()) }
}

/// Ends the person's sessions but that of the token, if one is to stay.
pub async fn close_others(tx: &mut Tx, person: &PersonId, token: Option<&str>) -> Result<()> {
    let kept = token.map(Random::hash_of).unwrap_or_default();
    q(CLOSE_OTHERS).bind(person).bind(kept).exec(tx).await.map(|_| ())
}

/// Lets the sessions of a person who became staff end as staff's do.
pub async fn shorten(tx: &mut Tx, person: &PersonId, now: At) -> Result<()> {
    q(SHORTEN).bind(now.later(STAFF_LIFE)).bind(person).exec(tx).await.map(|_| ())
}

/// Ends all sessions of a person.
pub(super) async fn close_all(tx: &mut Tx, person: &PersonId) -> Result<()> {
    q(CLOSE_ALL).bind(person).exec(tx).await.map(|_| ())
}

/// Removes sessions and sign-in counts that are over; answers how many rows went.
pub async fn forget(tx: &mut Tx, now: At) -> Result<u64> {
    let sessions = q(FORGET).bind(now).exec(tx).await?;
    Ok(sessions + lockout::forget(tx, now).await?)
}

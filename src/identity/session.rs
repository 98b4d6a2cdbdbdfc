//! Sessions: opened by a password, carried as a random token, known to the database by its hash.

use std::net::IpAddr;

use super::{
    lockout::{self, Guards},
    password,
    person::{Person, PersonState},
    role::Role,
    store,
};
use crate::{
    db::{Conn, Db, Tx, q, row, tx},
    kernel::{
        At, Code, PersonId, Random, Refusal, Result, Step,
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

row! {
    /// A live session, for its person to see.
    #[derive(Clone, Debug)]
    pub struct Session {
        /// SHA-256 of its token: its name among the person's sessions.
        pub token_hash: String,
        /// Signed in.
        pub created_at: At,
        /// Ends by itself.
        pub expires_at: At,
    }
}

row! {
    struct Credentials {
                person: Person,
        password_hash: String,
    }
}

/// Signs in. Refuses wrong credentials, equal in words and work for known and unknown logins, and
/// tries past the limit of the login or the address (`lockout`).
pub async fn open(db: &Db, sign_in: &SignIn, step: &mut Step) -> Result<Opened> {
    let guards = Guards::of(&sign_in.login, sign_in.address);
    guards.pass(&mut db.read().await?, step.at).await?;
    let turn = password::turn().await?;
    let login = sign_in.login.trim().to_ascii_lowercase();
    let found: Option<Credentials> = {
        let mut conn = db.read().await?;
        // Asked again: those who were before in the queue may have failed meanwhile.
        guards.pass(&mut conn, step.at).await?;
        q(store::CREDENTIALS).bind(login).opt(&mut conn).await?
    };
    let known = found.filter(|c| c.person.state == PersonState::Active);
    let hash = known.as_ref().map(|c| c.password_hash.clone());
    if !password::verify_in(&turn, hash, &sign_in.password).await? {
        guards.fail(db, step.at).await?;
        return Err(Refusal::new(Code::BadCredentials).into());
    }
    drop(turn);
    let person = known.map(|c| c.person).ok_or_else(|| Refusal::new(Code::BadCredentials))?;
    let token = step.random.token()?;
    let expires_at = step.at.later(life(person.role));
    tx!(db, tx, {
        guards.clear(&mut tx).await?;
        start(&mut tx, &person.id, &token, (step.at, expires_at)).await
    })?;
    Ok(Opened { token, expires_at, person })
}

/// Opens a session without a password, for a person who has just registered or reset it.
pub async fn open_for(tx: &mut Tx, person: Person, step: &mut Step) -> Result<Opened> {
    let token = step.random.token()?;
    let expires_at = step.at.later(life(person.role));
    start(tx, &person.id, &token, (step.at, expires_at)).await?;
    Ok(Opened { token, expires_at, person })
}

fn life(role: Role) -> i64 {
    if role.is_staff() { STAFF_LIFE } else { SHOPPER_LIFE }
}

async fn start(tx: &mut Tx, person: &PersonId, token: &str, (from, to): (At, At)) -> Result<()> {
    let add = q(store::ADD_SESSION).bind(Random::hash_of(token)).bind(person).bind(from).bind(to);
    tx.expect_rows(add, 1).await
}

/// The person behind a token; nobody where it is unknown, over, or its account is not active.
pub async fn who(conn: &mut Conn, token: &str, now: At) -> Result<Option<Person>> {
    q(store::WHO).bind(Random::hash_of(token)).bind(now).opt(conn).await
}

/// Ends the session of a token; one that is gone already is no error.
pub async fn close(tx: &mut Tx, token: &str) -> Result<()> {
    q(store::CLOSE_SESSION).bind(Random::hash_of(token)).exec(tx).await.map(|_| ())
}

/// A person's live sessions, newest first.
pub async fn list(conn: &mut Conn, person: &PersonId, now: At) -> Result<Vec<Session>> {
    q(store::SESSIONS_OF).bind(person).bind(now).all(conn).await
}

/// Ends one of the person's own sessions; another's is not found.
pub async fn close_one(tx: &mut Tx, person: &PersonId, token_hash: &str) -> Result<()> {
    let closed = q(store::CLOSE_ONE_OF).bind(person).bind(token_hash).exec(tx).await?;
    if closed == 0 { Err(Refusal::new(Code::NotFound).into()) } else { Ok(()) }
}

/// Ends the person's sessions but that of `token`.
pub async fn close_others(tx: &mut Tx, person: &PersonId, token: &str) -> Result<()> {
    q(store::CLOSE_OTHER_SESSIONS).bind(person).bind(Random::hash_of(token)).exec(tx).await.map(|_| ())
}

/// Removes sessions and sign-in counts that are over; answers how many rows went.
pub async fn forget(tx: &mut Tx, now: At) -> Result<u64> {
    let sessions = q(store::FORGET_SESSIONS).bind(now).exec(tx).await?;
    Ok(sessions + lockout::forget(tx, now).await?)
}

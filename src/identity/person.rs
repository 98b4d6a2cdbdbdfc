//! Accounts: made, found, renamed, disabled, closed.

use super::{password, role::Role, store};
use crate::{
    db::{Conn, Tx, q, row},
    kernel::{Actor, At, Code, CoopId, Error, PersonId, Refusal, Result, Step, closed_set, parse},
};

closed_set! {
    /// Whether an account can be used.
    pub enum PersonState {
        /// It can.
        Active = "active",
        /// The operator switched it off; it can be switched on again.
        Disabled = "disabled",
        /// Its owner closed it; its personal data is gone.
        Closed = "closed",
    }
}

row! {
    /// A person with an account.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Person {
        /// Its id.
        pub id: PersonId,
        /// What is typed at sign-in, lower case.
        pub login: String,
        /// What others see.
        pub name: String,
        /// What the person may do.
        pub role: Role,
        /// The cooperative that a `coop` person works for.
        pub coop_id: Option<CoopId>,
        /// The outlet that a `clerk` works at.
        pub outlet_code: Option<String>,
        /// Whether the account can be used.
        pub state: PersonState,
        /// Since when it exists.
        pub created_at: At,
    }
}

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// See [`parse::login`].
    pub login: String,
    /// What others see.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Needed for `coop`.
    pub coop: Option<CoopId>,
    /// For `clerk`.
    pub outlet: Option<String>,
    /// From [`password::hash`], which is slow and runs before the transaction.
    pub password_hash: String,
}

impl Person {
    /// The person as one who acts.
    pub fn actor(&self) -> Actor {
        Actor { role: self.role.as_str(), person: Some(self.id.clone()) }
    }

    /// The cooperative of a `coop` person; refuses everybody else.
    pub fn own_coop(&self) -> Result<&CoopId> {
        let coop = self.coop_id.as_ref().filter(|_| self.role == Role::Coop);
        coop.ok_or_else(|| Refusal::new(Code::Forbidden).into())
    }
}

/// Makes an account. Refuses a malformed or taken login and a `coop` person without cooperative.
pub async fn create_person(tx: &mut Tx, new: NewPerson, step: &mut Step) -> Result<Person> {
    let login = parse::login("login", &new.login)?;
    let name = parse::name("name", &new.name)?;
    if (new.role == Role::Coop) != new.coop.is_some() {
        return Err(Refusal::of_field("coop", Code::Missing).into());
    }
    let id = PersonId(step.random.id(step.at)?);
    let added = q(store::ADD_PERSON)
        .bind(&id)
        .bind(&login)
        .bind(&name)
        .bind(new.role)
        .bind(new.password_hash)
        .bind(new.coop.clone())
        .bind(new.outlet.clone())
        .bind(step.at)
        .exec(tx)
        .await?;
    if added == 0 {
        return Err(Refusal::of_field("login", Code::LoginTaken).into());
    }
    let state = PersonState::Active;
    Ok(Person {
        id,
        login,
        name,
        role: new.role,
        coop_id: new.coop,
        outlet_code: new.outlet,
        state,
        created_at: step.at,
    })
}

fn missing() -> Error {
    Refusal::new(Code::NotFound).into()
}

/// The person of an id; refuses an unknown one.
pub async fn find(conn: &mut Conn, id: &PersonId) -> Result<Person> {
    q(store::PERSON).bind(id).opt(conn).await?.ok_or_else(missing)
}

/// The person of a login; refuses an unknown one.
pub async fn find_by_login(conn: &mut Conn, login: &str) -> Result<Person> {
    let login = parse::login("login", login)?;
    q(store::PERSON_BY_LOGIN).bind(login).opt(conn).await?.ok_or_else(missing)
}

/// Accounts whose login begins with `prefix`, by login, at most `most`.
pub async fn search(conn: &mut Conn, prefix: &str, most: i64) -> Result<Vec<Person>> {
    let prefix = prefix.trim().to_ascii_lowercase();
    // `~` stands after every character of a login.
    q(store::PERSONS).bind(&prefix).bind(format!("{prefix}~")).bind(most).all(conn).await
}

/// Accounts that are not shoppers', by role and login, at most `most`.
pub async fn staff(conn: &mut Conn, most: i64) -> Result<Vec<Person>> {
    q(store::STAFF).bind(most).all(conn).await
}

/// Makes a shopper the person of a cooperative that was approved; other accounts stay as they are.
pub async fn join_coop(tx: &mut Tx, id: &PersonId, coop: &CoopId) -> Result<()> {
    q(store::JOIN_COOP).bind(coop).bind(id).exec(tx).await.map(|_| ())
}

/// Corrects the name that others see.
pub async fn rename(tx: &mut Tx, id: &PersonId, name: &str) -> Result<()> {
    let name = parse::name("name", name)?;
    tx.expect_rows(q(store::RENAME).bind(name).bind(id), 1).await
}

/// Sets another password and ends the person's sessions but `keep` (a token). Refuses where the
/// present password is not `present`.
pub async fn change_password(
    db: &crate::db::Db,
    person: &Person,
    (present, new): (&str, &str),
    keep: Option<&str>,
) -> Result<()> {
    password::strong("new_password", new, &person.login)?;
    if !knows(db, person, present).await? {
        return Err(Refusal::of_field("password", Code::BadCredentials).into());
    }
    let hash = password::hash(new).await?;
    let keep = keep.map(crate::kernel::Random::hash_of).unwrap_or_default();
    crate::db::tx!(db, tx, {
        tx.expect_rows(q(store::SET_PASSWORD).bind(&hash).bind(&person.id), 1).await?;
        q(store::CLOSE_OTHER_SESSIONS).bind(&person.id).bind(&keep).exec(&mut tx).await.map(|_| ())
    })
}

/// Whether a password is the person's: asked again before what cannot be undone.
pub async fn knows(db: &crate::db::Db, person: &Person, password: &str) -> Result<bool> {
    let stored: Option<(String,)> = q(store::PASSWORD_OF).bind(&person.id).opt(&mut db.read().await?).await?;
    password::verify(stored.map(|row| row.0), password).await
}

/// Closes an account within the caller's transaction: login, name, password, addresses, sessions and
/// codes go; the id stays, so that orders keep their owner without a name (电商法 art. 24, PIPL art. 47).
pub async fn close(tx: &mut Tx, id: &PersonId, step: &Step) -> Result<()> {
    let login = format!("closed:{id}");
    tx.expect_rows(q(store::CLOSE_PERSON).bind(login).bind(step.at).bind(id), 1).await?;
    for statement in [store::CLOSE_SESSIONS, store::REMOVE_ADDRESSES, store::DELETE_CODES] {
        q(statement).bind(id).exec(tx).await?;
    }
    Ok(())
}

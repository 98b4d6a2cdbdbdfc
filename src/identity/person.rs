//! Accounts: made, found, renamed.

use super::role::Role;
use crate::{
    db::{Conn, Tx, insert, q, select, statements, table, view},
    kernel::{Actor, At, Code, CoopId, Error, PersonId, Refusal, Result, Step, closed_set, parse},
};

statements! {
    FIND = select!(Person, "WHERE id = $1");
    pub(super) BY_LOGIN = select!(Person, "WHERE login = $1");
    pub(super) ACCOUNT = select!(Account, "WHERE login = $1");
    BY_PREFIX = select!(Person, "WHERE state <> 'closed' AND (login >= $1 AND login < $2) ORDER BY login LIMIT $3");
    STAFF = select!(Person, "WHERE role <> 'shopper' AND state <> 'closed' ORDER BY role, login LIMIT $1");
    JOIN_COOP = "UPDATE persons SET role = 'coop', coop_id = $1 WHERE id = $2 AND role = 'shopper' AND state = 'active'";
    RENAME = "UPDATE persons SET name = $1 WHERE id = $2 AND state = 'active'";
    SET_PASSWORD = "UPDATE persons SET password_hash = $1 WHERE id = $2 AND state = 'active'";
}

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

table! {
    /// An account as it is kept.
    pub(super) struct Account in "persons" or "ON CONFLICT (login) DO NOTHING" {
        pub(super) id: PersonId,
        pub(super) login: String,
        pub(super) name: String,
        pub(super) role: Role,
        pub(super) password_hash: String,
        pub(super) coop_id: Option<CoopId>,
        pub(super) outlet_code: Option<String>,
        pub(super) state: PersonState,
        pub(super) created_at: At,
        pub(super) closed_at: Option<At>,
    }
}

view! {
    /// A person with an account: all of it but the password.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Person from "persons" {
        pub id: PersonId,
        /// What is typed at sign-in, lower case.
        pub login: String,
        /// What others see.
        pub name: String,
        pub role: Role,
        /// The cooperative that a `coop` person works for.
        pub coop_id: Option<CoopId>,
        /// The outlet that a `clerk` works at.
        pub outlet_code: Option<String>,
        pub state: PersonState,
        /// Since when it exists.
        pub created_at: At,
    }
}

impl From<Account> for Person {
    fn from(account: Account) -> Self {
        let Account { id, login, name, role, coop_id, outlet_code, state, created_at, .. } = account;
        Self { id, login, name, role, coop_id, outlet_code, state, created_at }
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
    /// From `password::hash`, which is slow and runs before the transaction.
    pub password_hash: String,
}

impl Person {
    /// The person as one who acts.
    pub fn actor(&self) -> Actor {
        Actor { role: self.role.into(), person: Some(self.id.clone()) }
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
    let account = Account {
        id: PersonId(step.random.id(step.at)?),
        login,
        name,
        role: new.role,
        password_hash: new.password_hash,
        coop_id: new.coop,
        outlet_code: new.outlet,
        state: PersonState::Active,
        created_at: step.at,
        closed_at: None,
    };
    if !insert(tx, &account).await? {
        return Err(Refusal::of_field("login", Code::LoginTaken).into());
    }
    Ok(account.into())
}

fn missing() -> Error {
    Refusal::new(Code::NotFound).into()
}

/// The person of an id; refuses an unknown one.
pub async fn find(conn: &mut Conn, id: &PersonId) -> Result<Person> {
    q(FIND).bind(id).opt(conn).await?.ok_or_else(missing)
}

/// The person of a login; refuses an unknown one.
pub async fn find_by_login(conn: &mut Conn, login: &str) -> Result<Person> {
    let login = parse::login("login", login)?;
    q(BY_LOGIN).bind(login).opt(conn).await?.ok_or_else(missing)
}

/// Accounts whose login begins with `prefix`, by login, at most `most`.
pub async fn search(conn: &mut Conn, prefix: &str, most: i64) -> Result<Vec<Person>> {
    let prefix = prefix.trim().to_ascii_lowercase();
    // `~` stands after every character of a login.
    q(BY_PREFIX).bind(&prefix).bind(format!("{prefix}~")).bind(most).all(conn).await
}

/// Accounts that are not shoppers', by role and login, at most `most`.
pub async fn staff(conn: &mut Conn, most: i64) -> Result<Vec<Person>> {
    q(STAFF).bind(most).all(conn).await
}

/// Makes a shopper the person of a cooperative that was approved; other accounts stay as they are.
pub async fn join_coop(tx: &mut Tx, id: &PersonId, coop: &CoopId) -> Result<()> {
    q(JOIN_COOP).bind(coop).bind(id).exec(tx).await.map(|_| ())
}

/// Corrects the name that others see.
pub async fn rename(tx: &mut Tx, id: &PersonId, name: &str) -> Result<()> {
    let name = parse::name("name", name)?;
    tx.expect_rows(q(RENAME).bind(name).bind(id), 1).await
}

/// Sets another password of an account that is active.
pub(super) async fn set_password(tx: &mut Tx, id: &PersonId, hash: &str) -> Result<()> {
    tx.expect_rows(q(SET_PASSWORD).bind(hash).bind(id), 1).await
}

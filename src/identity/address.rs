//! Addresses that a person keeps for later orders.

use super::store;
use crate::{
    db::{Conn, Tx, q, row},
    kernel::{At, Code, PersonId, Refusal, Result, Step, parse},
};

/// Addresses that one person may keep.
const MOST: i64 = 30;

row! {
    /// An address of a person.
    #[derive(Clone, Debug)]
    pub struct Address {
        /// Its id.
        pub id: String,
        /// Receiver.
        pub name: String,
        /// Receiver's phone.
        pub phone: String,
        /// Region by GB code, down to the district.
        pub region_code: String,
        /// Street and door.
        pub street: String,
        /// Whether checkout begins with it; one of a person's addresses at most.
        pub is_default: bool,
        /// Since when it is kept.
        pub created_at: At,
    }
}

/// An address as typed; the region's existence is the caller's to check.
#[derive(Clone, Debug, Default)]
pub struct NewAddress {
    /// Receiver.
    pub name: String,
    /// Receiver's phone.
    pub phone: String,
    /// Region by GB code.
    pub region_code: String,
    /// Street and door.
    pub street: String,
}

impl NewAddress {
    /// The same, cleaned; refuses every bad field at once.
    pub fn parsed(&self) -> Result<Self, Refusal> {
        let mut faults = Vec::new();
        let mut keep = |parsed: Result<String, Refusal>| parsed.map_err(|r| faults.push(r)).unwrap_or_default();
        let typed = Self {
            name: keep(parse::name("name", &self.name)),
            phone: keep(parse::phone("phone", &self.phone)),
            region_code: keep(parse::text("region_code", &self.region_code, 12)),
            street: keep(parse::text("street", &self.street, 120)),
        };
        Refusal::all(faults).map_or(Ok(typed), Err)
    }
}

/// A person's addresses, the default first, then the newest.
pub async fn list(conn: &mut Conn, person: &PersonId) -> Result<Vec<Address>> {
    q(store::ADDRESSES).bind(person).all(conn).await
}

/// Keeps an address; the first becomes the default. Refuses bad fields and more than 30.
pub async fn add(tx: &mut Tx, person: &PersonId, typed: &NewAddress, step: &mut Step) -> Result<String> {
    let typed = typed.parsed()?;
    let (kept,): (i64,) = q(store::COUNT_ADDRESSES).bind(person).one(tx).await?;
    if kept >= MOST {
        return Err(Refusal::of_field("street", Code::OutOfRange).with("min", 0).with("max", MOST).into());
    }
    let id = step.random.id(step.at)?;
    let add = q(store::ADD_ADDRESS)
        .bind(&id)
        .bind(person)
        .bind(typed.name)
        .bind(typed.phone)
        .bind(typed.region_code)
        .bind(typed.street)
        .bind(kept == 0)
        .bind(step.at);
    tx.expect_rows(add, 1).await?;
    Ok(id)
}

/// Corrects an address; another's is not found.
pub async fn set(tx: &mut Tx, person: &PersonId, id: &str, typed: &NewAddress) -> Result<()> {
    let typed = typed.parsed()?;
    let set = q(store::SET_ADDRESS)
        .bind(typed.name)
        .bind(typed.phone)
        .bind(typed.region_code)
        .bind(typed.street)
        .bind(id)
        .bind(person);
    found(set.exec(tx).await?)
}

/// Makes an address the one that checkout begins with; another's is not found.
pub async fn make_default(tx: &mut Tx, person: &PersonId, id: &str) -> Result<()> {
    q(store::NO_DEFAULT).bind(person).exec(tx).await?;
    found(q(store::MAKE_DEFAULT).bind(id).bind(person).exec(tx).await?)
}

/// Removes an address; another's is not found.
pub async fn remove(tx: &mut Tx, person: &PersonId, id: &str) -> Result<()> {
    found(q(store::REMOVE_ADDRESS).bind(id).bind(person).exec(tx).await?)
}

fn found(rows: u64) -> Result<()> {
    if rows == 0 { Err(Refusal::new(Code::NotFound).into()) } else { Ok(()) }
}

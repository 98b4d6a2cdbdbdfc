//! Addresses that a person keeps for later orders.

use crate::{
    db::{Conn, Tx, insert, q, select, statements, table},
    kernel::{At, Code, PersonId, Phone, Refusal, RegionCode, Result, Step, parse},
};

/// Addresses that one person may keep.
const MOST: i64 = 30;

table! {
    /// An address of a person.
    #[derive(Clone, Debug)]
    pub struct Address in "addresses" {
        pub id: String,
        pub person_id: PersonId,
        /// Receiver.
        pub name: String,
        pub phone: Phone,
        /// Down to the district.
        pub region_code: RegionCode,
        /// Street and door.
        pub street: String,
        /// Whether checkout begins with it; one of a person's addresses at most.
        pub is_default: bool,
        pub created_at: At,
    }
}

statements! {
    OF_PERSON = select!(Address, "WHERE person_id = $1 ORDER BY is_default DESC, created_at DESC, id");
    COUNT = "SELECT CAST(count(*) AS BIGINT) FROM addresses WHERE person_id = $1";
    SET = "UPDATE addresses SET name = $1, phone = $2, region_code = $3, street = $4 WHERE id = $5 AND person_id = $6";
    NO_DEFAULT = "UPDATE addresses SET is_default = FALSE WHERE person_id = $1 AND is_default";
    MAKE_DEFAULT = "UPDATE addresses SET is_default = TRUE WHERE id = $1 AND person_id = $2";
    REMOVE = "DELETE FROM addresses WHERE id = $1 AND person_id = $2";
    REMOVE_ALL = "DELETE FROM addresses WHERE person_id = $1";
}

/// What is typed of an address; the region's existence is the caller's to check.
#[derive(Clone, Debug)]
pub struct NewAddress {
    /// Receiver.
    pub name: String,
    pub phone: Phone,
    pub region_code: RegionCode,
    /// Street and door.
    pub street: String,
}

impl NewAddress {
    /// Refuses every bad field at once.
    pub fn parse(name: &str, phone: &str, region_code: &str, street: &str) -> Result<Self, Refusal> {
        let mut faults = Vec::new();
        let region = parse::text("region_code", region_code, 12);
        let new = Self {
            name: parse::kept(parse::name("name", name), &mut faults),
            phone: parse::kept(Phone::parse("phone", phone), &mut faults),
            region_code: parse::kept(region.and_then(|code| RegionCode::parse("region_code", &code)), &mut faults),
            street: parse::kept(parse::text("street", street, 120), &mut faults),
        };
        Refusal::all(faults).map_or(Ok(new), Err)
    }
}

/// A person's addresses, the default first, then the newest.
pub async fn list(conn: &mut Conn, person: &PersonId) -> Result<Vec<Address>> {
    q(OF_PERSON).bind(person).all(conn).await
}

/// Keeps an address; the first becomes the default. Refuses more than 30.
pub async fn add(tx: &mut Tx, person: &PersonId, new: &NewAddress, step: &mut Step) -> Result<String> {
    let (kept,): (i64,) = q(COUNT).bind(person).one(tx).await?;
    if kept >= MOST {
        return Err(Refusal::of_field("street", Code::OutOfRange).with("min", 0).with("max", MOST).into());
    }
    let id = step.random.id(step.at)?;
    let address = Address {
        id: id.clone(),
        person_id: person.clone(),
        name: new.name.clone(),
        phone: new.phone.clone(),
        region_code: new.region_code.clone(),
        street: new.street.clone(),
        is_default: kept == 0,
        created_at: step.at,
    };
    insert(tx, &address).await?;
    Ok(id)
}

/// Corrects an address; another's is not found.
pub async fn set(tx: &mut Tx, person: &PersonId, id: &str, new: &NewAddress) -> Result<()> {
    let set = q(SET)
        .bind(&new.name)
        .bind(new.phone.as_str())
        .bind(new.region_code.as_str())
        .bind(&new.street)
        .bind(id)
        .bind(person);
    found(set.exec(tx).await?)
}

/// Makes an address the one that checkout begins with; another's is not found.
pub async fn make_default(tx: &mut Tx, person: &PersonId, id: &str) -> Result<()> {
    q(NO_DEFAULT).bind(person).exec(tx).await?;
    found(q(MAKE_DEFAULT).bind(id).bind(person).exec(tx).await?)
}

/// Removes an address; another's is not found.
pub async fn remove(tx: &mut Tx, person: &PersonId, id: &str) -> Result<()> {
    found(q(REMOVE).bind(id).bind(person).exec(tx).await?)
}

/// Removes all addresses of a person.
pub(super) async fn remove_all(tx: &mut Tx, person: &PersonId) -> Result<()> {
    q(REMOVE_ALL).bind(person).exec(tx).await.map(|_| ())
}

fn found(rows: u64) -> Result<()> {
    if rows == 0 { Err(Refusal::new(Code::NotFound).into()) } else { Ok(()) }
}

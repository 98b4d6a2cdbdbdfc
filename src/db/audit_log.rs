//! The log of what staff did (I17): append-only, each row hashed over the one before.

use super::{Conn, Tx, insert, q, select, statements, table};
use crate::kernel::{At, Error, PersonId, Result, Step, hash::sha256_hex};

statements! {
    TURN = "UPDATE audit_turn SET n = n + 1";
    LAST = "SELECT seq, hash FROM audit_log ORDER BY seq DESC LIMIT 1";
    AFTER = select!(Logged, "WHERE seq > $1 ORDER BY seq LIMIT $2");
    BEFORE = select!(Logged, "WHERE seq < $1 ORDER BY seq DESC LIMIT $2");
    COUNTED = "SELECT n FROM audit_turn";
}

table! {
    /// One act of a person or of the market itself.
    #[derive(Clone, Debug)]
    pub struct Logged in "audit_log" or "ON CONFLICT (seq) DO NOTHING" {
        /// Place in the chain, from 1.
        pub seq: i64,
        pub at: At,
        /// Who, if a person.
        pub person_id: Option<PersonId>,
        pub role: String,
        /// What was done.
        pub action: String,
        /// To what: a code or id, never a name or phone.
        pub subject: String,
        /// Reason or values, no personal data.
        pub detail: String,
        /// Hash of the row before; 64 zeros first.
        pub prev_hash: String,
        /// SHA-256 over the row.
        pub hash: String,
    }
}

/// An act to be logged.
pub struct Act<'a> {
    pub person: Option<&'a PersonId>,
    pub role: &'a str,
    /// What was done.
    pub action: &'a str,
    pub subject: &'a str,
    /// Reason or values.
    pub detail: &'a str,
}

/// Hash before the first row.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

impl Logged {
    /// What the hash must be, recomputed from the row.
    pub fn expected_hash(&self) -> String {
        let person = self.person_id.as_ref().map_or("", PersonId::as_str);
        let parts = [
            &self.prev_hash,
            &self.seq.to_string(),
            &self.at.0.to_string(),
            person,
            &self.role,
            &self.action,
            &self.subject,
            &self.detail,
        ];
        sha256_hex(parts.join("\u{1f}").as_bytes())
    }
}

/// Logs an act of whoever acts in this step, in the transaction that did it.
pub async fn by(tx: &mut Tx, step: &Step, action: &str, subject: &str, detail: &str) -> Result<()> {
    let act = Act { person: step.by.person.as_ref(), role: step.by.role.as_str(), action, subject, detail };
    add(tx, act, step.at).await
}

/// Adds the act to the chain, in the transaction that did it. Acts queue on one row, so that two at
/// once do not meet on `seq`; it is the last that a transaction locks.
pub async fn add(tx: &mut Tx, act: Act<'_>, at: At) -> Result<()> {
    q(TURN).exec(tx).await?;
    let last: Option<(i64, String)> = q(LAST).opt(tx).await?;
    let (seq, prev_hash) = last.unwrap_or_else(|| (0, GENESIS.to_owned()));
    let mut row = Logged {
        seq: seq + 1,
        at,
        person_id: act.person.cloned(),
        role: act.role.to_owned(),
        action: act.action.to_owned(),
        subject: act.subject.to_owned(),
        detail: act.detail.to_owned(),
        prev_hash,
        hash: String::new(),
    };
    row.hash = row.expected_hash();
    if !insert(tx, &row).await? {
        return Err(Error::Conflict(anyhow::anyhow!("two acts met at audit row {}", seq + 1)));
    }
    Ok(())
}

/// Rows after `seq`, at most `most`.
pub async fn after(conn: &mut Conn, seq: i64, most: i64) -> Result<Vec<Logged>> {
    q(AFTER).bind(seq).bind(most).all(conn).await
}

/// Rows before `seq`, the newest first, at most `most`.
pub async fn before(conn: &mut Conn, seq: i64, most: i64) -> Result<Vec<Logged>> {
    q(BEFORE).bind(seq).bind(most).all(conn).await
}

/// What a walk through the whole chain found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walked {
    /// Acts that hang together, from the first.
    pub acts: i64,
    /// The first act that is missing or does not follow the one before it.
    pub broken: Option<i64>,
}

/// Rows of one step of a walk.
const STEP: i64 = 2_000;

/// Walks through the whole chain from its first act.
pub async fn walk(conn: &mut Conn) -> Result<Walked> {
    // Before the rows: acts that come meanwhile are no fault.
    let (counted,): (i64,) = q(COUNTED).one(conn).await?;
    let (mut acts, mut hash) = (0, GENESIS.to_owned());
    loop {
        let rows = after(conn, acts, STEP).await?;
        if rows.is_empty() {
            return Ok(Walked { acts, broken: (acts < counted).then_some(acts + 1) });
        }
        for row in rows {
            if row.seq != acts + 1 || row.prev_hash != hash || row.expected_hash() != row.hash {
                return Ok(Walked { acts, broken: Some(acts + 1) });
            }
            (acts, hash) = (row.seq, row.hash);
        }
    }
}

/// Whether rows that follow each other are one chain whose hashes are those of their content.
pub fn holds(rows: &[Logged]) -> bool {
    let whole = rows.iter().all(|row| row.hash == row.expected_hash());
    let linked = rows.windows(2).all(|two| two[1].seq == two[0].seq + 1 && two[1].prev_hash == two[0].hash);
    let begun = rows.first().is_none_or(|row| row.seq > 1 || row.prev_hash == GENESIS);
    whole && linked && begun
}

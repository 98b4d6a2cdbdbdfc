//! What its owner does with an account and must prove to be: the password changed, the account closed.

use super::{
    address, password,
    person::{self, Person},
    reset, session,
};
use crate::{
    db::{Db, Tx, Work, q, statements, tx},
    kernel::{Code, PersonId, Refusal, Result, Step},
};

statements! {
    PASSWORD_OF = "SELECT password_hash FROM persons WHERE id = $1 AND state = 'active'";
    CLOSE_PERSON = "UPDATE persons SET state = 'closed', login = $1, name = '', password_hash = '', closed_at = $2
        WHERE id = $3 AND state = 'active'";
}

/// A change of password as typed.
pub struct Passwords {
    /// The one that is to be replaced.
    pub present: String,
    pub new: String,
}

/// Sets another password and ends the person's sessions but `keep` (a token). Refuses where the
/// present password is not the account's.
pub async fn change_password(work: &Work, person: &Person, passwords: &Passwords, keep: Option<&str>) -> Result<()> {
    password::strong("new_password", &passwords.new, &person.login)?;
    if !knows(&work.db, person, &passwords.present).await? {
        return Err(Refusal::of_field("password", Code::BadCredentials).into());
    }
    let hash = password::hash(&passwords.new).await?;
    tx!(work.db, tx, {
        person::set_password(&mut tx, &person.id, &hash).await?;
        session::close_others(&mut tx, &person.id, keep).await
    })
}

/// Whether a password is the person's: asked again before what cannot be undone.
pub async fn knows(db: &Db, person: &Person, password: &str) -> Result<bool> {
    let stored: Option<(String,)> = q(PASSWORD_OF).bind(&person.id).opt(&mut db.read().await?).await?;
    password::verify(stored.map(|row| row.0), password).await
}

/// Closes an account within the caller's transaction: login, name, password, addresses, sessions and
/// codes go; the id stays, so that orders keep their owner without a name (电商法 art. 24, PIPL art. 47).
pub async fn close(tx: &mut Tx, id: &PersonId, step: &Step) -> Result<()> {
    let login = format!("closed:{id}");
    tx.expect_rows(q(CLOSE_PERSON).bind(login).bind(step.at).bind(id), 1).await?;
    session::close_all(tx, id).await?;
    address::remove_all(tx, id).await?;
    reset::remove_all(tx, id).await
}

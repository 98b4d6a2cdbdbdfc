//! What the database holds, by numbers that rise with each change.

use crate::{
    db::{Conn, q, statements},
    kernel::{Error, Result},
};

statements! {
    VERSIONS = "SELECT value FROM version WHERE name IN ('catalogue', 'products') ORDER BY name";
}

/// What the database holds, by numbers that rise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// Every process reads all of it anew when this rises.
    pub catalogue: i64,
    /// Every process reads the products that changed when this rises.
    pub products: i64,
}

/// The versions now.
pub async fn versions(conn: &mut Conn) -> Result<Versions> {
    let rows: Vec<(i64,)> = q(VERSIONS).all(conn).await?;
    match rows[..] {
        [(catalogue,), (products,)] => Ok(Versions { catalogue, products }),
        _ => Err(Error::fault("the catalogue's versions are missing")),
    }
}

//! The bearer token of a guest's order: made from its number with a key of the database, so that it is kept
//! nowhere. The order has its hash; the answer to placing it, kept for repeats, is told again with the token.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{
    db::{Db, market, tx},
    kernel::{Error, Random, Result},
};

/// The key's name among what the database keeps for itself.
const KEY: &str = "order_token_key";

/// Makes tokens; cheap to clone.
#[derive(Clone)]
pub struct OrderTokens {
    key: String,
}

impl OrderTokens {
    /// Those of a database: its key is made once and shared by all processes.
    pub async fn of(db: &Db) -> Result<Self> {
        if let Some(key) = market::find(&mut db.read().await?, KEY).await? {
            return Ok(Self { key });
        }
        let fresh = Random::System.token()?;
        let key = tx!(db, tx, {
            market::keep_first(&mut tx, KEY, &fresh).await?;
            market::find(&mut tx, KEY).await
        })?;
        Ok(Self { key: key.ok_or_else(|| Error::fault("the key of the orders' tokens is missing"))? })
    }

    /// Those of orders that nobody holds: for generators.
    pub fn of_nobody(random: &mut Random) -> Result<Self> {
        Ok(Self { key: random.token()? })
    }

    /// The token of an order's number.
    pub fn token(&self, number: &str) -> Result<String> {
        self.keyed(number)
    }

    /// A hash that says nothing to who lacks the key: of a buyer whose live holds are counted, `kind` and value.
    pub fn holder(&self, kind: &str, value: &str) -> Result<String> {
        self.keyed(&format!("holder {kind} {value}")).map(|hash| hash.chars().take(32).collect())
    }

    fn keyed(&self, text: &str) -> Result<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.as_bytes()).map_err(|e| Error::fault(e.to_string()))?;
        mac.update(text.as_bytes());
        Ok(hex::encode(mac.finalize().into_bytes()))
    }
}

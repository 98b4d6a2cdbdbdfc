//! Quotes kept until they become orders or expire.

use super::{
    Quote,
    read::{self, VersionNow},
};
use crate::{
    db::{Conn, Tx, q, row, statements},
    kernel::{At, Code, PersonId, Refusal, Result},
};

statements! {
    KEEP = "INSERT INTO quotes (id, person_id, body, goods_fen, discount_fen, freight_fen, total_fen, created_at,
              expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    FIND = "SELECT person_id, body, expires_at FROM quotes WHERE id = $1";
    FORGET = "DELETE FROM quotes WHERE expires_at < $1";
}

row! {
    struct Kept {
        person_id: Option<PersonId>,
        body: String,
        expires_at: At,
    }
}

/// Keeps a quote, for the person who asked if signed in.
pub async fn keep_quote(tx: &mut Tx, quote: &Quote, person: Option<&PersonId>, now: At) -> Result<()> {
    let keep = q(KEEP)
        .bind(&quote.quote_id)
        .bind(person.cloned())
        .bind(serde_json::to_string(quote)?)
        .bind(quote.goods_fen)
        .bind(quote.discount_fen)
        .bind(quote.freight_fen)
        .bind(quote.total_fen)
        .bind(now)
        .bind(quote.expires_at);
    tx.expect_rows(keep, 1).await
}

/// The quote of an id; refuses an unknown one, another person's, and an expired one.
pub async fn find_quote(conn: &mut Conn, id: &str, person: Option<&PersonId>, now: At) -> Result<Quote> {
    let unknown = || Refusal::of_field("quote_id", Code::QuoteUnknown);
    let kept: Kept = q(FIND).bind(id).opt(conn).await?.ok_or_else(unknown)?;
    if kept.person_id.is_some() && kept.person_id.as_ref() != person {
        return Err(unknown().into());
    }
    if kept.expires_at <= now {
        return Err(Refusal::of_field("quote_id", Code::QuoteExpired).into());
    }
    Ok(serde_json::from_str(&kept.body)?)
}

/// Refuses a quote of which a SKU was changed or withdrawn since (I10).
pub async fn still_holds(conn: &mut Conn, quote: &Quote) -> Result<()> {
    let ids = quote.lines.iter().map(|line| line.sku_id.clone()).collect();
    let now: Vec<VersionNow> = read::versions_now(conn, ids).await?;
    for line in &quote.lines {
        let same = now.iter().any(|v| v.id == line.sku_id && v.sold && v.price_fen == line.unit_fen);
        if !same {
            return Err(Refusal::of_field("quote_id", Code::QuoteChanged).with("sku", &line.sku).into());
        }
    }
    Ok(())
}

/// Removes quotes that expired before an instant; an order keeps its own copy of what was sold.
pub async fn forget_quotes(tx: &mut Tx, before: At) -> Result<u64> {
    q(FORGET).bind(before).exec(tx).await
}

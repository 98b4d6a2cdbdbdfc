//! Quotes kept until they become orders or expire.

use super::{
    Ask, Quote, price,
    read::{self, VersionNow},
};
use crate::{
    db::{Conn, Tx, Work, insert, q, select, statements, table, tx},
    kernel::{At, Code, Fen, PersonId, QuoteId, Refusal, Result},
};

statements! {
    FIND = select!(Kept, "WHERE id = $1");
    FORGET = "DELETE FROM quotes WHERE expires_at < $1";
}

table! {
    struct Kept in "quotes" {
        id: QuoteId,
        person_id: Option<PersonId>,
        /// The quote as JSON.
        body: String,
        goods_fen: Fen,
        discount_fen: Fen,
        freight_fen: Fen,
        total_fen: Fen,
        created_at: At,
        expires_at: At,
    }
}

/// Prices what is asked and keeps the quote for who asks.
pub async fn quote(work: &Work, ask: &Ask) -> Result<Quote> {
    let mut step = work.step();
    let quote = price(&mut work.db.read().await?, ask, &mut step).await?;
    tx!(work.db, tx, { keep_quote(&mut tx, &quote, work.by.person.as_ref(), step.at).await })?;
    Ok(quote)
}

/// Keeps a quote, for the person who asked if signed in.
pub async fn keep_quote(tx: &mut Tx, quote: &Quote, person: Option<&PersonId>, now: At) -> Result<()> {
    let kept = Kept {
        id: quote.quote_id.clone(),
        person_id: person.cloned(),
        body: serde_json::to_string(quote)?,
        goods_fen: quote.goods_fen,
        discount_fen: quote.discount_fen,
        freight_fen: quote.freight_fen,
        total_fen: quote.total_fen,
        created_at: now,
        expires_at: quote.expires_at,
    };
    insert(tx, &kept).await.map(|_| ())
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

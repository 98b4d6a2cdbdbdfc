//! What a report would be without sums: the ledger's rows, added up by their dimensions.

use anyhow::Result;
use yanxi::{
    db::{Db, Query},
    kernel::{Day, Fen},
    reports::Dimension,
};

fn column(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::County => "d.county_code",
        Dimension::Coop => "d.coop_id",
        Dimension::Product => "d.product_id",
        Dimension::Channel => "d.channel",
        Dimension::District => "d.district_code",
        Dimension::Month => "substr(e.day, 1, 7)",
        _ => "''",
    }
}

/// Runs the query, and adds its groups up.
pub async fn net(db: &Db, (from, to): (Day, Day), by: &[Dimension]) -> Result<Fen> {
    let key = |place: usize| by.get(place).map_or("''", |dimension| column(*dimension));
    let sql = format!(
        "SELECT {} AS key1, {} AS key2, CAST(SUM(e.net_fen) AS BIGINT) AS net_fen,
           CAST(SUM(e.effective_fen) AS BIGINT) AS effective_fen,
           CAST(COUNT(DISTINCT CASE WHEN e.kind = 'sale' THEN e.subject_id END) AS BIGINT) AS orders
         FROM ledger_entries e JOIN dimensions d ON d.id = e.dimension_id
         WHERE e.day >= $1 AND e.day <= $2 GROUP BY 1, 2",
        key(0),
        key(1)
    );
    let mut conn = db.read().await?;
    let rows: Vec<(String, String, Fen, Fen, i64)> =
        Query::from_closed_parts(sql).bind(from).bind(to).all(&mut conn).await?;
    Ok(Fen(rows.iter().map(|row| row.2.0).sum()))
}

//! A cooperative's statement: the last month's first page with its totals, and a year from end to end, for the
//! cooperative that moved most.

use std::time::Instant;

use anyhow::Result;
use yanxi::{
    db::{Db, q},
    kernel::{CoopId, Day},
    orders::statement::Asked,
};

use super::{middle, ms};

const BIGGEST: &str = "SELECT d.coop_id, CAST(count(*) AS BIGINT) FROM ledger_entries e
    JOIN dimensions d ON d.id = e.dimension_id WHERE e.day >= $1 GROUP BY d.coop_id ORDER BY 2 DESC LIMIT 1";

/// Prints both.
pub async fn measure(db: &Db, (from, to): (Day, Day), rounds: usize) -> Result<()> {
    let (coop, moved): (String, i64) = q(BIGGEST).bind(from).one(&mut db.read().await?).await?;
    let coop = CoopId(coop);
    let (month, year) = (Asked::of(&coop, (to.plus_days(-30), to))?, Asked::of(&coop, (from, to))?);
    let (mut pages, mut wholes, mut rows) = (Vec::new(), Vec::new(), 0);
    for _ in 0..rounds {
        let mut reading = db.report().await?;
        let begun = Instant::now();
        month.page(&mut reading, None, 500).await?;
        month.totals(&mut reading).await?;
        pages.push(begun.elapsed());
        let begun = Instant::now();
        let mut parts = year.parts();
        rows = 0;
        while let Some(part) = parts.next(&mut reading).await? {
            rows += part.len();
        }
        wholes.push(begun.elapsed());
        reading.end(Ok(())).await?;
    }
    println!("\na statement of the biggest cooperative, {moved} ledger rows in the year:");
    println!("page of a month with totals {} ms; the year's {rows} rows {} ms", ms(middle(pages)), ms(middle(wholes)));
    Ok(())
}

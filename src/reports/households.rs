//! `households`: distinct households with evidence in the days. Never derived from sales, and not
//! additive over months or cooperatives (C24).

use std::collections::BTreeMap;

use super::{Ask, Cell, Dimension, Report, Sight, label::Labels, report};
use crate::{
    db::{Conn, q, row, statements},
    kernel::{Day, Fen, Result},
};

statements! {
    BY_COOP = "SELECT h.coop_id AS key,
        CAST(COUNT(DISTINCT h.id_hash) AS BIGINT) AS households,
        CAST(COUNT(DISTINCT CASE WHEN h.kind = 'poverty_alleviated' THEN h.id_hash END) AS BIGINT) AS poverty_alleviated,
        CAST(COUNT(DISTINCT CASE WHEN h.kind = 'monitored' THEN h.id_hash END) AS BIGINT) AS monitored,
        CAST(COUNT(DISTINCT CASE WHEN h.kind = 'general' THEN h.id_hash END) AS BIGINT) AS general,
        CAST(SUM(h.amount_fen) AS BIGINT) AS paid_fen
      FROM households h WHERE h.evidence_on >= $1 AND h.evidence_on <= $2 GROUP BY h.coop_id ORDER BY 2 DESC, 1";
    BY_COUNTY = "SELECT c.county_code AS key,
        CAST(COUNT(DISTINCT h.id_hash) AS BIGINT) AS households,
        CAST(COUNT(DISTINCT CASE WHEN h.kind = 'poverty_alleviated' THEN h.id_hash END) AS BIGINT) AS poverty_alleviated,
        CAST(COUNT(DISTINCT CASE WHEN h.kind = 'monitored' THEN h.id_hash END) AS BIGINT) AS monitored,
        CAST(COUNT(DISTINCT CASE WHEN h.kind = 'general' THEN h.id_hash END) AS BIGINT) AS general,
        CAST(SUM(h.amount_fen) AS BIGINT) AS paid_fen
      FROM households h JOIN coops c ON c.id = h.coop_id
      WHERE h.evidence_on >= $1 AND h.evidence_on <= $2 GROUP BY c.county_code ORDER BY 2 DESC, 1";
    ALL = "SELECT '' AS key,
        CAST(COUNT(DISTINCT h.id_hash) AS BIGINT) AS households,
        CAST(COUNT(DISTINCT CASE WHEN h.kind = 'poverty_alleviated' THEN h.id_hash END) AS BIGINT) AS poverty_alleviated,
        CAST(COUNT(DISTINCT CASE WHEN h.kind = 'monitored' THEN h.id_hash END) AS BIGINT) AS monitored,
        CAST(COUNT(DISTINCT CASE WHEN h.kind = 'general' THEN h.id_hash END) AS BIGINT) AS general,
        CAST(COALESCE(SUM(h.amount_fen), 0) AS BIGINT) AS paid_fen
      FROM households h WHERE h.evidence_on >= $1 AND h.evidence_on <= $2";
}

row! {
    struct Helped {
        key: String,
        households: i64,
        poverty_alleviated: i64,
        monitored: i64,
        general: i64,
        paid_fen: Fen,
    }
}

impl Helped {
    fn cells(&self) -> [Cell; 5] {
        [
            Cell::Count(self.households),
            Cell::Count(self.poverty_alleviated),
            Cell::Count(self.monitored),
            Cell::Count(self.general),
            Cell::Money(self.paid_fen),
        ]
    }
}

/// Households of each cooperative by id, and of all together.
pub(super) async fn by_coop(conn: &mut Conn, (from, to): (Day, Day)) -> Result<(BTreeMap<String, i64>, i64)> {
    let rows: Vec<Helped> = q(BY_COOP).bind(from).bind(to).all(conn).await?;
    let all: Helped = q(ALL).bind(from).bind(to).one(conn).await?;
    Ok((rows.into_iter().map(|row| (row.key, row.households)).collect(), all.households))
}

/// Draws the report.
pub(super) async fn draw(conn: &mut Conn, ask: &Ask, sight: Sight) -> Result<Report> {
    let by = ask.by.first().copied().unwrap_or(Dimension::Coop);
    let sql = if by == Dimension::County { BY_COUNTY } else { BY_COOP };
    let rows: Vec<Helped> = q(sql).bind(ask.from).bind(ask.to).all(conn).await?;
    let all: Helped = q(ALL).bind(ask.from).bind(ask.to).one(conn).await?;
    let labels = Labels::read(conn, by, rows.iter().map(|row| row.key.clone()).collect(), sight.lang).await?;
    let keys = ["key", "label", "households", "poverty_alleviated", "monitored", "general", "paid_fen"];
    let mut drawn = Report::new(ask, sight, report::columns(&keys, &[by], sight.lang));
    for row in rows {
        let (key, label) = labels.of(&row.key);
        drawn.rows.push([Cell::Text(key), Cell::Text(label)].into_iter().chain(row.cells()).collect());
    }
    drawn.totals = [Cell::Empty, Cell::Empty].into_iter().chain(all.cells()).collect();
    Ok(drawn)
}

//! Which rows of the sums an ask reads: whole years as years, whole months as months, the days around them as
//! days, each from the cut that has the fewest rows.

use crate::{
    counter::{Cut, Grain, figures},
    db::{Conn, Value},
    kernel::{Day, Result},
    ledger::dimensions::Kept,
};

use super::{Ask, Dimension};

/// No market was open before, or will be after.
const FIRST_YEAR: &str = "2000-01-01";
const LAST_YEAR: &str = "2099-12-31";

/// Rows of the sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Spans {
    /// These spans of these cuts.
    Listed(Vec<(Cut, String)>),
    /// All days between two, both included.
    Days(Cut, Day, Day),
}

impl Spans {
    /// Those of an ask that is grouped so, and needs the products where they are counted.
    pub async fn of(conn: &mut Conn, ask: &Ask, by: &[Dimension], products: bool) -> Result<Self> {
        let dimensions = || by.iter().chain(ask.filters.iter().map(|(dimension, _)| dimension));
        let mut needed = dimensions().fold(Kept::default(), |kept, dimension| dimension.needs(kept));
        if products {
            needed = Dimension::Product.needs(needed);
        }
        let finest = if dimensions().any(|dimension| dimension.is_below_months()) {
            Grain::Day
        } else if dimensions().any(|dimension| dimension.is_time()) {
            Grain::Month
        } else {
            Grain::Year
        };
        let Some(kept) = figures::days(conn).await? else { return Ok(Self::Listed(Vec::new())) };
        Ok(Self::between((ask.from, ask.to), kept, Cut::of(needed), finest))
    }

    /// The rows of a cut between two days; `kept` are the first and the last day of all sums.
    fn between((from, to): (Day, Day), kept: (Day, Day), cut: Cut, coarsest: Grain) -> Self {
        let bound = |day: &str| day.parse::<Day>().unwrap_or(from);
        let (from, to) = (from.max(bound(FIRST_YEAR)), to.min(bound(LAST_YEAR)));
        let has = |grain: Grain| cut.grains().contains(&grain);
        let of = |grain: Grain| if has(grain) { cut } else { Cut::All };
        if coarsest == Grain::Day {
            return Self::Days(of(Grain::Day), from, to);
        }
        // Nothing lies before the first day or behind the last: a year that is under way is read as a whole.
        let from = if from <= kept.0 { from.min(kept.0.year_start()) } else { from };
        let to = if to >= kept.1 { to.max(year_end(kept.1)) } else { to };
        let (from, to) = (from.max(kept.0.year_start()), to.min(year_end(kept.1)));
        let mut listed = Vec::new();
        let mut day = from;
        while day <= to {
            let (year, month) = (year_end(day), day.month_end());
            let (grain, end) = if coarsest == Grain::Year && day == day.year_start() && year <= to && has(Grain::Year) {
                (Grain::Year, year)
            } else if day == day.month_start() && month <= to {
                (Grain::Month, month)
            } else {
                (Grain::Day, day)
            };
            listed.push((of(grain), grain.span(day)));
            day = end.plus_days(1);
        }
        Self::Listed(listed)
    }

    /// What is read from before `rollups r`, with a CROSS JOIN: SQLite keeps its order.
    pub fn from(&self, binds: &mut Vec<Value>) -> String {
        match self {
            Self::Days(..) => String::new(),
            Self::Listed(spans) if spans.is_empty() => "(VALUES ('', '')) AS t CROSS JOIN ".to_owned(),
            Self::Listed(spans) => {
                let first = binds.len();
                let places: Vec<String> =
                    (0..spans.len()).map(|n| format!("(${}, ${})", first + 2 * n + 1, first + 2 * n + 2)).collect();
                binds.extend(spans.iter().flat_map(|(cut, span)| [Value::from(*cut), span.as_str().into()]));
                format!("(VALUES {}) AS t CROSS JOIN ", places.join(", "))
            }
        }
    }

    /// The condition on the sums `alias`.
    pub fn condition(&self, alias: &str, binds: &mut Vec<Value>) -> String {
        match self {
            Self::Listed(_) => format!("{alias}.cut = t.column1 AND {alias}.span = t.column2"),
            Self::Days(cut, from, to) => {
                let next = binds.len() + 1;
                binds.extend([Value::from(*cut), (*from).into(), (*to).into()]);
                format!(
                    "{alias}.cut = ${next} AND {alias}.span >= ${} AND {alias}.span <= ${} AND length({alias}.span) = 10",
                    next + 1,
                    next + 2
                )
            }
        }
    }
}

fn year_end(day: Day) -> Day {
    day.year_start().plus_days(366).year_start().plus_days(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    fn of(span: (&str, &str), cut: Cut, coarsest: Grain) -> Vec<String> {
        let kept = (day("2024-03-05"), day("2026-11-28"));
        match Spans::between((day(span.0), day(span.1)), kept, cut, coarsest) {
            Spans::Listed(spans) => spans.into_iter().map(|(cut, span)| format!("{cut} {span}")).collect(),
            Spans::Days(cut, from, to) => vec![format!("{cut} {from}..{to}")],
        }
    }

    #[test]
    fn whole_years_and_months_are_read_as_such_and_the_days_around_them_as_days() {
        assert_eq!(
            of(("2025-01-01", "2025-03-31"), Cut::All, Grain::Year),
            ["all 2025-01", "all 2025-02", "all 2025-03"]
        );
        let around = ["all 2025-01-30", "all 2025-01-31", "goods 2025-02", "all 2025-03-01"];
        assert_eq!(of(("2025-01-30", "2025-03-01"), Cut::Goods, Grain::Year), around);
        assert_eq!(of(("2025-12-01", "2026-11-28"), Cut::Sales, Grain::Year), ["sales 2025-12", "sales 2026"]);
        assert_eq!(of(("2025-12-01", "2026-11-28"), Cut::Buyers, Grain::Year).len(), 13);
        assert_eq!(of(("2026-11-01", "2026-11-27"), Cut::Makers, Grain::Year).len(), 27);
        assert_eq!(of(("2025-12-01", "2026-01-31"), Cut::Goods, Grain::Month), ["goods 2025-12", "goods 2026-01"]);
        assert_eq!(of(("2025-12-01", "2026-01-31"), Cut::Goods, Grain::Day), ["all 2025-12-01..2026-01-31"]);
        assert_eq!(
            of(("0001-01-01", "9999-12-31"), Cut::Goods, Grain::Year),
            ["goods 2024", "goods 2025", "goods 2026"]
        );
        assert!(of(("2027-01-01", "2027-12-31"), Cut::Goods, Grain::Year).is_empty());
    }
}

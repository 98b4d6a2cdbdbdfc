//! Season windows: days of the year between which a product is sold (应季).

use super::{Day, Result};

/// A window of the year, both days included, `MM-DD`; it may reach over New Year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Season {
    /// First day, `MM-DD`.
    pub from: String,
    /// Last day, `MM-DD`.
    pub to: String,
}

impl Season {
    /// The window of two optional columns; none means all year.
    pub fn of(from: Option<&str>, to: Option<&str>) -> Option<Self> {
        Some(Self { from: from?.to_owned(), to: to?.to_owned() })
    }

    /// Whether the day lies in the window.
    pub fn contains(&self, day: Day) -> bool {
        let today = day.month_day();
        if self.from <= self.to {
            self.from <= today && today <= self.to
        } else {
            today >= self.from || today <= self.to
        }
    }

    /// The next day on which the window opens, `day` itself included.
    pub fn opens_after(&self, day: Day) -> Result<Day> {
        let year = day.0.year();
        let opening = |year: i16| -> Result<Day> {
            // 02-29 opens on 03-01 in other years.
            format!("{year:04}-{}", self.from).parse().or_else(|_| format!("{year:04}-03-01").parse())
        };
        let this_year = opening(year)?;
        if this_year >= day { Ok(this_year) } else { opening(year + 1) }
    }

    /// Which of the twelve months the window touches, January first: the season bar.
    pub fn months(&self) -> [bool; 12] {
        let month = |text: &str| text.get(..2).and_then(|m| m.parse::<usize>().ok()).unwrap_or(1).clamp(1, 12);
        let (from, to) = (month(&self.from), month(&self.to));
        let mut months = [false; 12];
        let mut at = from;
        loop {
            months[at - 1] = true;
            if at == to && (self.from <= self.to || at != from) {
                return months;
            }
            at = at % 12 + 1;
            if at == from {
                return months;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_window_over_new_year_holds_on_both_sides() {
        let fuji = Season { from: "10-10".into(), to: "05-31".into() };
        assert!(fuji.contains(day("2026-11-24")) && fuji.contains(day("2027-05-31")));
        assert!(!fuji.contains(day("2026-06-01")));
        assert_eq!(fuji.opens_after(day("2026-06-01")).unwrap(), day("2026-10-10"));
        assert_eq!(fuji.opens_after(day("2026-10-11")).unwrap(), day("2027-10-10"));
        let open: Vec<usize> = (1..=12).filter(|m| fuji.months()[m - 1]).collect();
        assert_eq!(open, [1, 2, 3, 4, 5, 10, 11, 12]);
    }

    #[test]
    fn a_window_within_the_year_has_its_months_only() {
        let melon = Season { from: "07-01".into(), to: "08-31".into() };
        let open: Vec<usize> = (1..=12).filter(|m| melon.months()[m - 1]).collect();
        assert_eq!(open, [7, 8]);
        assert!(!melon.contains(day("2026-11-24")));
    }
}

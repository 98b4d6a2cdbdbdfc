//! The one gate that decides on which day a fact is booked (C23).
//!
//! A month is closed by its mark. SQLite locks no row against reading, so whoever closes marks first and
//! freezes the month's figures after the longest transaction: a fact that did not see the mark is in them.

use crate::{
    db::{Conn, q, row, statements, table},
    kernel::{At, Day, Result},
};

statements! {
    LAST = "SELECT MAX(month) AS month FROM closed_months";
}

row! {
    struct Last {
        month: Option<String>,
    }
}

table! {
    /// A closed month.
    pub struct ClosedMonth in "closed_months" or "ON CONFLICT (month) DO NOTHING" {
        /// `2026-10`.
        pub month: String,
        /// From when on no fact is booked in it.
        pub marked_at: At,
    }
}

/// Where a fact is booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    pub day: Day,
    /// The closed month to which a late fact belongs.
    pub late_for: Option<String>,
}

/// Months are closed in their order, so the last one says all.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    closed: Option<String>,
}

impl Gate {
    /// The gate as the transaction sees it.
    pub async fn read(conn: &mut Conn) -> Result<Self> {
        let last: Last = q(LAST).one(conn).await?;
        Ok(Self { closed: last.month })
    }

    /// The day on which a fact of this instant is booked: its own, or the first open one.
    pub fn booking(&self, at: At) -> Result<Booking> {
        let day = at.day();
        let month = day.month_label();
        match &self.closed {
            Some(closed) if month <= *closed => {
                let last: Day = format!("{closed}-01").parse()?;
                Ok(Booking { day: last.month_end().plus_days(1), late_for: Some(month) })
            }
            _ => Ok(Booking { day, late_for: None }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn booked(closed: Option<&str>, at: &str) -> (String, Option<String>) {
        let gate = Gate { closed: closed.map(str::to_owned) };
        let booking = gate.booking(At::parse(at).expect("an instant")).expect("a day");
        (booking.day.to_string(), booking.late_for)
    }

    #[test]
    fn a_fact_of_a_closed_month_is_booked_on_the_first_open_day() {
        let october = ("2026-11-01".to_owned(), Some("2026-10".to_owned()));
        assert_eq!(booked(Some("2026-10"), "2026-10-31T15:59:59Z"), october);
        assert_eq!(booked(Some("2026-10"), "2026-10-31T16:00:00Z"), ("2026-11-01".to_owned(), None));
        assert_eq!(booked(Some("2026-10"), "2026-11-28T00:00:00Z"), ("2026-11-28".to_owned(), None));
        assert_eq!(booked(None, "2026-10-31T15:59:59Z"), ("2026-10-31".to_owned(), None));
        let september = ("2027-01-01".to_owned(), Some("2026-09".to_owned()));
        assert_eq!(booked(Some("2026-12"), "2026-09-03T00:00:00Z"), september);
    }
}

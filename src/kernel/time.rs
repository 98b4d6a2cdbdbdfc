//! Instants as µs since the epoch; days, weeks and months in Asia/Shanghai (I18).
//!
//! China keeps one time zone without daylight saving: +08:00 holds for every instant of the market.

use std::{
    fmt,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::{ToSpan, civil, tz::Offset};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Error, Result};

const SHANGHAI: Offset = Offset::constant(8);
/// µs of one second.
pub const SECOND: i64 = 1_000_000;
/// µs of one hour.
pub const HOUR: i64 = 3600 * SECOND;
/// µs of one day.
pub const DAY: i64 = 24 * HOUR;

/// An instant: µs since 1970-01-01T00:00:00Z. Serialized as RFC 3339 with +08:00.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At(pub i64);

impl At {
    fn local(self) -> civil::DateTime {
        let instant = jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        SHANGHAI.to_datetime(instant)
    }

    /// The day in Asia/Shanghai that contains this instant.
    pub fn day(self) -> Day {
        Day(self.local().date())
    }

    /// RFC 3339 to the second with +08:00.
    pub fn rfc3339(self) -> String {
        format!("{}+08:00", self.local().strftime("%Y-%m-%dT%H:%M:%S"))
    }

    /// The same, cut to the full hour, as the public journal shows times (PIPL art. 25).
    pub fn hour_rfc3339(self) -> String {
        format!("{}:00:00+08:00", self.local().strftime("%Y-%m-%dT%H"))
    }

    /// For people: `2026-11-24 15:04`.
    pub fn minute_label(self) -> String {
        self.local().strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// For a form's field of date and time: `2026-11-24T15:04`.
    pub fn minute_field(self) -> String {
        self.local().strftime("%Y-%m-%dT%H:%M").to_string()
    }

    /// Later by `micros` µs (see [`SECOND`], [`HOUR`], [`DAY`]).
    pub fn later(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Reads RFC 3339 with any offset.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|t| Self(t.as_microsecond()))
    }
}

impl Serialize for At {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("an RFC 3339 time is needed"))
    }
}

/// A calendar day in Asia/Shanghai, written `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub civil::Date);

impl Day {
    /// First instant of the day.
    pub fn start(self) -> At {
        let midnight = self.0.at(0, 0, 0, 0);
        At(SHANGHAI.to_timestamp(midnight).map_or(0, jiff::Timestamp::as_microsecond))
    }

    /// The day `n` days later (earlier where negative).
    pub fn plus_days(self, n: i64) -> Self {
        Self(self.0.checked_add(n.days()).unwrap_or(self.0))
    }

    /// Monday of the day's week.
    pub fn week_start(self) -> Self {
        self.plus_days(-i64::from(self.0.weekday().to_monday_zero_offset()))
    }

    /// First day of the month.
    pub fn month_start(self) -> Self {
        Self(self.0.first_of_month())
    }

    /// First day of the year.
    pub fn year_start(self) -> Self {
        Self(self.0.first_of_year())
    }

    /// Last day of the month.
    pub fn month_end(self) -> Self {
        Self(self.0.last_of_month())
    }

    /// The same day a year before; 28 February for a 29th.
    pub fn year_before(self) -> Self {
        Self(self.0.checked_sub(1.years()).unwrap_or(self.0))
    }

    /// `YYYY-MM`.
    pub fn month_label(self) -> String {
        self.0.strftime("%Y-%m").to_string()
    }

    /// `MM-DD`, the form of season days.
    pub fn month_day(self) -> String {
        self.0.strftime("%m-%d").to_string()
    }

    /// Month, 1 to 12.
    pub fn month(self) -> u8 {
        u8::try_from(self.0.month()).unwrap_or(1)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let shaped = text.len() == 10 && text.is_ascii();
        text.parse::<civil::Date>()
            .ok()
            .filter(|_| shaped)
            .map(Self)
            .ok_or_else(|| Error::fault(format!("not a day: {text}")))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| serde::de::Error::custom("a day as YYYY-MM-DD is needed"))
    }
}

/// Where the time comes from: the machine, or a hand that tests and generators turn.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's wall clock.
    System,
    /// A clock that stands still until it is moved.
    Hand(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at`.
    pub fn at(at: At) -> Self {
        Self::Hand(Arc::new(AtomicI64::new(at.0)))
    }

    /// The instant now.
    pub fn now(&self) -> At {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
            Self::System => At(jiff::Timestamp::now().as_microsecond()),
            Self::Hand(hand) => At(hand.load(Ordering::SeqCst)),
        }
    }

    /// Today in Asia/Shanghai.
    pub fn today(&self) -> Day {
        self.now().day()
    }

    /// Moves a hand clock forward by `micros` µs; the system clock is left alone.
    pub fn advance(&self, micros: i64) {
        if let Self::Hand(hand) = self {
            hand.fetch_add(micros, Ordering::SeqCst);
        }
    }

    /// Sets a hand clock; the system clock is left alone.
    pub fn set(&self, at: At) {
        if let Self::Hand(hand) = self {
            hand.store(at.0, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> At {
        At::parse(text).unwrap()
    }

    #[test]
    fn midnight_in_shanghai_divides_days_as_in_v2() {
        assert_eq!(at("2026-10-31T15:59:59Z").day().to_string(), "2026-10-31");
        assert_eq!(at("2026-10-31T16:00:00Z").day().to_string(), "2026-11-01");
        assert_eq!(at("2026-12-31T16:00:00Z").day().to_string(), "2027-01-01");
    }

    #[test]
    fn a_day_starts_where_its_label_begins() {
        let day: Day = "2026-11-01".parse().unwrap();
        assert_eq!(day.start(), at("2026-10-31T16:00:00Z"));
        assert_eq!(day.week_start().to_string(), "2026-10-26");
        assert_eq!(day.start().rfc3339(), "2026-11-01T00:00:00+08:00");
        assert_eq!(day.start().later(59 * 60 * SECOND).hour_rfc3339(), "2026-11-01T00:00:00+08:00");
    }

    #[test]
    fn days_in_other_forms_are_refused() {
        for text in ["2026-2-1", "20261101", "2026-02-30", "2026-11-01T00:00:00", ""] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }
}

//! What is asked: a kind, days, dimensions, filters; refused by field where it does not fit.

use super::dimension::{Dimension, parse_day};
use crate::kernel::{Code, Day, Refusal, closed_set};

/// Dimensions of one report at most.
const MOST_DIMENSIONS: usize = 2;
/// Longest value of a filter.
const LONGEST_VALUE: usize = 60;

closed_set! {
    /// A kind of report (C31).
    pub enum Kind {
        Summary = "summary" ["汇总表", "Summary"],
        Lines = "lines" ["明细台账", "Lines"],
        /// From placed to effective.
        Bridge = "bridge" ["下单到有效", "Bridge"],
        Channels = "channels" ["渠道表", "Channels"],
        Coops = "coops" ["合作社", "Cooperatives"],
        Households = "households" ["带动农户", "Households"],
        /// 预留份额表: nobody keeps it yet.
        Quota = "quota" ["预留份额", "Reserved quota"],
        /// Days, weeks or months in a row.
        Series = "series" ["逐日逐月", "Series"],
    }
}

impl Kind {
    /// What it can be grouped by; nothing where it has a form of its own.
    pub fn dimensions(self) -> &'static [Dimension] {
        match self {
            Self::Summary | Self::Channels | Self::Coops => Dimension::ALL,
            Self::Series => &[Dimension::Day, Dimension::Week, Dimension::Month],
            Self::Households => &[Dimension::Coop, Dimension::County],
            Self::Lines | Self::Bridge | Self::Quota => &[],
        }
    }

    /// The dimension that always stands first.
    pub fn own(self) -> Option<Dimension> {
        match self {
            Self::Channels => Some(Dimension::Channel),
            Self::Coops => Some(Dimension::Coop),
            Self::Summary | Self::Lines | Self::Bridge | Self::Households | Self::Quota | Self::Series => None,
        }
    }

    /// By how many dimensions at most, its own among them.
    pub fn most(self) -> usize {
        match self {
            Self::Summary | Self::Channels | Self::Coops => MOST_DIMENSIONS,
            Self::Series | Self::Households => 1,
            Self::Lines | Self::Bridge | Self::Quota => 0,
        }
    }
}

/// A checked question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Which report.
    pub kind: Kind,
    /// First day; it counts.
    pub from: Day,
    /// Last day; it counts.
    pub to: Day,
    /// At most two.
    pub by: Vec<Dimension>,
    /// Only what has these values.
    pub filters: Vec<(Dimension, String)>,
    /// Of `lines`: at most so many rows, after so many.
    pub slice: Option<(i64, i64)>,
}

impl Ask {
    /// A question about days alone.
    pub fn of(kind: Kind, (from, to): (Day, Day)) -> Self {
        Self { kind, from, to, by: usual(kind), filters: Vec::new(), slice: None }
    }

    /// Reads the question; both days left out mean this month up to today, the last alone is today. A last
    /// day without a first could mean any span, so it is refused.
    pub fn parse(
        kind: &str,
        (from, to): (Option<&str>, Option<&str>),
        by: &[String],
        filters: Vec<(Dimension, String)>,
        today: Day,
    ) -> Result<Self, Refusal> {
        let kind = Kind::try_from(kind).map_err(|_| Refusal::new(Code::NotFound))?;
        if to.is_some() && from.is_none() {
            return Err(Refusal::of_field("from", Code::Missing));
        }
        let to = to.map_or(Ok(today), |raw| parse_day("to", raw))?;
        let from = from.map_or(Ok(to.month_start()), |raw| parse_day("from", raw))?;
        if from > to {
            return Err(Refusal::of_field("to", Code::RangeReversed));
        }
        if let Some((dimension, _)) = filters.iter().find(|(_, value)| value.chars().count() > LONGEST_VALUE) {
            return Err(Refusal::of_field(dimension.as_str(), Code::TooLong).with("max", LONGEST_VALUE));
        }
        let by = chosen(kind, dimensions(by)?)?;
        Ok(Self { kind, from, to, by, filters, slice: None })
    }

    /// The filter's value for a dimension.
    pub fn filter(&self, dimension: Dimension) -> Option<&str> {
        self.filters.iter().find(|(known, _)| *known == dimension).map(|(_, value)| value.as_str())
    }

    /// Whether a dimension is grouped or filtered by.
    pub(super) fn touches(&self, dimension: Dimension) -> bool {
        self.by.contains(&dimension) || self.filter(dimension).is_some()
    }
}

/// `a,b`, or several of them, to dimensions.
fn dimensions(by: &[String]) -> Result<Vec<Dimension>, Refusal> {
    let mut found = Vec::new();
    for word in by.iter().flat_map(|list| list.split(',')).map(str::trim).filter(|word| !word.is_empty()) {
        let dimension = Dimension::try_from(word)
            .map_err(|_| Refusal::of_field("by", Code::OneOf).with("choices", words(Dimension::ALL)))?;
        if found.contains(&dimension) {
            return Err(Refusal::of_field("by", Code::Repeated));
        }
        found.push(dimension);
    }
    if found.len() > MOST_DIMENSIONS {
        return Err(too_many());
    }
    Ok(found)
}

fn too_many() -> Refusal {
    Refusal::of_field("by", Code::TooManyDimensions).with("max", MOST_DIMENSIONS)
}

fn words(dimensions: &[Dimension]) -> String {
    dimensions.iter().map(|d| d.as_str()).collect::<Vec<_>>().join(", ")
}

/// What a kind is grouped by where nothing is asked.
fn usual(kind: Kind) -> Vec<Dimension> {
    let first = match kind {
        Kind::Summary => Some(Dimension::County),
        Kind::Households => Some(Dimension::Coop),
        Kind::Series => Some(Dimension::Day),
        Kind::Channels | Kind::Coops | Kind::Lines | Kind::Bridge | Kind::Quota => kind.own(),
    };
    first.into_iter().collect()
}

/// The dimensions of a kind: its own stands first; a kind that cannot be grouped refuses them.
fn chosen(kind: Kind, asked: Vec<Dimension>) -> Result<Vec<Dimension>, Refusal> {
    if asked.is_empty() {
        return Ok(usual(kind));
    }
    let choices = kind.dimensions();
    if choices.is_empty() {
        return Err(Refusal::of_field("by", Code::NotGrouped).with("kind", kind));
    }
    let own = kind.own();
    let all: Vec<Dimension> = own.into_iter().chain(asked.into_iter().filter(|d| Some(*d) != own)).collect();
    match kind.most() {
        most if all.len() <= most && all.iter().all(|d| choices.contains(d)) => Ok(all),
        1 => Err(Refusal::of_field("by", Code::OneOf).with("choices", words(choices))),
        _ => Err(too_many()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(kind: &str, by: &[&str]) -> Result<Ask, Refusal> {
        let by: Vec<String> = by.iter().map(|b| (*b).to_owned()).collect();
        Ask::parse(kind, (None, None), &by, Vec::new(), "2026-11-20".parse().unwrap())
    }

    #[test]
    fn days_and_dimensions_have_their_usual_values() {
        let month = ask("summary", &[]).unwrap();
        assert_eq!((month.from.to_string(), month.to.to_string()), ("2026-11-01".into(), "2026-11-20".into()));
        assert_eq!(month.by, [Dimension::County]);
        assert_eq!(ask("channels", &["county"]).unwrap().by, [Dimension::Channel, Dimension::County]);
        assert_eq!(ask("summary", &["day,coop"]).unwrap().by, [Dimension::Day, Dimension::Coop]);
        assert_eq!(ask("summary", &["day", "coop"]).unwrap().by, [Dimension::Day, Dimension::Coop]);
    }

    #[test]
    fn what_does_not_fit_is_refused_by_its_field() {
        for (kind, by, code) in [
            ("summary", vec!["colour"], Code::OneOf),
            ("summary", vec!["county", "county"], Code::Repeated),
            ("summary", vec!["county,coop,day"], Code::TooManyDimensions),
            ("series", vec!["county"], Code::OneOf),
            ("series", vec!["day", "week"], Code::OneOf),
            ("households", vec!["day"], Code::OneOf),
            ("households", vec!["coop", "county"], Code::OneOf),
            ("bridge", vec!["county"], Code::NotGrouped),
        ] {
            let refusal = ask(kind, &by).unwrap_err();
            assert_eq!((refusal.code, refusal.fields[0].field.as_str()), (code, "by"), "{kind} {by:?}");
        }
        assert_eq!(ask("everything", &[]).unwrap_err().code, Code::NotFound);
        let today = "2026-11-24".parse().unwrap();
        let open = Ask::parse("summary", (None, Some("2026-11-20")), &[], Vec::new(), today).unwrap_err();
        assert_eq!((open.fields[0].code, open.fields[0].field.as_str()), (Code::Missing, "from"));
    }
}

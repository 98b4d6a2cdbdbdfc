//! `summary`, `channels`, `coops`, `series`: the same figures, grouped.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Ask, Cell, Dimension, Figures, Kind, Report, Sight,
    figures::{self, Group},
    households,
    label::Labels,
    report, small,
};
use crate::db::Conn;
use crate::kernel::{Code, Day, Fen, Refusal, Result};

/// Rows of a series at most.
const LONGEST_SERIES: usize = 3_700;

/// Draws the report.
pub(super) async fn draw(conn: &mut Conn, ask: &Ask, sight: Sight) -> Result<Report> {
    let products = matches!(ask.kind, Kind::Channels | Kind::Coops);
    let mut groups = figures::groups(conn, ask, &ask.by, products).await?;
    let totals = figures::total(conn, ask, products).await?;
    if ask.kind == Kind::Series {
        groups = without_gaps(ask, groups)?;
    }
    let groups = small::fold(ask, groups)?;
    let mut keys = vec!["key", "label"];
    if ask.by.len() > 1 {
        keys.extend(["key2", "label2"]);
    }
    keys.extend_from_slice(report::FIGURES);
    if products {
        keys.push("products");
    }
    let helped = if ask.kind == Kind::Coops && ask.by.len() == 1 {
        keys.push("households");
        Some(households::by_coop(conn, (ask.from, ask.to)).await?)
    } else {
        None
    };
    let mut drawn = Report::new(ask, sight, report::columns(&keys, &ask.by, sight.lang));
    let labels = labels(conn, ask, &groups, sight).await?;
    for group in in_order(ask, groups)? {
        let mut row = Vec::with_capacity(keys.len());
        for (labels, raw) in labels.iter().zip([&group.key1, &group.key2]) {
            let (key, label) = labels.of(raw);
            row.extend([Cell::Text(key), Cell::Text(label)]);
        }
        row.extend(report::cells(&group.figures)?);
        if products {
            row.push(Cell::Count(group.figures.products));
        }
        if let Some(helped) = &helped {
            row.push(Cell::Count(helped.0.get(&group.key1).copied().unwrap_or(0)));
        }
        drawn.rows.push(row);
    }
    drawn.totals = vec![Cell::Empty; 2 * labels.len()];
    drawn.totals.extend(report::cells(&totals)?);
    if products {
        drawn.totals.push(Cell::Count(totals.products));
    }
    if let Some(helped) = helped {
        drawn.totals.push(Cell::Count(helped.1));
    }
    Ok(drawn)
}

/// A series shows the days, weeks or months without sales too.
fn without_gaps(ask: &Ask, groups: Vec<Group>) -> Result<Vec<Group>> {
    let span = ask.by.first().copied().unwrap_or(Dimension::Day);
    let mut all: BTreeMap<String, Group> = groups.into_iter().map(|g| (g.key1.clone(), g)).collect();
    let mut day = ask.from;
    while day <= ask.to {
        let key = key_of(span, day);
        let empty = || Group { key1: key.clone(), key2: String::new(), figures: Figures::default() };
        all.entry(key.clone()).or_insert_with(empty);
        if all.len() > LONGEST_SERIES {
            return Err(Refusal::of_field("from", Code::ReportTooLong).with("max", LONGEST_SERIES).into());
        }
        day = match span {
            Dimension::Month => day.month_start().plus_days(31).month_start(),
            Dimension::Week => day.week_start().plus_days(7),
            _ => day.plus_days(1),
        };
        if day <= ask.from {
            break;
        }
    }
    Ok(all.into_values().collect())
}

fn key_of(span: Dimension, day: Day) -> String {
    match span {
        Dimension::Month => day.month_label(),
        Dimension::Week => day.week_start().to_string(),
        _ => day.to_string(),
    }
}

async fn labels(conn: &mut Conn, ask: &Ask, groups: &[Group], sight: Sight) -> Result<Vec<Labels>> {
    let mut all = Vec::new();
    for (place, dimension) in ask.by.iter().enumerate() {
        let raw = groups.iter().map(|g| if place == 0 { g.key1.clone() } else { g.key2.clone() });
        let raw: BTreeSet<String> = raw.collect();
        all.push(Labels::read(conn, *dimension, raw.into_iter().collect(), sight.lang).await?);
    }
    Ok(all)
}

/// Time runs on; else the largest comes first, with its parts together.
fn in_order(ask: &Ask, mut groups: Vec<Group>) -> Result<Vec<Group>> {
    let mut firsts: BTreeMap<String, Fen> = BTreeMap::new();
    for group in &groups {
        let sum = firsts.entry(group.key1.clone()).or_default();
        *sum = sum.plus(group.figures.net()?)?;
    }
    let time = |place: usize| ask.by.get(place).is_some_and(|d| d.is_time());
    let net = |group: &Group| group.figures.net().unwrap_or_default();
    groups.sort_by(|a, b| {
        let first = if time(0) { a.key1.cmp(&b.key1) } else { firsts[&b.key1].cmp(&firsts[&a.key1]) };
        let second = if time(1) { a.key2.cmp(&b.key2) } else { net(b).cmp(&net(a)) };
        first.then_with(|| a.key1.cmp(&b.key1)).then(second).then_with(|| a.key2.cmp(&b.key2))
    });
    Ok(groups)
}

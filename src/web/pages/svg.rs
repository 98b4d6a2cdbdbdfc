//! Charts drawn on the server: few shapes, colours by class, each mark with its figure as a `<title>`.
//!
//! A chart is never alone: the page has a table with the same figures beside it.

use std::fmt::{Display, Write};

use crate::kernel::Fen;

/// Width of every chart, in its own units.
const WIDE: i64 = 1060;

/// A level or a change between two levels.
pub struct Step {
    pub label: String,
    /// How much; a loss is negative.
    pub fen: Fen,
    /// Whether it stands on the ground.
    pub level: bool,
}

/// A column up, and what went down again.
pub struct Point {
    /// Below the axis.
    pub label: String,
    /// The column.
    pub up: Fen,
    /// Below the axis, drawn downwards; not negative.
    pub down: Fen,
    /// What the mark says.
    pub title: String,
}

/// Text that means nothing to SVG.
fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// From this on 分 are left out of labels on marks: they say whole yuan, rounded.
const WITHOUT_FEN: u64 = 100_000;

/// An amount for labels on marks: to the 分 while it is small, then to the nearest yuan.
fn yuan(fen: Fen) -> String {
    if fen.0.unsigned_abs() < WITHOUT_FEN {
        return fen.grouped();
    }
    let nearest = Fen((fen.0 / 100 + fen.0 % 100 / 50) * 100).grouped();
    nearest.trim_end_matches(".00").to_owned()
}

/// `fen` on a scale where `most` is `tall` units.
fn scaled(fen: Fen, most: Fen, tall: i64) -> i64 {
    fen.share_floor(tall, most.0.max(1)).map_or(0, |part| part.0).clamp(-tall, tall)
}

fn open(tall: i64, label: &str) -> String {
    format!(
        "<svg class=\"chart\" viewBox=\"0 0 {WIDE} {tall}\" width=\"{WIDE}\" height=\"{tall}\" font-size=\"14\" role=\"img\" aria-label=\"{}\">",
        plain(label)
    )
}

/// Where a mark stands, and how large it is.
struct Area {
    x: i64,
    y: i64,
    wide: i64,
    tall: i64,
}

fn rect(svg: &mut String, class: &str, area: &Area, title: &str) {
    let Area { x, y, wide, tall } = *area;
    let tall = tall.max(2);
    let _ = write!(
        svg,
        "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{tall}\" rx=\"3\"><title>{}</title></rect>",
        plain(title)
    );
}

fn text(svg: &mut String, class: &str, (x, y): (i64, i64), words: &str) {
    let _ = write!(svg, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{}</text>", plain(words));
}

fn line(svg: &mut String, class: &str, (x1, y1): (i64, i64), (x2, y2): (impl Display, impl Display)) {
    let _ = write!(svg, "<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>");
}

/// How one level becomes another, step by step.
pub fn bridge(steps: &[Step], label: &str) -> String {
    const TALL: i64 = 180;
    const TOP: i64 = 34;
    let most = steps.iter().filter(|step| step.level).map(|step| step.fen).max().unwrap_or_default();
    let mut svg = open(TOP + TALL + 36, label);
    let each = WIDE / i64::try_from(steps.len().max(1)).unwrap_or(1);
    let mut at = Fen::ZERO;
    for (place, step) in (0i64..).zip(steps) {
        let (x, wide) = (place * each + each / 5, each * 3 / 5);
        let before = at;
        at = if step.level { step.fen } else { at.plus(step.fen).unwrap_or(at) };
        let (upper, lower) = if step.level { (at.max(Fen::ZERO), Fen::ZERO) } else { (at.max(before), at.min(before)) };
        let y = TOP + TALL - scaled(upper, most, TALL);
        let last = place + 1 == i64::try_from(steps.len()).unwrap_or(0);
        let class = match (step.level, last) {
            (true, true) => "good",
            (true, false) => "bar",
            (false, _) if step.fen.0 > 0 => "gain",
            (false, _) => "loss",
        };
        let height = scaled(upper, most, TALL) - scaled(lower, most, TALL);
        rect(&mut svg, class, &Area { x, y, wide, tall: height }, &format!("{} {}", step.label, step.fen.grouped()));
        text(&mut svg, "val", (x + wide / 2, y - 8), &yuan(step.fen));
        text(&mut svg, "", (x + wide / 2, TOP + TALL + 24), &step.label);
        if !last {
            let y = TOP + TALL - scaled(at, most, TALL);
            line(&mut svg, "thread", (x + wide, y), (x + each, y));
        }
    }
    svg.push_str("</svg>");
    svg
}

/// Columns side by side, what went down in red below the axis.
pub fn columns(points: &[Point], label: &str) -> String {
    const UP: i64 = 140;
    const DOWN: i64 = 26;
    let most = points.iter().map(|point| point.up.max(point.down)).max().unwrap_or_default();
    let axis = 14 + UP;
    let mut svg = open(axis + DOWN + 24, label);
    line(&mut svg, "axis", (0, axis), (WIDE, axis));
    let count = i64::try_from(points.len().max(1)).unwrap_or(1);
    let wide = (WIDE / count * 2 / 3).clamp(2, 72);
    // Labels that would touch each other are left out.
    let each = (count * 56 / WIDE + 1).max(1);
    for (place, point) in (0i64..).zip(points) {
        let x = WIDE * place / count + (WIDE / count - wide) / 2;
        let tall = scaled(point.up, most, UP);
        if point.up.0 > 0 {
            rect(&mut svg, "bar", &Area { x, y: axis - tall.max(2), wide, tall }, &point.title);
        }
        if point.down.0 > 0 {
            let tall = scaled(point.down, most, UP).clamp(2, DOWN);
            rect(&mut svg, "loss", &Area { x, y: axis + 1, wide, tall }, &point.title);
        }
        if place % each == 0 {
            text(&mut svg, "", (x + wide / 2, axis + DOWN + 18), &point.label);
        }
    }
    svg.push_str("</svg>");
    svg
}

/// Two lines over the same points, such as this year and the last.
pub fn lines(labels: &[String], series: [(&str, &[Fen]); 2], label: &str) -> String {
    const TALL: i64 = 170;
    const TOP: i64 = 16;
    let most = series.iter().flat_map(|(_, values)| values.iter().copied()).max().unwrap_or_default();
    let mut svg = open(TOP + TALL + 30, label);
    line(&mut svg, "axis", (0, TOP + TALL), (WIDE, TOP + TALL));
    let count = i64::try_from(labels.len().max(1)).unwrap_or(1);
    let x = |place: i64| WIDE * (2 * place + 1) / (2 * count);
    for (class, (name, values)) in ["trace before", "trace"].iter().zip(series) {
        let mut path = String::new();
        for (place, fen) in (0i64..).zip(values) {
            let _ = write!(
                path,
                "{}{} {}",
                if place == 0 { "M" } else { " L" },
                x(place),
                TOP + TALL - scaled(*fen, most, TALL)
            );
        }
        let _ = write!(svg, "<path class=\"{class}\" d=\"{path}\"/>");
        for (place, fen) in (0i64..).zip(values) {
            let y = TOP + TALL - scaled(*fen, most, TALL);
            let words = labels.get(usize::try_from(place).unwrap_or(0)).map_or("", String::as_str);
            let title = plain(&format!("{words} {name} {}", fen.grouped()));
            let _ = write!(
                svg,
                "<circle class=\"{class}\" cx=\"{}\" cy=\"{y}\" r=\"4\"><title>{title}</title></circle>",
                x(place)
            );
        }
    }
    for (place, words) in (0i64..).zip(labels) {
        text(&mut svg, "", (x(place), TOP + TALL + 22), words);
    }
    svg.push_str("</svg>");
    svg
}

/// One bar of a table's row, of the largest.
pub fn bar(fen: Fen, most: Fen) -> String {
    let wide = scaled(fen.max(Fen::ZERO), most, 1000);
    format!(
        "<svg class=\"rowbar\" viewBox=\"0 0 1000 10\" width=\"100\" height=\"10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"bar\" width=\"{wide}\" height=\"10\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_rounded_and_small_amounts_are_whole() {
        let told = [0, 60, -40, 99_999, 100_049, 100_050, 123_456_789, -100_050].map(|fen| yuan(Fen(fen)));
        assert_eq!(told, ["0.00", "0.60", "−0.40", "999.99", "1,000", "1,001", "1,234,568", "−1,001"]);
    }

    #[test]
    fn charts_are_well_formed_and_keep_words_as_words() {
        let steps = [("<下单>", 100, true), ("退款", -40, false), ("净额", 60, true)];
        let steps = steps.map(|(label, fen, level)| Step { label: label.to_owned(), fen: Fen(fen), level });
        let svg = bridge(&steps, "a \"bridge\"");
        assert!(svg.contains("&lt;下单&gt;") && svg.contains("a &quot;bridge&quot;") && !svg.contains("style="));
        assert_eq!(svg.matches("<rect").count(), 3);
        let empty = columns(&[], "nothing");
        assert!(empty.ends_with("</svg>"));
        let point = Point { label: "1".into(), up: Fen(i64::MAX), down: Fen(1), title: "x".into() };
        assert_eq!(columns(&[point], "one").matches("<rect").count(), 2);
    }
}

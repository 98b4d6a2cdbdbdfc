//! Quantities in a text: weights, diameters, pieces, packs, prices.

use super::{normalize::is_han, number};

/// What a quantity asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Net weight in grams, between both.
    Weight(i64, i64),
    /// Volume of one pack in millilitres.
    Volume(i64),
    /// Fruit diameter in mm, between both.
    Diameter(i64, i64),
    /// Pieces in a pack, between both.
    Pieces(i64, i64),
    /// Packs in a box.
    Packs(i64),
    /// Price in fen, between both.
    Price(i64, i64),
    /// How many the shopper will buy: nothing to look for.
    Order,
}

/// A quantity and the characters that say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// First character.
    pub from: usize,
    /// First character behind it.
    pub to: usize,
    /// What it asks for.
    pub quantity: Quantity,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// Grams to one thousandth of the unit, times 1000.
    Weight(i64),
    Volume(i64),
    Length(i64),
    Money,
    Pieces,
    Packs,
    Order,
}

const UNITS: [(&str, Unit); 46] = [
    ("公斤", Unit::Weight(1000)),
    ("千克", Unit::Weight(1000)),
    ("市斤", Unit::Weight(500)),
    ("kg", Unit::Weight(1000)),
    ("斤", Unit::Weight(500)),
    ("克", Unit::Weight(1)),
    ("g", Unit::Weight(1)),
    ("两", Unit::Weight(50)),
    ("毫升", Unit::Volume(1)),
    ("ml", Unit::Volume(1)),
    ("升", Unit::Volume(1000)),
    ("毫米", Unit::Length(1)),
    ("mm", Unit::Length(1)),
    ("厘米", Unit::Length(10)),
    ("公分", Unit::Length(10)),
    ("cm", Unit::Length(10)),
    ("#", Unit::Length(1)),
    ("号果", Unit::Length(1)),
    ("块钱", Unit::Money),
    ("元钱", Unit::Money),
    ("人民币", Unit::Money),
    ("rmb", Unit::Money),
    ("yuan", Unit::Money),
    ("块", Unit::Money),
    ("元", Unit::Money),
    ("圆", Unit::Money),
    ("枚", Unit::Pieces),
    ("个", Unit::Pieces),
    ("只", Unit::Pieces),
    ("颗", Unit::Pieces),
    ("粒", Unit::Pieces),
    ("头", Unit::Pieces),
    ("pcs", Unit::Pieces),
    ("瓶", Unit::Packs),
    ("袋", Unit::Packs),
    ("包", Unit::Packs),
    ("罐", Unit::Packs),
    ("盒", Unit::Packs),
    ("桶", Unit::Packs),
    ("箱", Unit::Order),
    ("件", Unit::Order),
    ("份", Unit::Order),
    ("单", Unit::Order),
    ("棵", Unit::Order),
    ("种", Unit::Order),
    ("样", Unit::Order),
];
/// Grams beyond which a weight is no pack's but a slip or a joke.
const HEAVIEST: i64 = 200_000;
const BELOW: [&str; 9] = ["不超过", "不高于", "低于", "少于", "小于", "最多", "预算", "不到", "under"];
const ABOVE: [&str; 6] = ["不低于", "高于", "超过", "大于", "至少", "over"];
const UP_TO: [&str; 5] = ["以内", "以下", "之内", "之下", "内"];
const FROM: [&str; 4] = ["以上", "之上", "往上", "起"];
const ABOUT: [&str; 5] = ["左右", "上下", "的样子", "档", "出头"];
const FILLER: [&str; 3] = ["装", "规格", "大小"];

/// All quantities of a text, in order, without overlap.
pub fn find(chars: &[char]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match quantity_at(chars, at) {
            Some(one) => {
                at = one.to.max(at + 1);
                found.push(one);
            }
            None => at += skip(chars, at),
        }
    }
    found
}

/// What stands before the next place where a quantity may begin: a word of letters, a number of none.
fn skip(chars: &[char], at: usize) -> usize {
    let is_word = |c: &char| c.is_ascii_alphanumeric();
    let letters = chars[at..].iter().take_while(|c| c.is_ascii_alphabetic()).count();
    if letters == 0 && chars[at].is_ascii_digit() {
        return chars[at..].iter().take_while(|c| is_word(c)).count();
    }
    letters.max(1)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    None,
    Below,
    Above,
    About,
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
}

impl Reader<'_> {
    fn blanks(&mut self) {
        while self.chars.get(self.at) == Some(&' ') {
            self.at += 1;
        }
    }

    fn take(&mut self, word: &str) -> bool {
        let fits = word.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        if fits {
            self.at += word.chars().count();
        }
        fits
    }

    fn take_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|w| self.take(w))
    }

    fn number(&mut self) -> Option<number::Number> {
        let number = number::read(self.chars, self.at)?;
        self.at = number.end;
        Some(number)
    }

    fn unit(&mut self) -> Option<Unit> {
        let before = self.at;
        self.blanks();
        for (word, unit) in UNITS {
            let at = self.at;
            // `5gtz` is no weight: a letter unit ends where the letters end.
            if self.take(word) {
                let one_letter = word.len() == 1 && word != "#";
                if one_letter
                    && self.chars.get(self.at).is_some_and(char::is_ascii_alphabetic)
                    && self.chars[self.at] != 'x'
                {
                    self.at = at;
                    continue;
                }
                return Some(unit);
            }
        }
        self.at = before;
        None
    }
}

fn quantity_at(chars: &[char], from: usize) -> Option<Found> {
    let mut reader = Reader { chars, at: from };
    let mut bound = if reader.take_any(&BELOW) {
        Bound::Below
    } else if reader.take_any(&ABOVE) {
        Bound::Above
    } else {
        Bound::None
    };
    reader.blanks();
    let money = reader.take("¥") || reader.take("$");
    let hash = reader.take("#");
    reader.blanks();
    let first = reader.number()?;
    let mut unit = reader.unit();
    let second = range_end(&mut reader, &mut unit);
    if money {
        unit = unit.or(Some(Unit::Money));
    } else if hash {
        unit = unit.or(Some(Unit::Length(1)));
    }
    let half = unit.is_some() && reader.take("半");
    if bound == Bound::None {
        bound = suffix(&mut reader);
    }
    let low = first.milli + if half { 500 } else { 0 };
    let quantity = match unit {
        Some(unit) => meaning(unit, (low, second.unwrap_or(low)), bound, &mut reader)?,
        None => bare(&first, second, bound, chars, reader.at)?,
    };
    while reader.take_any(&FILLER) {}
    Some(Found { from, to: reader.at, quantity })
}

fn range_end(reader: &mut Reader, unit: &mut Option<Unit>) -> Option<i64> {
    let before = reader.at;
    reader.blanks();
    if !reader.take_any(&["-", "到", "至"]) {
        reader.at = before;
        return None;
    }
    reader.blanks();
    let Some(second) = reader.number() else {
        reader.at = before;
        return None;
    };
    *unit = reader.unit().or(*unit);
    Some(second.milli)
}

fn suffix(reader: &mut Reader) -> Bound {
    let before = reader.at;
    reader.blanks();
    if reader.take_any(&UP_TO) {
        Bound::Below
    } else if reader.take_any(&FROM) {
        Bound::Above
    } else if reader.take_any(&ABOUT) {
        Bound::About
    } else {
        reader.at = before;
        Bound::None
    }
}

/// Between `low` and `high` with the bound applied; `slack` percent where it says "about".
fn span((low, high): (i64, i64), bound: Bound, slack: i64) -> (i64, i64) {
    let (low, high) = (low.min(high), low.max(high));
    match bound {
        Bound::Below => (0, high),
        Bound::Above => (low, i64::MAX),
        Bound::About => (low - low / 100 * slack, high + high / 100 * slack),
        Bound::None => (low, high),
    }
}

fn meaning(unit: Unit, (low, high): (i64, i64), bound: Bound, reader: &mut Reader) -> Option<Quantity> {
    let scaled = |by: i64| (low * by / 1000, high * by / 1000);
    Some(match unit {
        Unit::Weight(grams) => {
            let (low, high) = span(scaled(grams), bound, 20);
            let packs = reader.take("x").then(|| reader.number()).flatten();
            let _ = packs.is_some() && reader.take_any(&["袋", "包", "盒", "瓶", "罐"]);
            // Net weight of all packs; a single pack's weight is looked for as well.
            let times = packs.map_or(1, |p| (p.milli / 1000).clamp(1, 1000));
            if low <= 0 && bound != Bound::Below {
                return None;
            }
            if low > HEAVIEST {
                return Some(Quantity::Order);
            }
            Quantity::Weight(low.saturating_mul(times), high.saturating_mul(times))
        }
        Unit::Volume(ml) => {
            let _ = reader.take("x") && reader.number().is_some();
            Quantity::Volume(scaled(ml).0)
        }
        Unit::Length(mm) => {
            let (low, high) = span(scaled(mm), bound, 5);
            Quantity::Diameter(low, high)
        }
        // Without a word beside it a price is a wish, not a limit: a fifth around it.
        Unit::Money => {
            let exact = bound == Bound::None && low == high;
            let (low, high) = span(scaled(100), if exact { Bound::About } else { bound }, 20);
            Quantity::Price(low, high)
        }
        Unit::Pieces if low >= 2000 => {
            let (low, high) = span((low / 1000, high / 1000), bound, 10);
            Quantity::Pieces(low, high)
        }
        Unit::Packs if low >= 2000 => Quantity::Packs(low / 1000),
        Unit::Pieces | Unit::Packs | Unit::Order => Quantity::Order,
    })
}

/// A number without a unit: a diameter where it can be one, a price where it is bounded.
fn bare(first: &number::Number, second: Option<i64>, bound: Bound, chars: &[char], end: usize) -> Option<Quantity> {
    let next_is_letter = chars.get(end).is_some_and(char::is_ascii_alphanumeric);
    if !first.digits || next_is_letter || first.milli % 1000 != 0 {
        return None;
    }
    let (low, high) = (first.milli / 1000, second.unwrap_or(first.milli) / 1000);
    let size = |mm: i64| (60..=100).contains(&mm) && mm % 5 == 0;
    let beside_words = chars.iter().any(|c| is_han(*c) || c.is_ascii_alphabetic());
    if size(low) && size(high) && beside_words && bound != Bound::Below {
        let (low, high) = span((low, high), bound, 5);
        return Some(Quantity::Diameter(low, high));
    }
    if (bound != Bound::None || second.is_some()) && high >= 10 {
        let (low, high) = span((low * 100, high * 100), bound, 20);
        return Some(Quantity::Price(low, high));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<Quantity> {
        let chars: Vec<char> = super::super::normalize(text).chars().collect();
        find(&chars).first().map(|f| f.quantity)
    }

    #[test]
    fn quantities_are_made_equal() {
        for (text, quantity) in [
            ("十斤", Quantity::Weight(5000, 5000)),
            ("5公斤", Quantity::Weight(5000, 5000)),
            ("苹果 2.5KG", Quantity::Weight(2500, 2500)),
            ("一斤半", Quantity::Weight(750, 750)),
            ("半斤", Quantity::Weight(250, 250)),
            ("500g×6", Quantity::Weight(3000, 3000)),
            ("80毫米", Quantity::Diameter(80, 80)),
            ("8cm", Quantity::Diameter(80, 80)),
            ("#80", Quantity::Diameter(80, 80)),
            ("80#", Quantity::Diameter(80, 80)),
            ("80苹果", Quantity::Diameter(80, 80)),
            ("85mm以上", Quantity::Diameter(85, i64::MAX)),
            ("12枚", Quantity::Pieces(12, 12)),
            ("hfs80", Quantity::Diameter(80, 80)),
            ("20-30枚", Quantity::Pieces(20, 30)),
            ("12瓶", Quantity::Packs(12)),
            ("50元以内", Quantity::Price(0, 5000)),
            ("100-200块", Quantity::Price(10_000, 20_000)),
            ("200块礼盒", Quantity::Price(16_000, 24_000)),
            ("预算200", Quantity::Price(0, 20_000)),
            ("¥50以下", Quantity::Price(0, 5000)),
            ("一箱", Quantity::Order),
        ] {
            assert_eq!(first(text), Some(quantity), "{text}");
        }
        for text in ["gtz", "五谷杂粮", "p01", "", "三鲜", "2026"] {
            assert_eq!(first(text), None, "{text}");
        }
    }
}

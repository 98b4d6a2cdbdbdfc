//! Words for quantities, occasions and certificates, in chips and notes.

use super::quantity::Quantity;
use crate::{
    catalogue::CertificateKind,
    kernel::{ClosedSet, Lang, Named},
};

/// `5kg`, `500g`; English leaves a gap before the unit.
fn grams(g: i64, gap: &str) -> String {
    if g >= 1000 { format!("{}{gap}kg", thousandths(g)) } else { format!("{g}{gap}g") }
}

fn thousandths(n: i64) -> String {
    let text = format!("{}.{:03}", n / 1000, n % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn yuan(fen: i64) -> String {
    if fen % 100 == 0 { (fen / 100).to_string() } else { format!("{}.{:02}", fen / 100, fen % 100) }
}

/// A span in words: both ends, or "and more", "up to".
fn span((low, high): (i64, i64), show: impl Fn(i64) -> String, [up_to, from]: [&str; 2]) -> String {
    if high == i64::MAX {
        format!("{}{from}", show(low))
    } else if low == 0 {
        format!("{}{up_to}", show(high))
    } else if low == high {
        show(low)
    } else {
        format!("{}–{}", show(low), show(high))
    }
}

/// A quantity in Chinese and in English.
pub fn quantity(quantity: Quantity) -> (String, String) {
    let zh = ["以内", "以上"];
    let en = [" or less", " or more"];
    let mm = |n: i64| format!("{n}mm");
    let both = |text: String| (text.clone(), text);
    match quantity {
        Quantity::Weight(low, high) => {
            (span((low, high), |g| grams(g, ""), zh), span((low, high), |g| grams(g, " "), en))
        }
        Quantity::Diameter(low, high) => (span((low, high), mm, zh), span((low, high), mm, en)),
        Quantity::Volume(ml) => both(format!("{ml}ml")),
        Quantity::Pieces(low, high) => {
            let number = span((low, high), |n| n.to_string(), ["", "+"]);
            (format!("{number}枚"), format!("{number} pieces"))
        }
        Quantity::Packs(n) => (format!("{n}件装"), format!("{n} packs")),
        Quantity::Price(low, high) => (
            format!(
                "{}元{}",
                span((low, high), yuan, ["", ""]),
                if low == 0 {
                    "以内"
                } else if high == i64::MAX {
                    "以上"
                } else {
                    ""
                }
            ),
            format!("¥{}", span((low, high), yuan, en)),
        ),
        Quantity::Order => both(String::new()),
    }
}

/// Kind of a quantity's chip.
pub fn kind(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Weight(..) | Quantity::Volume(_) => "weight",
        Quantity::Diameter(..) => "diameter",
        Quantity::Pieces(..) | Quantity::Packs(_) | Quantity::Order => "pieces",
        Quantity::Price(..) => "price",
    }
}

/// An occasion in Chinese and in English.
pub fn occasion(name: &str) -> (&'static str, &'static str) {
    match name {
        "gift" => ("送礼", "as a gift"),
        "welfare" => ("单位福利", "staff welfare"),
        "canteen" => ("食堂、大包装", "canteen packs"),
        _ => ("认养", "adopt a tree"),
    }
}

/// A certificate kind in Chinese and in English.
pub fn cert(kind: &str) -> (&'static str, &'static str) {
    CertificateKind::of(kind).map_or(("证书", "certificate"), |kind| (kind.name(Lang::ZhCn), kind.name(Lang::En)))
}

/// A recognition scheme in Chinese and in English, by what its code contains.
pub fn scheme(pattern: &str) -> (&'static str, &'static str) {
    match pattern {
        "832" => ("832 脱贫地区", "832 assisted counties"),
        "xfbf" => ("消费帮扶", "consumption assistance"),
        _ => ("延锡对口", "Yan'an–Wuxi pairing"),
    }
}

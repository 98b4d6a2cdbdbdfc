//! A product in a list (`_parts/card.html`), and the small words that lists and product pages share.

use super::view::{self, Layout};
use crate::{
    catalogue::{Certificate, CertificateKind, County, Product, Sku, Snapshot},
    kernel::{Day, Fen, Lang, Named},
};

/// Goods whose price is not one of weight.
const UNWEIGHED: [&str; 2] = ["culture", "set"];

/// A sum as it is set: yuan large, 分 small.
#[derive(Clone, Debug)]
pub struct Price {
    /// Yuan, grouped by thousands.
    pub whole: String,
    /// Two digits.
    pub part: String,
}

impl Price {
    /// Of an amount.
    pub fn of(amount: Fen) -> Self {
        let yuan = amount.yuan();
        let (whole, part) = yuan.split_once('.').unwrap_or((&yuan, "00"));
        Self { whole: grouped(whole), part: part.to_owned() }
    }
}

impl std::fmt::Display for Price {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "¥{}.{}", self.whole, self.part)
    }
}

/// Digits in groups of three: `1,284,306`.
pub fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let mut out = String::from(sign);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A product in a list.
#[derive(Clone, Debug)]
pub struct Card {
    /// Its page.
    pub href: String,
    pub name: String,
    /// Name of the main picture; empty where there is none.
    pub photo: String,
    /// What the picture shows.
    pub alt: String,
    /// 延川 · 江阴结对.
    pub place: String,
    /// One certificate mark.
    pub cert: Option<String>,
    /// Season or stock in a word, with its class.
    pub state: Option<(&'static str, String)>,
    /// Specification.
    pub spec: String,
    /// Lowest price.
    pub price: Price,
    /// ¥/500 g, where the goods are weighed.
    pub unit: Option<String>,
    /// Units sold, as they are shown.
    pub sold: Option<String>,
}

impl Card {
    /// Of a product.
    pub fn of(snapshot: &Snapshot, product: &Product, layout: &Layout) -> Self {
        let lang = layout.lang;
        let name = lang.pick(&product.name, &product.name_en).to_owned();
        let photo = product.photos.first();
        let cheapest = product.skus.iter().min_by_key(|sku| sku.price);
        let sold = product.sold_shown();
        Self {
            href: format!("/p/{}", product.slug),
            photo: photo.map(|p| p.name.clone()).unwrap_or_default(),
            alt: photo.map_or_else(|| name.clone(), |p| lang.pick(&p.alt, &p.alt_en).to_owned()),
            name,
            place: snapshot.county(&product.county_code).map(|c| place(c, layout)).unwrap_or_default(),
            cert: mark(&product.certs, snapshot.day, lang),
            state: state(product, snapshot.day, layout),
            spec: cheapest.map(|sku| spec(product, sku, layout)).unwrap_or_default(),
            price: Price::of(product.from_fen()),
            unit: cheapest.and_then(|sku| unit(product, sku, layout)),
            sold: (sold > 0).then(|| layout.say("card.sold", &[("n", &grouped(&sold.to_string()))])),
        }
    }

    /// Of several products.
    pub fn all<'a>(
        snapshot: &Snapshot,
        products: impl IntoIterator<Item = &'a std::sync::Arc<Product>>,
        layout: &Layout,
    ) -> Vec<Self> {
        products.into_iter().map(|product| Self::of(snapshot, product, layout)).collect()
    }

    /// Address of the main picture at a width.
    pub fn src(&self, width: u32) -> String {
        view::photo(&self.photo, width)
    }
}

fn spec(product: &Product, sku: &Sku, layout: &Layout) -> String {
    let spec = layout.lang.pick(&sku.spec, &sku.spec_en);
    match product.skus.len() {
        1 => spec.to_owned(),
        n => layout.say("card.specs", &[("spec", &spec), ("n", &n)]),
    }
}

/// Price of 500 g net, where the goods are sold by weight.
pub fn unit(product: &Product, sku: &Sku, layout: &Layout) -> Option<String> {
    let weighed = sku.parts.is_empty() && !UNWEIGHED.contains(&product.category_code.as_str());
    weighed.then(|| layout.say("card.unit", &[("price", &sku.net.price_per_500g(sku.price))]))
}

/// 洛川, Luochuan.
pub fn short(county: &County, lang: Lang) -> &str {
    let english = [" County", " District", " City"].iter().find_map(|end| county.name_en.strip_suffix(end));
    lang.pick(&county.short_name, english.unwrap_or(&county.name_en))
}

/// The district of Wuxi that a county is paired with: 江阴.
pub fn district(county: &County, lang: Lang) -> Option<String> {
    let pairing = county.pairing.as_ref()?;
    let name = lang.pick(&pairing.name, &pairing.name_en);
    let own = lang.pick(&county.name, &county.name_en);
    let mut parts = name.split(['·', '–', '—', '-']).map(str::trim);
    parts.find(|part| !part.is_empty() && !own.contains(part)).map(str::to_owned)
}

/// 延川 · 江阴结对: the names of the counties are alike, the pairing tells them apart.
pub fn place(county: &County, layout: &Layout) -> String {
    let name = short(county, layout.lang);
    match district(county, layout.lang) {
        Some(district) => layout.say("card.paired", &[("county", &name), ("district", &district)]),
        None => name.to_owned(),
    }
}

fn mark(certs: &[Certificate], day: Day, lang: Lang) -> Option<String> {
    let holds = |kind: CertificateKind| certs.iter().any(|c| c.kind == kind && c.holds(day));
    CertificateKind::MARKS.into_iter().find(|kind| holds(*kind)).map(|kind| kind.name(lang).to_owned())
}

/// 十月, October.
pub fn month(day: Day, layout: &Layout) -> String {
    layout.word("month", &day.month().to_string())
}

/// Season or stock in a word: what a shopper must know before the page is opened.
pub fn state(product: &Product, day: Day, layout: &Layout) -> Option<(&'static str, String)> {
    if let Some(by) = product.skus.iter().find_map(|sku| sku.presale_ships_by.as_ref()) {
        return Some(("wait", layout.say("card.presale", &[("day", by)])));
    }
    if let Some(opens) = product.opens(day) {
        return Some(("wait", layout.say("card.back", &[("month", &month(opens, layout))])));
    }
    if !product.buyable(day) {
        return Some(("wait", layout.t("card.sold_out").to_owned()));
    }
    let seasonal = product.skus.iter().any(|sku| sku.season.is_some());
    seasonal.then(|| ("now", layout.t("card.in_season").to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_grouped_by_thousands() {
        assert_eq!(Price::of(Fen(128_430_620)).to_string(), "¥1,284,306.20");
        assert_eq!(Price::of(Fen(990)).to_string(), "¥9.90");
        assert_eq!(grouped("-1234"), "-1,234");
        assert_eq!(grouped("123"), "123");
    }
}

//! Numbers of products that queries ask for: weights, volumes, diameters, pieces, packs.

use std::collections::BTreeMap;

use super::{Doc, Spec, bits::Bits, normalize, number, posting::Posting, quantity::Quantity};

/// Products by a number, or by a span of numbers.
#[derive(Clone, Default)]
struct Column {
    values: BTreeMap<(i64, i64), Posting>,
}

#[derive(Default)]
struct Draft {
    values: BTreeMap<(i64, i64), Vec<u32>>,
}

impl Draft {
    fn add(&mut self, span: (i64, i64), product: u32) {
        let list = self.values.entry(span).or_default();
        if list.last() != Some(&product) {
            list.push(product);
        }
    }

    fn finish(self, n: usize) -> Column {
        Column { values: self.values.into_iter().map(|(span, list)| (span, Posting::new(list, n))).collect() }
    }
}

impl Column {
    /// Products whose span touches `low..=high`.
    fn between(&self, (low, high): (i64, i64), n: usize) -> Bits {
        let mut set = Bits::none(n);
        let touching = self.values.iter().filter(|((from, to), _)| *from <= high && *to >= low);
        touching.for_each(|(_, posting)| posting.add_to(&mut set));
        set
    }

    /// The number nearest to the wanted span, by ratio, that a member of `set` has.
    fn nearest(&self, (low, high): (i64, i64), set: &Bits) -> Option<i64> {
        let distance = |value: i64| {
            if value > high { value * 1000 / high.max(1) } else { low * 1000 / value.max(1) }
        };
        let had = self.values.iter().filter(|(_, posting)| posting.count_in(set) > 0);
        had.map(|((from, _), _)| *from).min_by_key(|value| (distance(*value), *value))
    }

    fn bytes(&self) -> usize {
        self.values.values().map(|p| p.bytes() + 64).sum()
    }
}

#[derive(Clone)]
pub struct Columns {
    n: usize,
    weight: Column,
    volume: Column,
    diameter: Column,
    pieces: Column,
    packs: Column,
}

/// All columns while documents are read.
#[derive(Default)]
pub struct ColumnsDraft([Draft; 5]);

impl ColumnsDraft {
    /// Takes in the numbers of the next document's SKUs, from their fields and from their spec text.
    pub fn read(&mut self, doc: &Doc, product: u32) {
        each_number(doc, |what, span| self.0[what as usize].add(span, product));
    }

    /// The columns of `n` documents.
    pub fn finish(self, n: usize) -> Columns {
        let [weight, volume, diameter, pieces, packs] = self.0.map(|draft| draft.finish(n));
        Columns { n, weight, volume, diameter, pieces, packs }
    }
}

impl Columns {
    /// The same over `0..n`, with the numbers of further products.
    pub fn with<'a>(&self, further: impl Iterator<Item = (u32, &'a Doc)>, n: usize) -> Self {
        let mut columns = Self { n, ..self.clone() };
        for (p, doc) in further {
            each_number(doc, |what, span| {
                let column = match what {
                    What::Weight => &mut columns.weight,
                    What::Volume => &mut columns.volume,
                    What::Diameter => &mut columns.diameter,
                    What::Pieces => &mut columns.pieces,
                    What::Packs => &mut columns.packs,
                };
                column.values.entry(span).or_insert_with(|| Posting::new(Vec::new(), n)).push(p);
            });
        }
        columns
    }

    fn column(&self, quantity: Quantity) -> Option<(&Column, (i64, i64))> {
        Some(match quantity {
            Quantity::Weight(low, high) => (&self.weight, (low, high)),
            Quantity::Volume(ml) => (&self.volume, (ml, ml)),
            Quantity::Diameter(low, high) => (&self.diameter, (low, high)),
            Quantity::Pieces(low, high) => (&self.pieces, (low, high)),
            Quantity::Packs(n) => (&self.packs, (n, n)),
            Quantity::Price(..) | Quantity::Order => return None,
        })
    }

    /// Products that have the quantity; none for prices.
    pub fn products(&self, quantity: Quantity) -> Bits {
        self.column(quantity).map_or(Bits::none(self.n), |(column, span)| column.between(span, self.n))
    }

    /// The quantity nearest to this one that a member of `set` has.
    pub fn nearest(&self, quantity: Quantity, set: &Bits) -> Option<Quantity> {
        let (column, span) = self.column(quantity)?;
        let value = column.nearest(span, set)?;
        Some(match quantity {
            Quantity::Weight(..) => Quantity::Weight(value, value),
            Quantity::Diameter(..) => Quantity::Diameter(value, value),
            Quantity::Volume(_) => Quantity::Volume(value),
            Quantity::Pieces(..) => Quantity::Pieces(value, value),
            other => other,
        })
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        [&self.weight, &self.volume, &self.diameter, &self.pieces, &self.packs].map(Column::bytes).iter().sum()
    }
}

#[derive(Clone, Copy)]
enum What {
    Weight,
    Volume,
    Diameter,
    Pieces,
    Packs,
}

/// Numbers of all SKUs, from their fields and from their spec text.
fn each_number(doc: &Doc, mut add: impl FnMut(What, (i64, i64))) {
    for sku in &doc.skus {
        add(What::Weight, (sku.net_g, sku.net_g));
        sku.diameter_mm.iter().for_each(|mm| add(What::Diameter, (*mm, *mm)));
        sku.pieces.iter().for_each(|span| add(What::Pieces, *span));
        let stated = Stated::of(sku);
        stated.grams.iter().for_each(|g| add(What::Weight, (*g, *g)));
        stated.ml.iter().for_each(|ml| add(What::Volume, (*ml, *ml)));
        stated.packs.iter().for_each(|n| add(What::Packs, (*n, *n)));
    }
}

/// Numbers that a spec states beside its fields: `245ml×12` is a volume of 245 in 12 packs.
#[derive(Default)]
struct Stated {
    grams: Vec<i64>,
    ml: Vec<i64>,
    packs: Vec<i64>,
}

impl Stated {
    fn of(sku: &Spec) -> Self {
        let mut stated = Self::default();
        let chars: Vec<char> = normalize(&sku.spec).chars().collect();
        let mut at = 0;
        while at < chars.len() {
            let Some(number) = number::read(&chars, at).filter(|n| n.digits) else {
                at += 1;
                continue;
            };
            let unit: String = chars[number.end..].iter().take_while(|c| c.is_alphabetic()).take(2).collect();
            match unit.as_str() {
                "kg" => stated.grams.push(number.milli),
                "ml" => stated.ml.push(number.milli / 1000),
                u if u.starts_with('g') || u.starts_with('克') => stated.grams.push(number.milli / 1000),
                _ if at > 0 && chars[at - 1] == 'x' => stated.packs.push(number.milli / 1000),
                _ => {}
            }
            at = number.end;
        }
        stated
    }
}

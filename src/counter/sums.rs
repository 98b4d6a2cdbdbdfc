//! Adding up facts: by day and combination first, then by the spans and cuts that are sums of these. They are
//! written in the transaction of the block, so that they are those of the journal's head.

use std::collections::{BTreeMap, HashMap, hash_map};

use super::{
    Cut, Grain,
    rollup::{COUNTS, Rollup, SCHEME_COUNTS, SchemeRollup},
};
use crate::{
    db::{Tx, insert_all},
    kernel::{ClosedSet, Day, Error, Result},
    ledger::{
        Dimensions, Entry, Kind,
        dimensions::{self, Coarse, Known, NONE},
    },
};

/// What some facts add, by day.
#[derive(Default)]
pub struct Sums {
    days: BTreeMap<(Day, i64), Rollup>,
    /// Of each, by scheme.
    schemes: BTreeMap<(Day, i64), BTreeMap<String, SchemeRollup>>,
    products: BTreeMap<String, i64>,
}

impl Sums {
    /// Adds the rows of one fact.
    pub fn add(&mut self, fact: &[&Entry], known: &Known) -> Result<()> {
        // Of an order only its sale has sales, so its lines are all here.
        let mut sold: Vec<&Dimensions> = Vec::new();
        for row in fact {
            let Some(id) = row.dimension_id else { continue };
            let of = known.get(&id).ok_or_else(|| Error::fault(format!("{} counts for nothing known", row.key())))?;
            self.day(row.day, id).add(row, of);
            if matches!(row.kind, Kind::Sale | Kind::Refund) {
                *self.products.entry(of.product_id.clone()).or_default() += row.qty;
            }
            if row.kind == Kind::Sale {
                self.count(&sold, of, (row.day, id));
                sold.push(of);
            }
        }
        Ok(())
    }

    fn day(&mut self, day: Day, id: i64) -> &mut Rollup {
        self.days.entry((day, id)).or_insert_with(|| Rollup::at(Cut::All, Grain::Day.span(day), id))
    }

    fn scheme(&mut self, (day, id): (Day, i64), code: &str) -> &mut SchemeRollup {
        let new = || SchemeRollup::at(Cut::All, Grain::Day.span(day), code.to_owned(), id);
        self.schemes.entry((day, id)).or_default().entry(code.to_owned()).or_insert_with(new)
    }

    /// Counts the order of a sold line behind others of the order, in each column at its first line of each value.
    fn count(&mut self, before: &[&Dimensions], of: &Dimensions, (day, id): (Day, i64)) {
        let mut schemes = Vec::new();
        let own = self.day(day, id).counts();
        for (column, ((_, parts), count)) in COUNTS.iter().zip(own).enumerate() {
            let same = |other: &&&Dimensions| parts.iter().all(|part| part.value(other) == part.value(of));
            *count += i64::from(!before.iter().any(|other| same(&other)));
            if column >= SCHEME_COUNTS {
                continue;
            }
            for code in codes(of) {
                if !before.iter().filter(same).any(|other| codes(other).any(|of_other| of_other == code)) {
                    schemes.push((column, code));
                }
            }
        }
        for (column, code) in schemes {
            *self.scheme((day, id), code).counts()[column] += 1;
        }
    }

    /// Units sold of each product, by id.
    pub fn products(&self) -> impl Iterator<Item = (&str, i64)> {
        self.products.iter().map(|(product, qty)| (product.as_str(), *qty))
    }

    /// The rows of the days, in their order.
    pub fn rows(self) -> (Vec<Rollup>, Vec<SchemeRollup>) {
        let schemes = self.schemes.into_values().flat_map(BTreeMap::into_values);
        (self.days.into_values().collect(), schemes.collect())
    }

    /// Adds those of other days.
    pub fn extend(&mut self, other: Self) {
        self.days.extend(other.days);
        self.schemes.extend(other.schemes);
    }

    /// Adds the sums to those that are kept, of the days and of all that is a sum of days.
    pub async fn write(self, tx: &mut Tx, known: &Known) -> Result<()> {
        let mut cuts = Cuts { known, ids: HashMap::new(), coarse: BTreeMap::new() };
        let (mut rows, mut schemes) = (BTreeMap::new(), BTreeMap::new());
        for ((day, fine), sums) in &self.days {
            for (cut, grain) in cuts_and_grains() {
                let (id, span) = (cuts.id(cut, *fine)?, grain.span(*day));
                let at = || Rollup::at(cut, span.clone(), id);
                rows.entry((cut.as_str(), span.clone(), id)).or_insert_with(at).plus(sums);
            }
        }
        let by_scheme = self.schemes.iter().flat_map(|(of, schemes)| schemes.iter().map(move |sums| (of, sums)));
        for ((day, fine), (code, sums)) in by_scheme {
            for (cut, grain) in cuts_and_grains().filter(|(cut, _)| cut.kept().maker) {
                let (id, span) = (cuts.id(cut, *fine)?, grain.span(*day));
                let at = || SchemeRollup::at(cut, span.clone(), code.clone(), id);
                schemes.entry((cut.as_str(), span.clone(), code, id)).or_insert_with(at).plus(sums);
            }
        }
        dimensions::keep_coarse(tx, cuts.coarse).await?;
        insert_all(tx, rows.values()).await?;
        insert_all(tx, schemes.values()).await.map(|_| ())
    }
}

/// All that is kept.
fn cuts_and_grains() -> impl Iterator<Item = (Cut, Grain)> {
    <Cut as ClosedSet>::ALL.iter().flat_map(|cut| cut.grains().iter().map(|grain| (*cut, *grain)))
}

fn codes(of: &Dimensions) -> impl Iterator<Item = &str> {
    of.schemes.iter().map(String::as_str).chain(of.schemes.is_empty().then_some(NONE))
}

/// The combinations of the cuts, each made once.
struct Cuts<'k> {
    known: &'k Known,
    ids: HashMap<(Cut, i64), i64>,
    coarse: BTreeMap<i64, Coarse>,
}

impl Cuts<'_> {
    /// The number of a combination in a cut.
    fn id(&mut self, cut: Cut, fine: i64) -> Result<i64> {
        if cut == Cut::All {
            return Ok(fine);
        }
        let place = match self.ids.entry((cut, fine)) {
            hash_map::Entry::Occupied(known) => return Ok(*known.get()),
            hash_map::Entry::Vacant(place) => place,
        };
        let of = self.known.get(&fine).ok_or_else(|| Error::fault(format!("combination {fine} is not known")))?;
        let coarse = of.coarse(cut.kept());
        let id = *place.insert(coarse.id());
        self.coarse.insert(id, coarse);
        Ok(id)
    }
}

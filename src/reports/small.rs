//! The small-cell rule (C28): where district and product together would point at a person, fewer than five
//! orders are shown together, so that sums still hold.

use std::collections::BTreeMap;

use super::{Ask, Dimension, figures::Group};
use crate::kernel::Result;

/// Key of what is shown together.
pub const FEW: &str = "few";
/// Orders from which a group shows alone.
const ENOUGH: i64 = 5;

/// Whether an ask brings district and product together.
pub(super) fn applies(ask: &Ask) -> bool {
    ask.touches(Dimension::District) && ask.touches(Dimension::Product)
}

/// Whether so many orders may be shown with their district and product.
pub(super) fn shows(orders: i64) -> bool {
    orders >= ENOUGH
}

/// Puts small groups together: under the district where there is one, else under the product.
pub(super) fn fold(ask: &Ask, groups: Vec<Group>) -> Result<Vec<Group>> {
    if !applies(ask) {
        return Ok(groups);
    }
    let place = ask.by.iter().position(|d| *d == Dimension::District);
    let place = place.or_else(|| ask.by.iter().position(|d| *d == Dimension::Product)).unwrap_or(0);
    let mut shown: Vec<Group> = Vec::with_capacity(groups.len());
    let mut together: BTreeMap<(String, String), Group> = BTreeMap::new();
    for mut group in groups {
        if shows(group.figures.orders) {
            shown.push(group);
            continue;
        }
        let key = if place == 0 { &mut group.key1 } else { &mut group.key2 };
        FEW.clone_into(key);
        match together.get_mut(&(group.key1.clone(), group.key2.clone())) {
            Some(known) => known.figures.add(&group.figures)?,
            None => drop(together.insert((group.key1.clone(), group.key2.clone()), group)),
        }
    }
    shown.extend(together.into_values());
    Ok(shown)
}

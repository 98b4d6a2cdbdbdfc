//! A year of past sales of the demonstration, by season, up to the moment of loading.

use std::collections::BTreeMap;

use super::{
    buying::Habit,
    files, journal,
    loading::{Load, SEED},
    orders::{self, Life},
    stall::Stall,
};
use crate::{
    db::Tx,
    identity::person,
    kernel::{At, Day, Random, Result, SkuId},
    promotions::redemption,
};

/// Days of sales before today.
const DAYS: i64 = 364;
/// Orders of a day beside others, by month, January first: the new year and the apple harvest.
const MONTHS: [u64; 12] = [15, 11, 8, 7, 7, 6, 6, 8, 11, 13, 14, 15];

/// Units of each SKU that were sold, by day; negative where they came back.
pub type Sold = BTreeMap<SkuId, Vec<(Day, i64)>>;

/// Loads the year; answers what was sold, for the stock that it came from.
pub async fn load(tx: &mut Tx, load: &mut Load, now: At) -> Result<Sold> {
    // A tree that is adopted is no parcel of these days.
    let sold = files::products()?.into_iter().filter(|p| p.presale.is_none());
    let weight = |p: &files::Product| p.bought.unwrap_or_else(|| p.stock.max(150).unsigned_abs());
    let weights: BTreeMap<String, u64> = sold.map(|p| (format!("{}-1", p.code), weight(&p))).collect();
    let stall = Stall::read(tx, |sku| weights.get(sku).copied().unwrap_or(0)).await?;
    let regular = person::find_by_login(tx, "shopper").await?.id;
    let habit = Habit { stall: &stall, now, seed: SEED, regular: Some(regular), coupons: true };
    let mut lives = Vec::new();
    for day in (0..=DAYS).map(|back| load.day.plus_days(back - DAYS)) {
        let market = stall.on(day);
        for n in 0..orders_of(day)? {
            lives.extend(habit.order(day, n, &market)?);
        }
    }
    orders::insert(tx, &lives).await?;
    redeem(tx, &stall, &lives).await?;
    journal::seal(tx, &lives).await?;
    let mut sold = Sold::new();
    for life in &lives {
        for (sku, qty) in life.units() {
            sold.entry(sku.clone()).or_default().push((life.record.order.placed_on, qty));
        }
    }
    Ok(sold)
}

/// How many orders a day has: more towards its weekend and in its season.
fn orders_of(day: Day) -> Result<u64> {
    let mut random = Random::nth(SEED, day.start().0.unsigned_abs());
    let month = MONTHS[usize::from(day.month() - 1)];
    let weekend = u64::from(day.week_start().plus_days(4) <= day);
    Ok((8 + random.below(6)? + 2 * weekend) * month / 10)
}

async fn redeem(tx: &mut Tx, stall: &Stall, lives: &[Life]) -> Result<()> {
    for life in lives {
        let order = &life.record.order;
        let Some(code) = &order.coupon_code else { continue };
        let holder = redemption::holder(order.person_id.as_ref(), &life.record.contact.phone);
        let limit_each = stall.coupons.iter().find(|c| c.code == *code).and_then(|c| c.limit_each);
        let using =
            redemption::Use { order: &order.id, code, limit_each, holder: &holder, discount: order.discount_fen };
        redemption::redeem(tx, using).await?;
    }
    Ok(())
}

//! Coupons (优惠券): amount or percent, made and ended by the operator.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    db::{Conn, Tx, Work, audit_log, insert, q, select, statements, table, tx},
    kernel::{At, Bp, Code, Day, Error, Fen, PersonId, Refusal, Result, Step, closed_set, parse},
};

statements! {
    FIND = select!(Coupon, "WHERE code = $1");
    LIST = select!(Coupon, "ORDER BY created_at DESC, code LIMIT $1 OFFSET $2");
    COUNT = "SELECT CAST(count(*) AS BIGINT) FROM coupons";
    END = "UPDATE coupons SET ended_at = $1 WHERE code = $2 AND ended_at IS NULL";
}

/// Most of an amount or of a minimum, in fen.
const MOST_FEN: i64 = 100_000_000;
/// Most uses that a limit names.
const MOST_USES: i64 = 1_000_000_000;

closed_set! {
    /// How the discount is computed.
    pub enum CouponKind {
        /// A fixed amount.
        Amount = "amount" ["减一笔钱", "An amount"],
        /// A share of the goods.
        Percent = "percent" ["打折", "A percentage"],
    }
}

closed_set! {
    /// Who pays for the discount.
    pub enum Funder {
        Platform = "platform" ["平台", "The market"],
        /// The cooperative, out of its own price.
        Coop = "coop" ["合作社", "The cooperative"],
        Government = "government" ["政府", "The government"],
    }
}

closed_set! {
    /// What a discount came from.
    pub enum DiscountSource {
        Coupon = "coupon" ["优惠券", "Coupon"],
    }
}

table! {
    /// A coupon as it stands.
    #[derive(Clone, Debug)]
    pub struct Coupon in "coupons" or "ON CONFLICT (code) DO NOTHING" {
        /// What people type.
        pub code: String,
        pub kind: CouponKind,
        pub amount_fen: Option<Fen>,
        /// For a percentage, in basis points.
        pub bp: Option<i64>,
        /// Goods must cost at least this.
        pub min_goods_fen: Fen,
        /// Uses in all.
        pub limit_total: Option<i64>,
        /// Uses by one buyer.
        pub limit_each: Option<i64>,
        /// Uses so far.
        pub used: i64,
        pub valid_from: Day,
        /// Last day.
        pub valid_to: Day,
        pub funder: Funder,
        pub created_at: At,
        pub created_by: Option<PersonId>,
        /// When the operator ended it early.
        pub ended_at: Option<At>,
    }
}

/// A coupon to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CouponRequest)]
pub struct NewCoupon {
    /// What people type: 3 to 32 letters, digits or dashes.
    pub code: String,
    /// `amount` or `percent`.
    pub kind: CouponKind,
    #[schema(value_type = Option<i64>)]
    pub amount_fen: Option<Fen>,
    /// For a percentage, in basis points.
    pub bp: Option<i64>,
    /// Goods must cost at least this.
    #[schema(value_type = Option<i64>)]
    pub min_goods_fen: Option<Fen>,
    /// Uses in all.
    pub limit_total: Option<i64>,
    /// Uses by one buyer.
    pub limit_each: Option<i64>,
    /// First day.
    #[schema(value_type = String)]
    pub from: Day,
    /// Last day.
    #[schema(value_type = String)]
    pub to: Day,
    /// Who pays.
    pub funder: Funder,
}

impl NewCoupon {
    /// The coupon that is described; refuses values out of range, of the other kind, and reversed days.
    fn parsed(&self, step: &Step) -> Result<Coupon> {
        let code = parse::coupon_code("code", &self.code)?;
        let value = |name: &str, value: Option<i64>, wanted: bool, max: i64| match (value, wanted) {
            (Some(n), true) => parse::within(name, n, 1, max).map(Some),
            (None, true) => Err(Refusal::of_field(name, Code::Missing)),
            (Some(_), false) => Err(Refusal::of_field(name, Code::Unknown)),
            (None, false) => Ok(None),
        };
        let is_amount = self.kind == CouponKind::Amount;
        let amount_fen = value("amount_fen", self.amount_fen.map(|f| f.0), is_amount, MOST_FEN)?.map(Fen);
        let bp = value("bp", self.bp, !is_amount, 10_000)?;
        let min = parse::within("min_goods_fen", self.min_goods_fen.map_or(0, |f| f.0), 0, MOST_FEN)?;
        let limit = |name: &str, n: Option<i64>| n.map(|n| parse::within(name, n, 1, MOST_USES)).transpose();
        if self.from > self.to {
            return Err(Refusal::of_field("to", Code::RangeReversed).into());
        }
        Ok(Coupon {
            code,
            kind: self.kind,
            amount_fen,
            bp,
            min_goods_fen: Fen(min),
            limit_total: limit("limit_total", self.limit_total)?,
            limit_each: limit("limit_each", self.limit_each)?,
            used: 0,
            valid_from: self.from,
            valid_to: self.to,
            funder: self.funder,
            created_at: step.at,
            created_by: step.by.person.clone(),
            ended_at: None,
        })
    }
}

impl Coupon {
    /// The discount on goods that cost `goods`: never more than they do. Refuses a coupon that is
    /// out of its days, was ended, or is below its minimum.
    pub fn discount(&self, goods: Fen, today: Day) -> Result<Fen> {
        let refuse = |code| Refusal::of_field("coupons[0]", code).with("coupon", &self.code);
        if self.ended_at.is_some() || today < self.valid_from || today > self.valid_to {
            return Err(refuse(Code::CouponNotValid).into());
        }
        if goods < self.min_goods_fen {
            return Err(refuse(Code::CouponBelowMinimum).with("min", self.min_goods_fen).into());
        }
        let full = match (self.kind, self.amount_fen, self.bp) {
            (CouponKind::Amount, Some(amount), _) => amount,
            (CouponKind::Percent, _, Some(bp)) => goods.percent(Bp(bp))?,
            _ => return Err(Error::fault("a coupon without a value")),
        };
        Ok(full.min(goods))
    }
}

/// The coupon of a code; refuses an unknown one.
pub async fn find(conn: &mut Conn, code: &str) -> Result<Coupon> {
    let unknown = || Refusal::of_field("coupons[0]", Code::CouponUnknown).with("coupon", code);
    Ok(q(FIND).bind(code).opt(conn).await?.ok_or_else(unknown)?)
}

/// A page of coupons, and how many there are in all.
pub struct Listed {
    pub coupons: Vec<Coupon>,
    pub total: i64,
}

/// Coupons, newest first.
pub async fn list(conn: &mut Conn, limit: i64, offset: i64) -> Result<Listed> {
    let coupons = q(LIST).bind(limit).bind(offset).all(conn).await?;
    let (total,): (i64,) = q(COUNT).one(conn).await?;
    Ok(Listed { coupons, total })
}

/// Adds a coupon; refuses a code that exists.
pub async fn add(tx: &mut Tx, coupon: &Coupon) -> Result<()> {
    if insert(tx, coupon).await? {
        return Ok(());
    }
    Err(Refusal::of_field("code", Code::CouponExists).with("coupon", &coupon.code).into())
}

/// Makes a coupon and logs who did.
pub async fn make(work: &Work, new: &NewCoupon) -> Result<Coupon> {
    tx!(work.db, tx, {
        let step = work.step();
        let coupon = new.parsed(&step)?;
        add(&mut tx, &coupon).await?;
        let value = coupon.amount_fen.map_or_else(|| format!("{} bp", coupon.bp.unwrap_or(0)), Fen::yuan);
        let detail = format!("{value} {} {}", coupon.funder, coupon.valid_to);
        audit_log::by(&mut tx, &step, "coupon.create", &coupon.code, &detail).await?;
        Ok(coupon)
    })
}

/// Ends a coupon: no further order uses it, those placed keep what it took off. One that was ended stays
/// as it is; refuses an unknown one as not found.
pub async fn end(work: &Work, code: &str) -> Result<Coupon> {
    let code = code.to_ascii_uppercase();
    tx!(work.db, tx, {
        let step = work.step();
        let ended = q(END).bind(step.at).bind(&code).exec(&mut tx).await?;
        let coupon: Coupon = q(FIND).bind(&code).opt(&mut tx).await?.ok_or_else(|| Refusal::new(Code::NotFound))?;
        if ended == 1 {
            let detail = format!("used {}", coupon.used);
            audit_log::by(&mut tx, &step, "coupon.end", &code, &detail).await?;
        }
        Ok(coupon)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coupon(kind: CouponKind, value: i64) -> Coupon {
        Coupon {
            code: "T".into(),
            kind,
            amount_fen: (kind == CouponKind::Amount).then_some(Fen(value)),
            bp: (kind == CouponKind::Percent).then_some(value),
            min_goods_fen: Fen(1000),
            limit_total: None,
            limit_each: None,
            used: 0,
            valid_from: "2026-11-01".parse().unwrap(),
            valid_to: "2026-11-30".parse().unwrap(),
            funder: Funder::Platform,
            created_at: At(0),
            created_by: None,
            ended_at: None,
        }
    }

    #[test]
    fn percent_is_rounded_down_and_never_exceeds_the_goods() {
        let today = "2026-11-24".parse().unwrap();
        assert_eq!(coupon(CouponKind::Percent, 1250).discount(Fen(9999), today).unwrap(), Fen(1249));
        assert_eq!(coupon(CouponKind::Amount, 5000).discount(Fen(3000), today).unwrap(), Fen(3000));
    }

    #[test]
    fn the_first_and_the_last_day_and_the_minimum_itself_count() {
        for day in ["2026-11-01", "2026-11-30"] {
            let discount = coupon(CouponKind::Amount, 500).discount(Fen(1000), day.parse().unwrap());
            assert_eq!(discount.unwrap(), Fen(500), "{day}");
        }
        for day in ["2026-10-31", "2026-12-01"] {
            assert!(coupon(CouponKind::Amount, 500).discount(Fen(1000), day.parse().unwrap()).is_err(), "{day}");
        }
    }

    #[test]
    fn days_and_minimum_are_kept() {
        let code = |goods, day: &str| {
            let error = coupon(CouponKind::Amount, 500).discount(Fen(goods), day.parse().unwrap()).unwrap_err();
            error.refusal().map(|r| r.code)
        };
        assert_eq!(code(999, "2026-11-24"), Some(Code::CouponBelowMinimum));
        assert_eq!(code(2000, "2026-12-01"), Some(Code::CouponNotValid));
        let ended = Coupon { ended_at: Some(At(0)), ..coupon(CouponKind::Amount, 500) };
        let error = ended.discount(Fen(2000), "2026-11-24".parse().unwrap()).unwrap_err();
        assert_eq!(error.refusal().map(|r| r.code), Some(Code::CouponNotValid));
    }
}

//! Coupons (优惠券): amount or percent, with limits that the database guards (I9).

use crate::{
    db::{Conn, Tx, audit_log, q, row, statements},
    kernel::{At, Bp, Code, Day, Error, Fen, OrderId, Refusal, Result, Step, closed_set, hash::sha256_hex},
};

statements! {
    FIND = "SELECT code, kind, amount_fen, bp, min_goods_fen, limit_total, limit_each, used, valid_from, valid_to, funder,
              ended_at FROM coupons WHERE code = $1";
    LIST = "SELECT code, kind, amount_fen, bp, min_goods_fen, limit_total, limit_each, used, valid_from, valid_to, funder,
              ended_at FROM coupons ORDER BY created_at DESC, code LIMIT $1 OFFSET $2";
    COUNT = "SELECT CAST(count(*) AS BIGINT) FROM coupons";
    CREATE = "INSERT INTO coupons (code, kind, amount_fen, bp, min_goods_fen, limit_total, limit_each, used, valid_from,
                valid_to, funder, created_at, created_by)
              VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12) ON CONFLICT (code) DO NOTHING";
    USE = "UPDATE coupons SET used = used + 1 WHERE code = $1 AND (limit_total IS NULL OR used < limit_total)
             AND ($2 OR ended_at IS NULL)";
    END = "UPDATE coupons SET ended_at = $1 WHERE code = $2 AND ended_at IS NULL";
    USE_EACH = "INSERT INTO coupon_holders (coupon_code, holder, used, limit_each) VALUES ($1, $2, 1, $3)
                ON CONFLICT (coupon_code, holder) DO UPDATE SET used = coupon_holders.used + 1
                WHERE coupon_holders.limit_each IS NULL OR coupon_holders.used < coupon_holders.limit_each";
    REDEEM = "INSERT INTO coupon_redemptions (order_id, coupon_code, holder, discount_fen, state)
              VALUES ($1, $2, $3, $4, 'used')";
    GIVE_BACK = "UPDATE coupon_redemptions SET state = 'given_back' WHERE order_id = $1 AND state = 'used'
                 RETURNING coupon_code, holder";
    TAKE_AGAIN = "UPDATE coupon_redemptions SET state = 'used' WHERE order_id = $1 AND state = 'given_back'
                  RETURNING coupon_code, holder";
    GIVEN_BACK = "SELECT coupon_code, holder FROM coupon_redemptions WHERE order_id = $1 AND state = 'given_back'";
    USED_BY = "SELECT used FROM coupon_holders WHERE coupon_code = $1 AND holder = $2";
    UNUSE = "UPDATE coupons SET used = used - 1 WHERE code = $1";
    UNUSE_EACH = "UPDATE coupon_holders SET used = used - 1 WHERE coupon_code = $1 AND holder = $2";
}

closed_set! {
    /// How the discount is computed.
    pub enum CouponKind {
        /// A fixed amount.
        Amount = "amount",
        /// A share of the goods.
        Percent = "percent",
    }
}

closed_set! {
    /// Who pays for the discount.
    pub enum Funder {
        /// The platform.
        Platform = "platform",
        /// The cooperative, out of its own price.
        Coop = "coop",
        /// The government.
        Government = "government",
    }
}

row! {
    /// A coupon as it stands.
    #[derive(Clone, Debug)]
    pub struct Coupon {
        /// What people type.
        pub code: String,
        /// Amount or percent.
        pub kind: CouponKind,
        /// For an amount.
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
        /// First day.
        pub valid_from: Day,
        /// Last day.
        pub valid_to: Day,
        /// Who pays.
        pub funder: Funder,
        /// When the operator ended it early.
        pub ended_at: Option<At>,
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

/// Coupons, newest first, with their number in all.
pub async fn list(conn: &mut Conn, (limit, offset): (i64, i64)) -> Result<(Vec<Coupon>, i64)> {
    let coupons = q(LIST).bind(limit).bind(offset).all(conn).await?;
    let (total,): (i64,) = q(COUNT).one(conn).await?;
    Ok((coupons, total))
}

/// Makes a coupon; refuses a code that exists.
pub async fn create(tx: &mut Tx, coupon: &Coupon, step: &Step) -> Result<()> {
    let created = q(CREATE)
        .bind(&coupon.code)
        .bind(coupon.kind)
        .bind(coupon.amount_fen)
        .bind(coupon.bp)
        .bind(coupon.min_goods_fen)
        .bind(coupon.limit_total)
        .bind(coupon.limit_each)
        .bind(coupon.valid_from)
        .bind(coupon.valid_to)
        .bind(coupon.funder)
        .bind(step.at)
        .bind(step.by.person.clone())
        .exec(tx)
        .await?;
    if created == 0 {
        return Err(Refusal::of_field("code", Code::CouponExists).with("coupon", &coupon.code).into());
    }
    Ok(())
}

/// Ends a coupon: no further order uses it, those placed keep what it took off. One that was ended stays
/// as it is; refuses an unknown one as not found.
pub async fn end(tx: &mut Tx, code: &str, step: &Step) -> Result<Coupon> {
    let ended = q(END).bind(step.at).bind(code).exec(tx).await?;
    let coupon: Coupon = q(FIND).bind(code).opt(tx).await?.ok_or_else(|| Refusal::new(Code::NotFound))?;
    if ended == 1 {
        let detail = format!("used {}", coupon.used);
        audit_log::by(tx, step, ("coupon.end", code, &detail)).await?;
    }
    Ok(coupon)
}

/// Who holds a use: the person, or for guests the phone (by hash).
pub fn holder(person: Option<&str>, phone: &str) -> String {
    match person {
        Some(person) => format!("person:{person}"),
        None => format!("phone:{}", sha256_hex(phone.as_bytes())),
    }
}

/// A use of a coupon by an order.
pub struct Use<'a> {
    /// Which order.
    pub order: &'a OrderId,
    /// Which coupon.
    pub code: &'a str,
    /// The coupon's limit for one buyer.
    pub limit_each: Option<i64>,
    /// See [`holder`].
    pub holder: &'a str,
    /// What it takes off.
    pub discount: Fen,
}

/// Uses the coupon within the order's transaction; refuses where a limit is reached (I9) or it was ended.
pub async fn redeem(tx: &mut Tx, using: Use<'_>) -> Result<()> {
    count_use(tx, (using.code, using.holder, using.limit_each), false).await?;
    let redeem = q(REDEEM).bind(using.order).bind(using.code).bind(using.holder).bind(using.discount);
    tx.expect_rows(redeem, 1).await
}

/// Counts one more use; an order that used the coupon before may do so after its end.
async fn count_use(tx: &mut Tx, (code, holder, limit_each): (&str, &str, Option<i64>), before: bool) -> Result<()> {
    let used = q(USE).bind(code).bind(before).exec(tx).await?;
    let each = if used == 1 { q(USE_EACH).bind(code).bind(holder).bind(limit_each).exec(tx).await? } else { 0 };
    if each == 0 {
        let ended = !before && find(tx, code).await?.ended_at.is_some();
        let why = if ended { Code::CouponNotValid } else { Code::CouponUsedUp };
        return Err(Refusal::of_field("coupons[0]", why).with("coupon", code).into());
    }
    Ok(())
}

/// Gives an order's use back, once.
pub async fn give_back(tx: &mut Tx, order: &OrderId) -> Result<()> {
    let back: Option<(String, String)> = q(GIVE_BACK).bind(order).opt(tx).await?;
    if let Some((code, holder)) = back {
        tx.expect_rows(q(UNUSE).bind(&code), 1).await?;
        tx.expect_rows(q(UNUSE_EACH).bind(&code).bind(&holder), 1).await?;
    }
    Ok(())
}

/// Whether an order that gave its use back could use the coupon again.
pub async fn can_take_again(conn: &mut Conn, order: &OrderId) -> Result<bool> {
    let given_back: Option<(String, String)> = q(GIVEN_BACK).bind(order).opt(conn).await?;
    let Some((code, holder)) = given_back else { return Ok(true) };
    let coupon = find(conn, &code).await?;
    let each: Option<(i64,)> = q(USED_BY).bind(&code).bind(&holder).opt(conn).await?;
    let below = |used: i64, limit: Option<i64>| limit.is_none_or(|limit| used < limit);
    Ok(below(coupon.used, coupon.limit_total) && below(each.map_or(0, |row| row.0), coupon.limit_each))
}

/// Uses the coupon again for an order that is paid late; ask [`can_take_again`] first. A use that
/// went meanwhile is a conflict, and the transaction runs again.
pub async fn take_again(tx: &mut Tx, order: &OrderId) -> Result<()> {
    let again: Option<(String, String)> = q(TAKE_AGAIN).bind(order).opt(tx).await?;
    let Some((code, holder)) = again else { return Ok(()) };
    let coupon = find(tx, &code).await?;
    let used = count_use(tx, (&code, &holder, coupon.limit_each), true).await;
    used.map_err(|error| match error {
        Error::Refused(refusal) => Error::Conflict(anyhow::anyhow!("{refusal}")),
        other => other,
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

//! Which orders used a coupon: counted within its limits (I9), given back, and used again when paid late.

use std::collections::BTreeMap;

use super::coupon::find;
use crate::{
    db::{Conn, Tx, insert, q, statements, table},
    kernel::{Code, Error, Fen, OrderId, PersonId, Refusal, Result, closed_set, hash::sha256_hex},
};

statements! {
    USE = "UPDATE coupons SET used = used + 1 WHERE code = $1 AND (limit_total IS NULL OR used < limit_total)
             AND ($2 OR ended_at IS NULL)";
    MOVE = "UPDATE coupon_redemptions SET state = $2 WHERE order_id = $1 AND state = $3 RETURNING coupon_code, holder";
    MOVE_ALL = "UPDATE coupon_redemptions SET state = $1 WHERE state = $2 AND order_id IN ($3) RETURNING coupon_code, holder";
    GIVEN_BACK = "SELECT coupon_code, holder FROM coupon_redemptions WHERE order_id = $1 AND state = $2";
    USED_BY = "SELECT used FROM coupon_holders WHERE coupon_code = $1 AND holder = $2";
    UNUSE = "UPDATE coupons SET used = used - $1 WHERE code = $2";
    UNUSE_EACH = "UPDATE coupon_holders SET used = used - $1 WHERE coupon_code = $2 AND holder = $3";
}

closed_set! {
    /// Whether an order's use counts.
    pub enum RedemptionState {
        /// It does.
        Used = "used",
        /// The order was cancelled or expired.
        GivenBack = "given_back",
    }
}

table! {
    /// How often a buyer used a coupon; one more where the row is there, up to the limit.
    struct Holder in "coupon_holders" or "ON CONFLICT (coupon_code, holder) DO UPDATE SET used = coupon_holders.used + 1
        WHERE coupon_holders.limit_each IS NULL OR coupon_holders.used < coupon_holders.limit_each" {
        coupon_code: String,
        holder: String,
        used: i64,
        limit_each: Option<i64>,
    }
}

table! {
    struct Redemption in "coupon_redemptions" {
        order_id: OrderId,
        coupon_code: String,
        holder: String,
        discount_fen: Fen,
        state: RedemptionState,
    }
}

/// Who holds a use: the person, or for guests the phone (by hash).
pub fn holder(person: Option<&PersonId>, phone: &str) -> String {
    match person {
        Some(person) => format!("person:{person}"),
        None => format!("phone:{}", sha256_hex(phone.as_bytes())),
    }
}

/// A use of a coupon by an order.
pub struct Use<'a> {
    pub order: &'a OrderId,
    pub code: &'a str,
    /// The coupon's limit for one buyer.
    pub limit_each: Option<i64>,
    /// See [`holder`].
    pub holder: &'a str,
    pub discount: Fen,
}

/// Uses the coupon within the order's transaction; refuses where a limit is reached (I9) or it was ended.
pub async fn redeem(tx: &mut Tx, using: Use<'_>) -> Result<()> {
    let (code, holder) = (using.code.to_owned(), using.holder.to_owned());
    count_use(
        tx,
        Holder { coupon_code: code.clone(), holder: holder.clone(), used: 1, limit_each: using.limit_each },
        false,
    )
    .await?;
    let redemption = Redemption {
        order_id: using.order.clone(),
        coupon_code: code,
        holder,
        discount_fen: using.discount,
        state: RedemptionState::Used,
    };
    insert(tx, &redemption).await.map(|_| ())
}

/// Counts one more use; an order that used the coupon before may do so after its end.
async fn count_use(tx: &mut Tx, one_more: Holder, before: bool) -> Result<()> {
    let code = &one_more.coupon_code;
    let used = q(USE).bind(code).bind(before).exec(tx).await?;
    if used == 1 && insert(tx, &one_more).await? {
        return Ok(());
    }
    let ended = !before && find(tx, code).await?.ended_at.is_some();
    let why = if ended { Code::CouponNotValid } else { Code::CouponUsedUp };
    Err(Refusal::of_field("coupons[0]", why).with("coupon", code).into())
}

/// Gives the uses of orders back, once.
pub async fn give_back(tx: &mut Tx, orders: &[OrderId]) -> Result<()> {
    let back = q(MOVE_ALL).bind(RedemptionState::GivenBack).bind(RedemptionState::Used).and_list(orders);
    let back: Vec<(String, String)> = back.all(tx).await?;
    let (mut codes, mut holders) = (BTreeMap::<String, i64>::new(), BTreeMap::<_, i64>::new());
    for (code, holder) in back {
        *codes.entry(code.clone()).or_default() += 1;
        *holders.entry((code, holder)).or_default() += 1;
    }
    for (code, n) in &codes {
        tx.expect_rows(q(UNUSE).bind(*n).bind(code), 1).await?;
    }
    for ((code, holder), n) in &holders {
        tx.expect_rows(q(UNUSE_EACH).bind(*n).bind(code).bind(holder), 1).await?;
    }
    Ok(())
}

/// Whether an order that gave its use back could use the coupon again.
pub async fn can_take_again(conn: &mut Conn, order: &OrderId) -> Result<bool> {
    let given_back = q(GIVEN_BACK).bind(order).bind(RedemptionState::GivenBack);
    let given_back: Option<(String, String)> = given_back.opt(conn).await?;
    let Some((code, holder)) = given_back else { return Ok(true) };
    let coupon = find(conn, &code).await?;
    let each: Option<(i64,)> = q(USED_BY).bind(&code).bind(&holder).opt(conn).await?;
    let below = |used: i64, limit: Option<i64>| limit.is_none_or(|limit| used < limit);
    Ok(below(coupon.used, coupon.limit_total) && below(each.map_or(0, |row| row.0), coupon.limit_each))
}

/// Uses the coupon again for an order that is paid late; ask [`can_take_again`] first. A use that
/// went meanwhile is a conflict, and the transaction runs again.
pub async fn take_again(tx: &mut Tx, order: &OrderId) -> Result<()> {
    let again = q(MOVE).bind(order).bind(RedemptionState::Used).bind(RedemptionState::GivenBack);
    let again: Option<(String, String)> = again.opt(tx).await?;
    let Some((coupon_code, holder)) = again else { return Ok(()) };
    let limit_each = find(tx, &coupon_code).await?.limit_each;
    let used = count_use(tx, Holder { coupon_code, holder, used: 1, limit_each }, true).await;
    used.map_err(|error| match error {
        Error::Refused(refusal) => Error::Conflict(anyhow::anyhow!("{refusal}")),
        other => other,
    })
}

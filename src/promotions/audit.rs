//! What must hold of coupons (I9): uses are the redemptions, and within the limits.

use crate::db::audit::checks;

checks! {
    I9 "coupons.used", "a coupon is used as often as orders redeem it, within its limit" =
        "SELECT c.code AS subject FROM coupons c
         LEFT JOIN (SELECT coupon_code, CAST(count(*) AS BIGINT) AS used FROM coupon_redemptions
                    WHERE state = 'used' GROUP BY coupon_code) r ON r.coupon_code = c.code
         WHERE c.used <> COALESCE(r.used, 0) OR c.used > c.limit_total
         UNION ALL
         SELECT r.coupon_code AS subject FROM coupon_redemptions r
         WHERE NOT EXISTS (SELECT 1 FROM coupons c WHERE c.code = r.coupon_code)";
    I9 "coupons.each", "a buyer uses a coupon as often as his orders redeem it, within the limit for each" =
        "SELECT h.coupon_code || ' ' || h.holder AS subject FROM coupon_holders h
         LEFT JOIN (SELECT coupon_code, holder, CAST(count(*) AS BIGINT) AS used FROM coupon_redemptions
                    WHERE state = 'used' GROUP BY coupon_code, holder) r
           ON r.coupon_code = h.coupon_code AND r.holder = h.holder
         WHERE h.used <> COALESCE(r.used, 0) OR h.used > h.limit_each
         UNION ALL
         SELECT r.coupon_code || ' ' || r.holder AS subject FROM coupon_redemptions r WHERE r.state = 'used'
           AND NOT EXISTS (SELECT 1 FROM coupon_holders h WHERE h.coupon_code = r.coupon_code AND h.holder = r.holder)";
}

//! What must hold of the coarser sums: each is the sum of finer ones, and all of those of the days.

use crate::db::audit::checks;

/// Rows of a cut, over spans of a length, that are not the sum of those of everything over finer spans.
macro_rules! differ {
    ($cut:literal, $length:literal of $finer:literal by $kept:literal) => {
        concat!(
            "SELECT '",
            $cut,
            " ' || span AS subject FROM (SELECT substr(r.span, 1, ",
            $length,
            ") AS span, CAST(SUM(CASE WHEN r.cut = 'all' AND length(r.span) = ",
            $finer,
            " THEN 1 ELSE -1 END * (r.gross_fen + 3 * r.refunds_fen + 5 * r.adjustments_fen + 7 * r.effective_fen +
               11 * r.direct_fen + 13 * r.recognised_fen + 17 * r.excluded_fen + 19 * r.freight_fen)) AS
               BIGINT) AS fen,
             CAST(SUM(CASE WHEN r.cut = 'all' AND length(r.span) = ",
            $finer,
            " THEN 1 ELSE -1 END * (r.qty + 3 * r.lines + 5 * r.orders + 7 * r.orders_county + 11 * r.orders_pairing
               + 13 * r.orders_category + 17 * r.orders_product + 19 * r.orders_coop + 23 *
               r.orders_county_pairing + 29 * r.orders_county_category + 31 * r.orders_county_product +
               37 * r.orders_county_coop + 41 * r.orders_pairing_category + 43 * r.orders_pairing_product
               + 47 * r.orders_pairing_coop + 53 * r.orders_category_product + 59 *
               r.orders_category_coop + 61 * r.orders_product_coop)) AS BIGINT) AS counts
             FROM rollups r JOIN dimensions d ON d.id = r.dimension_id
             WHERE (r.cut = '",
            $cut,
            "' AND length(r.span) = ",
            $length,
            ") OR (r.cut = 'all' AND length(r.span) = ",
            $finer,
            ") GROUP BY substr(r.span, 1, ",
            $length,
            "), ",
            $kept,
            ") AS t WHERE fen <> 0 OR counts <> 0"
        )
    };
}

/// The same of the schemes.
macro_rules! schemes_differ {
    ($cut:literal, $length:literal of $finer:literal by $kept:literal) => {
        concat!(
            "SELECT '",
            $cut,
            " ' || span || ' ' || scheme_code AS subject FROM (SELECT substr(r.span, 1, ",
            $length,
            ") AS span, r.scheme_code, CAST(SUM(CASE WHEN r.cut = 'all' AND length(r.span) = ",
            $finer,
            " THEN 1 ELSE -1 END * (r.orders + 3 * r.orders_county + 5 * r.orders_pairing + 7 * r.orders_category +
               11 * r.orders_product + 13 * r.orders_coop)) AS BIGINT) AS counts
             FROM rollup_schemes r JOIN dimensions d ON d.id = r.dimension_id
             WHERE (r.cut = '",
            $cut,
            "' AND length(r.span) = ",
            $length,
            ") OR (r.cut = 'all' AND length(r.span) = ",
            $finer,
            ") GROUP BY substr(r.span, 1, ",
            $length,
            "), r.scheme_code, ",
            $kept,
            ") AS t WHERE counts <> 0"
        )
    };
}

checks! {
    I14 "rollups.cuts", "the sums of months, years and cuts are those of the days" = concat!(
        differ!("all", 7 of 10 by "d.id"),
        " UNION ALL ",
        differ!("all", 4 of 7 by "d.id"),
        " UNION ALL ",
        differ!("makers", 10 of 10 by "d.county_code, d.pairing, d.coop_id, d.category_code"),
        " UNION ALL ",
        differ!("makers", 7 of 7 by "d.county_code, d.pairing, d.coop_id, d.category_code"),
        " UNION ALL ",
        differ!("makers", 4 of 7 by "d.county_code, d.pairing, d.coop_id, d.category_code"),
        " UNION ALL ",
        differ!("buyers", 10 of 10 by "d.channel, d.outlet, d.buyer_class, d.district_code"),
        " UNION ALL ",
        differ!("buyers", 7 of 7 by "d.channel, d.outlet, d.buyer_class, d.district_code"),
        " UNION ALL ",
        differ!("goods", 7 of 7 by "d.county_code, d.pairing, d.coop_id, d.category_code, d.product_id"),
        " UNION ALL ",
        differ!("goods", 4 of 7 by "d.county_code, d.pairing, d.coop_id, d.category_code, d.product_id"),
        " UNION ALL ",
        differ!("sales", 7 of 7 by "d.county_code, d.pairing, d.coop_id, d.category_code, d.channel, d.outlet, d.buyer_class, d.district_code"),
        " UNION ALL ",
        differ!("sales", 4 of 7 by "d.county_code, d.pairing, d.coop_id, d.category_code, d.channel, d.outlet, d.buyer_class, d.district_code"),
    );
    I14 "rollups.schemes", "the orders of each scheme by months, years and cuts are those of the days" = concat!(
        schemes_differ!("all", 7 of 10 by "d.id"),
        " UNION ALL ",
        schemes_differ!("all", 4 of 7 by "d.id"),
        " UNION ALL ",
        schemes_differ!("makers", 10 of 10 by "d.county_code, d.pairing, d.coop_id, d.category_code"),
        " UNION ALL ",
        schemes_differ!("makers", 7 of 7 by "d.county_code, d.pairing, d.coop_id, d.category_code"),
        " UNION ALL ",
        schemes_differ!("makers", 4 of 7 by "d.county_code, d.pairing, d.coop_id, d.category_code"),
        " UNION ALL ",
        schemes_differ!("goods", 7 of 7 by "d.county_code, d.pairing, d.coop_id, d.category_code, d.product_id"),
        " UNION ALL ",
        schemes_differ!("goods", 4 of 7 by "d.county_code, d.pairing, d.coop_id, d.category_code, d.product_id"),
        " UNION ALL ",
        schemes_differ!("sales", 7 of 7 by "d.county_code, d.pairing, d.coop_id, d.category_code, d.channel, d.outlet, d.buyer_class, d.district_code"),
        " UNION ALL ",
        schemes_differ!("sales", 4 of 7 by "d.county_code, d.pairing, d.coop_id, d.category_code, d.channel, d.outlet, d.buyer_class, d.district_code"),
    );
}

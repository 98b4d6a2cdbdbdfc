//! The worked vectors (V2–V8) through real orders, and every report against the counter.

use std::{collections::BTreeMap, sync::Arc};

use yanxi::{
    counter::{
        Live, read, rebuild,
        rollup::{Rollup, SchemeRollup},
        seal,
        verify::Verifier,
    },
    db::q,
    kernel::{Actor, At, Fen, Lang, time::DAY},
    orders::refund::{self, Asked, AskedLine},
    reports::{self, Ask, Cell, Dimension, Kind, Report, Sight},
};

use crate::support::{Shop, on_both, shop::write};

on_both! {
    midnight_in_shanghai_parts_days_and_years_as_in_v2,
    a_late_refund_lowers_its_own_month_as_in_v3,
    a_mixed_box_counts_for_three_counties_as_in_v5,
    remainders_go_to_the_lower_part_as_in_v7,
    sales_that_are_refunded_the_same_night_leave_nothing_as_in_v8,
    days_make_weeks_months_and_years,
    a_weeks_products_are_distinct,
}

fn at(text: &str) -> At {
    At::parse(text).unwrap()
}

/// A report of days by dimensions.
pub async fn drawn(shop: &Shop, kind: Kind, (from, to): (&str, &str), by: &[Dimension]) -> Report {
    shop.seal().await;
    let by: Vec<String> = by.iter().map(|d| d.as_str().to_owned()).collect();
    let now = shop.trade.clock.now();
    let ask = Ask::parse(kind.as_str(), (Some(from), Some(to)), &by, Vec::new(), now.day()).unwrap();
    reports::draw(&shop.trade.db, &ask, Sight { now, lang: Lang::ZhCn, demo: false }).await.unwrap()
}

/// A column of a report by the rows' keys.
pub fn column(report: &Report, name: &str) -> BTreeMap<String, i64> {
    let place = |key: &str| report.columns.iter().position(|c| c.key == key).unwrap();
    let (key, value) = (place("key"), place(name));
    let number = |cell: &Cell| match cell {
        Cell::Money(fen) => fen.0,
        Cell::Count(n) => *n,
        other => panic!("{other:?}"),
    };
    let text = |cell: &Cell| match cell {
        Cell::Text(text) => text.clone(),
        other => panic!("{other:?}"),
    };
    let mut found = BTreeMap::new();
    for row in &report.rows {
        *found.entry(text(&row[key])).or_default() += number(&row[value]);
    }
    found
}

/// A total of a report.
pub fn total(report: &Report, name: &str) -> i64 {
    let place = report.columns.iter().position(|c| c.key == name).unwrap();
    match &report.totals[place] {
        Cell::Money(fen) => fen.0,
        Cell::Count(n) => *n,
        other => panic!("{other:?}"),
    }
}

async fn net(shop: &Shop, from: &str, to: &str) -> i64 {
    total(&drawn(shop, Kind::Summary, (from, to), &[]).await, "net_paid_fen")
}

async fn midnight_in_shanghai_parts_days_and_years_as_in_v2(shop: Arc<Shop>) {
    for (before, first, second) in [
        ("2026-10-31T15:55:00Z", "2026-10-31T15:59:59Z", "2026-10-31T16:00:00Z"),
        ("2026-12-31T15:55:00Z", "2026-12-31T15:59:59Z", "2026-12-31T16:00:00Z"),
    ] {
        shop.trade.clock.set(at(before));
        let (one, two) = (shop.placed(&[("P01-1", 1)], None).await, shop.placed(&[("P01-1", 2)], None).await);
        shop.trade.clock.set(at(first));
        shop.pay(&one.number).await;
        shop.trade.clock.set(at(second));
        shop.pay(&two.number).await;
    }
    let days = drawn(&shop, Kind::Summary, ("2026-10-01", "2027-01-31"), &[Dimension::Day]).await;
    let expected = [("2026-10-31", 8990), ("2026-11-01", 17_980), ("2026-12-31", 8990), ("2027-01-01", 17_980)];
    assert_eq!(column(&days, "net_paid_fen"), expected.map(|(day, fen)| (day.to_owned(), fen)).into());
    assert_eq!(net(&shop, "2026-10-31", "2026-10-31").await, 8990);
    assert_eq!(net(&shop, "2026-11-01", "2026-12-31").await, 17_980 + 8990);
    assert_eq!(net(&shop, "2027-01-01", "2027-12-31").await, 17_980);
    let months = drawn(&shop, Kind::Series, ("2026-10-01", "2027-01-31"), &[Dimension::Month]).await;
    let expected = [("2026-10", 8990), ("2026-11", 17_980), ("2026-12", 8990), ("2027-01", 17_980)];
    assert_eq!(column(&months, "gross_paid_fen"), expected.map(|(month, fen)| (month.to_owned(), fen)).into());
}

/// Gives a SKU a new version with another price.
async fn price(shop: &Shop, sku: &str, version: i64, fen: i64) {
    let copy = "INSERT INTO sku_versions (sku_id, version, spec, spec_en, diameter_mm, pieces_min, pieces_max, pack,
        net_weight_g, gross_weight_g, price_fen, season_from, season_to, presale_ships_by, created_at, created_by)
      SELECT sku_id, $1, spec, spec_en, diameter_mm, pieces_min, pieces_max, pack, net_weight_g, gross_weight_g, $2,
        season_from, season_to, presale_ships_by, created_at, created_by FROM sku_versions WHERE sku_id = $3 AND version = 1";
    let mut tx = shop.trade.db.begin().await.unwrap();
    yanxi::db::q(copy).bind(version).bind(fen).bind(sku).exec(&mut tx).await.unwrap();
    yanxi::db::q("UPDATE skus SET version = $1 WHERE id = $2").bind(version).bind(sku).exec(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_late_refund_lowers_its_own_month_as_in_v3(shop: Arc<Shop>) {
    price(&shop, "s1", 2, 11_600).await;
    write(&shop.trade.db, &["UPDATE freight_rules SET step_fee_fen = 120 WHERE template_id = 'f1'"]).await;
    shop.trade.clock.set(at("2026-10-30T12:00:00+08:00"));
    // 5.6 kg: 6.00 + 5 × 1.20 = 12.00.
    let placed = shop.placed(&[("P01-1", 1)], None).await;
    assert_eq!(placed.total_fen, Fen(12_800));
    shop.pay(&placed.number).await;
    shop.trade.clock.set(at("2026-11-02T09:00:00+08:00"));
    let order = shop.order(&placed.number).await;
    let asked = Asked::Lines(vec![AskedLine { line_no: 1, qty: None, amount: Some(Fen(2320)) }]);
    refund::refund(&shop.trade, &shop.trade.work(Actor::SYSTEM, None), &order, (&asked, "坏果 20 %")).await.unwrap();
    assert_eq!(net(&shop, "2026-10-01", "2026-10-31").await, 11_600);
    assert_eq!(net(&shop, "2026-11-01", "2026-11-30").await, -2320);
    let year = drawn(&shop, Kind::Summary, ("2026-01-01", "2026-12-31"), &[]).await;
    let sums = ["gross_paid_fen", "refunds_fen", "net_paid_fen", "freight_fen", "orders", "qty"];
    assert_eq!(sums.map(|name| total(&year, name)), [11_600, 2320, 9280, 1200, 1, 1]);
    assert_eq!(column(&year, "freight_fen"), [("610629".to_owned(), 1200)].into());
    let lines = drawn(&shop, Kind::Lines, ("2026-01-01", "2026-12-31"), &[]).await;
    assert_eq!(lines.rows.len(), 2, "a sale and its refund, each on its own day");
    assert_eq!(column(&lines, "net_paid_fen").into_values().collect::<Vec<_>>(), [9280]);
}

async fn a_mixed_box_counts_for_three_counties_as_in_v5(shop: Arc<Shop>) {
    write(
        &shop.trade.db,
        &[
            "INSERT INTO counties (code, slug, name, short_name, name_en, origin_832, story, story_en, position)
               VALUES ('610603', 'ansai', '安塞区', '安塞', 'Ansai', FALSE, '', '', 3)",
            "UPDATE set_parts SET county_code = '610603' WHERE part_no = 3",
        ],
    )
    .await;
    let placed = shop.placed(&[("P03-1", 1)], Some("TWENTY")).await;
    shop.pay(&placed.number).await;
    let day = ("2026-11-01", "2026-11-01");
    let counties = drawn(&shop, Kind::Summary, day, &[Dimension::County]).await;
    let expected = [("610629", 8815), ("610622", 5307), ("610603", 3778)];
    assert_eq!(column(&counties, "net_paid_fen"), expected.map(|(county, fen)| (county.to_owned(), fen)).into());
    assert_eq!(total(&counties, "orders"), 1, "orders are distinct, not a sum over counties");
    assert_eq!(column(&counties, "orders").into_values().sum::<i64>(), 3);
    let products = drawn(&shop, Kind::Summary, day, &[Dimension::Product]).await;
    assert_eq!(column(&products, "net_paid_fen"), [("P03".to_owned(), 17_900)].into());
    let pairings = drawn(&shop, Kind::Summary, day, &[Dimension::Pairing]).await;
    let expected = [("jiangyin-yanchuan", 5307), ("none", 12_593)];
    assert_eq!(column(&pairings, "net_paid_fen"), expected.map(|(key, fen)| (key.to_owned(), fen)).into());
}

async fn remainders_go_to_the_lower_part_as_in_v7(shop: Arc<Shop>) {
    let cases = [(10_000, [3, 3, 1], [4286, 4286, 1428]), (100, [1, 1, 1], [34, 33, 33])];
    for (version, (fen, weights, expected)) in (2i64..).zip(cases) {
        price(&shop, "s3", version, fen).await;
        let mut tx = shop.trade.db.begin().await.unwrap();
        for (place, weight) in (1i64..).zip(weights) {
            let sql = "UPDATE set_parts SET list_price_fen = $1 WHERE part_no = $2";
            yanxi::db::q(sql).bind(weight).bind(place).exec(&mut tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        shop.trade.clock.advance(DAY);
        let placed = shop.placed(&[("P03-1", 1)], None).await;
        shop.pay(&placed.number).await;
        let today = shop.trade.clock.today().to_string();
        let lines = drawn(&shop, Kind::Lines, (&today, &today), &[]).await;
        let place = lines.columns.iter().position(|c| c.key == "gross_paid_fen").unwrap();
        let parts: Vec<&Cell> = lines.rows.iter().map(|row| &row[place]).collect();
        assert_eq!(parts, expected.map(|fen| Cell::Money(Fen(fen))).iter().collect::<Vec<_>>());
    }
}

async fn sales_that_are_refunded_the_same_night_leave_nothing_as_in_v8(shop: Arc<Shop>) {
    shop.trade.clock.set(at("2026-11-05T21:00:00+08:00"));
    let mut numbers = Vec::new();
    for _ in 0..12 {
        let placed = shop.placed(&[("P01-1", 1)], None).await;
        shop.pay(&placed.number).await;
        numbers.push(placed.number);
    }
    shop.trade.clock.set(at("2026-11-05T23:30:00+08:00"));
    for number in &numbers {
        let order = shop.order(number).await;
        refund::refund(&shop.trade, &shop.trade.work(Actor::SYSTEM, None), &order, (&Asked::Whole, "退单"))
            .await
            .unwrap();
    }
    let night = drawn(&shop, Kind::Summary, ("2026-11-05", "2026-11-05"), &[]).await;
    let sums = ["gross_paid_fen", "refunds_fen", "net_paid_fen", "effective_fen", "freight_fen", "orders", "qty"];
    assert_eq!(sums.map(|name| total(&night, name)), [12 * 8990, 12 * 8990, 0, 0, 0, 12, 0]);
}

async fn days_make_weeks_months_and_years(shop: Arc<Shop>) {
    for step in 0..40 {
        let placed = shop.placed(&[("P01-1", 1 + step % 3)], None).await;
        shop.pay(&placed.number).await;
        shop.trade.clock.advance(3 * DAY + 7);
    }
    let span = ("2026-11-01", "2027-03-31");
    let year = net(&shop, span.0, span.1).await;
    for by in [Dimension::Day, Dimension::Week, Dimension::Month] {
        for kind in [Kind::Summary, Kind::Series] {
            let rows = column(&drawn(&shop, kind, span, &[by]).await, "net_paid_fen");
            assert_eq!(rows.values().sum::<i64>(), year, "{kind} by {by}");
            let labels = rows.keys().all(|key| {
                by != Dimension::Week || key.parse::<yanxi::kernel::Day>().unwrap().week_start().to_string() == *key
            });
            assert!(labels, "{rows:?}");
        }
    }
    let series = column(&drawn(&shop, Kind::Series, span, &[Dimension::Day]).await, "orders");
    assert_eq!((series.len(), series.values().sum::<i64>()), (151, 40));
    let months = column(&drawn(&shop, Kind::Summary, span, &[Dimension::Month]).await, "net_paid_fen");
    for (month, fen) in months {
        let first: yanxi::kernel::Day = format!("{month}-01").parse().unwrap();
        let last = first.plus_days(31).month_start().plus_days(-1);
        assert_eq!(net(&shop, &first.to_string(), &last.to_string()).await, fen, "{month}");
    }
}

async fn a_weeks_products_are_distinct(shop: Arc<Shop>) {
    // Monday and Tuesday of one week: P01 on both, P02 on one.
    shop.trade.clock.set(at("2026-11-09T09:00:00+08:00"));
    for sku in ["P01-1", "P02-1"] {
        let placed = shop.placed(&[(sku, 1)], None).await;
        shop.pay(&placed.number).await;
    }
    shop.trade.clock.advance(DAY);
    let placed = shop.placed(&[("P03-1", 1)], None).await;
    shop.pay(&placed.number).await;
    let placed = shop.placed(&[("P01-1", 1)], None).await;
    shop.pay(&placed.number).await;
    for span in [("2026-11-01", "2026-11-30"), ("2026-11-09", "2026-11-10")] {
        let weeks = drawn(&shop, Kind::Channels, span, &[Dimension::Week]).await;
        let place = |key: &str| weeks.columns.iter().position(|c| c.key == key).unwrap();
        assert_eq!(weeks.rows.len(), 1);
        assert_eq!(weeks.rows[0][place("key2")], Cell::Text("2026-11-09".to_owned()));
        assert_eq!(weeks.rows[0][place("products")], Cell::Count(3));
        assert_eq!(total(&weeks, "products"), 3);
    }
}

/// The counter, the journal and every report by every dimension say the same.
pub async fn counter_journal_and_reports_agree(shop: &Shop) {
    let (db, now) = (&shop.trade.db, shop.trade.clock.now());
    while seal::block(db, now, 1000).await.unwrap() > 0 {}
    let counter = Live::read(db, now, false).await.unwrap().now();
    let mut verifier = Verifier::default();
    for line in read::after(&mut db.read().await.unwrap(), 0, i64::MAX).await.unwrap() {
        verifier.line(&line.body).unwrap();
    }
    let journal = verifier.sums();
    let last = now.day().to_string();
    let span = ("2026-01-01", last.as_str());
    let all = drawn(shop, Kind::Summary, span, &[]).await;
    let names = ["gross_paid_fen", "refunds_fen", "net_paid_fen", "effective_fen", "excluded_fen", "orders"];
    let sums = names.map(|name| total(&all, name));
    let told = counter.all;
    let counted = [told.gross_paid_fen, told.refunds_fen, told.net_paid_fen, told.effective_fen, told.excluded_fen];
    assert_eq!(sums[..5], counted.map(|fen| fen.0));
    assert_eq!(sums[5], told.orders);
    let sealed = [journal.gross, journal.refunds, journal.net, journal.effective, journal.excluded, journal.orders];
    assert_eq!(sums, sealed);
    let counties: BTreeMap<String, i64> =
        counter.by_county.iter().map(|c| (c.county.clone(), c.net_paid_fen.0)).collect();
    assert_eq!(column(&drawn(shop, Kind::Summary, span, &[Dimension::County]).await, "net_paid_fen"), counties);
    assert_eq!(total(&all, "freight_fen"), shop.booked("sale_freight").await - shop.booked("refund_freight").await);
    every_dimension_sums_to_the_same(shop, span, &all).await;
    orders_and_products_are_distinct_by_any_dimensions(shop, span).await;
    sums_made_again_are_the_same(shop).await;
}

/// What SQL calls a dimension, for counting without the sums.
fn plain(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::County => "d.county_code",
        Dimension::Pairing => "d.pairing",
        Dimension::Category => "d.category_code",
        Dimension::Product => "d.product_id",
        Dimension::Coop => "d.coop_id",
        Dimension::Channel => "d.channel",
        Dimension::Outlet => "d.outlet",
        Dimension::BuyerClass => "d.buyer_class",
        Dimension::District => "d.district_code",
        Dimension::Scheme => "COALESCE(s.scheme_code, 'none')",
        Dimension::Day | Dimension::Week => "e.day",
        Dimension::Month => "substr(e.day, 1, 7)",
    }
}

/// The numbers of orders of any one or two dimensions are those that a plain count over the ledger gives.
async fn orders_and_products_are_distinct_by_any_dimensions(shop: &Shop, span: (&str, &str)) {
    let all: Vec<Dimension> = Dimension::ALL.iter().copied().filter(|d| *d != Dimension::Week).collect();
    for (place, first) in all.iter().enumerate() {
        for second in &all[place..] {
            // Where they would point at a person, few orders show together.
            if [*first, *second].contains(&Dimension::District) && [*first, *second].contains(&Dimension::Product) {
                continue;
            }
            let by = if first == second { vec![*first] } else { vec![*first, *second] };
            let report = drawn(shop, Kind::Summary, span, &by).await;
            let place = report.columns.iter().position(|c| c.key == "orders").unwrap();
            let count = |cell: &Cell| if let Cell::Count(n) = cell { *n } else { 0 };
            let mut told: Vec<i64> = report.rows.iter().map(|row| count(&row[place])).filter(|n| *n > 0).collect();
            let sql = format!(
                "SELECT COUNT(DISTINCT e.subject_id) FROM ledger_entries e JOIN dimensions d ON d.id = e.dimension_id
                 LEFT JOIN dimension_schemes s ON s.dimension_id = d.id
                 WHERE e.kind = 'sale' AND e.day >= '{}' AND e.day <= '{}' GROUP BY {}, {}",
                span.0,
                span.1,
                plain(*first),
                plain(*second),
            );
            let mut conn = shop.trade.db.read().await.unwrap();
            let counted: Vec<(i64,)> = yanxi::db::Query::from_closed_parts(sql).all(&mut conn).await.unwrap();
            let mut counted: Vec<i64> = counted.into_iter().map(|row| row.0).collect();
            told.sort_unstable();
            counted.sort_unstable();
            assert_eq!(told, counted, "orders by {by:?}");
        }
    }
}

/// Every row of the sums, as text.
async fn sums(shop: &Shop) -> Vec<String> {
    let mut conn = shop.trade.db.read().await.unwrap();
    let rows: Vec<Rollup> = q("SELECT * FROM rollups ORDER BY cut, span, dimension_id").all(&mut conn).await.unwrap();
    let schemes = q("SELECT * FROM rollup_schemes ORDER BY cut, span, scheme_code, dimension_id");
    let schemes: Vec<SchemeRollup> = schemes.all(&mut conn).await.unwrap();
    rows.iter().map(|row| format!("{row:?}")).chain(schemes.iter().map(|row| format!("{row:?}"))).collect()
}

async fn sums_made_again_are_the_same(shop: &Shop) {
    let before = sums(shop).await;
    assert!(!before.is_empty());
    rebuild::rebuild(&shop.trade.db, |_, _| ()).await.unwrap();
    let again = sums(shop).await;
    assert!(before == again, "{before:#?} became {again:#?}");
}

/// Σ over every dimension and pair of dimensions is the total; schemes overlap and are left out.
async fn every_dimension_sums_to_the_same(shop: &Shop, span: (&str, &str), all: &Report) {
    let additive =
        ["gross_paid_fen", "refunds_fen", "net_paid_fen", "effective_fen", "direct_fen", "freight_fen", "qty"];
    let plain: Vec<Dimension> = Dimension::ALL.iter().copied().filter(|d| *d != Dimension::Scheme).collect();
    for (place, first) in plain.iter().enumerate() {
        for second in &plain[place..] {
            let by = if first == second { vec![*first] } else { vec![*first, *second] };
            let report = drawn(shop, Kind::Summary, span, &by).await;
            for name in additive {
                let sum: i64 = column(&report, name).values().sum();
                assert_eq!(sum, total(all, name), "{name} by {by:?}");
                assert_eq!(total(&report, name), total(all, name), "the total of {name} by {by:?}");
            }
        }
    }
    let lines = drawn(shop, Kind::Lines, span, &[]).await;
    for name in ["gross_paid_fen", "refunds_fen", "net_paid_fen", "effective_fen", "qty"] {
        assert_eq!(column(&lines, name).values().sum::<i64>(), total(all, name), "{name} of the lines");
    }
    let bridge = column(&drawn(shop, Kind::Bridge, span, &[]).await, "amount_fen");
    for (step, name) in [("gross_paid", "gross_paid_fen"), ("net_paid", "net_paid_fen"), ("effective", "effective_fen")]
    {
        assert_eq!(bridge[step], total(all, name), "{step} of the bridge");
    }
}

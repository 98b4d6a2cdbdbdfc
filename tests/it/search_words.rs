//! What a text is understood as, over the demonstration: chips, names that are alike, honest zeros.

use std::sync::OnceLock;

use yanxi::search::{Hits, Index, SearchRequest};

use crate::{relevance::products, search::day, support::runtime};

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| Index::build(&runtime().block_on(products())))
}

fn ask(text: &str) -> Hits {
    index().search(&SearchRequest::on(day()).text(text))
}

fn labels(hits: &Hits) -> Vec<(&str, &str)> {
    hits.chips.iter().map(|chip| (chip.kind, chip.label.as_str())).collect()
}

#[test]
fn a_text_of_one_breath_shows_all_that_was_understood() {
    let hits = ask("帮我找洛川的苹果 80mm 十斤 100块以内");
    let expected = [("county", "洛川"), ("diameter", "80mm"), ("weight", "5kg"), ("price", "100元以内")];
    assert_eq!(labels(&hits), expected);
    assert_eq!(hits.codes.first().map(String::as_str), Some("P02"), "{:?}", hits.codes);
    for (text, kind, label) in [
        ("有机小米", "cert", "有机"),
        ("地理标志红枣", "cert", "地理标志"),
        ("公司福利礼盒", "intent", "单位福利"),
        ("特级狗头枣", "grade", "特级"),
        ("当季水果", "season", "当季"),
        ("苹果12枚", "pieces", "12枚"),
        ("2斤小米", "weight", "1kg"),
        ("沙棘汁245ml", "weight", "245ml"),
        ("100-200块礼盒", "price", "100–200元"),
    ] {
        assert!(labels(&ask(text)).contains(&(kind, label)), "{text}: {:?}", labels(&ask(text)));
    }
}

#[test]
fn a_chip_taken_away_leaves_the_others() {
    for text in [
        "帮我找洛川的苹果 80mm 十斤 100块以内",
        "延川狗头枣特级1kg",
        "洛川苹果 5kg 80mm",
        "lc苹果80mm",
        "苹果 洛川 80mm 50元以上",
        "送礼 苹果 12枚 洛川",
        "安塞小米 2.5公斤 50元以内",
        "洛川有机苹果5kg",
        "中秋送礼 苹果 80mm",
    ] {
        let hits = ask(text);
        assert!(hits.chips.len() >= 2 || !hits.notes.is_empty(), "{text}: {:?}", hits.chips);
        // Where something was relaxed, chips tell the relaxed text.
        for (at, chip) in hits.chips.iter().enumerate().filter(|_| hits.notes.is_empty()) {
            let rest = ask(&chip.without);
            let mut expected = labels(&hits);
            expected.remove(at);
            assert_eq!(labels(&rest), expected, "{text} without {}: {:?}", chip.label, chip.without);
            assert!(rest.total >= hits.total, "{text} without {} finds less", chip.label);
        }
    }
}

#[test]
fn places_whose_names_are_alike_are_kept_apart() {
    let county = |text: &str| {
        let hits = index().search(&SearchRequest { per_page: 100, ..SearchRequest::on(day()).text(text) });
        (hits.total, hits.facets[0].values.iter().map(|v| (v.value.clone(), v.count)).collect::<Vec<_>>(), hits.notes)
    };
    for (text, code) in [("延川苹果", "610622"), ("延长苹果", "610621"), ("宜川苹果", "610630"), ("洛川苹果", "610629")]
    {
        let (total, counties, notes) = county(text);
        assert_eq!((counties, notes.len()), (vec![(code.to_owned(), total)], 0), "{text}");
    }
    // 宜兴 is paired with 延长: its hall's goods, not those of 宜川.
    for (text, code) in
        [("宜兴木耳", "610621"), ("新吴区苹果", "610630"), ("新吴的苹果", "610630"), ("江阴市 红枣", "610622")]
    {
        let (_, counties, _) = county(text);
        assert_eq!(counties.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(), [code], "{text}");
    }
    // A place that has no such goods gives way to its neighbour by name, and says so.
    let hits = ask("宜川红富士 10kg");
    assert!(hits.codes[0] == "P11" || hits.codes[0] == "P10", "another size before another place: {:?}", hits.codes);
    for (text, code, place) in [("延长布堆画", "P59", "延川"), ("延川花椒", "P49", "宜川")] {
        let hits = ask(text);
        assert_eq!(hits.codes, [code], "{text}");
        assert!(hits.notes[0].zh.contains(place), "{text}: {:?}", hits.notes);
    }
}

#[test]
fn scripts_and_pictures_mean_the_same() {
    for (a, b) in
        [("蘋果", "苹果"), ("紅棗", "红枣"), ("🍎", "苹果"), ("ＬＣＰＧ", "lcpg"), ("八十毫米苹果", "80mm苹果")]
    {
        assert_eq!(ask(a).codes, ask(b).codes, "{a} {b}");
        assert!(ask(a).total > 0, "{a}");
    }
}

#[test]
fn nothing_is_shown_in_the_place_of_a_certificate_that_nothing_holds() {
    let hits = ask("有机羊肉");
    assert_eq!((hits.total, hits.zero), (0, true));
    assert!(hits.notes[0].zh.contains("有机") && hits.corrections == ["羊肉"], "{hits:?}");
    let hits = ask("红枣 7kg");
    assert!(hits.total > 0 && hits.notes[0].zh.starts_with("没有 7kg 装"), "{:?}", hits.notes);
}

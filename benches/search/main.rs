//! Search measured on generated catalogues: `cargo bench --bench search -- [products…]`.
//!
//! Prints for each size: time to build, bytes a product, and on one core the times of list queries
//! with all facets and an exact count, of suggestions, and of taking up 100 products sold or edited.

mod market;

use std::time::{Duration, Instant};

use yanxi::{
    kernel::Day,
    search::{Change, Doc, Facet, Index, SearchRequest, Sort, Spec},
};

/// Texts as people type them; each is asked with facets, page and exact count.
const TEXTS: [&str; 40] = [
    "苹果",
    "洛川苹果",
    "红富士",
    "洛川红富士",
    "狗头枣",
    "延川狗头枣",
    "小米",
    "安塞小米",
    "黑木耳",
    "核桃",
    "蜂蜜",
    "红枣",
    "荞麦面",
    "洋芋粉条",
    "luochuan pingguo",
    "goutouzao",
    "xiaomi",
    "heimuer",
    "lcpg",
    "gtz",
    "hfs",
    "asxm",
    "罗川平果",
    "狗头早",
    "和桃",
    "蘋果",
    "紅棗",
    "土豆粉",
    "地瓜",
    "80苹果",
    "苹果 5kg",
    "十斤小米",
    "50元以内苹果",
    "送礼苹果",
    "当季水果",
    "安塞小mi",
    "帮我找洛川的苹果 80mm 十斤",
    "宜兴木耳",
    "goutozao",
    "食堂小米",
];
const TYPED: [&str; 16] = [
    "l",
    "lc",
    "lcp",
    "lcpg",
    "苹",
    "苹果",
    "洛川",
    "洛川苹",
    "gou",
    "gout",
    "xiaomi",
    "红富",
    "hon",
    "黑木耳",
    "小米 5",
    "安塞小m",
];

fn main() {
    let given: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let sizes = if given.is_empty() { vec![10_000, 100_000] } else { given };
    println!(
        "{:>9}  {:>8}  {:>7}  {:<12} {:>9} {:>9} {:>9}",
        "products", "build s", "B/prod", "what", "p50 ms", "p99 ms", "max ms"
    );
    sizes.into_iter().for_each(measure);
}

fn measure(products: usize) {
    let docs = market::products(products);
    let before = resident();
    let started = Instant::now();
    let index = Index::build(&docs);
    let build = started.elapsed().as_secs_f64();
    let resident = resident().saturating_sub(before) / products.max(1);
    let some: Vec<Doc> = docs.iter().step_by((products / 100).max(1)).take(100).cloned().collect();
    drop(docs);
    let row = |what: &str, times: &[Duration]| {
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
        println!(
            "{products:>9}  {build:>8.2}  {:>7}  {what:<12} {:>9.3} {:>9.3} {:>9.3}",
            index.bytes() / products.max(1),
            at(0.5),
            at(0.99),
            at(1.0)
        );
    };
    println!("resident set grew by {resident} bytes a product while building");
    let rounds = (2_000_000 / products.max(1)).clamp(3, 50);
    row("list", &times(&lists(), rounds, |req| drop(index.search(req))));
    row("suggest", &times(&TYPED, rounds, |typed| drop(index.suggest(typed))));
    let (sold, edited) = changes(&some);
    row("100 sold", &times(&[sold], rounds, |changes| drop(index.with(changes))));
    row("100 edited", &times(&[edited], rounds, |changes| drop(index.with(changes))));
    if std::env::args().any(|a| a == "--each") {
        for req in lists() {
            let each = times(std::slice::from_ref(&req), rounds, |req| drop(index.search(req)));
            let total = index.search(&req).total;
            println!(
                "{:>10.3} ms  {total:>8} hits  {} {:?} {:?}",
                each[each.len() / 2].as_secs_f64() * 1000.0,
                req.text,
                req.selected,
                req.sort
            );
        }
    }
}

/// The same products sold once more, some to the last unit; and with other names.
fn changes(docs: &[Doc]) -> (Vec<Change>, Vec<Change>) {
    let put = |doc: Doc| Change::Put(Box::new(doc));
    let sold = docs.iter().map(|doc| {
        let skus = doc.skus.iter().map(|sku| Spec { in_stock: !sku.in_stock, ..sku.clone() });
        put(Doc { sales: doc.sales + 1, skus: skus.collect(), ..doc.clone() })
    });
    let edited = docs.iter().map(|doc| put(Doc { name: format!("{}新", doc.name), ..doc.clone() }));
    (sold.collect(), edited.collect())
}

fn lists() -> Vec<SearchRequest> {
    let day: Day = "2026-11-24".parse().unwrap_or_else(|_| std::process::exit(2));
    let all = SearchRequest::on(day);
    let mut lists: Vec<SearchRequest> = TEXTS.iter().map(|text| all.clone().text(*text)).collect();
    lists.extend(Sort::ALL.iter().map(|&sort| SearchRequest { sort, ..all.clone() }));
    lists.push(all.clone().with(Facet::County, "610629"));
    lists.push(all.clone().with(Facet::County, "610629").with(Facet::County, "610622").with(Facet::InSeason, "true"));
    lists.push(all.clone().with(Facet::Category, "c0").with(Facet::Diameter, "80").with(Facet::Price, "5000-9999"));
    lists.push(
        all.clone().text("苹果").with(Facet::County, "610629").with(Facet::Grade, "特级").with(Facet::Scheme, "832"),
    );
    lists.push(SearchRequest { min_fen: Some(3000), max_fen: Some(9000), ..all.clone().text("红枣") });
    lists.push(SearchRequest { page: 40, ..all.text("苹果") });
    lists
}

/// Sorted times of all requests, each asked `rounds` times after one to warm up.
fn times<T>(requests: &[T], rounds: usize, ask: impl Fn(&T)) -> Vec<Duration> {
    requests.iter().for_each(&ask);
    let mut times = Vec::new();
    for _ in 0..rounds {
        for request in requests {
            let started = Instant::now();
            ask(request);
            times.push(started.elapsed());
        }
    }
    times.sort_unstable();
    times
}

/// Resident bytes of this process; 0 where the system does not tell.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    status.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}

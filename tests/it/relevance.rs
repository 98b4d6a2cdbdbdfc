//! The first page holds what was meant: queries by kind over the demonstration catalogue.
//!
//! `cargo nextest run --test it relevance --no-capture` prints hits@5 and MRR@10 by kind.

use std::collections::BTreeMap;

use yanxi::{
    kernel::{At, Day, Season},
    search::{Doc, Index, SearchRequest, Spec, Term},
};

fn products() -> Vec<Doc> {
    let file = include_str!("../relevance/catalogue.tsv");
    file.lines().filter(|l| !l.starts_with('#')).zip(0..).map(|(line, at)| product(line, at)).collect()
}

fn product(line: &str, at: i64) -> Doc {
    let column: Vec<&str> = line.split('\t').collect();
    let term = |from: usize| Term::new(column[from], column[from + 1], column[from + 2]);
    let span = |text: &str| text.split_once('-').map(|(a, b)| (a.parse().unwrap(), b.parse().unwrap()));
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let cert = |text: &str| Term::new(text, text, text);
    Doc {
        code: column[0].into(),
        slug: column[0].to_lowercase(),
        name: column[1].into(),
        county: term(2),
        pairing: given(column[5]),
        category: term(6),
        coop: Term::new(column[9], column[10], column[9]),
        skus: vec![Spec {
            sku: format!("{}-1", column[0]),
            spec: column[11].into(),
            net_g: column[12].parse().unwrap(),
            price_fen: column[13].parse().unwrap(),
            diameter_mm: column[14].parse().ok(),
            pieces: span(column[15]),
            in_stock: true,
            season: Season::of(given(column[16]).as_deref(), given(column[17]).as_deref()),
        }],
        schemes: given(column[18]).iter().map(|_| Term::new("QUOTA_832", "832", "832")).collect(),
        grade: given(column[19]),
        certs: given(column[20]).iter().map(|c| cert(c)).collect(),
        sales: (at * 37) % 101,
        created_at: At(at),
        ..Doc::default()
    }
}

struct Asked<'a> {
    kind: &'a str,
    text: &'a str,
    expected: Vec<&'a str>,
}

fn queries() -> Vec<Asked<'static>> {
    let file = include_str!("../relevance/queries.tsv");
    let lines = file.lines().filter(|l| !l.starts_with('#') && !l.is_empty());
    let asked = lines.map(|line| {
        let column: Vec<&str> = line.split('\t').collect();
        Asked { kind: column[0], text: column[1], expected: column[2].split(' ').collect() }
    });
    asked.collect()
}

/// Rank of the first expected product among the first ten, from 1.
fn rank(index: &Index, asked: &Asked, day: Day) -> Option<usize> {
    let hits = index.search(&SearchRequest { per_page: 10, ..SearchRequest::on(day).text(asked.text) });
    let rank = if asked.expected == ["NONE"] {
        hits.codes.is_empty().then_some(1)
    } else {
        hits.codes.iter().position(|code| asked.expected.contains(&code.as_str())).map(|at| at + 1)
    };
    if rank != Some(1) {
        println!("{:<12} {:<30} {rank:?} {:?} {:?}", asked.kind, asked.text, hits.codes, hits.notes);
    }
    rank
}

#[derive(Default)]
struct Tally {
    asked: u32,
    in_five: u32,
    reciprocal: f64,
}

impl Tally {
    fn add(&mut self, rank: Option<usize>) {
        self.asked += 1;
        self.in_five += u32::from(rank.is_some_and(|r| r <= 5));
        self.reciprocal += rank.map_or(0.0, |r| 1.0 / f64::from(u32::try_from(r).unwrap()));
    }

    fn mrr(&self) -> f64 {
        self.reciprocal / f64::from(self.asked)
    }

    fn print(&self, kind: &str) {
        let hits = f64::from(self.in_five) / f64::from(self.asked);
        println!("{kind:<12} {:>4} queries   hits@5 {hits:.3}   MRR@10 {:.3}", self.asked, self.mrr());
    }
}

#[test]
fn the_first_page_holds_what_was_meant() {
    let index = Index::build(&products());
    let day: Day = "2026-11-24".parse().unwrap();
    let mut kinds: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut total = Tally::default();
    let queries = queries();
    assert!(queries.len() >= 120);
    for asked in &queries {
        let rank = rank(&index, asked, day);
        kinds.entry(asked.kind).or_default().add(rank);
        total.add(rank);
    }
    for (kind, tally) in &kinds {
        tally.print(kind);
    }
    total.print("all");
    assert!(total.mrr() >= 0.95, "MRR@10 of all queries is {:.3}", total.mrr());
    for (kind, tally) in &kinds {
        assert!(tally.mrr() >= 0.85, "MRR@10 of {kind} is {:.3}", tally.mrr());
    }
}

//! `/bureau/reports/{kind}`: any report as a table, each figure a link to its lines, files beside it.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};

use super::frame::{address, desk, query};
use crate::{
    kernel::{Code, Named, Refusal, money::thousands, parse},
    ledger::DEFINITION_VERSION,
    reports::{self, Ask, Cell, Dimension, Kind, Report, ReportQuery, Unit},
    web::{
        Allow, Market, Result, Route,
        auth::Caller,
        json,
        pages::{
            desk::Desk,
            view::{Layout, html, refused},
        },
    },
};

/// Lines on one page.
const LINES: i64 = 200;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/bureau/reports/{kind}", Allow::REPORTS, report)]
}

/// A choice of a select.
struct Choice {
    value: &'static str,
    label: &'static str,
    chosen: bool,
}

/// A cell as it is shown.
struct Shown {
    text: String,
    href: Option<String>,
    words: bool,
}

/// A filter that holds, and the address without it.
struct Held {
    label: String,
    without: String,
}

struct Table {
    heads: Vec<(String, bool)>,
    rows: Vec<Vec<Shown>>,
    totals: Vec<Shown>,
    files: String,
    days: String,
    as_of: String,
    earlier: Option<String>,
    later: Option<String>,
}

#[derive(Template)]
#[template(path = "bureau/report.html")]
struct Page {
    layout: Layout,
    desk: Desk,
    kind: Kind,
    definition: &'static str,
    from: String,
    to: String,
    first: Vec<Choice>,
    second: Vec<Choice>,
    held: Vec<Held>,
    hidden: Vec<(&'static str, String)>,
    faults: Vec<String>,
    table: Option<Table>,
}

/// The page's own query: as the API's, with a second dimension and a page of lines.
struct Asked {
    query: ReportQuery,
    second: String,
    page: i64,
}

impl Asked {
    fn parse(raw: &str) -> Result<Self, Refusal> {
        let mut kept = form_urlencoded::Serializer::new(String::new());
        let (mut second, mut page) = (String::new(), 1);
        for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
            match name.as_ref() {
                "lang" => {}
                "then" => second = value.into_owned(),
                "page" => {
                    let n =
                        value.parse().map_err(|_| Refusal::of_field("page", Code::WrongType).with("expected", "1"))?;
                    page = parse::within("page", n, 1, 1_000_000)?;
                }
                _ => {
                    kept.append_pair(&name, &value);
                }
            }
        }
        Ok(Self { query: json::fields(&kept.finish())?, second, page })
    }

    fn ask(&self, kind: &str, market: &Market) -> Result<Ask, Refusal> {
        let mut query = self.query.clone();
        if !self.second.is_empty() {
            query.by = Some(format!("{},{}", query.by.unwrap_or_default(), self.second));
        }
        let mut ask = query.ask(kind, market.now().day())?;
        if ask.kind == Kind::Lines {
            ask.slice = Some((LINES + 1, (self.page - 1) * LINES));
        }
        Ok(ask)
    }
}

async fn report(State(market): State<Market>, caller: Caller, Path(kind): Path<String>, uri: Uri) -> Result<Response> {
    let kind = Kind::try_from(kind.as_str()).map_err(|_| Refusal::new(Code::NotFound))?;
    let raw = uri.query().unwrap_or_default();
    let layout = Layout::titled(market.demo, caller.lang, kind.name(caller.lang).to_owned());
    let mut page = Page::new(layout, &caller, &uri, kind);
    let drawn = match Asked::parse(raw) {
        Err(refusal) => Err(refusal.into()),
        Ok(asked) => {
            page.typed(&asked);
            match asked.ask(kind.as_str(), &market) {
                Err(refusal) => Err(refusal.into()),
                Ok(ask) => {
                    page.answered(&ask);
                    let drawn = reports::draw(market.db(), &ask, market.sight(caller.lang)).await;
                    drawn.map(|report| (report, asked.page))
                }
            }
        }
    };
    match drawn {
        Ok((report, at)) => {
            page.table = Some(page.table_of(report, at));
            html(&page)
        }
        Err(error) => {
            let Some(refusal) = error.refusal() else { return Err(error.into()) };
            let kept = refusal.code != Code::ReportNotKept;
            page.faults = refusal.fields.iter().map(|fault| fault.detail(caller.lang)).collect();
            if page.faults.is_empty() {
                page.faults.push(refusal.detail(caller.lang));
            }
            // A report that nobody keeps is explained; what was typed is not at fault.
            if kept { refused(&page) } else { html(&page) }
        }
    }
}

impl Page {
    fn new(layout: Layout, caller: &Caller, uri: &Uri, kind: Kind) -> Self {
        let desk = desk(&layout, caller, uri);
        let (first, second, held, hidden) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (from, to, faults) = (String::new(), String::new(), Vec::new());
        let definition = DEFINITION_VERSION;
        Self { layout, desk, kind, definition, from, to, first, second, held, hidden, faults, table: None }
    }

    /// Keeps what was typed, whether it is right or not.
    fn typed(&mut self, asked: &Asked) {
        self.from = asked.query.from.clone().unwrap_or_default();
        self.to = asked.query.to.clone().unwrap_or_default();
        let by = asked.query.by.clone().unwrap_or_default();
        let (first, second) = by.split_once(',').unwrap_or((&by, &asked.second));
        self.choices(first, second);
    }

    /// The form as the question was understood.
    fn answered(&mut self, ask: &Ask) {
        (self.from, self.to) = (ask.from.to_string(), ask.to.to_string());
        let word = |place: usize| ask.by.get(place).map_or("", |dimension| dimension.as_str());
        self.choices(word(0), word(1));
        for (place, (dimension, value)) in ask.filters.iter().enumerate() {
            let mut without = ask.clone();
            without.filters.remove(place);
            self.held.push(Held {
                label: format!("{}: {value}", dimension.name(self.layout.lang)),
                without: address(ask.kind, &without, &[]),
            });
            self.hidden.push((dimension.as_str(), value.clone()));
        }
    }

    /// Which dimensions the kind can be grouped by; none where it cannot.
    fn choices(&mut self, first: &str, second: &str) {
        let (all, own) = (self.kind.dimensions(), self.kind.own());
        let choice = |dimension: &Dimension, chosen: &str| Choice {
            value: dimension.as_str(),
            label: dimension.name(self.layout.lang),
            chosen: dimension.as_str() == chosen,
        };
        let firsts = all.iter().filter(|dimension| own.is_none_or(|own| own == **dimension));
        let first = firsts.map(|dimension| choice(dimension, first)).collect();
        let seconds = all.iter().filter(|dimension| self.kind.most() > 1 && Some(**dimension) != own);
        let second = seconds.map(|dimension| choice(dimension, second)).collect();
        (self.first, self.second) = (first, second);
    }

    fn table_of(&self, mut report: Report, at: i64) -> Table {
        let ask = report.ask.clone();
        let most = usize::try_from(LINES).unwrap_or(usize::MAX);
        let more = ask.kind == Kind::Lines && report.rows.len() > most;
        report.rows.truncate(if ask.kind == Kind::Lines { most } else { usize::MAX });
        let kept: Vec<usize> = (0..report.columns.len()).filter(|place| shows(&report, *place)).collect();
        let heads = kept.iter().map(|place| {
            let column = &report.columns[*place];
            (column.label.to_owned(), column.unit == Unit::Text)
        });
        let cells = |row: &Vec<Cell>, href: Option<String>| -> Vec<Shown> {
            let cell = |place: &usize| {
                let words = report.columns[*place].unit == Unit::Text;
                let money = matches!(row[*place], Cell::Money(_)) || report.columns[*place].key.starts_with("label");
                Shown {
                    text: shown(&row[*place], report.columns[*place].key),
                    href: href.clone().filter(|_| money),
                    words,
                }
            };
            kept.iter().map(cell).collect()
        };
        let page = |n: i64| format!("{}&page={n}", address(ask.kind, &ask, &[]));
        let mut totals = cells(&report.totals, None);
        if let Some(first) = totals.first_mut().filter(|cell| cell.text.is_empty()) {
            self.layout.t("bureau.total").clone_into(&mut first.text);
        }
        let by = ask.by.iter().map(|dimension| dimension.as_str()).collect::<Vec<_>>().join(",");
        Table {
            heads: heads.collect(),
            rows: report.rows.iter().map(|row| cells(row, drill(&report, row))).collect(),
            totals,
            files: format!("/api/v1/bureau/reports/{}?{}&by={by}", ask.kind, query(&ask)),
            days: format!("{} – {}", ask.from, ask.to),
            as_of: report.as_of.minute_label(),
            earlier: (at > 1).then(|| page(at - 1)),
            later: more.then(|| page(at + 1)),
        }
    }
}

/// Whether a column says anything: codes beside names and sums that are nowhere are left to the files.
fn shows(report: &Report, place: usize) -> bool {
    match report.columns[place].key {
        "key" => report.ask.kind == Kind::Lines,
        "key2" => false,
        "adjustments_fen" | "excluded_fen" => report.totals[place] != Cell::Money(crate::kernel::Fen::ZERO),
        _ => true,
    }
}

/// Where a row's figures come from.
fn drill(report: &Report, row: &[Cell]) -> Option<String> {
    if !matches!(report.ask.kind, Kind::Summary | Kind::Channels | Kind::Coops | Kind::Series) {
        return None;
    }
    let mut more = Vec::new();
    for (place, dimension) in report.ask.by.iter().enumerate() {
        match row.get(2 * place)? {
            Cell::Text(key) if key != reports::FEW => more.push((*dimension, key.as_str())),
            _ => return None,
        }
    }
    Some(address(Kind::Lines, &report.ask, &more))
}

fn shown(cell: &Cell, key: &str) -> String {
    match cell {
        Cell::Empty => String::new(),
        // A reference is recognised by its beginning; the files have all of it.
        Cell::Text(text) if key == "key" && text.len() == 64 => format!("{}…", &text[..10]),
        Cell::Text(text) => text.clone(),
        Cell::Count(n) => thousands(&n.to_string().replace('-', "−")),
        Cell::Money(fen) => fen.grouped(),
    }
}

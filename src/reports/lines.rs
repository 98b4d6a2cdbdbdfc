//! `lines` (明细台账): what each part of an order line moved on each day. A sale and its later refund are
//! two rows, each on its own day. Of the order only the reference shows that the public journal has.

use std::{collections::BTreeSet, fmt::Write};

use super::{
    Ask, Cell, Dimension, Figures, Report, Sight,
    figures::{self, Draft},
    label::{Labels, word},
    report,
    small::{self, FEW},
};
use crate::{
    db::{Conn, row},
    kernel::{BuyerClass, Channel, Code, Fen, Lang, Named, Refusal, Result},
    ledger::dimensions::{self, Known},
    orders::reference::journal_ref,
};

/// Rows of one answer at most.
const MOST_ROWS: i64 = 50_000;

const COLUMNS: &[&str] = &[
    "day",
    "label",
    "spec",
    "county",
    "coop",
    "buyer_class",
    "channel",
    "unit_fen",
    "qty",
    "gross_paid_fen",
    "refunds_fen",
    "adjustments_fen",
    "net_paid_fen",
    "effective_fen",
    "excluded_fen",
    "product",
    "sku",
    "schemes",
    "key",
];
/// Columns before the sums.
const BEFORE: usize = 8;
/// Columns behind them.
const BEHIND: usize = 4;

row! {
    struct Moved {
        day: String,
        number: String,
        journal_salt: String,
        line_no: i64,
        product_id: String,
        sku: String,
        coop_id: String,
        county_code: String,
        channel: Channel,
        buyer_class: BuyerClass,
        dimension_id: i64,
        name: String,
        name_en: String,
        spec: String,
        spec_en: String,
        unit_fen: Fen,
        figures: Figures,
    }
}

/// Names of what the lines are about, and the products that are too few to show with their district.
struct Names {
    counties: Labels,
    coops: Labels,
    products: Labels,
    few: BTreeSet<String>,
    dimensions: Known,
}

/// Draws the report.
pub(super) async fn draw(conn: &mut Conn, ask: &Ask, sight: Sight) -> Result<Report> {
    let lines = read(conn, ask).await?;
    if ask.slice.is_none() && lines.len() > usize::try_from(MOST_ROWS).unwrap_or(usize::MAX) {
        return Err(Refusal::of_field("from", Code::ReportTooLong).with("max", MOST_ROWS).into());
    }
    let names = names(conn, ask, &lines, sight.lang).await?;
    let mut drawn = Report::new(ask, sight, report::columns(COLUMNS, &[Dimension::Product], sight.lang));
    for column in drawn.columns.iter_mut().filter(|column| column.key == "key") {
        column.label = sight.lang.pick("公开流水编号", "Journal line");
    }
    for line in &lines {
        drawn.rows.push(row(line, &names, sight.lang)?);
    }
    let totals = figures::total(conn, ask, false).await?;
    drawn.totals = vec![Cell::Empty; BEFORE];
    drawn.totals.extend(sums(&totals)?);
    drawn.totals.extend(vec![Cell::Empty; BEHIND]);
    Ok(drawn)
}

async fn read(conn: &mut Conn, ask: &Ask) -> Result<Vec<Moved>> {
    let (most, after) = ask.slice.unwrap_or((MOST_ROWS + 1, 0));
    let mut draft = Draft {
        sql: format!(
            "SELECT e.day, o.number, o.journal_salt, e.line_no, d.product_id, l.sku, d.coop_id, d.county_code, d.channel,
               d.buyer_class, e.dimension_id, l.name, l.name_en, l.spec, l.spec_en, l.unit_fen, {}
             FROM ledger_entries e JOIN dimensions d ON d.id = e.dimension_id JOIN orders o ON o.id = e.subject_id
               JOIN order_lines l ON l.order_id = e.subject_id AND l.line_no = e.line_no
             WHERE e.day >= $1 AND e.day <= $2 AND e.kind IN ('sale', 'receipt', 'refund', 'exclusion') AND {}",
            figures::LINE_MEASURES,
            figures::SEALED,
        ),
        binds: vec![ask.from.into(), ask.to.into()],
    };
    draft.filter(ask, "e.day")?;
    let next = draft.binds.len() + 1;
    let _ = write!(
        draft.sql,
        " GROUP BY e.day, o.number, o.journal_salt, e.line_no, e.part_no, e.dimension_id, d.product_id, l.sku, d.coop_id,
            d.county_code, d.channel, d.buyer_class, l.name, l.name_en, l.spec, l.spec_en, l.unit_fen
          ORDER BY e.day, o.number, e.line_no, e.part_no LIMIT ${next} OFFSET ${}",
        next + 1
    );
    draft.binds.extend([most.into(), after.into()]);
    draft.query().all(conn).await
}

async fn names(conn: &mut Conn, ask: &Ask, lines: &[Moved], lang: Lang) -> Result<Names> {
    let of = |raw: fn(&Moved) -> &String| -> Vec<String> {
        lines.iter().map(raw).collect::<BTreeSet<_>>().into_iter().cloned().collect()
    };
    let mut few = BTreeSet::new();
    if ask.touches(Dimension::District) {
        let products = figures::groups(conn, ask, &[Dimension::Product], false).await?;
        few.extend(products.into_iter().filter(|g| !small::shows(g.figures.orders)).map(|g| g.key1));
    }
    Ok(Names {
        counties: Labels::read(conn, Dimension::County, of(|l| &l.county_code), lang).await?,
        coops: Labels::read(conn, Dimension::Coop, of(|l| &l.coop_id), lang).await?,
        products: Labels::read(conn, Dimension::Product, of(|l| &l.product_id), lang).await?,
        few,
        dimensions: dimensions::read(conn, lines.iter().map(|line| line.dimension_id).collect::<BTreeSet<_>>()).await?,
    })
}

fn row(line: &Moved, names: &Names, lang: Lang) -> Result<Vec<Cell>> {
    let text = |text: &str| Cell::Text(text.to_owned());
    let local = |zh: &str, en: &str| match lang {
        Lang::En if !en.is_empty() => en.to_owned(),
        _ => zh.to_owned(),
    };
    let schemes = names.dimensions.get(&line.dimension_id).map(|of| of.schemes.join(" ")).unwrap_or_default();
    let key = journal_ref(&line.journal_salt, &format!("{}/{}", line.number, line.line_no));
    let few = names.few.contains(&line.product_id);
    let known = |cell: Cell| if few { Cell::Empty } else { cell };
    let name = if few { word(Dimension::Product, FEW, lang) } else { local(&line.name, &line.name_en) };
    let mut cells = vec![
        text(&line.day),
        Cell::Text(name),
        known(Cell::Text(local(&line.spec, &line.spec_en))),
        Cell::Text(names.counties.of(&line.county_code).1),
        Cell::Text(names.coops.of(&line.coop_id).1),
        text(line.buyer_class.name(lang)),
        text(line.channel.name(lang)),
        known(Cell::Money(line.unit_fen)),
    ];
    cells.extend(sums(&line.figures)?);
    let product = if few { FEW.to_owned() } else { names.products.of(&line.product_id).0 };
    cells.extend([Cell::Text(product), known(text(&line.sku)), Cell::Text(schemes), Cell::Text(key)]);
    Ok(cells)
}

/// The cells from `qty` on.
fn sums(figures: &Figures) -> Result<[Cell; 7]> {
    Ok([
        Cell::Count(figures.qty),
        Cell::Money(figures.gross_fen),
        Cell::Money(figures.refunds_fen),
        Cell::Money(figures.adjustments_fen),
        Cell::Money(figures.net()?),
        Cell::Money(figures.effective_fen),
        Cell::Money(figures.excluded_fen),
    ])
}

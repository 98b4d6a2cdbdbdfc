//! What the page of an order shows to the operator: all but whom it goes to, of whom only enough to know
//! who calls.

use askama::Template;

use super::typed::{RefundForm, ScanForm};
use crate::{
    kernel::{At, Fen, Lang, Named},
    orders::{
        OrderState,
        kinds::RefundState,
        listing, read,
        record::{Line, Refund, RefundLine, Scanned},
        refund::{Amounts, promise::unpromised},
        ship::{ScanKind, ScanSource},
        view::{ContactView, LineView, SellerOrderView, ShipmentView, masked_contact},
    },
    payments::{
        Payment, PaymentState,
        store::{self, KeptEvent},
    },
    web::{
        Market, Result,
        form::{Choice, Faults, choices},
        pages::{
            desk::Desk,
            order::{
                found::Found,
                track::{self, Step},
            },
            view::Layout,
        },
    },
};

/// An order with all that is known of it.
pub struct Case {
    pub found: Found,
    pub lines: Vec<Line>,
    pub payments: Vec<Payment>,
    told: Vec<KeptEvent>,
    scans: Vec<Scanned>,
    given: Vec<RefundLine>,
    /// Money that neither the order took nor a promise gives back.
    open: Fen,
}

impl Case {
    /// Reads it as it stands now.
    pub async fn read(market: &Market, number: &str, lang: Lang) -> Result<Self> {
        let mut conn = market.db().read().await?;
        let order = read::by_number(&mut conn, number).await?;
        let found = Found::read(&mut conn, order.id.clone(), lang).await?;
        let payments = store::of_order(&mut conn, &order.id).await?;
        let sellers = read::sellers(&mut conn, &order.id).await?;
        let ids: Vec<_> = sellers.into_iter().map(|seller| seller.id).collect();
        Ok(Self {
            lines: read::lines(&mut conn, &order.id).await?,
            told: store::events(&mut conn, &payments).await?,
            scans: listing::scans(&mut conn, &ids).await?,
            given: read::refund_lines(&mut conn, &found.refunds).await?,
            open: unpromised(&mut conn, &order).await?,
            payments,
            found,
        })
    }

    /// The order's number.
    pub fn number(&self) -> &str {
        &self.found.order.number
    }
}

/// What a refund would give back.
pub struct Looked {
    pub amounts: Amounts,
    /// Whether it is not what the form had shown.
    pub changed: bool,
}

/// What was typed, and what became of it.
#[derive(Default)]
pub struct Forms {
    pub refund: RefundForm,
    pub refund_faults: Faults,
    pub looked: Option<Looked>,
    pub scan: ScanForm,
    pub scan_faults: Faults,
    pub done: String,
}

/// A line with what of it can still go back.
struct LineRow {
    no: i64,
    name: String,
    spec: String,
    qty: i64,
    unit: Fen,
    discount: Fen,
    payable: Fen,
    refunded: Option<Fen>,
    units_typed: String,
    amount_typed: String,
    units_fault: String,
    amount_fault: String,
}

/// A parcel with its scans.
struct Parcel {
    n: i64,
    carrier: &'static str,
    tracking_no: String,
    sent: String,
    scans: Vec<String>,
    /// Whether this parcel's scan form was refused.
    refused: bool,
}

/// A cooperative's part.
struct Part {
    id: String,
    coop: String,
    state: &'static str,
    freight: Fen,
    ship_by: Option<String>,
    lines: Vec<LineRow>,
    parcels: Vec<Parcel>,
}

/// A payment with what the provider told of it.
struct Paying {
    id: String,
    method: &'static str,
    state: &'static str,
    amount: Fen,
    opened: String,
    told: Vec<String>,
    /// Whether its result is not known yet.
    open: bool,
}

/// Money back, sent or on its way.
struct Back {
    id: String,
    amount: Fen,
    state: &'static str,
    reason: String,
    asked: String,
    of_lines: String,
    /// Whether it did not reach the provider yet.
    waits: bool,
}

/// The order's page at the operator's desk.
#[derive(Template)]
#[template(path = "operator/order.html")]
pub struct CasePage {
    layout: Layout,
    desk: Desk,
    number: String,
    state: &'static str,
    state_words: &'static str,
    about: Vec<(String, String)>,
    contact: Option<ContactView>,
    steps: Vec<Step>,
    parts: Vec<Part>,
    payments: Vec<Paying>,
    backs: Vec<Back>,
    money: Vec<(String, String)>,
    refundable: bool,
    refund: RefundForm,
    refund_faults: Faults,
    looked: Option<Looked>,
    scan: ScanForm,
    scan_faults: Faults,
    kinds: Vec<Choice>,
    sources: Vec<Choice>,
    done: String,
}

impl CasePage {
    /// The page of an order with its forms as they stand.
    pub fn of(layout: Layout, desk: Desk, case: Case, forms: Forms) -> Self {
        let steps = track::steps(&layout, &case.found);
        let parts: Vec<Part> =
            case.found.view.seller_orders.iter().map(|seller| part(&layout, &case, seller, &forms)).collect();
        let order = &case.found.order;
        let lang = layout.lang;
        let kinds = ScanKind::ALL.iter().map(|one| (one.to_string(), one.name(lang).to_owned()));
        let sources = ScanSource::ALL.iter().rev();
        let sources = sources.map(|one| (one.to_string(), one.name(lang).to_owned()));
        Self {
            number: order.number.clone(),
            state: order.state.as_str(),
            state_words: order.state.name(lang),
            about: about(&layout, &case),
            payments: case.payments.iter().map(|payment| paying(&layout, &case.told, payment)).collect(),
            backs: case.found.refunds.iter().map(|refund| back(&layout, &case, refund)).collect(),
            money: money(&layout, &case),
            refundable: matches!(order.state, OrderState::Paid | OrderState::Completed),
            kinds: choices(kinds, &forms.scan.kind),
            sources: choices(sources, &forms.scan.source),
            contact: case.found.contact.map(masked_contact),
            done: if forms.done.is_empty() { String::new() } else { done(&layout, &forms.done) },
            refund: forms.refund,
            refund_faults: forms.refund_faults,
            looked: forms.looked,
            scan: forms.scan,
            scan_faults: forms.scan_faults,
            steps,
            parts,
            layout,
            desk,
        }
    }
}

fn done(layout: &Layout, what: &str) -> String {
    let key = if matches!(what, "scan" | "asked") { what } else { "refund" };
    layout.word("cases_done", key)
}

/// When, where, and for whom, in words.
fn about(layout: &Layout, case: &Case) -> Vec<(String, String)> {
    let order = &case.found.order;
    let label = |key: &str| layout.t(key).to_owned();
    let mut all = vec![
        (label("cases.placed"), order.placed_at.minute_label()),
        (label("cases.paid"), order.paid_at.map_or_else(|| "—".to_owned(), At::minute_label)),
        (label("cases.channel"), order.channel.name(layout.lang).to_owned()),
    ];
    all.extend(order.unit.clone().map(|unit| (label("cases.unit"), unit)));
    all
}

fn money(layout: &Layout, case: &Case) -> Vec<(String, String)> {
    let view = &case.found.view;
    let all = [
        ("cases.goods", "", view.goods_fen),
        ("cases.discount", "−", view.discount_fen),
        ("cases.freight", "", view.freight_fen),
        ("cases.total", "", view.total_fen),
        ("cases.back", "−", view.refunded_fen),
    ];
    let shown = all.into_iter().filter(|(key, _, fen)| *key == "cases.total" || *fen != Fen::ZERO);
    shown.map(|(key, sign, fen)| (layout.t(key).to_owned(), format!("{sign}{fen}"))).collect()
}

fn part(layout: &Layout, case: &Case, seller: &SellerOrderView, forms: &Forms) -> Part {
    let parcel = |parcel: &ShipmentView| Parcel {
        n: parcel.n,
        carrier: parcel.carrier.name(layout.lang),
        tracking_no: parcel.tracking_no.clone(),
        sent: parcel.shipped_at.minute_label(),
        scans: case
            .scans
            .iter()
            .filter(|s| s.seller_order_id.0 == seller.id && s.n == parcel.n)
            .map(|s| scan(layout, s))
            .collect(),
        refused: !forms.scan_faults.none()
            && forms.scan.seller_order == seller.id
            && forms.scan.n == parcel.n.to_string(),
    };
    Part {
        id: seller.id.clone(),
        coop: seller.coop.name.clone(),
        state: seller.state.name(layout.lang),
        freight: seller.freight_fen,
        ship_by: seller.ship_by.map(At::minute_label),
        lines: seller.lines.iter().map(|line| line_row(line, forms)).collect(),
        parcels: seller.shipments.iter().map(parcel).collect(),
    }
}

fn line_row(line: &LineView, forms: &Forms) -> LineRow {
    let fault = |name: &str| forms.refund_faults.at(&format!("{name}-{}", line.line_no)).to_owned();
    LineRow {
        no: line.line_no,
        name: line.name.clone(),
        spec: line.spec.clone(),
        qty: line.qty,
        unit: line.unit_fen,
        discount: line.discount_fen,
        payable: line.payable_fen,
        refunded: Some(line.refunded_fen).filter(|fen| *fen > Fen::ZERO),
        units_typed: forms.refund.line("qty", line.line_no).to_owned(),
        amount_typed: forms.refund.line("amount", line.line_no).to_owned(),
        units_fault: fault("qty"),
        amount_fault: fault("amount"),
    }
}

fn scan(layout: &Layout, scan: &Scanned) -> String {
    let (kind, source) = (scan.kind.name(layout.lang), scan.source.name(layout.lang));
    let recorded = layout.say("cases.recorded", &[("at", &scan.recorded_at.minute_label())]);
    format!("{kind} {} · {source} · {recorded}", scan.at.minute_label())
}

fn paying(layout: &Layout, told: &[KeptEvent], payment: &Payment) -> Paying {
    let event = |event: &KeptEvent| {
        let outcome = event.outcome.name(layout.lang);
        format!("{} {} · {outcome}", event.received_at.minute_label(), event.kind)
    };
    Paying {
        id: payment.id.as_str().to_owned(),
        method: payment.method.name(layout.lang),
        state: payment.state.name(layout.lang),
        amount: payment.amount_fen,
        opened: payment.created_at.minute_label(),
        told: told.iter().filter(|e| e.payment_id.as_ref() == Some(&payment.id)).map(event).collect(),
        open: payment.state == PaymentState::Pending,
    }
}

fn back(layout: &Layout, case: &Case, refund: &Refund) -> Back {
    let of_lines = case.given.iter().filter(|line| line.refund_id == refund.id).map(|line| {
        let name = case.lines.iter().find(|l| l.line_no == line.line_no);
        let name = name.map_or("", |l| layout.lang.pick(&l.name, &l.name_en));
        let amount = Fen(line.goods_fen.0 + line.freight_fen.0);
        if line.qty > 0 {
            format!("{name} × {} ¥{}", line.qty, amount.grouped())
        } else {
            format!("{name} ¥{}", amount.grouped())
        }
    });
    Back {
        id: refund.id.as_str().to_owned(),
        amount: refund.amount_fen,
        state: refund.state.name(layout.lang),
        reason: layout.word("refund_reason", &refund.reason),
        asked: refund.succeeded_at.unwrap_or(refund.requested_at).minute_label(),
        of_lines: of_lines.collect::<Vec<_>>().join(layout.lang.pick("；", "; ")),
        // Money that a bank sent back, or that no order took and a provider refused.
        waits: refund.state == RefundState::Requested
            || (case.open > Fen::ZERO && (refund.unapplied || refund.state == RefundState::Succeeded)),
    }
}

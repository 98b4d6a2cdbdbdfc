//! The bureau's reports for programs and spreadsheets.

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::{IntoParams, OpenApi};

use crate::{
    db::{audit_log, tx},
    identity::Role,
    kernel::{Code, Day, Lang, Refusal, Step},
    reports::{
        self, Ask, Dimension, ReportView, Sight,
        export::{Format, export},
    },
    web::{Allow, Market, Result, Route, auth::Caller, durable::durable, json::ApiQuery},
};

/// Operations of this file.
#[derive(OpenApi)]
#[openapi(paths(report))]
pub struct Operations;

/// Who reads reports.
pub const READERS: Allow = Allow::Roles(&[Role::Bureau, Role::Operator]);

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/api/v1/bureau/reports/{kind}", READERS, report)]
}

/// Days, dimensions, filters by dimension, and form.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ReportQuery {
    /// First day; it counts. The month's first where absent.
    pub from: Option<String>,
    /// Last day; it counts. Today where absent.
    pub to: Option<String>,
    /// At most two dimensions, with a comma between.
    pub by: Option<String>,
    /// `json`, `csv`, `xlsx` or `table`.
    pub format: Option<String>,
    /// Only this county, by GB code.
    pub county: Option<String>,
    /// Only this pairing.
    pub pairing: Option<String>,
    /// Only this category.
    pub category: Option<String>,
    /// Only this product, by code.
    pub product: Option<String>,
    /// Only this cooperative, by slug.
    pub coop: Option<String>,
    /// Only this channel.
    pub channel: Option<String>,
    /// Only this outlet.
    pub outlet: Option<String>,
    /// `individual` or `unit`.
    pub buyer_class: Option<String>,
    /// Only this district of delivery, by GB code.
    pub district: Option<String>,
    /// Only what carries this scheme.
    pub scheme: Option<String>,
    /// Only this day.
    pub day: Option<String>,
    /// Only this week, by any of its days.
    pub week: Option<String>,
    /// Only this month, as `2026-11`.
    pub month: Option<String>,
}

impl ReportQuery {
    /// The question that the query puts; what is left empty, as forms do, is not asked.
    pub fn ask(&self, kind: &str, today: Day) -> Result<Ask, Refusal> {
        let given = |value: &Option<String>| value.clone().filter(|text| !text.trim().is_empty());
        let filters = [
            (Dimension::County, &self.county),
            (Dimension::Pairing, &self.pairing),
            (Dimension::Category, &self.category),
            (Dimension::Product, &self.product),
            (Dimension::Coop, &self.coop),
            (Dimension::Channel, &self.channel),
            (Dimension::Outlet, &self.outlet),
            (Dimension::BuyerClass, &self.buyer_class),
            (Dimension::District, &self.district),
            (Dimension::Scheme, &self.scheme),
            (Dimension::Day, &self.day),
            (Dimension::Week, &self.week),
            (Dimension::Month, &self.month),
        ];
        let filters = filters.into_iter().filter_map(|(dimension, value)| Some((dimension, given(value)?)));
        let by: Vec<String> = given(&self.by).into_iter().collect();
        let (from, to) = (given(&self.from), given(&self.to));
        Ask::parse(kind, (from.as_deref(), to.as_deref()), &by, filters.collect(), today)
    }
}

/// report
#[utoipa::path(get, path = "/api/v1/bureau/reports/{kind}", operation_id = "report", tag = "bureau",
    params(("kind" = String, Path), ReportQuery), responses((status = 200, body = ReportView)))]
pub async fn report(
    State(market): State<Market>,
    caller: Caller,
    Path(kind): Path<String>,
    ApiQuery(query): ApiQuery<ReportQuery>,
) -> Result<Response> {
    let format = match query.format.as_deref() {
        None | Some("") => Format::Json,
        Some(word) => Format::try_from(word).map_err(|_| {
            let choices = Format::ALL.iter().map(|f| f.as_str()).collect::<Vec<_>>().join(", ");
            Refusal::of_field("format", Code::OneOf).with("choices", choices)
        })?,
    };
    let ask = query.ask(&kind, market.now().day())?;
    answer(&market, &caller, &ask, format).await
}

/// The sight of a caller.
pub fn sight(market: &Market, lang: Lang) -> Sight {
    Sight { now: market.now(), lang, demo: market.demo }
}

/// The report as a file or JSON; what leaves as a file is logged.
async fn answer(market: &Market, caller: &Caller, ask: &Ask, format: Format) -> Result<Response> {
    let drawn = reports::draw(market.db(), ask, sight(market, caller.lang)).await?;
    let file = matches!(format, Format::Csv | Format::Xlsx);
    if file {
        log(market, caller, ask, format).await?;
    }
    // Writing a year's lines takes a while: other requests go on meanwhile.
    let body = tokio::task::spawn_blocking(move || export(&drawn, format)).await;
    let body = body.map_err(|e| crate::kernel::Error::fault(format!("an export broke off: {e}")))??;
    let mut response = ([(header::CONTENT_TYPE, format.content_type())], body).into_response();
    if file {
        let name = format!("attachment; filename=\"yanxi-{}-{}-{}.{format}\"", ask.kind, ask.from, ask.to);
        if let Ok(name) = header::HeaderValue::from_str(&name) {
            response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
        }
    }
    Ok(response)
}

async fn log(market: &Market, caller: &Caller, ask: &Ask, format: Format) -> Result<()> {
    let (db, step, ask) = (market.db().clone(), Step::new(market.now(), caller.actor()), ask.clone());
    durable(async move {
        tx!(db, tx, {
            let detail = format!("{} {} {format}", ask.from, ask.to);
            audit_log::by(&mut tx, &step, ("report.export", ask.kind.as_str(), &detail)).await
        })
    })
    .await
}

//! A cooperative's statements (对账单): what each sale and refund moved for it, as JSON, CSV or XLSX.

use axum::{
    Json,
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use rust_xlsxwriter::{Workbook, XlsxError};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use crate::{
    db::Db,
    identity::Role,
    kernel::{Code, Error, Fen, Lang, Refusal, Result as KernelResult},
    orders::statement::{Asked, Moved, Parts, Statement},
    reports::export::{Format, safe_text},
    web::{
        Allow, Market, Result, Route,
        auth::Caller,
        json::ApiQuery,
        statements::{StatementQuery, asked, drawn},
    },
};

/// Operations of this file.
#[derive(OpenApi)]
#[openapi(paths(statements))]
pub struct Operations;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/api/v1/coop/statements", Allow::Roles(&[Role::Coop]), statements)]
}

/// A statement, labelled where it is of a demonstration.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementView {
    #[serde(flatten)]
    pub statement: Statement,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
}

#[utoipa::path(get, path = "/api/v1/coop/statements", operation_id = "statements", tag = "cooperative",
    params(StatementQuery), responses((status = 200, body = StatementView)))]
pub async fn statements(
    State(market): State<Market>,
    caller: Caller,
    ApiQuery(query): ApiQuery<StatementQuery>,
) -> Result<Response> {
    let format = match query.format.as_deref() {
        None | Some("" | "json") => Format::Json,
        Some("csv") => Format::Csv,
        Some("xlsx") => Format::Xlsx,
        Some(_) => return Err(Refusal::of_field("format", Code::OneOf).with("choices", "json, csv, xlsx").into()),
    };
    let asked = asked(&market, &caller, query.from.as_deref(), query.to.as_deref())?;
    let (lang, demo) = (caller.lang, market.demo);
    let body = match format {
        Format::Csv => csv(market.db(), &asked, lang, demo).await?,
        Format::Xlsx => {
            let statement = drawn(&market, &asked).await?;
            // Other requests go on while a long one is written.
            let book = tokio::task::spawn_blocking(move || xlsx(&statement, lang, demo)).await;
            let book = book.map_err(|e| Error::fault(format!("a workbook broke off: {e}")))?;
            Body::from(book.map_err(|e| Error::fault(format!("a workbook cannot be written: {e}")))?)
        }
        _ => {
            let statement = drawn(&market, &asked).await?;
            return Ok(Json(StatementView { statement, demo }).into_response());
        }
    };
    let name = format!("attachment; filename=\"yanxi-statement-{}-{}.{format}\"", asked.from, asked.to);
    let heads = [(header::CONTENT_TYPE, format.content_type().to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((heads, body).into_response())
}

/// Heads of the file, money in 元.
fn heads(lang: Lang) -> [&'static str; 11] {
    match lang {
        Lang::ZhCn => [
            "日期",
            "订单号",
            "行",
            "规格编码",
            "件数",
            "货款（元）",
            "补贴（元）",
            "运费（元）",
            "退款（元）",
            "退运费（元）",
            "净额（元）",
        ],
        Lang::En => [
            "Day",
            "Order",
            "Line",
            "SKU",
            "Units",
            "Goods (yuan)",
            "Promotion (yuan)",
            "Freight (yuan)",
            "Refunds (yuan)",
            "Freight refunded (yuan)",
            "Net (yuan)",
        ],
    }
}

/// Words, then money, of a row.
fn cells(row: &Moved) -> KernelResult<([String; 5], [Fen; 6])> {
    let line = row.line_no.map(|n| n.to_string()).unwrap_or_default();
    let sku = safe_text(row.sku.as_deref().unwrap_or_default());
    let words = [row.day.to_string(), row.number.clone(), line, sku, row.qty.to_string()];
    let money = [row.goods_fen, row.promotion_fen, row.freight_fen, row.refund_fen, row.refund_freight_fen, row.net()?];
    Ok((words, money))
}

fn note(demo: bool) -> &'static str {
    if demo { "演示数据" } else { "" }
}

/// The file as it is read: a part at a time, none of which waits for a slow client on a report's connection.
/// The books of past days do not change, so that the parts fit.
async fn csv(db: &Db, asked: &Asked, lang: Lang, demo: bool) -> KernelResult<Body> {
    let mut parts = asked.parts();
    // What is refused or away is answered as such, before the file begins.
    let first = part(db, &mut parts).await?.unwrap_or_default();
    // Spreadsheets read UTF-8 only after this mark.
    let begin = ["\u{feff}".as_bytes(), &records([heads(lang).map(str::to_owned)])?, &first].concat();
    let end = if demo { records([[note(demo).to_owned()]])? } else { Vec::new() };
    let rest = stream::try_unfold((db.clone(), parts), async |(db, mut parts)| {
        let bytes = part(&db, &mut parts).await.inspect_err(|error| tracing::warn!(%error, "a file broke off"))?;
        Ok::<_, Error>(bytes.map(|bytes| (bytes, (db, parts))))
    });
    let begin = stream::once(std::future::ready(Ok(begin)));
    Ok(Body::from_stream(begin.chain(rest).chain(stream::once(std::future::ready(Ok(end))))))
}

async fn part(db: &Db, parts: &mut Parts) -> KernelResult<Option<Vec<u8>>> {
    let mut reading = db.report().await?;
    let rows = parts.next(&mut reading).await;
    let Some(rows) = reading.end(rows).await? else { return Ok(None) };
    let mut lines = Vec::with_capacity(rows.len());
    for row in &rows {
        let (words, money) = cells(row)?;
        lines.push(words.into_iter().chain(money.map(Fen::yuan)).collect::<Vec<_>>());
    }
    records(lines).map(Some)
}

fn records<R: IntoIterator<Item = String>>(records: impl IntoIterator<Item = R>) -> KernelResult<Vec<u8>> {
    let broken = |e: csv::Error| Error::fault(format!("a CSV cannot be written: {e}"));
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for record in records {
        writer.write_record(record).map_err(broken)?;
    }
    writer.into_inner().map_err(|e| Error::fault(format!("a CSV cannot be written: {e}")))
}

fn xlsx(statement: &Statement, lang: Lang, demo: bool) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (place, head) in (0u16..).zip(heads(lang)) {
        sheet.write_string(0, place, head)?;
        sheet.set_column_width(place, 15)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let money = rust_xlsxwriter::Format::new().set_num_format("#,##0.00");
    let mut line = 1;
    for row in &statement.rows {
        let Ok((words, amounts)) = cells(row) else { continue };
        for (place, word) in (0u16..).zip(words) {
            sheet.write_string(line, place, word)?;
        }
        for (place, amount) in (5u16..).zip(amounts) {
            // The format knows no other numbers than doubles; below 2^53 分 the nearest one is exact to the 分.
            sheet.write_number_with_format(line, place, amount.0 as f64 / 100.0, &money)?;
        }
        line += 1;
    }
    sheet.write_string(line, 0, note(demo))?;
    book.save_to_buffer()
}

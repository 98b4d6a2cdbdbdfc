//! A cooperative's statements (对账单): what each sale and refund moved for it, as JSON, CSV or XLSX.

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use rust_xlsxwriter::{Workbook, XlsxError};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use crate::{
    identity::Role,
    kernel::{Code, Error, Fen, Lang, Refusal, Result as KernelResult},
    orders::statement::{Moved, Statement},
    reports::export::{Format, safe_text},
    web::{
        Allow, Market, Result, Route,
        auth::Caller,
        json::ApiQuery,
        statements::{StatementQuery, drawn},
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
    let statement = drawn(&market, &caller, &query).await?;
    let name = format!("attachment; filename=\"yanxi-statement-{}-{}.{format}\"", statement.from, statement.to);
    let body = match format {
        Format::Csv => csv(&statement, caller.lang, market.demo)?,
        Format::Xlsx => {
            let book = xlsx(&statement, caller.lang, market.demo);
            book.map_err(|e| Error::fault(format!("a workbook cannot be written: {e}")))?
        }
        _ => return Ok(Json(StatementView { statement, demo: market.demo }).into_response()),
    };
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

fn csv(statement: &Statement, lang: Lang, demo: bool) -> KernelResult<Vec<u8>> {
    // Spreadsheets read UTF-8 only after this mark.
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer("\u{feff}".as_bytes().to_vec());
    let broken = |e: csv::Error| Error::fault(format!("a CSV cannot be written: {e}"));
    writer.write_record(heads(lang)).map_err(broken)?;
    for row in &statement.rows {
        let (words, money) = cells(row)?;
        writer.write_record(words.into_iter().chain(money.map(Fen::yuan))).map_err(broken)?;
    }
    if demo {
        writer.write_record([note(demo)]).map_err(broken)?;
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

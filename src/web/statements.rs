//! A cooperative's statement as a request asks for it: the API answers it, the desk shows it.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    kernel::{Code, Day, Refusal},
    orders::statement::{self, Asked, Statement},
    web::{Market, Result, auth::Caller},
};

/// Which days, in which form.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct StatementQuery {
    /// First day; it counts. The first of this month when both days are absent.
    pub from: Option<String>,
    /// Last day; it counts. Today when absent.
    pub to: Option<String>,
    /// `json` (default), `csv` or `xlsx`.
    pub format: Option<String>,
}

/// The days asked for; this month up to today where nothing is said. A last day without a first is refused.
fn days(from: Option<&str>, to: Option<&str>, today: Day) -> std::result::Result<(Day, Day), Refusal> {
    let given = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    let (from, to) = (given(from), given(to));
    if to.is_some() && from.is_none() {
        return Err(Refusal::of_field("from", Code::Missing));
    }
    let day = |field: &str, text: Option<String>, usual: Day| match text {
        None => Ok(usual),
        Some(text) => text.parse().map_err(|_| Refusal::of_field(field, Code::Malformed).with("example", "2026-11-01")),
    };
    Ok((day("from", from, today.month_start())?, day("to", to, today)?))
}

/// What the caller's cooperative asks for.
pub fn asked(market: &Market, caller: &Caller, from: Option<&str>, to: Option<&str>) -> Result<Asked> {
    let coop = caller.person()?.own_coop()?;
    Ok(Asked::of(coop, days(from, to, market.now().day())?)?)
}

/// The statement as a whole.
pub async fn drawn(market: &Market, asked: &Asked) -> Result<Statement> {
    let mut reading = market.db().report().await?;
    let statement = statement::statement(&mut reading, asked, market.now()).await;
    Ok(reading.end(statement).await?)
}

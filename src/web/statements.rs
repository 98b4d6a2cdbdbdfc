//! A cooperative's statement as a request asks for it: the API answers it, the desk shows it.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    kernel::{Code, Day, Refusal},
    orders::statement::{self, Statement},
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

impl StatementQuery {
    /// The days asked for; this month up to today where nothing is said. A last day without a first is refused.
    pub fn days(&self, today: Day) -> std::result::Result<(Day, Day), Refusal> {
        let day = |field: &str, text: &Option<String>, usual: Day| match text.as_deref().filter(|t| !t.is_empty()) {
            None => Ok(usual),
            Some(text) => {
                text.parse().map_err(|_| Refusal::of_field(field, Code::Malformed).with("example", "2026-11-01"))
            }
        };
        let given = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
        if given(&self.to) && !given(&self.from) {
            return Err(Refusal::of_field("from", Code::Missing));
        }
        Ok((day("from", &self.from, today.month_start())?, day("to", &self.to, today)?))
    }
}

/// The statement of the caller's cooperative.
pub async fn drawn(market: &Market, caller: &Caller, query: &StatementQuery) -> Result<Statement> {
    let coop = caller.person()?.own_coop()?;
    let now = market.now();
    let days = query.days(now.day())?;
    let mut conn = market.db().read_replica().await?;
    Ok(statement::statement(&mut conn, coop, days, now).await?)
}

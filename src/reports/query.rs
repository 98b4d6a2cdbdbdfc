//! The question as an address or a form puts it, for pages and programs alike.

use serde::Deserialize;
use utoipa::IntoParams;

use super::{Ask, Dimension};
use crate::kernel::{Day, Refusal};

/// Days, dimensions, filters by dimension, and form.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ReportQuery {
    /// First day; it counts. The month's first where both days are absent.
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

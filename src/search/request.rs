//! The public shapes of a search: request, hits, chips, notes, suggestions.

use serde::Serialize;

use crate::kernel::{Day, Lang, closed_set};

/// A facet of the product list; the query parameter has the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// County of origin, by six-digit code.
    County,
    /// Category code.
    Category,
    /// Certificate kind.
    Cert,
    /// Recognition scheme code.
    Scheme,
    /// Cooperative slug.
    Coop,
    /// Grade text.
    Grade,
    /// Fruit diameter in mm.
    Diameter,
    /// Net weight band in grams, `2501-5000`.
    Weight,
    /// Price band in fen, `5000-9999`, over the product's least price.
    Price,
    /// `true`: a SKU is in season on the request's day.
    InSeason,
}

impl Facet {
    /// All facets in the order of the list page.
    pub const ALL: [Self; 10] = [
        Self::County,
        Self::Category,
        Self::InSeason,
        Self::Price,
        Self::Weight,
        Self::Diameter,
        Self::Grade,
        Self::Cert,
        Self::Scheme,
        Self::Coop,
    ];

    /// Name of the query parameter and of the JSON field.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::County => "county",
            Self::Category => "category",
            Self::Cert => "cert",
            Self::Scheme => "scheme",
            Self::Coop => "coop",
            Self::Grade => "grade",
            Self::Diameter => "diameter",
            Self::Weight => "weight",
            Self::Price => "price",
            Self::InSeason => "in_season",
        }
    }

    /// The facet of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.as_str() == name)
    }
}

closed_set! {
    /// Order of the list; its word is the value of the query parameter `sort`.
    #[derive(Default)]
    pub enum Sort {
        /// Text first, then season, stock and sales.
        #[default]
        Relevance = "relevance",
        /// Cheapest first.
        Price = "price",
        /// Dearest first.
        PriceDown = "-price",
        /// Most sold first.
        Sales = "sales",
        /// Last published first.
        Newest = "newest",
    }
}

/// What is asked for. `SearchRequest::on(day)` is the whole list, first page of 24.
#[derive(Clone, Debug)]
pub struct SearchRequest {
    /// What was typed; empty for the whole list.
    pub text: String,
    /// Chosen facet values: or within a facet, and across facets. Unknown values match nothing.
    pub selected: Vec<(Facet, String)>,
    /// Least `from_fen`.
    pub min_fen: Option<i64>,
    /// Greatest `from_fen`.
    pub max_fen: Option<i64>,
    /// Order.
    pub sort: Sort,
    /// Page, from 1.
    pub page: u32,
    /// Products a page, at most 100.
    pub per_page: u32,
    /// Day on which season is judged.
    pub day: Day,
}

impl SearchRequest {
    /// The whole list on that day, first page of 24.
    pub fn on(day: Day) -> Self {
        Self {
            text: String::new(),
            selected: Vec::new(),
            min_fen: None,
            max_fen: None,
            sort: Sort::Relevance,
            page: 1,
            per_page: 24,
            day,
        }
    }

    /// The same with a text.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// The same with one more facet value.
    #[must_use]
    pub fn with(mut self, facet: Facet, value: impl Into<String>) -> Self {
        self.selected.push((facet, value.into()));
        self
    }
}

/// One value of a facet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FacetCount {
    /// What the query parameter takes.
    pub value: String,
    /// Chinese label.
    pub label: String,
    #[serde(skip)]
    pub label_en: String,
    /// Products that this value alone gives beside the choices in the other facets.
    pub count: u64,
    /// It is chosen now.
    #[serde(skip)]
    pub selected: bool,
}

impl FacetCount {
    /// The label in that language.
    pub fn label_in(&self, lang: Lang) -> &str {
        lang.pick(&self.label, &self.label_en)
    }
}

/// A facet with its values; values without products are left out unless chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetCounts {
    pub facet: Facet,
    /// Its values in a steady order.
    pub values: Vec<FacetCount>,
}

/// A piece of the typed text that was understood; shown above the results and removable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chip {
    /// `county`, `cert`, `scheme`, `season`, `weight`, `diameter`, `pieces`, `price`, `grade`, `intent`, `word`.
    pub kind: &'static str,
    /// Chinese label, `5kg`.
    pub label: String,
    pub label_en: String,
    /// The text of the query without this piece: what the chip's link searches for.
    pub without: String,
}

impl Chip {
    /// The label in that language.
    pub fn label_in(&self, lang: Lang) -> &str {
        lang.pick(&self.label, &self.label_en)
    }
}

/// A sentence above the results: what was relaxed, or a way on from an honest zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    pub zh: String,
    pub en: String,
}

impl Note {
    /// The sentence in that language.
    pub fn text_in(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// Codes of the products of the page, in order.
    pub codes: Vec<String>,
    /// Exact number of products over all pages.
    pub total: u64,
    /// All facets in the order of [`Facet::ALL`].
    pub facets: Vec<FacetCounts>,
    /// Texts that may have been meant instead, or that were searched instead.
    pub corrections: Vec<String>,
    /// What was understood, removable.
    pub chips: Vec<Chip>,
    /// What was relaxed; empty where every word held.
    pub notes: Vec<Note>,
    /// The text as typed has no product of its own: keep it for the operator (`zero::record`).
    pub zero: bool,
}

/// What a suggestion leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SuggestionKind {
    /// A text to search for.
    Query,
    /// A product page; `value` is the slug.
    Product,
    /// A category; `value` is its code.
    Category,
    /// A county; `value` is its code.
    County,
    /// A cooperative; `value` is its slug.
    Coop,
}

/// One line under the search box while typing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// Where it leads.
    pub kind: SuggestionKind,
    /// Chinese label.
    pub label: String,
    pub label_en: String,
    /// Slug, code or text, by kind.
    pub value: String,
    /// A second, smaller line: county or pairing; may be empty.
    pub detail: String,
}

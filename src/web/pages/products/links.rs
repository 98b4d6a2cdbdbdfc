//! The list's query as pairs, and the addresses of its neighbours: one choice more, one less.

use crate::{search::Facet, web::sizes};

/// The query of a list, without parameters that the page does not know and without empty ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

/// Parameters besides the facets.
const KNOWN: [&str; 6] = ["q", "min_fen", "max_fen", "sort", "page", "per_page"];

/// Most choices of a list, and the longest value of one, in bytes: each link of the page repeats them all.
const MOST_CHOICES: usize = 24;
const LONGEST_VALUE: usize = 640;

impl Query {
    /// Of the text after `?`. A link from elsewhere may bring parameters of its own: they fall out.
    pub fn read(text: &str) -> Self {
        let known = |name: &str| KNOWN.contains(&name) || Facet::parse(name).is_some();
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            let value = if name == "q" { sizes::search_text(&value) } else { value.trim() };
            let pair = (name.into_owned(), value.to_owned());
            let fits = pairs.len() < MOST_CHOICES && pair.1.len() <= LONGEST_VALUE;
            if fits && known(&pair.0) && !pair.1.is_empty() && !pairs.contains(&pair) {
                pairs.push(pair);
            }
        }
        Self(pairs)
    }

    /// The text after `?`.
    pub fn text(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    /// The address.
    pub fn href(&self) -> String {
        if self.0.is_empty() { "/products".to_owned() } else { format!("/products?{}", self.text()) }
    }

    /// Whether a value is chosen.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(n, v)| n == name && v == value)
    }

    /// The value of a parameter that stands once.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// A neighbour starts on its first page.
    fn kept(&self, keep: impl Fn(&(String, String)) -> bool) -> Self {
        Self(self.0.iter().filter(|pair| pair.0 != "page" && keep(pair)).cloned().collect())
    }

    /// Without a parameter.
    pub fn without(&self, name: &str) -> Self {
        self.kept(|(n, _)| n != name)
    }

    /// With one value of a parameter.
    pub fn set(&self, name: &str, value: &str) -> Self {
        let mut next = self.without(name);
        next.0.push((name.to_owned(), value.to_owned()));
        next
    }

    /// With a facet's value chosen, or no more.
    pub fn toggled(&self, facet: Facet, value: &str) -> Self {
        let name = facet.as_str();
        let mut next = self.kept(|(n, v)| n != name || v != value);
        if !self.has(name, value) {
            next.0.push((name.to_owned(), value.to_owned()));
        }
        next
    }

    /// With another text.
    pub fn with_text(&self, text: &str) -> Self {
        if text.trim().is_empty() { self.without("q") } else { self.set("q", text.trim()) }
    }

    /// Nothing but a parameter.
    pub fn only(&self, name: &str) -> Self {
        self.kept(|(n, _)| n == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_change_one_thing_and_start_on_the_first_page() {
        let query = Query::read("q=苹果&county=610629&page=3&utm_source=x&cert=");
        assert_eq!(query.toggled(Facet::County, "610629").href(), "/products?q=%E8%8B%B9%E6%9E%9C");
        let more = query.toggled(Facet::County, "610630");
        assert_eq!(more.text(), "q=%E8%8B%B9%E6%9E%9C&county=610629&county=610630");
        assert_eq!(query.set("page", "4").get("page"), Some("4"));
        assert_eq!(query.with_text(" ").href(), "/products?county=610629");
        assert_eq!(query.only("q").with_text("").href(), "/products");
    }
}

//! A value of a closed list with its names in both languages.

/// A value of a closed list with its names: `{value: "610629", zh: "洛川县", en: "Luochuan"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    /// What a query parameter carries.
    pub value: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
}

impl Term {
    /// A term from its three texts.
    pub fn new(value: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { value: value.into(), zh: zh.into(), en: en.into() }
    }
}

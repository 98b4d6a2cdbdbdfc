//! The two languages of the market.

use serde::{Deserialize, Serialize};

/// Language of a page or an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Lang {
    /// Simplified Chinese, the default.
    #[default]
    #[serde(rename = "zh-CN")]
    ZhCn,
    #[serde(rename = "en")]
    En,
}

impl Lang {
    /// The tag: `zh-CN` or `en`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    /// `zh` or `en` as given, whichever language this is; Chinese where nothing is said in English.
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::En if !en.is_empty() => en,
            Self::ZhCn | Self::En => zh,
        }
    }

    /// A tag or header value such as `en-GB,en;q=0.9` to a language; the first known tag decides.
    pub fn parse(text: &str) -> Option<Self> {
        text.split(',').map(|tag| tag.trim().to_ascii_lowercase()).find_map(|tag| {
            if tag.starts_with("zh") {
                Some(Self::ZhCn)
            } else if tag.starts_with("en") {
                Some(Self::En)
            } else {
                None
            }
        })
    }
}

//! Closed sets: enums whose values have one word for programs and one name for people in each language.

use super::Lang;

/// A closed set of values, each with the word under which it is stored and published.
pub trait ClosedSet: Copy + 'static {
    /// Every value, in the order of its declaration.
    const ALL: &'static [Self];

    /// The stored and published word.
    fn as_str(self) -> &'static str;

    /// The value of a word, if the set has it.
    fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.as_str() == word)
    }
}

/// A closed set whose values have names for people.
pub trait Named: ClosedSet {
    /// Name in the person's language.
    fn name(self, lang: Lang) -> &'static str;

    /// Word and names of every value, as choices of a form.
    fn choices(lang: Lang) -> Vec<(&'static str, &'static str)> {
        Self::ALL.iter().map(|value| (value.as_str(), value.name(lang))).collect()
    }
}

/// Declares a closed set: `Variant = "word"`, and `["中文", "English"]` behind it where people see the value.
/// Gives `ALL`, `as_str`, `TryFrom<&str>`, the same words in JSON, and the databases' storing (in `db`).
macro_rules! closed_set {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$vmeta:meta])* $variant:ident = $word:literal $([$zh:literal, $en:literal])?,)*
    }) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize,
            ::utoipa::ToSchema,
        )]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $word)] #[schema(rename = $word)] $variant,)* }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stored and published word.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl $crate::kernel::ClosedSet for $name {
            const ALL: &'static [Self] = Self::ALL;

            fn as_str(self) -> &'static str {
                self.as_str()
            }
        }

        impl TryFrom<&str> for $name {
            type Error = String;

            fn try_from(word: &str) -> std::result::Result<Self, String> {
                <Self as $crate::kernel::ClosedSet>::of(word)
                    .ok_or_else(|| format!("{word} is no {}", stringify!($name)))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        $crate::kernel::closed_set::named! { $name { $($variant $([$zh, $en])?,)* } }
    };
}
pub(crate) use closed_set;

/// The names of a closed set, where every value has them.
macro_rules! named {
    ($name:ident { $($variant:ident,)* }) => {};
    ($name:ident { $($variant:ident [$zh:literal, $en:literal],)* }) => {
        impl $crate::kernel::Named for $name {
            fn name(self, lang: $crate::kernel::Lang) -> &'static str {
                match self { $(Self::$variant => lang.pick($zh, $en),)* }
            }
        }
    };
}
pub(crate) use named;

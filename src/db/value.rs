//! Values that go into statements, and how the kernel's types are stored in either database.

use sqlx::{Arguments, Database, Decode, Encode, Type, error::BoxDynError};

use crate::kernel::{
    At, BatchId, CoopId, Day, Error, Fen, Grams, OrderId, PaymentId, PersonId, ProductId, QuoteId, RefundId, Result,
    SellerOrderId, SkuId,
};

/// A value to bind: the three column types of the schema, or their NULL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// BIGINT.
    Int(Option<i64>),
    /// BOOLEAN.
    Bool(Option<bool>),
    /// TEXT.
    Text(Option<String>),
}

macro_rules! into_value {
    ($($type:ty => |$v:ident| $variant:ident $inner:expr;)*) => { $(
        impl From<$type> for Value {
            fn from($v: $type) -> Self { Self::$variant(Some($inner)) }
        }
        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self { value.map_or(Self::$variant(None), Self::from) }
        }
    )* };
}

into_value! {
    i64 => |v| Int v;
    bool => |v| Bool v;
    String => |v| Text v;
    &str => |v| Text v.to_owned();
    &String => |v| Text v.clone();
    Fen => |v| Int v.0;
    Grams => |v| Int v.0;
    At => |v| Int v.0;
    Day => |v| Text v.to_string();
}

/// Adds the values to a driver's arguments.
pub(super) fn arguments<'q, A>(values: Vec<Value>) -> Result<A>
where
    A: Arguments + Default,
    Option<i64>: Encode<'q, A::Database> + Type<A::Database>,
    Option<bool>: Encode<'q, A::Database> + Type<A::Database>,
    Option<String>: Encode<'q, A::Database> + Type<A::Database>,
{
    let mut arguments = A::default();
    arguments.reserve(values.len(), values.len() * 16);
    for value in values {
        let added = match value {
            Value::Int(v) => arguments.add(v),
            Value::Bool(v) => arguments.add(v),
            Value::Text(v) => arguments.add(v),
        };
        added.map_err(|e| Error::fault(format!("a value cannot be bound: {e}")))?;
    }
    Ok(arguments)
}

macro_rules! stored_as {
    ($($type:ty as $raw:ty => |$v:ident| $make:expr;)*) => { $(
        impl<DB: Database> Type<DB> for $type where $raw: Type<DB> {
            fn type_info() -> DB::TypeInfo { <$raw as Type<DB>>::type_info() }
            fn compatible(ty: &DB::TypeInfo) -> bool { <$raw as Type<DB>>::compatible(ty) }
        }
        impl<'r, DB: Database> Decode<'r, DB> for $type where $raw: Decode<'r, DB> {
            fn decode(value: DB::ValueRef<'r>) -> std::result::Result<Self, BoxDynError> {
                let $v = <$raw as Decode<'r, DB>>::decode(value)?;
                Ok($make)
            }
        }
    )* };
}

stored_as! {
    Fen as i64 => |v| Self(v);
    Grams as i64 => |v| Self(v);
    At as i64 => |v| Self(v);
    Day as String => |v| v.parse::<Self>().map_err(|e| e.to_string())?;
}

/// Teaches both databases to store id newtypes over `String`.
macro_rules! text_ids {
    ($($type:ty),* $(,)?) => { $(
        impl<DB: ::sqlx::Database> ::sqlx::Type<DB> for $type where String: ::sqlx::Type<DB> {
            fn type_info() -> DB::TypeInfo { <String as ::sqlx::Type<DB>>::type_info() }
            fn compatible(ty: &DB::TypeInfo) -> bool { <String as ::sqlx::Type<DB>>::compatible(ty) }
        }
        impl<'r, DB: ::sqlx::Database> ::sqlx::Decode<'r, DB> for $type where String: ::sqlx::Decode<'r, DB> {
            fn decode(value: DB::ValueRef<'r>) -> std::result::Result<Self, ::sqlx::error::BoxDynError> {
                Ok(Self(<String as ::sqlx::Decode<'r, DB>>::decode(value)?))
            }
        }
        impl From<$type> for $crate::db::Value {
            fn from(id: $type) -> Self { Self::Text(Some(id.0)) }
        }
        impl From<&$type> for $crate::db::Value {
            fn from(id: &$type) -> Self { Self::Text(Some(id.0.clone())) }
        }
        impl From<Option<$type>> for $crate::db::Value {
            fn from(id: Option<$type>) -> Self { Self::Text(id.map(|id| id.0)) }
        }
    )* };
}

text_ids!(PersonId, CoopId, ProductId, SkuId, QuoteId, OrderId, SellerOrderId, PaymentId, RefundId, BatchId);

/// Declares an enum that is stored as `snake_case` text, with `as_str`, `ALL`, `TryFrom<&str>`,
/// serde in the same words, and both databases' decoding.
macro_rules! text_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize, ::utoipa::ToSchema)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $text)] $variant,)* }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stored and published word.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl TryFrom<&str> for $name {
            type Error = String;
            fn try_from(text: &str) -> std::result::Result<Self, String> {
                match text { $($text => Ok(Self::$variant),)* other => Err(format!("{} is no {}", other, stringify!($name))) }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }

        impl<DB: ::sqlx::Database> ::sqlx::Type<DB> for $name where String: ::sqlx::Type<DB> {
            fn type_info() -> DB::TypeInfo { <String as ::sqlx::Type<DB>>::type_info() }
            fn compatible(ty: &DB::TypeInfo) -> bool { <String as ::sqlx::Type<DB>>::compatible(ty) }
        }
        impl<'r, DB: ::sqlx::Database> ::sqlx::Decode<'r, DB> for $name where String: ::sqlx::Decode<'r, DB> {
            fn decode(value: DB::ValueRef<'r>) -> std::result::Result<Self, ::sqlx::error::BoxDynError> {
                let text = <String as ::sqlx::Decode<'r, DB>>::decode(value)?;
                Ok(Self::try_from(text.as_str())?)
            }
        }
        impl From<$name> for $crate::db::Value {
            fn from(value: $name) -> Self { Self::Text(Some(value.as_str().to_owned())) }
        }
        impl From<Option<$name>> for $crate::db::Value {
            fn from(value: Option<$name>) -> Self { Self::Text(value.map(|v| v.as_str().to_owned())) }
        }
    };
}
pub(crate) use text_enum;

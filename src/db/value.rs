//! Values that go into statements, and how the kernel's types are stored in either database.

use sqlx::{Arguments, Encode, Type};

use super::reader::Reader;
use crate::kernel::{
    At, BatchId, ClosedSet, CoopId, CreditCode, Day, Error, Fen, Grams, OrderId, PaymentId, PersonId, Phone, ProductId,
    Qty, QuoteId, RefundId, RefundTenderId, RegionCode, Result, SellerOrderId, SkuCode, SkuId, TaxNo,
};

/// A value to bind: the three column types of the schema, or their NULL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// BIGINT.
    Int(Option<i64>),
    /// BOOLEAN.
    Bool(Option<bool>),
    Text(Option<String>),
}

/// A type that a column can hold.
pub trait Stored: Sized + Send {
    /// Its column's NULL.
    const NULL: Value;

    /// As it is bound.
    fn value(&self) -> Value;

    /// As it is read; `None` for NULL.
    fn load(reader: &Reader<'_>, place: usize) -> Result<Option<Self>>;

    /// The words that its column may have; none where it is no closed set.
    fn words() -> Vec<&'static str> {
        Vec::new()
    }
}

/// A column's content: a stored value, or an `Option` of one.
pub trait Bound {
    /// The value.
    fn bound(&self) -> Value;

    /// The words of its closed set.
    fn words() -> Vec<&'static str>;
}

impl<T: Stored> Bound for T {
    fn bound(&self) -> Value {
        self.value()
    }

    fn words() -> Vec<&'static str> {
        T::words()
    }
}

impl<T: Stored> Bound for Option<T> {
    fn bound(&self) -> Value {
        self.as_ref().map_or(T::NULL, T::value)
    }

    fn words() -> Vec<&'static str> {
        T::words()
    }
}

impl<T: ClosedSet> From<T> for Value {
    fn from(value: T) -> Self {
        Self::Text(Some(value.as_str().to_owned()))
    }
}

impl<T: ClosedSet> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        Self::Text(value.map(|value| value.as_str().to_owned()))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

macro_rules! stored {
    ($($type:ty as $column:ident $read:ident: |$own:ident| $store:expr, |$raw:ident| $load:expr;)*) => { $(
        impl Stored for $type {
            const NULL: Value = Value::$column(None);

            fn value(&self) -> Value {
                let $own = self;
                Value::$column(Some($store))
            }

            fn load(reader: &Reader<'_>, place: usize) -> Result<Option<Self>> {
                let Some($raw) = reader.$read(place)? else { return Ok(None) };
                Ok(Some($load))
            }
        }

        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                value.value()
            }
        }

        impl From<&$type> for Value {
            fn from(value: &$type) -> Self {
                value.value()
            }
        }

        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                value.bound()
            }
        }
    )* };
}

stored! {
    i64 as Int int: |n| *n, |n| n;
    bool as Bool bool: |yes| *yes, |yes| yes;
    String as Text text: |text| text.clone(), |text| text;
    Fen as Int int: |fen| fen.0, |fen| Self(fen);
    Grams as Int int: |grams| grams.0, |grams| Self(grams);
    At as Int int: |at| at.0, |at| Self(at);
    Day as Text text: |day| day.to_string(), |day| day.parse().map_err(|e| Error::fault(format!("{day}: {e}")))?;
}

macro_rules! stored_ids {
    ($($type:ident),* $(,)?) => { stored! { $($type as Text text: |id| id.0.clone(), |id| Self(id);)* } };
}

stored_ids!(
    PersonId,
    CoopId,
    ProductId,
    SkuId,
    QuoteId,
    OrderId,
    SellerOrderId,
    PaymentId,
    RefundId,
    RefundTenderId,
    BatchId
);

macro_rules! stored_texts {
    ($($type:ident),* $(,)?) => {
        stored! { $($type as Text text: |typed| typed.as_str().to_owned(), |text| Self::stored(text);)* }
    };
}

stored_texts!(SkuCode, Phone, RegionCode, TaxNo, CreditCode);

stored! {
    Qty as Int int: |qty| qty.units(), |units| Self::parse("qty", units)?;
}

impl<T: ClosedSet + Send> Stored for T {
    const NULL: Value = Value::Text(None);

    fn value(&self) -> Value {
        Value::Text(Some(self.as_str().to_owned()))
    }

    fn load(reader: &Reader<'_>, place: usize) -> Result<Option<Self>> {
        let Some(word) = reader.text(place)? else { return Ok(None) };
        match Self::of(&word) {
            Some(value) => Ok(Some(value)),
            None => Err(Error::fault(format!("{word} is no {}", std::any::type_name::<T>()))),
        }
    }

    fn words() -> Vec<&'static str> {
        Self::ALL.iter().map(|value| value.as_str()).collect()
    }
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

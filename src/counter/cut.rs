//! Cuts (切面) of the sums: a report by a few dimensions reads sums that keep no others apart, and of a long time
//! those of its years, so that it reads few rows however many combinations were sold.

use crate::{
    kernel::{ClosedSet, Day, closed_set},
    ledger::dimensions::Kept,
};

closed_set! {
    /// Which dimensions sums keep apart, those with the fewest rows first.
    pub enum Cut {
        /// County, pairing, cooperative, category, schemes: also the public counter's.
        Makers = "makers",
        /// Channel, outlet, class of the buyer, district.
        Buyers = "buyers",
        /// Makers and products.
        Goods = "goods",
        /// Makers and buyers.
        Sales = "sales",
        /// Everything: what the other cuts are sums of.
        All = "all",
    }
}

/// How long a span of the sums is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    Day,
    Month,
    Year,
}

impl Grain {
    /// The span of a day: `2026-11-28`, `2026-11` or `2026`.
    pub fn span(self, day: Day) -> String {
        let mut span = day.to_string();
        span.truncate(match self {
            Self::Day => 10,
            Self::Month => 7,
            Self::Year => 4,
        });
        span
    }
}

impl Cut {
    /// What it keeps apart.
    pub fn kept(self) -> Kept {
        match self {
            Self::Makers => Kept { maker: true, ..Kept::default() },
            Self::Buyers => Kept { buyer: true, ..Kept::default() },
            Self::Goods => Kept { buyer: false, ..Kept::ALL },
            Self::Sales => Kept { product: false, ..Kept::ALL },
            Self::All => Kept::ALL,
        }
    }

    /// The spans that are kept. Where a cut lacks one, the sums of [`Self::All`] are read.
    pub fn grains(self) -> &'static [Grain] {
        match self {
            Self::Buyers => &[Grain::Day, Grain::Month],
            Self::Goods | Self::Sales => &[Grain::Month, Grain::Year],
            Self::Makers | Self::All => &[Grain::Day, Grain::Month, Grain::Year],
        }
    }

    /// The cut with the fewest rows that keeps what is needed.
    pub fn of(needed: Kept) -> Self {
        let enough = |has: bool, needs: bool| has || !needs;
        let fits = |cut: &Self| {
            let kept = cut.kept();
            let goods = enough(kept.maker, needed.maker) && enough(kept.product, needed.product);
            goods && enough(kept.buyer, needed.buyer)
        };
        <Self as ClosedSet>::ALL.iter().copied().find(fits).unwrap_or(Self::All)
    }
}

//! Certificates: their kinds, and when one holds.

use crate::{
    db::row,
    kernel::{Day, Lang, Named, Term, closed_set},
};

closed_set! {
    pub enum CertificateKind {
        Gi = "gi" ["地理标志", "Geographical indication"],
        Green = "green" ["绿色食品", "Green food"],
        Organic = "organic" ["有机", "Organic"],
        /// The producer's word that the goods are as they must be (承诺达标合格证).
        Conformity = "conformity" ["合格证", "Certificate of conformity"],
        /// Licence to make food.
        FoodLicence = "food_licence" ["食品生产许可", "Food production licence"],
        /// Meat was inspected.
        Quarantine = "quarantine" ["检疫合格", "Quarantine passed"],
        Heritage = "heritage" ["非遗", "Intangible heritage"],
    }
}

impl CertificateKind {
    /// Those that a card shows, the weightiest first.
    pub const MARKS: [Self; 5] = [Self::Gi, Self::Organic, Self::Green, Self::Heritage, Self::Quarantine];

    /// Whether it lets food on the shelf; meat needs `Quarantine`.
    pub fn admits_food(self) -> bool {
        match self {
            Self::Conformity | Self::FoodLicence | Self::Green | Self::Organic => true,
            Self::Gi | Self::Quarantine | Self::Heritage => false,
        }
    }
}

impl From<CertificateKind> for Term {
    fn from(kind: CertificateKind) -> Self {
        Self::new(kind.as_str(), kind.name(Lang::ZhCn), kind.name(Lang::En))
    }
}

row! {
    /// A certificate with its validity.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Certificate {
        pub kind: CertificateKind,
        pub number: String,
        /// Who holds it.
        pub holder: String,
        /// First day.
        pub valid_from: Day,
        /// Last day.
        pub valid_to: Day,
    }
}

impl Certificate {
    /// Whether it holds on a day: an expired one is never shown as valid.
    pub fn holds(&self, day: Day) -> bool {
        (self.valid_from..=self.valid_to).contains(&day)
    }
}

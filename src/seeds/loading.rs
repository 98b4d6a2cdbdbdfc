//! One loading of the demonstration: its days and its randomness.

use crate::{
    catalogue::{CertificateKind, table::Certificate},
    db::{Tx, insert},
    kernel::{Actor, At, Day, Error, Random, Result, Step, time::DAY},
};

/// The demonstration is the same on every machine on the same day.
pub(super) const SEED: u64 = 20_261_124;
/// Days before today on which the demonstration market opened.
pub(super) const OPENED: i64 = 430;

/// One loading: its instants and its random.
pub struct Load {
    /// Today.
    pub day: Day,
    /// Midnight of today: what is loaded depends on the day alone, not on the hour.
    pub now: At,
    /// The opening day of the demonstration, with the random.
    pub step: Step,
}

impl Load {
    pub(super) fn new(now: At) -> Self {
        let midnight = now.day().start();
        let step = Step { at: midnight.later(-OPENED * DAY), by: Actor::SYSTEM, random: Random::Seeded(SEED) };
        Self { day: now.day(), now: midnight, step }
    }

    /// Days of a certificate that holds, or that held until some months ago.
    pub(super) fn validity(&self, expired: bool) -> (Day, Day) {
        let (from, to) = if expired { (-1250, -150) } else { (-OPENED - 60, 740) };
        (self.day.plus_days(from), self.day.plus_days(to))
    }
}

/// Number of a demonstration certificate: `DEMO-GI-P01`.
pub(super) fn certificate_number(kind: CertificateKind, of: &str) -> String {
    format!("DEMO-{}-{of}", kind.as_str().to_uppercase().replace('_', "-"))
}

/// Adds certificates. A number that stands already is left out by the table's INSERT, which a cooperative's
/// desk refuses; here it is a mistake in the files.
pub(super) async fn add_certificates(tx: &mut Tx, certificates: &[Certificate]) -> Result<()> {
    for certificate in certificates {
        if !insert(tx, certificate).await? {
            return Err(Error::fault(format!("the seeds have certificate {} twice", certificate.number)));
        }
    }
    Ok(())
}

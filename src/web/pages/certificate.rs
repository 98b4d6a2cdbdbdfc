//! A certificate as the desks list it: held or past, never hidden.

use crate::{
    catalogue::{
        Certificate,
        own::{self, OwnProduct},
    },
    db::Conn,
    kernel::{Day, Lang, Named, Result},
};

/// One certificate, and whether it holds today.
pub struct CertificateView {
    pub kind: &'static str,
    pub number: String,
    /// Whose it is.
    pub holder: String,
    /// From when until when.
    pub days: String,
    /// Whether it holds today.
    pub holds: bool,
}

impl CertificateView {
    /// Those of a product and of its cooperative.
    pub async fn of(conn: &mut Conn, product: &OwnProduct, today: Day, lang: Lang) -> Result<Vec<Self>> {
        let shown = |cert: Certificate| Self {
            kind: cert.kind.name(lang),
            days: format!("{} – {}", cert.valid_from, cert.valid_to),
            holds: cert.holds(today),
            number: cert.number,
            holder: cert.holder,
        };
        Ok(own::certificates(conn, product).await?.into_iter().map(shown).collect())
    }
}

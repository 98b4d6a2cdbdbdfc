//! What the pages of the cooperative's desk share: their frame, a request, and the way of a form.

use axum::{
    extract::FromRequestParts,
    http::{Uri, request::Parts},
    response::{IntoResponse, Redirect, Response},
};

use super::super::{
    desk::{Desk, Pages},
    texts,
    view::Layout,
};
use crate::{
    catalogue::own::{self, WithSkus},
    db::{Work, idempotency::Key},
    identity::Role,
    kernel::{self, Code, CoopId, Lang, ProductId, Refusal},
    web::{Allow, Error, Market, auth::Caller, durable::of_coop, form::Faults},
};

/// Who works here.
pub(super) const COOP: Allow = Allow::Roles(&[Role::Coop]);

const PAGES: &[Pages] = &[(
    "",
    &[
        ("/coop", "stall.overview"),
        ("/coop/orders", "stall.orders"),
        ("/coop/products", "stall.goods"),
        ("/coop/statement", "stall.statement"),
    ],
)];

/// The desk's frame around a page.
pub(super) fn desk(layout: &Layout, caller: &Caller, uri: &Uri) -> Desk {
    Desk::of(layout, caller, uri, ("stall.desk", "/coop"), PAGES)
}

/// Where a form that did its work leads.
pub(super) fn done(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// A request of the desk: the market, who asks, and where.
pub(super) struct Visit {
    pub(super) market: Market,
    pub(super) caller: Caller,
    pub(super) uri: Uri,
}

impl FromRequestParts<Market> for Visit {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, market: &Market) -> Result<Self, Error> {
        let caller = Caller::from_request_parts(parts, market).await?;
        Ok(Self { market: market.clone(), caller, uri: parts.uri.clone() })
    }
}

impl Visit {
    /// The cooperative whose desk it is.
    pub(super) fn coop(&self) -> Result<&CoopId, Error> {
        Ok(self.caller.person()?.own_coop()?)
    }

    /// An own product with its SKUs.
    pub(super) async fn product(&self, id: &ProductId) -> Result<WithSkus, Error> {
        Ok(own::own_product(&mut self.market.db().read().await?, id, self.coop()?).await?)
    }

    /// A frame for a page of this title.
    pub(super) fn layout(&self, title: &'static str) -> Layout {
        Layout::of(&self.market, self.caller.lang, title)
    }

    /// The desk's frame around a page.
    pub(super) fn desk(&self, layout: &Layout) -> Desk {
        desk(layout, &self.caller, &self.uri)
    }

    /// Does what a form asks for, where it could be read: once for its key.
    pub(super) async fn act<A, T, F>(
        &self,
        asked: Result<A, Refusal>,
        key: Option<Key>,
        verb: impl FnOnce(Work, CoopId, A) -> F,
    ) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Future<Output = kernel::Result<T>> + Send + 'static,
    {
        let asked = asked?;
        of_coop(&self.market, &self.caller, key, |work, coop| verb(work, coop, asked)).await
    }

    /// After a form's act: on to where it leads, or `again` the form with what was refused.
    pub(super) async fn after<T, F: Future<Output = Result<Response, Error>>>(
        &self,
        (acted, to): (Result<T, Error>, &str),
        fields: &[&str],
        again: impl FnOnce(Faults) -> F,
    ) -> Result<Response, Error> {
        match acted {
            Ok(_) => Ok(done(to)),
            Err(error) => again(kept(error, self.caller.lang, fields)?).await,
        }
    }
}

/// The refusal of a form's act, to be shown with the form; what goods on the shelf would lack is named.
pub(super) fn kept(error: Error, lang: Lang, fields: &[&str]) -> Result<Faults, Error> {
    let lacking = error.refusal().filter(|refusal| refusal.code == Code::NotPublishable).map(|refusal| {
        let name = |key: &str| texts::find(lang, &format!("missing_field.{key}")).unwrap_or_default();
        let names: Vec<&str> = refusal.fields.iter().map(|fault| name(&fault.field)).collect();
        texts::get(lang, "stall.would_lack").replace("{names}", &names.join(lang.pick("、", ", ")))
    });
    let mut faults = Faults::kept(error, lang, fields)?;
    if let Some(line) = lacking {
        faults.whole = vec![line];
    }
    Ok(faults)
}

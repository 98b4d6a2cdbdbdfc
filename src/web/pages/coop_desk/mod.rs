//! The cooperative's desk (我的摊位): what to ship, what is in stock, what it will get. Made for one
//! phone: three big actions first, one form a page.

mod apply;
mod batches;
mod certificates;
mod orders;
mod overview;
mod product_form;
mod products;
mod sku;
mod statement;

use axum::{
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    desk::{Desk, Pages},
    texts,
    view::Layout,
};
use crate::{
    identity::Role,
    kernel::{Code, Lang},
    web::{Allow, Error, Route, auth::Caller, form::Faults},
};

/// Who works here.
const COOP: Allow = Allow::Roles(&[Role::Coop]);

const PAGES: &[Pages] = &[(
    "",
    &[
        ("/coop", "stall.overview"),
        ("/coop/orders", "stall.orders"),
        ("/coop/products", "stall.goods"),
        ("/coop/statement", "stall.statement"),
    ],
)];

/// Routes of this folder.
pub fn routes() -> Vec<Route> {
    [
        overview::routes(),
        orders::routes(),
        products::routes(),
        product_form::routes(),
        sku::routes(),
        certificates::routes(),
        batches::routes(),
        statement::routes(),
        apply::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The desk's frame around a page.
fn desk(layout: &Layout, caller: &Caller, uri: &Uri) -> Desk {
    Desk::of(layout, caller, uri, ("stall.desk", "/coop"), PAGES)
}

/// Where a form that did its work leads.
fn done(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// After a form's act: goes where it leads, or the form `again` with what was refused.
async fn after<F: Future<Output = Result<Response, Error>>>(
    acted: Result<String, Error>,
    (lang, fields): (Lang, &[&str]),
    again: impl FnOnce(Faults) -> F,
) -> Result<Response, Error> {
    match acted {
        Ok(to) => Ok(done(&to)),
        Err(error) => again(kept(error, lang, fields)?).await,
    }
}

/// The refusal of a form's act, to be shown with the form; what goods on the shelf would lack is named.
fn kept(error: Error, lang: Lang, fields: &[&str]) -> Result<Faults, Error> {
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

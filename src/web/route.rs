//! The table of routes: what each answers, and who may ask. Denied where not named.

use std::{future::Future, pin::Pin, sync::Arc};

use axum::{
    extract::{DefaultBodyLimit, FromRequestParts, Request},
    handler::Handler,
    http::Method,
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Redirect, Response},
    routing::{MethodFilter, MethodRouter, on},
};

use super::{Error, Market, auth::Caller, counted};
use crate::{
    identity::Role,
    kernel::{Code, Refusal},
};

/// The one write that no limit counts: a provider's events are signed and must never be lost.
const UNLIMITED: &str = "/api/v1/webhooks/stripe";

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allow {
    /// Everyone.
    Anyone,
    /// Everyone may ask; the handler answers 404 to all but the owner.
    Owner,
    /// Whoever is signed in.
    SignedIn,
    /// Persons of these roles.
    Roles(&'static [Role]),
}

impl Allow {
    /// Who reads reports.
    pub const REPORTS: Self = Self::Roles(&[Role::Bureau, Role::Operator]);
}

/// What a handler becomes once it is called.
type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A handler without its type, so that the compiler makes what axum puts around a handler once for all.
#[derive(Clone)]
struct Erased(Arc<dyn Fn(Request, Market) -> Answering + Send + Sync>);

impl Handler<(), Market> for Erased {
    type Future = Answering;

    fn call(self, request: Request, market: Market) -> Answering {
        (self.0)(request, market)
    }
}

/// One row of the table.
pub struct Route {
    pub method: Method,
    /// Path as the router takes it.
    pub path: &'static str,
    /// Who may.
    pub allow: Allow,
    handler: MethodRouter<Market>,
}

impl Route {
    fn new<H, T>((method, filter): (Method, MethodFilter), path: &'static str, allow: Allow, handler: H) -> Self
    where
        H: Handler<T, Market, Future = Answering>,
    {
        let erased = Erased(Arc::new(move |request, market| handler.clone().call(request, market)));
        Self { method, path, allow, handler: on(filter, erased) }
    }

    /// A read; answers HEAD too.
    pub fn get<H: Handler<T, Market, Future = Answering>, T>(path: &'static str, allow: Allow, handler: H) -> Self {
        Self::new((Method::GET, MethodFilter::GET), path, allow, handler)
    }

    /// A write.
    pub fn post<H: Handler<T, Market, Future = Answering>, T>(path: &'static str, allow: Allow, handler: H) -> Self {
        Self::new((Method::POST, MethodFilter::POST), path, allow, handler)
    }

    /// A change of some fields.
    pub fn patch<H: Handler<T, Market, Future = Answering>, T>(path: &'static str, allow: Allow, handler: H) -> Self {
        Self::new((Method::PATCH, MethodFilter::PATCH), path, allow, handler)
    }

    /// A removal.
    pub fn delete<H: Handler<T, Market, Future = Answering>, T>(path: &'static str, allow: Allow, handler: H) -> Self {
        Self::new((Method::DELETE, MethodFilter::DELETE), path, allow, handler)
    }

    /// The same for larger bodies, in bytes.
    pub fn body(self, most: usize) -> Self {
        Self { handler: self.handler.layer(DefaultBodyLimit::max(most)), ..self }
    }

    /// The router with this row, guarded by its permission; writes are counted.
    pub fn mount(self, router: axum::Router<Market>, market: &Market) -> axum::Router<Market> {
        let handler = match self.allow {
            Allow::Anyone | Allow::Owner => self.handler,
            allow => self.handler.layer(from_fn_with_state((market.clone(), allow), guard)),
        };
        let handler = match self.method.is_safe() || self.path == UNLIMITED {
            true => handler,
            false => handler.layer(from_fn_with_state(market.clone(), counted::limit)),
        };
        router.route(self.path, handler)
    }
}

/// Lets the request through to whom the row allows: 401 who is not signed in, 403 other roles;
/// a page sends to the sign-in instead.
async fn guard(
    axum::extract::State((market, allow)): axum::extract::State<(Market, Allow)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let caller = match Caller::from_request_parts(&mut parts, &market).await {
        Ok(caller) => caller,
        Err(error) => return error.into_response(),
    };
    let code = match (&caller.person, allow) {
        (None, _) => Some(Code::SignInNeeded),
        (Some(person), Allow::Roles(roles)) if !roles.contains(&person.role) => Some(Code::Forbidden),
        _ => None,
    };
    match code {
        None => {
            parts.extensions.insert(caller);
            next.run(Request::from_parts(parts, body)).await
        }
        Some(Code::SignInNeeded) if !super::is_api(parts.uri.path()) => {
            let next = parts.uri.path_and_query().map_or("/", |path| path.as_str());
            let next = if parts.method == Method::GET { next } else { "/" };
            Redirect::to(&format!("/sign-in?next={}", super::percent(next))).into_response()
        }
        Some(code) => Error::from(Refusal::new(code)).into_response(),
    }
}

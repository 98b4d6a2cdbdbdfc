//! The page of an error: what happened, and a way on.

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::view::Layout;
use crate::{
    kernel::Lang,
    web::{Market, problem::Problem},
};

/// An error as people see it.
#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    layout: Layout,
    status: u16,
    detail: String,
    faults: Vec<String>,
    request_id: Option<String>,
}

/// The page of a problem.
pub fn page(market: &Market, problem: &Problem, lang: Lang) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let page = ErrorPage {
        layout: Layout::titled(market.demo, lang, problem.title.clone()),
        status: problem.status,
        detail: problem.detail.clone(),
        faults: problem.errors.iter().map(|fault| format!("{}: {}", fault.field, fault.detail)).collect(),
        request_id: problem.request_id.clone(),
    };
    // A page that cannot even say so still says what happened.
    let text = page.render().unwrap_or_else(|_| problem.detail.clone());
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response()
}

//! Error pages: what happened, what to do, and a way on.

use axum::response::Html;

use crate::{
    kernel::Lang,
    web::{State, problem::Problem},
};

/// The page of a problem.
pub fn page(_: &State, problem: &Problem, lang: Lang) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"{}\"><title>{}</title><p>{}</p>",
        lang.tag(),
        problem.title,
        problem.detail
    ))
}

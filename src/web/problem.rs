//! What handlers fail with, and the problem that it is for programs (RFC 9457).
//!
//! A handler's error travels to the edge as an extension of its response, where the language and
//! the kind of answer are known (`spoken`).

use std::sync::Arc;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::{self, Code, Lang, Refusal};

/// What a handler fails with.
#[derive(Clone, Debug)]
pub struct Error(Arc<kernel::Error>);

/// Result of handlers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl<E: Into<kernel::Error>> From<E> for Error {
    fn from(error: E) -> Self {
        Self(Arc::new(error.into()))
    }
}

impl Error {
    /// The refusal, if it is one: forms show it beside their fields.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.0.refusal()
    }

    /// What went wrong, for the log.
    pub(super) fn cause(&self) -> &kernel::Error {
        &self.0
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = status(&self.0).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

fn status(error: &kernel::Error) -> StatusCode {
    let code = match error {
        kernel::Error::Refused(refusal) if !refusal.fields.is_empty() && refusal.code == Code::Invalid => Code::Invalid,
        kernel::Error::Refused(refusal) => refusal.code,
        kernel::Error::Unavailable(_) | kernel::Error::Conflict(_) => Code::Unavailable,
        kernel::Error::Fault(_) => Code::Internal,
    };
    StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A problem as programs read it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Address of the code's explanation.
    #[serde(rename = "type")]
    pub kind: String,
    /// The code in words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What happened, and what to do.
    pub detail: String,
    /// Word for programs.
    pub code: String,
    /// The fields at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// Number of the request, to be told to the operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// A field at fault.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Path of the field, as in `items[0].qty`.
    pub field: String,
    /// Word for programs.
    pub code: String,
    /// What is wrong with it.
    pub detail: String,
}

/// The kind of problem in few words.
fn title(status: u16, lang: Lang) -> &'static str {
    let (zh, en) = match status {
        400 => ("请求无效", "Bad request"),
        401 => ("请先登录", "Sign-in needed"),
        403 => ("没有权限", "Not allowed"),
        404 => ("没有找到", "Not found"),
        405 => ("不支持的操作", "Method not allowed"),
        409 => ("现在不能这样做", "Conflict"),
        413 => ("内容太大", "Too large"),
        415 => ("格式不支持", "Unsupported format"),
        422 => ("输入有误", "Please correct the input"),
        429 => ("请稍等再试", "Please wait"),
        503 => ("暂时不可用", "Not available now"),
        _ => ("出了故障", "Something went wrong"),
    };
    lang.pick(zh, en)
}

/// The problem that a refusal is.
pub fn problem(refusal: &Refusal, lang: Lang, request_id: &str) -> Problem {
    let internal = refusal.code == Code::Internal;
    let refusal = if internal { &refusal.clone().with("request_id", request_id) } else { refusal };
    let errors = refusal.fields.iter().map(|fault| FieldProblem {
        field: fault.field.clone(),
        code: fault.code.as_str().to_owned(),
        detail: fault.detail(lang),
    });
    Problem {
        kind: format!("/docs#{}", refusal.code.as_str()),
        title: title(refusal.code.status(), lang).to_owned(),
        status: refusal.code.status(),
        detail: refusal.detail(lang),
        code: refusal.code.as_str().to_owned(),
        errors: errors.collect(),
        request_id: internal.then(|| request_id.to_owned()),
    }
}

//! `openapi`: the API's description, as the running server gives it.

use std::process::ExitCode;

use crate::{kernel::Result, web};

pub fn print() -> Result<ExitCode> {
    say!("{}", serde_json::to_string_pretty(&web::openapi::document())?);
    Ok(ExitCode::SUCCESS)
}

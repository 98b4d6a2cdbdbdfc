//! Addresses: which answer programs, and text within them.

/// Whether a path answers problem+json rather than pages.
pub fn is_api(path: &str) -> bool {
    path.starts_with("/api/") || path == "/openapi.json" || path.ends_with('z') && path.len() <= 8
}

/// Text as part of a query.
pub fn percent(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

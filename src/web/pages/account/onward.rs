//! Where a person goes who came in.

use axum::response::{IntoResponse, Redirect, Response};

use crate::{
    identity::{Role, session::Opened},
    web::{Market, session},
};

/// A path of this site from `next=`; anything else is none, so that nobody is sent elsewhere.
fn local(next: &str) -> Option<&str> {
    let inside = next.starts_with('/') && !next.starts_with("//") && !next.starts_with("/sign-");
    let plain = next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    Some(next).filter(|_| inside && plain && next.len() <= 500)
}

/// Where a person goes after sign-in: back to where it was asked for, else to the own desk.
pub fn onward(next: &str, role: Role) -> String {
    let desk = match role {
        // A clerk has no desk of their own yet.
        Role::Shopper | Role::Clerk => "/me",
        Role::Coop => "/coop",
        Role::Bureau => "/bureau",
        Role::Operator => "/admin",
    };
    local(next).unwrap_or(desk).to_owned()
}

/// The browser gets its session and goes on.
pub fn entered(market: &Market, opened: &Opened, next: &str) -> Response {
    (session::cookie_of(market, opened), Redirect::to(&onward(next, opened.person.role))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for next in
            ["", "https://example.com", "//example.com", "/\\example.com", "javascript:1", "/sign-in", "/a\nb", "me"]
        {
            assert_eq!(onward(next, Role::Shopper), "/me", "{next}");
        }
        assert_eq!(onward("/checkout?x=1", Role::Operator), "/checkout?x=1");
        assert_eq!(onward("", Role::Coop), "/coop");
    }

    #[test]
    fn everybody_is_sent_to_a_page_that_exists() {
        let pages: Vec<&str> = crate::web::pages::routes().into_iter().map(|route| route.path).collect();
        for role in Role::ALL {
            let desk = onward("", *role);
            assert!(pages.contains(&desk.as_str()), "{role} is sent to {desk}");
        }
    }
}

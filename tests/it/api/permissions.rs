//! Every row of the route table against every role: exactly what the table says (I11). The rows come
//! from the router itself, so that a new one is walked without being named here.

use std::{fmt::Write, sync::Arc};

use axum::http::Method;
use yanxi::web::{self, Allow, Route};

use crate::support::{Shop, desk::Desk, on_both};

on_both! {
    each_role_reaches_what_the_table_gives_it_and_nothing_else,
}

/// A person of each role, and nobody.
const WHO: [(&str, &str); 6] = [
    ("", ""),
    ("shopper", "shopper"),
    ("coop-a", "coop"),
    ("clerk", "clerk"),
    ("bureau", "bureau"),
    ("operator", "operator"),
];

/// Opens or ends a session by its own answer, whoever asks; the walk still needs its sessions.
const ENDS: [&str; 3] = ["/sign-in", "/sign-out", "/api/v1/session"];
/// Never ends.
const STREAM: &str = "/api/v1/counter/stream";

async fn each_role_reaches_what_the_table_gives_it_and_nothing_else(shop: Arc<Shop>) {
    let desk = Desk::open(shop).await;
    let mut faults = String::new();
    let mut walked = 0;
    for route in web::routes().into_iter().filter(|route| route.path != STREAM) {
        for (who, role) in WHO {
            if ENDS.contains(&route.path) && !who.is_empty() {
                continue;
            }
            let body = (route.method != Method::GET).then(|| "{}".to_owned());
            let answer = desk.ask(who, route.method.as_str(), &filled(route.path), body).await;
            walked += 1;
            if let Some(fault) = fault(&route, role, answer.status) {
                writeln!(faults, "{} {} as {role:?}: {} {fault}", route.method, route.path, answer.status).unwrap();
            }
        }
    }
    assert!(faults.is_empty() && walked > 300, "{walked} walked\n{faults}");
}

/// The path with ids that nothing has.
fn filled(path: &str) -> String {
    let mut filled = String::new();
    for part in path.split('/').skip(1) {
        filled.push('/');
        filled.push_str(if part.starts_with('{') { "none" } else { part });
    }
    filled
}

/// What is wrong with a status, if anything.
fn fault(route: &Route, role: &str, status: u16) -> Option<&'static str> {
    let page = !web::is_api(route.path);
    let turned_away = if page { status == 303 } else { status == 401 };
    let allowed = match route.allow {
        Allow::Anyone | Allow::Owner => true,
        Allow::SignedIn => !role.is_empty(),
        Allow::Roles(roles) => roles.iter().any(|known| known.as_str() == role),
    };
    match (allowed, role.is_empty()) {
        _ if status >= 500 => Some("is a fault of ours"),
        (true, _) if status == 403 => Some("refuses whom the table lets in"),
        (true, false) if status == 401 => Some("does not know who is signed in"),
        (false, true) if !turned_away => Some("lets nobody in particular pass"),
        (false, false) if status != 403 => Some("lets another role pass"),
        _ => None,
    }
}

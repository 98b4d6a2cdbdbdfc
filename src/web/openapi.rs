//! The API's description (`OpenAPI` 3.1), collected from the operations themselves: each file of
//! `api` describes its own; this joins them and adds what the table of routes knows: who may ask.

use std::{collections::BTreeMap, sync::LazyLock};

use axum::{Json, response::IntoResponse};
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use super::{Allow, Route, api, problem};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/openapi.json", Allow::Anyone, || async { Json(document()).into_response() })]
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Yanxi Market 延锡集市",
        version = "1",
        description = "Storefront, ordering and public sales counter."
    ),
    components(schemas(problem::Problem, problem::FieldProblem))
)]
struct Frame;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut whole = Frame::openapi();
    for part in api::documents() {
        whole.merge(part);
    }
    let mut whole = serde_json::to_value(whole).unwrap_or_default();
    complete(&mut whole);
    whole
});

/// The whole document.
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// Who may ask each operation, by path and method in small letters.
fn allowed() -> BTreeMap<(&'static str, String), Allow> {
    let routes = api::routes().into_iter();
    routes.map(|route| ((route.path, route.method.as_str().to_lowercase()), route.allow)).collect()
}

fn complete(whole: &mut Value) {
    whole["components"]["securitySchemes"] = json!({
        "session": {"type": "http", "scheme": "bearer", "description": "The token that signing in answers; browsers send it as a cookie."},
        "order": {"type": "apiKey", "in": "header", "name": "X-Order-Token", "description": "The token that placing an order answers."}
    });
    let allowed = allowed();
    for (path, methods) in whole["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            let Some(operation) = operation.as_object_mut() else { continue };
            let allow = allowed.iter().find(|((known, verb), _)| known == path && verb == method);
            secure(operation, allow.map_or(Allow::Anyone, |(_, allow)| *allow));
            parameters(operation, path);
            answers(operation);
        }
    }
}

fn secure(operation: &mut Map<String, Value>, allow: Allow) {
    let (who, security) = match allow {
        Allow::Anyone => return,
        Allow::Owner => (json!(["owner"]), json!([{"session": []}, {"order": []}])),
        Allow::SignedIn => (json!(["signed in"]), json!([{"session": []}])),
        Allow::Roles(roles) => (json!(roles), json!([{"session": []}])),
    };
    operation.insert("security".to_owned(), security);
    operation.insert("x-who".to_owned(), who);
}

/// A parameter that the path does not name stands in the query, and may be absent where it may be null.
fn parameters(operation: &mut Map<String, Value>, path: &str) {
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or_default();
        if parameter["in"] == "path" && !path.contains(&format!("{{{name}}}")) {
            parameter["in"] = json!("query");
            let kinds = parameter["schema"]["type"].as_array();
            parameter["required"] = json!(!kinds.is_some_and(|kinds| kinds.contains(&json!("null"))));
        }
    }
}

/// Each answer says what it is; all else is a problem.
fn answers(operation: &mut Map<String, Value>) {
    let Some(answers) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    for (status, answer) in answers.iter_mut() {
        if answer["description"].as_str().unwrap_or_default().is_empty() {
            answer["description"] = json!(if status == "201" { "Created" } else { "Done" });
        }
    }
    let schema = json!({"$ref": "#/components/schemas/Problem"});
    let problem =
        json!({"description": "A problem (RFC 9457)", "content": {"application/problem+json": {"schema": schema}}});
    answers.entry("default").or_insert(problem);
}

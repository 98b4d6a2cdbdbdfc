//! The API's description (`OpenAPI` 3.1), collected from the operations themselves: each file of
//! `api` describes its own; this joins them and adds what the table of routes knows, who may ask, and
//! what `operations.toml` tells people of each: its name, its rule, examples.

use std::{collections::BTreeMap, sync::LazyLock};

use axum::{Json, response::IntoResponse};
use serde::Deserialize;
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

/// What people are told of an operation; words in Chinese and English.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    pub summary: [String; 2],
    pub rule: [String; 2],
    /// An example of a body that is sent.
    pub request: Option<String>,
    /// An example of what is answered to it.
    pub answer: Option<String>,
}

/// By operationId. A file that cannot be read tells nothing; the test below would fail.
static TOLD: LazyLock<BTreeMap<String, Told>> =
    LazyLock::new(|| toml::from_str(include_str!("operations.toml")).unwrap_or_default());

/// What is told of an operation.
pub fn told(operation: &str) -> Option<&'static Told> {
    TOLD.get(operation)
}

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
            tell(operation);
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

/// Name, rule and examples of an operation.
fn tell(operation: &mut Map<String, Value>) {
    let Some(told) = operation.get("operationId").and_then(Value::as_str).and_then(told) else { return };
    operation.insert("summary".to_owned(), json!(told.summary[1]));
    operation.insert("description".to_owned(), json!(told.rule[1]));
    if let (Some(body), Some(text)) = (operation.get_mut("requestBody"), &told.request) {
        example(body, text);
    }
    let answers = operation.get_mut("responses").and_then(Value::as_object_mut);
    let good = answers.and_then(|answers| answers.iter_mut().find(|(status, _)| status.starts_with('2')));
    if let (Some((_, answer)), Some(text)) = (good, &told.answer) {
        example(answer, text);
    }
}

fn example(of: &mut Value, text: &str) {
    for (media, content) in of["content"].as_object_mut().into_iter().flatten() {
        content["example"] = match media.ends_with("json") {
            true => serde_json::from_str(text).unwrap_or_default(),
            false => json!(text.trim()),
        };
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

#[cfg(test)]
mod tests {
    use utoipa::ToSchema;

    use super::*;

    /// The faults of a value against a schema: fields that are not there, wrong types, words of no list.
    fn faults(document: &Value, schema: &Value, value: &Value, path: &str) -> Vec<String> {
        if let Some(reference) = schema["$ref"].as_str() {
            let named = document.pointer(reference.trim_start_matches('#')).unwrap();
            return faults(document, named, value, path);
        }
        if let Some(all) = schema["allOf"].as_array() {
            let whole = all.iter().map(|part| faults(document, part, value, path));
            return whole.flatten().filter(|fault| !fault.ends_with("is no field")).collect();
        }
        for word in ["oneOf", "anyOf"] {
            if let Some(choices) = schema[word].as_array() {
                let tried: Vec<_> = choices.iter().map(|choice| faults(document, choice, value, path)).collect();
                return tried.into_iter().min_by_key(Vec::len).unwrap_or_default();
            }
        }
        let kinds: Vec<&str> = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            kind => kind.as_str().into_iter().collect(),
        };
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        if !kinds.is_empty() && !kinds.contains(&kind) {
            return vec![format!("{path}: {kind} is not {kinds:?}")];
        }
        let words = schema["enum"].as_array();
        let mut found: Vec<String> = Vec::new();
        if words.is_some_and(|words| !words.contains(value)) {
            found.push(format!("{path}: {value} is no choice"));
        }
        for (place, item) in value.as_array().into_iter().flatten().enumerate() {
            found.extend(faults(document, &schema["items"], item, &format!("{path}[{place}]")));
        }
        let Some(fields) = value.as_object() else { return found };
        for (name, field) in fields {
            let path = format!("{path}.{name}");
            match (&schema["properties"][name], &schema["additionalProperties"]) {
                (Value::Null, Value::Null) if schema["properties"].is_null() => {}
                (Value::Null, Value::Null | Value::Bool(false)) => found.push(format!("{path} is no field")),
                (Value::Null, more) => found.extend(faults(document, more, field, &path)),
                (known, _) => found.extend(faults(document, known, field, &path)),
            }
        }
        let needed = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        found.extend(needed.filter(|name| !fields.contains_key(*name)).map(|name| format!("{path}.{name} is missing")));
        found
    }

    fn content_faults(of: &Value) -> Vec<String> {
        let mut found = Vec::new();
        for (media, content) in of["content"].as_object().into_iter().flatten() {
            match (&content["example"], media.ends_with("json")) {
                (Value::Null, _) => found.push(format!("{media} has no example that can be read")),
                (example, true) => found.extend(faults(document(), &content["schema"], example, "")),
                (example, false) if example.as_str().is_none_or(str::is_empty) => found.push(format!("{media}: empty")),
                (_, false) => {}
            }
        }
        found
    }

    #[test]
    fn every_operation_says_its_rule_and_its_examples_fit_their_types() {
        let mut told = TOLD.keys().collect::<std::collections::BTreeSet<_>>();
        let mut found = Vec::new();
        for operation in document()["paths"].as_object().unwrap().values().flat_map(|m| m.as_object().unwrap().values())
        {
            let id = operation["operationId"].as_str().unwrap();
            if !told.remove(&id.to_owned()) || operation["summary"] == id || operation["description"] == Value::Null {
                found.push(format!("{id} is not told of"));
            }
            let mut checked = content_faults(&operation["requestBody"]);
            checked.extend(
                operation["responses"]
                    .as_object()
                    .unwrap()
                    .iter()
                    .flat_map(|(status, answer)| if status == "default" { Vec::new() } else { content_faults(answer) }),
            );
            found.extend(checked.into_iter().map(|fault| format!("{id}: {fault}")));
        }
        found.extend(told.into_iter().map(|id| format!("{id} is no operation")));
        assert!(found.is_empty(), "{found:#?}");
    }

    /// Names under which parts of the document describe different things; joining keeps one of them.
    fn shared_names(parts: impl Iterator<Item = utoipa::openapi::OpenApi>) -> Vec<String> {
        let (mut known, mut shared) = (BTreeMap::new(), Vec::new());
        for part in parts {
            let part = serde_json::to_value(part).unwrap();
            for (name, schema) in part["components"]["schemas"].as_object().into_iter().flatten() {
                if known.insert(name.clone(), schema.clone()).is_some_and(|other| other != *schema) {
                    shared.push(name.clone());
                }
            }
        }
        shared
    }

    #[test]
    fn no_two_schemas_share_a_name() {
        assert_eq!(shared_names(api::documents().into_iter()), [""; 0]);
    }

    #[test]
    fn two_schemas_of_one_name_are_found() {
        #[derive(ToSchema)]
        #[schema(as = Place)]
        struct One {
            #[allow(dead_code, reason = "only described")]
            street: String,
        }
        #[derive(ToSchema)]
        #[schema(as = Place)]
        struct Other {
            #[allow(dead_code, reason = "only described")]
            street: Option<String>,
        }
        #[derive(OpenApi)]
        #[openapi(components(schemas(One)))]
        struct First;
        #[derive(OpenApi)]
        #[openapi(components(schemas(Other)))]
        struct Second;
        assert_eq!(shared_names([First::openapi(), Second::openapi()].into_iter()), ["Place"]);
    }

    #[test]
    fn an_example_that_does_not_fit_is_found() {
        let schema = json!({"type": "object", "required": ["qty"], "properties": {"qty": {"type": "integer"}}});
        let found = |value: Value| faults(document(), &schema, &value, "");
        assert_eq!(found(json!({"qty": 1})), [""; 0]);
        assert_eq!(found(json!({"qty": "1"})), [".qty: string is not [\"integer\"]"]);
        assert_eq!(found(json!({"units": 1})), [".units is no field", ".qty is missing"]);
    }
}

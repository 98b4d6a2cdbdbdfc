//! `/docs`: the API's documentation, drawn from the same document that programs read.

use std::sync::LazyLock;

use askama::Template;
use axum::{extract::State, http::HeaderMap, response::Response};
use serde_json::Value;

use crate::kernel::Lang;
use crate::web::{
    Allow, Market, Result, Route,
    auth::Language,
    openapi,
    pages::{
        Form, Key,
        view::{self, Layout},
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/docs", Allow::Anyone, docs)]
}

/// Operations about one thing.
struct Group {
    name: String,
    operations: Vec<Operation>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    name: &'static str,
    about: &'static str,
    who: String,
    parameters: Vec<Field>,
    body: Option<Content>,
    answers: Vec<(String, Content)>,
    request: &'static str,
    answer: &'static str,
}

/// A parameter or a field.
struct Field {
    name: String,
    place: String,
    kind: Kind,
    needed: bool,
    about: String,
}

/// A type in words, and the schema that it names.
#[derive(Default)]
struct Kind {
    words: String,
    schema: Option<String>,
}

struct Content {
    media: String,
    kind: Kind,
}

struct Schema {
    name: String,
    about: String,
    fields: Vec<Field>,
    values: Vec<String>,
}

#[derive(Template)]
#[template(path = "open/docs.html")]
struct Page {
    layout: Layout,
    groups: &'static [Group],
    schemas: &'static [Schema],
}

static CHINESE: LazyLock<Vec<Group>> = LazyLock::new(|| groups(openapi::document(), Lang::ZhCn));
static ENGLISH: LazyLock<Vec<Group>> = LazyLock::new(|| groups(openapi::document(), Lang::En));
static SCHEMAS: LazyLock<Vec<Schema>> = LazyLock::new(|| schemas(openapi::document()));

async fn docs(State(market): State<Market>, Language(lang): Language, headers: HeaderMap) -> Result<Response> {
    let key = Key { path: "/docs".to_owned(), lang, shown: 0 };
    let render = || async {
        let page = Page { layout: Layout::of(&market, lang, "docs.title"), groups: in_words(lang), schemas: &SCHEMAS };
        view::text(&page)
    };
    Ok(market.pages.answer(Form::Page, &key, &headers, render).await?)
}

fn in_words(lang: Lang) -> &'static [Group] {
    match lang {
        Lang::ZhCn => &CHINESE,
        Lang::En => &ENGLISH,
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn groups(document: &Value, lang: Lang) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (path, methods) in entries(&document["paths"]) {
        for (method, found) in entries(methods).filter(|(_, found)| found["operationId"].is_string()) {
            let name = text(&found["tags"][0]);
            let operation = operation((path, method), found, lang);
            match groups.iter_mut().find(|group| group.name == name) {
                Some(group) => group.operations.push(operation),
                None => groups.push(Group { name, operations: vec![operation] }),
            }
        }
    }
    groups
}

fn operation((path, method): (&str, &str), found: &Value, lang: Lang) -> Operation {
    let id = text(&found["operationId"]);
    let told = openapi::told(&id);
    let words = |of: fn(&openapi::Told) -> &[String; 2]| {
        told.map_or("", |told| {
            let [zh, en] = of(told);
            lang.pick(zh, en)
        })
    };
    let who = found["x-who"].as_array().into_iter().flatten().map(text).collect::<Vec<_>>().join(", ");
    let parameters = found["parameters"].as_array().into_iter().flatten().map(|parameter| Field {
        name: text(&parameter["name"]),
        place: text(&parameter["in"]),
        kind: kind(&parameter["schema"]),
        needed: parameter["required"] == true,
        about: text(&parameter["description"]),
    });
    let answers = entries(&found["responses"]).filter(|(status, _)| *status != "default");
    Operation {
        name: words(|told| &told.summary),
        about: words(|told| &told.rule),
        request: told.and_then(|told| told.request.as_deref()).unwrap_or_default().trim(),
        answer: told.and_then(|told| told.answer.as_deref()).unwrap_or_default().trim(),
        id,
        method: method.to_owned(),
        path: path.to_owned(),
        who,
        parameters: parameters.collect(),
        body: content(&found["requestBody"]),
        answers: answers.map(|(status, answer)| (status.clone(), content(answer).unwrap_or_else(nothing))).collect(),
    }
}

fn nothing() -> Content {
    Content { media: String::new(), kind: Kind::default() }
}

fn content(of: &Value) -> Option<Content> {
    let (media, content) = entries(&of["content"]).next()?;
    Some(Content { media: media.clone(), kind: kind(&content["schema"]) })
}

/// A schema in words: `string`, `[Order]`, `integer or none`.
fn kind(schema: &Value) -> Kind {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default().to_owned();
        return Kind { words: name.clone(), schema: Some(name) };
    }
    if let Some(all) = ["oneOf", "anyOf", "allOf"].iter().find_map(|word| schema[*word].as_array()) {
        let some = all.iter().filter(|one| one["type"] != "null").map(kind).next().unwrap_or_default();
        return some;
    }
    let words = match &schema["type"] {
        Value::String(word) if word == "array" => {
            let of = kind(&schema["items"]);
            return Kind { words: format!("[{}]", of.words), schema: of.schema };
        }
        Value::String(word) => word.clone(),
        Value::Array(words) => {
            words.iter().filter_map(Value::as_str).filter(|word| *word != "null").collect::<Vec<_>>().join(", ")
        }
        _ => "object".to_owned(),
    };
    if words == "array" {
        let of = kind(&schema["items"]);
        return Kind { words: format!("[{}]", of.words), schema: of.schema };
    }
    Kind { words, schema: None }
}

fn schemas(document: &Value) -> Vec<Schema> {
    let of = |(name, schema): (&String, &Value)| {
        let needed = schema["required"].as_array();
        let fields = entries(&schema["properties"]).map(|(name, field)| Field {
            name: name.clone(),
            place: String::new(),
            kind: kind(field),
            needed: needed.is_some_and(|all| all.iter().any(|one| one == name)),
            about: about(field),
        });
        Schema {
            name: name.clone(),
            about: text(&schema["description"]),
            fields: fields.collect(),
            values: schema["enum"].as_array().into_iter().flatten().map(text).collect(),
        }
    };
    entries(&document["components"]["schemas"]).map(of).collect()
}

/// What a field is said to be, wherever the description stands.
fn about(field: &Value) -> String {
    let own = text(&field["description"]);
    if own.is_empty() { text(&field["oneOf"][0]["description"]) } else { own }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_documented_and_every_named_schema_is_there() {
        let known: Vec<&str> = SCHEMAS.iter().map(|schema| schema.name.as_str()).collect();
        let mut count = 0;
        for operation in ENGLISH.iter().flat_map(|group| &group.operations) {
            count += 1;
            let kinds = operation.body.iter().map(|body| &body.kind);
            let kinds = kinds.chain(operation.answers.iter().map(|(_, answer)| &answer.kind));
            for schema in kinds.filter_map(|kind| kind.schema.as_ref()) {
                assert!(known.contains(&schema.as_str()), "{}: {schema}", operation.id);
            }
            for parameter in &operation.parameters {
                let named = operation.path.contains(&format!("{{{}}}", parameter.name));
                assert_eq!(named, parameter.place == "path", "{}: {}", operation.id, parameter.name);
            }
        }
        assert!(count > 40, "{count} operations");
    }
}

//! Bodies made bad in one place each: a wrong type, a number beyond sense, a text that cannot be, a field
//! that is missing or unknown.

use serde_json::{Value, json};

/// A body with one fault.
pub struct Bad {
    /// The field at fault as problems write it; empty where it is the body as a whole.
    pub field: String,
    /// JSON, or what only looks like it.
    pub body: String,
}

impl Bad {
    /// Whether a problem's field is the one at fault, something within it, or what holds it.
    pub fn names(&self, field: &str) -> bool {
        within(field, &self.field) || within(&self.field, field) || last(field) == last(&self.field)
    }
}

/// Whether a field is another one or a part of it.
fn within(field: &str, whole: &str) -> bool {
    field.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn last(field: &str) -> &str {
    let last = field.rsplit('.').next().unwrap_or_default();
    last.split('[').next().unwrap_or_default()
}

/// A mark that no body holds, replaced by the text of a bad value.
const MARK: &str = "\"@here@\"";

/// Fields that a body may leave out.
const OPTIONAL: [&str; 45] = [
    "street",
    "coupons",
    "fulfilment",
    "address",
    "region_code",
    "invoice",
    "tax_no",
    "note",
    "unit",
    "name_en",
    "county",
    "summary",
    "summary_en",
    "story",
    "story_en",
    "storage",
    "storage_en",
    "variety",
    "grade",
    "return_class",
    "service",
    "bad_fruit_promise",
    "certificates",
    "spec_en",
    "diameter_mm",
    "pieces_min",
    "pieces_max",
    "pack",
    "season",
    "presale_ships_by",
    "active",
    "code",
    "conformity_no",
    "report_no",
    "sla_hours",
    "licence_valid_to",
    "lines",
    "amount_fen",
    "qty",
    "min_goods_fen",
    "limit_total",
    "limit_each",
    "version",
    "skus_version",
    "gross_weight_g",
];
/// Fields that a change may leave out besides.
const UNCHANGED: [&str; 5] = ["name", "category", "spec", "net_weight_g", "price_fen"];

/// Texts that name something, choose, or have a form: no other text is right.
const NAMING: [&str; 26] = [
    "sku",
    "region_code",
    "category",
    "county",
    "quote_id",
    "seller_order",
    "method",
    "outcome",
    "carrier",
    "kind",
    "source",
    "decision",
    "funder",
    "return_class",
    "service",
    "fulfilment",
    "coupons",
    "valid_from",
    "valid_to",
    "from",
    "to",
    "at",
    "harvested_on",
    "licence_valid_to",
    "credit_code",
    "phone",
];

/// Every bad body that a good one can become. For `lenient` fields zero, a negative number or an empty
/// text may be right and is left out.
pub fn of(good: &Value, lenient: &[&str], change: bool) -> Vec<Bad> {
    let whole = ["", "{", "[]", "null", "\"x\"", "\u{0}", "{\"a\":1}}", "[[[[[[[[", "{\"\\ud800\":1}"];
    let mut all: Vec<Bad> = whole.map(|body| Bad { field: String::new(), body: body.to_owned() }).into();
    all.push(Bad { field: String::new(), body: format!("\"{}\"", "x".repeat(3 << 20)) });
    all.push(Bad { field: String::new(), body: "[".repeat(100_000) });
    let mut fields = Vec::new();
    walk(good, &mut Vec::new(), &mut fields);
    for place in fields {
        let field = written(&place);
        let lenient = lenient.contains(&last(&field));
        let marked = marked(good, &place);
        if at(good, &place).is_string() && NAMING.contains(&last(&field)) {
            all.push(Bad { field: field.clone(), body: marked.replacen(MARK, "\"nobody knows it\"", 1) });
        }
        for value in bad_values(at(good, &place), lenient) {
            all.push(Bad { field: field.clone(), body: marked.replacen(MARK, &value, 1) });
        }
        if let Some(Step::Key(key)) = place.last()
            && !OPTIONAL.contains(&key.as_str())
            && !(change && UNCHANGED.contains(&key.as_str()))
        {
            let without = place.split_last().map_or(&[][..], |(_, above)| above);
            let mut body = good.clone();
            at_mut(&mut body, without).as_object_mut().unwrap().remove(key);
            all.push(Bad { field: field.clone(), body: body.to_string() });
            all.push(Bad { field: field.clone(), body: marked.replacen(MARK, "null", 1) });
        }
        if at(good, &place).is_object() {
            let unknown = inserted(good, &place);
            let name = if field.is_empty() { "nonsense".to_owned() } else { format!("{field}.nonsense") };
            all.push(Bad { field: name, body: unknown });
        }
    }
    all.push(Bad { field: "nonsense".to_owned(), body: inserted(good, &[]) });
    all
}

/// A step into a body.
#[derive(Clone)]
enum Step {
    Key(String),
    Place(usize),
}

fn walk(value: &Value, here: &mut Vec<Step>, into: &mut Vec<Vec<Step>>) {
    if !here.is_empty() {
        into.push(here.clone());
    }
    let steps: Vec<(Step, &Value)> = match value {
        Value::Object(all) => all.iter().map(|(key, one)| (Step::Key(key.clone()), one)).collect(),
        Value::Array(all) => all.iter().enumerate().map(|(n, one)| (Step::Place(n), one)).collect(),
        _ => Vec::new(),
    };
    for (step, value) in steps {
        here.push(step);
        walk(value, here, into);
        here.pop();
    }
}

fn written(place: &[Step]) -> String {
    place.iter().fold(String::new(), |path, step| match step {
        Step::Place(n) => format!("{path}[{n}]"),
        Step::Key(key) if path.is_empty() => key.clone(),
        Step::Key(key) => format!("{path}.{key}"),
    })
}

fn at<'a>(value: &'a Value, place: &[Step]) -> &'a Value {
    place.iter().fold(value, |value, step| match step {
        Step::Key(key) => &value[key.as_str()],
        Step::Place(n) => &value[*n],
    })
}

fn at_mut<'a>(value: &'a mut Value, place: &[Step]) -> &'a mut Value {
    place.iter().fold(value, |value, step| match step {
        Step::Key(key) => &mut value[key.as_str()],
        Step::Place(n) => &mut value[*n],
    })
}

/// The body's text with the mark in place of a value.
fn marked(good: &Value, place: &[Step]) -> String {
    let mut body = good.clone();
    *at_mut(&mut body, place) = serde_json::from_str(MARK).unwrap();
    body.to_string()
}

/// The body with a field that nobody knows.
fn inserted(good: &Value, place: &[Step]) -> String {
    let mut body = good.clone();
    at_mut(&mut body, place)["nonsense"] = json!(1);
    body.to_string()
}

/// What the value's field does not take, as JSON text.
fn bad_values(good: &Value, lenient: bool) -> Vec<String> {
    let text = |text: &str| json!(text).to_string();
    let long = text(&"长".repeat(15_000));
    let (number, list, object, yes) = ("1.5".to_owned(), "[{}]".to_owned(), "{\"x\":1}".to_owned(), "true".to_owned());
    match good {
        Value::String(_) => {
            let mut all = vec![number, list, object, yes, "7".to_owned(), long, "\"a\\u0000b\"".to_owned()];
            all.push("\"\\ud800\"".to_owned());
            if !lenient {
                all.push(text(""));
            }
            all
        }
        Value::Number(_) => {
            let mut all = vec![text("1"), list, object, yes, number];
            all.extend(
                ["9223372036854775808", "-9223372036854775809", "1e300", "9223372036854775807"].map(str::to_owned),
            );
            if !lenient {
                all.extend(["0", "-1"].map(str::to_owned));
            }
            all
        }
        Value::Bool(_) => vec![number, list, object, text("true"), "1".to_owned()],
        Value::Array(_) => vec![number, object, yes, text("x"), "[[]]".to_owned(), "[null]".to_owned()],
        Value::Object(_) => vec![number, yes, text("x"), "[1,2]".to_owned()],
        Value::Null => Vec::new(),
    }
}

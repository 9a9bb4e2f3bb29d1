//! Drafts schemas from the fields that a page lists and from its samples.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::TODO;
use super::yaml::Node;
use crate::lint::secrets::looks_secret;
use openapi::published::Field;
use openapi::schema::type_of;
use openapi::schema_check::has_format;

/// The types of OpenAPI.
const TYPES: [&str; 6] = ["string", "integer", "number", "boolean", "array", "object"];

/// The schema of an object with fields that are listed, and others that only samples show.
pub fn of_fields(fields: &[Field], samples: &[&Value]) -> Node {
    let mut properties = Node::map();
    for field in fields {
        let samples: Vec<&Value> = samples
            .iter()
            .filter_map(|sample| sample.get(&field.name))
            .collect();
        properties.add(&field.name, described(of_field(field, &samples)));
    }
    let is_listed = |name: &str| fields.iter().any(|field| field.name == name);
    for name in names(samples).into_iter().filter(|name| !is_listed(name)) {
        properties.add(name, property(name, "", samples));
    }
    let required = fields.iter().filter(|field| field.required);
    let required: Vec<Node> = required.map(|field| field.name.as_str().into()).collect();
    let mut schema = Node::map().with("type", "object");
    if !required.is_empty() {
        schema.add("required", Node::List(required));
    }
    if !properties.is_empty() {
        schema.add("properties", properties);
    }
    schema
}

/// The schema of a field or a parameter that is listed.
pub fn of_field(field: &Field, samples: &[&Value]) -> Node {
    let known = field.kind.as_deref().filter(|kind| TYPES.contains(kind));
    let kind = match known {
        // Values without a type are texts.
        None => merged(samples).unwrap_or("string"),
        Some(kind) => kind,
    };
    let mut schema = match kind {
        "object" => of_fields(&field.fields, samples),
        "array" => {
            let entries = entries(samples);
            let items = match field.items.as_deref() {
                _ if !field.fields.is_empty() => of_fields(&field.fields, &entries),
                Some("object") => of_fields(&[], &entries),
                Some(items) if TYPES.contains(&items) => scalar(&field.name, items, None),
                _ => of_samples(&field.name, "", &entries),
            };
            Node::map().with("type", "array").with("items", items)
        }
        kind => scalar(&field.name, kind, field.format.as_deref()),
    };
    if !field.values.is_empty() {
        let values = field
            .values
            .iter()
            .map(|value| Node::Scalar(typed(value, kind)));
        schema.add("enum", Node::List(values.collect()));
    }
    for (keyword, text) in &field.rules {
        match &**keyword {
            "const" => schema.add("enum", Node::List(vec![Node::Scalar(typed(text, kind))])),
            "default" | "example" => schema.add(keyword, Node::Scalar(typed(text, kind))),
            "pattern" => schema.add(keyword, text.as_str()),
            _ => schema.add(keyword, Node::Scalar(typed(text, "number"))),
        }
    }
    schema
}

/// The schema of a part that only samples show. They don't say what may be absent.
pub fn of_samples(name: &str, owner: &str, samples: &[&Value]) -> Node {
    let is_nullable = samples.iter().any(|sample| sample.is_null());
    let mut schema = match merged(samples) {
        None => Node::map(),
        Some("object") if is_map(samples) => {
            let members = samples.iter().filter_map(|sample| sample.as_object());
            let members: Vec<&Value> = members.flat_map(|members| members.values()).collect();
            Node::map()
                .with("type", "object")
                .with("additionalProperties", of_samples(name, owner, &members))
        }
        Some("object") => {
            let mut properties = Node::map();
            for member in names(samples) {
                properties.add(member, property(member, name, samples));
            }
            let mut schema = Node::map().with("type", "object");
            if !properties.is_empty() {
                schema.add("properties", properties);
            }
            schema
        }
        Some("array") => {
            let items = of_samples(name, owner, &entries(samples));
            Node::map().with("type", "array").with("items", items)
        }
        Some("string") => {
            let is_secret = looks_secret(owner) && name == "value"
                || samples
                    .iter()
                    .any(|sample| sample.as_str().is_some_and(is_token));
            match is_secret {
                true => scalar(name, "string", Some("password")),
                false => scalar(name, "string", format_of(samples)),
            }
        }
        Some(kind) => scalar(name, kind, None),
    };
    if is_nullable {
        schema.add("nullable", true);
    }
    schema
}

fn property(name: &str, owner: &str, samples: &[&Value]) -> Node {
    let samples: Vec<&Value> = samples
        .iter()
        .filter_map(|sample| sample.get(name))
        .collect();
    described(of_samples(name, owner, &samples))
}

fn described(schema: Node) -> Node {
    match schema {
        Node::Map(mut members) => {
            members.insert(0, ("description".to_owned(), TODO.into()));
            Node::Map(members)
        }
        other => other,
    }
}

fn scalar(name: &str, kind: &str, format: Option<&str>) -> Node {
    let schema = Node::map().with("type", kind);
    match format {
        _ if kind == "string" && looks_secret(name) => schema.with("format", "password"),
        Some(format) => schema.with("format", format),
        None if kind == "integer" => schema.with("format", "int64"),
        None => schema,
    }
}

/// The type of all values except null; `None` if there are several types or none.
fn merged(samples: &[&Value]) -> Option<&'static str> {
    let kinds = samples
        .iter()
        .filter(|sample| !sample.is_null())
        .map(|sample| type_of(sample));
    let kinds: BTreeSet<&str> = kinds.collect();
    match kinds.into_iter().collect::<Vec<_>>()[..] {
        [one] => Some(one),
        ["integer", "number"] => Some("number"),
        _ => None,
    }
}

fn entries<'a>(samples: &[&'a Value]) -> Vec<&'a Value> {
    samples
        .iter()
        .filter_map(|sample| sample.as_array())
        .flatten()
        .collect()
}

fn names<'a>(samples: &[&'a Value]) -> BTreeSet<&'a str> {
    let objects = samples.iter().filter_map(|sample| sample.as_object());
    objects
        .flat_map(|members| members.keys())
        .map(String::as_str)
        .collect()
}

/// Whether the members of objects are not properties, because their names are numbers or identifiers.
fn is_map(samples: &[&Value]) -> bool {
    let names = names(samples);
    let is_number = |name: &str| name.bytes().all(|byte| byte.is_ascii_digit());
    !names.is_empty()
        && names
            .iter()
            .all(|name| is_number(name) || has_format(name, "uuid"))
}

/// The format that all texts seem to have.
fn format_of(samples: &[&Value]) -> Option<&'static str> {
    let have_all = |format: &&str| {
        let mut texts = samples.iter().filter_map(|sample| sample.as_str());
        texts.all(|text| has_format(text, format))
    };
    ["uuid", "date-time", "date"].into_iter().find(have_all)
}

/// Whether a text is signed or encrypted JSON, or its beginning.
fn is_token(text: &str) -> bool {
    text.starts_with("eyJ")
}

/// A text as a value of a type, if it can be one.
pub fn typed(text: &str, kind: &str) -> Value {
    let is_text = kind == "string";
    let value = (!is_text)
        .then(|| serde_json::from_str(text).ok())
        .flatten();
    value.unwrap_or_else(|| json!(text))
}

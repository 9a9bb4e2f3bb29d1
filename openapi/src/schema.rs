//! What a schema says of a value without looking at one, and what types are called.

use serde_json::Value;

use crate::document::reference;

/// The type of a value, as schemas call it.
#[must_use]
pub fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// A type in a sentence, such as `an object`.
#[must_use]
pub fn with_article(name: &str) -> String {
    match name {
        "null" => name.to_owned(),
        _ if name.starts_with(['a', 'i', 'o']) => format!("an {name}"),
        _ => format!("a {name}"),
    }
}

/// The schema behind references, `allOf` of one, and "this or null". `root` is what references lead into.
#[must_use]
pub fn behind<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    links(root, schema).last().unwrap_or(schema)
}

/// A schema, and on the way to the one behind it each that stands for the next.
pub fn links<'a>(root: &'a Value, schema: &'a Value) -> impl Iterator<Item = &'a Value> {
    let next = |schema: &&'a Value| {
        let of_one = ["allOf", "anyOf"].iter().find_map(|keyword| {
            let mut schemas = schema[keyword]
                .as_array()?
                .iter()
                .filter(|schema| schema["type"] != "null");
            match (schemas.next(), schemas.next()) {
                (Some(schema), None) => Some(schema),
                _ => None,
            }
        });
        let referred = reference(schema).and_then(|target| root.pointer(target.strip_prefix('#')?));
        referred.or(of_one)
    };
    // A chain longer than this is a circle, and the last link of it is as good as any.
    std::iter::successors(Some(schema), next).take(32)
}

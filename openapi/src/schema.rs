//! What a schema says about its values, and the names of types.

use serde_json::Value;

use crate::document::reference;
use crate::extension::RUNTIME_TYPE;

/// Fields of a schema that make no type.
pub const BOUNDS: [&str; 14] = [
    "default",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "uniqueItems",
];

/// The type of a value, by its name in a schema.
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
        _ if name.starts_with(['a', 'e', 'i', 'o']) => format!("an {name}"),
        _ => format!("a {name}"),
    }
}

/// The schema behind references, `allOf` of one, and "this or null". `root` is what references lead into.
#[must_use]
pub fn behind<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    links(root, schema).last().unwrap_or(schema)
}

/// A schema, followed by those behind it, up to the last.
pub fn links<'a>(root: &'a Value, schema: &'a Value) -> impl Iterator<Item = &'a Value> {
    let next = |schema: &&'a Value| {
        let of_one = ["allOf", "anyOf"].iter().find_map(|keyword| {
            let mut schemas = schema[keyword]
                .as_array()?
                .iter()
                .filter(|schema| schema["type"] != "null" && !is_but_a_bound(schema));
            match (schemas.next(), schemas.next()) {
                (Some(schema), None) => Some(schema),
                _ => None,
            }
        });
        let referred = reference(schema).and_then(|target| root.pointer(target.strip_prefix('#')?));
        referred.or(of_one)
    };
    // A longer chain is a circle, and its last link is as good as any other.
    std::iter::successors(Some(schema), next).take(32)
}

/// Whether a schema only restricts the values of another one.
#[must_use]
pub fn is_but_a_bound(schema: &Value) -> bool {
    schema.as_object().is_some_and(|members| {
        let mut keys = members.keys();
        keys.all(|key| says_nothing(key) || BOUNDS.contains(&key.as_str()))
    })
}

/// Whether a keyword does not describe the value.
fn says_nothing(keyword: &str) -> bool {
    const ASIDE: [&str; 10] = [
        "deprecated",
        "description",
        "example",
        "externalDocs",
        "format",
        "nullable",
        "readOnly",
        "title",
        "writeOnly",
        "xml",
    ];
    // Only our extensions change a type.
    ASIDE.contains(&keyword) || (keyword.starts_with("x-") && keyword != RUNTIME_TYPE)
}

/// Whether a property exists in one direction only: in requests or in answers.
#[must_use]
pub fn is_one_way(property: &Value) -> bool {
    property["readOnly"] == true || property["writeOnly"] == true
}

/// Whether the schema allows an integer that does not fit into a signed 64-bit integer.
#[must_use]
pub fn is_unsigned(schema: &Value) -> bool {
    let listed = schema["enum"].as_array().into_iter().flatten();
    let single = ["minimum", "maximum", "example", "default"].map(|key| &schema[key]);
    let mut said = listed.chain(single);
    schema["format"] == "uint64" || said.any(|value| value.is_u64() && !value.is_i64())
}

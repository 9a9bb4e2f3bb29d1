//! Values that types take whatever a server sends: what a schema asks of them is checked where they are sent.

use serde_json::{Map, Value};

use openapi::extension::SECRET;
use openapi::schema::{BOUNDS, is_but_a_bound, is_unsigned};

/// In a type it would cost an answer that breaks it, and the generator makes a type of its own of each text that has a
/// bound. A default is the server's to apply, and listed values of which we write no type are but a bound.
pub fn have_no_bounds(schema: &mut Map<String, Value>) {
    schema.retain(|key, _| key != "enum" && !BOUNDS.contains(&key.as_str()));
    // What asked for no more than bounds asks for nothing now.
    let parts = schema.get_mut("allOf").and_then(Value::as_array_mut);
    if let Some(parts) = parts {
        parts.retain(|part| !is_but_a_bound(part));
    }
}

/// A text of a format is one of any other shape as well, once a server sends it.
pub fn texts_are_texts(schema: &mut Map<String, Value>) {
    let is_text = schema.get("type").is_some_and(|ty| ty == "string");
    if is_text
        && let Some(format) = schema.get("format")
        && (!matches!(format.as_str(), Some("password" | "binary")) || schema.contains_key(SECRET))
    {
        schema.remove("format");
    }
}

/// A number is as long as those can be that a server sends: a format that says less is but a bound.
pub fn numbers_are_wide(schema: &mut Map<String, Value>) {
    let format = match schema.get("type").and_then(Value::as_str) {
        Some("integer") => {
            if is_unsigned(&Value::Object(schema.clone())) {
                "uint64"
            } else {
                "int64"
            }
        }
        Some("number") => "double",
        _ => return,
    };
    schema.insert("format".to_owned(), format.into());
}

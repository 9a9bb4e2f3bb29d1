//! Types accept any value of the server: the limits of a schema are checked when a value is sent.

use serde_json::{Map, Value};

use openapi::extension::{RUNTIME_TYPE, SECRET};
use openapi::schema::{BOUNDS, is_but_a_bound, is_unsigned};

/// A limit in a type would make an answer unreadable that breaks it, and the generator makes a separate type for each
/// text with a limit. A default is applied by the server, and listed values without a type of ours are only a limit.
pub fn have_no_bounds(schema: &mut Map<String, Value>) {
    schema.retain(|key, _| key != "enum" && !BOUNDS.contains(&key.as_str()));
    // A schema that had only limits says nothing now.
    let parts = schema.get_mut("allOf").and_then(Value::as_array_mut);
    if let Some(parts) = parts {
        parts.retain(|part| !is_but_a_bound(part));
    }
}

/// A server may send a text of another form than its format. Other values than texts and numbers have none.
pub fn texts_are_texts(schema: &mut Map<String, Value>) {
    let of_text = |format: &Value| matches!(format.as_str(), Some("password" | "binary"));
    let has_meaning = match schema.get("type").and_then(Value::as_str) {
        Some("string") => schema.get("format").is_some_and(of_text) && !schema.contains_key(SECRET),
        Some("array" | "boolean" | "object") => false,
        _ => return,
    };
    if !has_meaning {
        schema.remove("format");
    }
}

/// A number is as wide as any number that a server may send: a narrower format is only a limit. What may have a
/// fraction has a type of the runtime.
pub fn numbers_are_wide(schema: &mut Map<String, Value>) {
    let format = match schema.get("type").and_then(Value::as_str) {
        Some("integer") => {
            if is_unsigned(&Value::Object(schema.clone())) {
                "uint64"
            } else {
                "int64"
            }
        }
        Some("number") => {
            // The generator takes the type of the runtime only where nothing more is said.
            schema.retain(|key, _| {
                key != "format" && (!key.starts_with("x-") || key == RUNTIME_TYPE)
            });
            return;
        }
        _ => return,
    };
    schema.insert("format".to_owned(), format.into());
}

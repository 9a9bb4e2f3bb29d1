//! Reads the text of a parameter as a value of its schema's type.

use serde_json::Value;

/// The value, with the type of the schema. Without a type, the text stays a text. `Err` describes the problem.
pub fn value(text: &str, schema: &Value) -> Result<Value, &'static str> {
    of_type(text, schema["type"].as_str().unwrap_or_default())
}

/// An integer has no sign except `-`, no fraction and no exponent; a boolean is `true` or `false`. If the type is not
/// that of a single text, it stays a text.
pub fn of_type(text: &str, kind: &str) -> Result<Value, &'static str> {
    let number = || serde_json::from_str(text).ok().filter(Value::is_number);
    match kind {
        "integer" => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            let is_integer = digits.bytes().all(|byte| byte.is_ascii_digit())
                && (digits == "0" || !digits.starts_with('0'));
            // JSON reads `-0` as a floating-point number.
            let number = text.parse::<i64>().ok().map(Value::from).or_else(number);
            number.filter(|_| is_integer).ok_or("is not an integer")
        }
        "number" => number().ok_or("is not a number"),
        "boolean" => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err("is neither true nor false"),
        },
        _ => Ok(Value::from(text)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::value;

    #[test]
    fn a_text_is_a_value_of_its_type_or_none() {
        let integer = json!({"type": "integer"});
        let number = json!({"type": "number"});
        let boolean = json!({"type": "boolean"});
        let cases: [(&Value, &str, Result<Value, ()>); 26] = [
            (&integer, "1", Ok(json!(1))),
            (&integer, "0", Ok(json!(0))),
            (&integer, "-7", Ok(json!(-7))),
            (&integer, "-0", Ok(json!(0))),
            (
                &integer,
                "9223372036854775808",
                Ok(json!(9_223_372_036_854_775_808_u64)),
            ),
            (&integer, "", Err(())),
            (&integer, "-", Err(())),
            (&integer, "+1", Err(())),
            (&integer, "01", Err(())),
            (&integer, "1.0", Err(())),
            (&integer, "1e2", Err(())),
            (&integer, " 1", Err(())),
            (&integer, "\u{661}", Err(())),
            (&integer, "x", Err(())),
            (&number, "1.5", Ok(json!(1.5))),
            (&number, "-1e2", Ok(json!(-1e2))),
            (&number, "1,5", Err(())),
            (&number, "true", Err(())),
            (&number, "", Err(())),
            (&boolean, "true", Ok(json!(true))),
            (&boolean, "false", Ok(json!(false))),
            (&boolean, "TRUE", Err(())),
            (&boolean, "1", Err(())),
            (&json!({"type": "string"}), "1", Ok(json!("1"))),
            (&json!({"type": "string"}), "", Ok(json!(""))),
            (&json!({}), "true", Ok(json!("true"))),
        ];
        let mut failures = Vec::new();
        for (schema, text, expected) in cases {
            let found = value(text, schema).map_err(|_| ());
            if found != expected {
                failures.push(format!("{text:?} of {schema}: {found:?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}

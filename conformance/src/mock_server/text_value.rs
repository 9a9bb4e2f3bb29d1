//! The text of a parameter as a value of its schema's type.

use serde_json::Value;

/// Why a text is no value of the type.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoValue {
    /// Keyword of the schema.
    pub rule: &'static str,
    pub problem: &'static str,
}

/// Whole numbers have no sign but `-`, no fraction and no exponent; truth is `true` or `false`. Where the
/// schema names no type, or one that no single text has, the text stays a text.
pub(super) fn value(text: &str, schema: &Value) -> Result<Value, NoValue> {
    let wrong = |problem| NoValue {
        rule: "type",
        problem,
    };
    match schema["type"].as_str() {
        Some("integer") => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            let is_integer = digits.bytes().all(|byte| byte.is_ascii_digit())
                && (digits == "0" || !digits.starts_with('0'))
                && !digits.is_empty();
            if !is_integer {
                return Err(wrong("is no integer"));
            }
            let bounds = match schema["format"].as_str() {
                Some("int32") => Some(i64::from(i32::MIN)..=i64::from(i32::MAX)),
                Some("int64") => Some(i64::MIN..=i64::MAX),
                _ => None,
            };
            let number = text.parse::<i64>().ok();
            if bounds.is_some_and(|bounds| !number.is_some_and(|number| bounds.contains(&number))) {
                return Err(NoValue {
                    rule: "format",
                    problem: "does not fit into the format of its integer",
                });
            }
            number
                .map(Value::from)
                .or_else(|| serde_json::from_str(text).ok())
                .ok_or_else(|| wrong("is no integer"))
        }
        Some("number") => serde_json::from_str(text)
            .ok()
            .filter(Value::is_number)
            .ok_or_else(|| wrong("is no number")),
        Some("boolean") => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(wrong("is neither true nor false")),
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
        let int32 = json!({"type": "integer", "format": "int32"});
        let int64 = json!({"type": "integer", "format": "int64"});
        let number = json!({"type": "number"});
        let boolean = json!({"type": "boolean"});
        let cases: [(&Value, &str, Result<Value, &str>); 29] = [
            (&integer, "1", Ok(json!(1))),
            (&integer, "0", Ok(json!(0))),
            (&integer, "-7", Ok(json!(-7))),
            (
                &integer,
                "9223372036854775808",
                Ok(json!(9_223_372_036_854_775_808_u64)),
            ),
            (&integer, "", Err("type")),
            (&integer, "-", Err("type")),
            (&integer, "+1", Err("type")),
            (&integer, "01", Err("type")),
            (&integer, "1.0", Err("type")),
            (&integer, "1e2", Err("type")),
            (&integer, " 1", Err("type")),
            (&integer, "\u{661}", Err("type")),
            (&integer, "x", Err("type")),
            (&int32, "2147483647", Ok(json!(2_147_483_647))),
            (&int32, "2147483648", Err("format")),
            (&int64, "9223372036854775807", Ok(json!(i64::MAX))),
            (&int64, "9223372036854775808", Err("format")),
            (&number, "1.5", Ok(json!(1.5))),
            (&number, "-1e2", Ok(json!(-1e2))),
            (&number, "1,5", Err("type")),
            (&number, "true", Err("type")),
            (&number, "", Err("type")),
            (&boolean, "true", Ok(json!(true))),
            (&boolean, "false", Ok(json!(false))),
            (&boolean, "TRUE", Err("type")),
            (&boolean, "1", Err("type")),
            (&json!({"type": "string"}), "1", Ok(json!("1"))),
            (&json!({"type": "string"}), "", Ok(json!(""))),
            (&json!({}), "true", Ok(json!("true"))),
        ];
        let mut failures = Vec::new();
        for (schema, text, expected) in cases {
            let found = value(text, schema).map_err(|wrong| wrong.rule);
            if found != expected {
                failures.push(format!("{text:?} of {schema}: {found:?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}

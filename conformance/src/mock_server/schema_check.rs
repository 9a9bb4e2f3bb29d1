//! Whether a value is of a schema, told without the value.

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use openapi::schema_validator::validator;
use openapi::specification::Specification;

/// One schema, ready to be held against values.
pub(super) struct SchemaCheck(Validator);

/// A rule that a value breaks.
pub(super) struct Broken {
    /// JSON pointer to the part of the value; empty for all of it.
    pub part: String,
    /// Keyword of the schema.
    pub rule: String,
    /// What fits after the name of what was checked.
    pub problem: String,
}

impl SchemaCheck {
    pub fn new(specification: &Specification, schema: &Value) -> Result<Self, String> {
        let validator = validator(&specification.closed(schema));
        validator.map(Self).map_err(|error| error.to_string())
    }

    pub fn broken(&self, value: &Value) -> Vec<Broken> {
        let errors = self.0.iter_errors(value);
        errors
            .map(|error| Broken {
                part: error.instance_path().as_str().to_owned(),
                rule: error.kind().keyword().to_owned(),
                problem: problem(error.kind()),
            })
            .collect()
    }
}

/// The library's own sentences quote the value, which may be a secret.
fn problem(kind: &ValidationErrorKind) -> String {
    match kind {
        ValidationErrorKind::Enum { options } => {
            let options: Vec<String> = options
                .as_array()
                .into_iter()
                .flatten()
                .map(|option| option.as_str().map_or(option.to_string(), str::to_owned))
                .collect();
            format!("is none of: {}", options.join(", "))
        }
        ValidationErrorKind::Minimum { limit } => format!("is less than {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("is more than {limit}"),
        ValidationErrorKind::ExclusiveMinimum { limit } => format!("is not more than {limit}"),
        ValidationErrorKind::ExclusiveMaximum { limit } => format!("is not less than {limit}"),
        ValidationErrorKind::MinLength { limit: 1 } => "is empty".to_owned(),
        ValidationErrorKind::MinLength { limit } => {
            format!("has fewer than {limit} characters")
        }
        ValidationErrorKind::MaxLength { limit } => format!("has more than {limit} characters"),
        ValidationErrorKind::MinItems { limit } => format!("has fewer than {limit} entries"),
        ValidationErrorKind::MaxItems { limit } => format!("has more than {limit} entries"),
        ValidationErrorKind::Format { format } => format!("is no {format}"),
        ValidationErrorKind::Pattern { pattern } => format!("does not match {pattern}"),
        ValidationErrorKind::Required { property } => format!("has no {property}"),
        ValidationErrorKind::Type { .. } => "is of another type".to_owned(),
        other => format!("breaks the rule `{}`", other.keyword()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::SchemaCheck;
    use openapi::specification::Specification;

    #[test]
    fn a_broken_rule_is_told_without_the_value() {
        let specification = Specification::of(&json!({})).unwrap();
        let cases = [
            (
                json!({"type": "string", "enum": ["a", "b"]}),
                json!("canary"),
                "is none of: a, b",
            ),
            (
                json!({"type": "integer", "minimum": 1}),
                json!(0),
                "is less than 1",
            ),
            (
                json!({"type": "integer", "minimum": 1, "exclusiveMinimum": true}),
                json!(1),
                "is not more than 1",
            ),
            (
                json!({"type": "integer", "maximum": 9}),
                json!(10),
                "is more than 9",
            ),
            (
                json!({"type": "string", "minLength": 1}),
                json!(""),
                "is empty",
            ),
            (
                json!({"type": "string", "maxLength": 2}),
                json!("canary"),
                "has more than 2 characters",
            ),
            (
                json!({"type": "string", "pattern": "^a+$"}),
                json!("canary"),
                "does not match ^a+$",
            ),
            (
                json!({"type": "integer"}),
                json!("canary"),
                "is of another type",
            ),
            (
                json!({"type": "string", "format": "uuid"}),
                json!("canary"),
                "is no uuid",
            ),
            (
                json!({"type": "string", "format": "date"}),
                json!("2026-02-29"),
                "is no date",
            ),
            (
                json!({"type": "string", "format": "date"}),
                json!("2024-02-29"),
                "",
            ),
            (
                json!({"type": "string", "format": "date"}),
                json!("2024-2-29"),
                "is no date",
            ),
            (
                json!({"type": "string", "format": "date-time"}),
                json!("canary"),
                "is no date-time",
            ),
            (
                json!({"type": "string", "format": "date-time"}),
                json!("2024-02-29T12:00:00Z"),
                "",
            ),
            (
                json!({"type": "string", "format": "email"}),
                json!("canary"),
                "is no email",
            ),
            (
                json!({"type": "string", "format": "uuid"}),
                json!("8e5b0340-42bd-4eb8-b06a-836f28fb1f73"),
                "",
            ),
            (json!({"type": "string", "nullable": true}), Value::Null, ""),
            (
                json!({"type": "string", "format": "password"}),
                json!("canary"),
                "",
            ),
            (
                json!({"type": "array", "uniqueItems": true}),
                json!([1, 1]),
                "breaks the rule `uniqueItems`",
            ),
        ];
        let mut failures = Vec::new();
        for (schema, value, expected) in cases {
            let check = SchemaCheck::new(&specification, &schema).unwrap();
            let broken = check.broken(&value);
            let said: Vec<&str> = broken
                .iter()
                .map(|broken| broken.problem.as_str())
                .collect();
            if said.join("; ") != expected {
                failures.push(format!("{value} of {schema}: {said:?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}

//! Texts that a schema does not allow, one for each of its rules.

use serde_json::Value;

use crate::text_value;
use openapi::schema::behind;
use openapi::schema_check::SchemaCheck;
use openapi::specification::Specification;

/// A text that breaks one rule of its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenText {
    /// What is wrong with it; fits after the name of a parameter.
    pub rule: String,
    pub text: String,
}

/// Longer texts are refused by servers for reasons of their own.
const LONGEST: u64 = 2000;

/// What breaks the rules of a schema of a parameter; nothing where it has none.
#[must_use]
pub fn broken_texts(specification: &Specification, schema: &Value) -> Vec<BrokenText> {
    let document = &specification.document;
    let Ok(check) = SchemaCheck::new(document, schema) else {
        return Vec::new();
    };
    let rules = behind(document.root(), schema);
    let breaks = |text: &str| {
        let value = text_value::value(text, rules);
        value.map_or(true, |value| !check.fits(&value))
    };
    let mut broken: Vec<BrokenText> = Vec::new();
    for (rule, texts) in candidates(rules) {
        let text = texts.into_iter().find(|text| breaks(text));
        // A text that breaks two rules is sent once.
        let text = text.filter(|text| broken.iter().all(|other| other.text != *text));
        broken.extend(text.map(|text| BrokenText { rule, text }));
    }
    broken
}

/// Rules, and texts that probably break each of them.
pub(super) fn candidates(rules: &Value) -> Vec<(String, Vec<String>)> {
    let mut candidates = Vec::new();
    let mut add = |what: String, texts: &[&str]| {
        let texts = texts.iter().map(|text| (*text).to_owned());
        candidates.push((what, texts.collect()));
    };
    if let Some(name @ ("integer" | "number" | "boolean")) = rules["type"].as_str() {
        add(format!("that is no {name}"), &[&format!("no-{name}")]);
    }
    if rules["enum"].is_array() {
        let texts: &[&str] = match rules["type"].as_str() {
            Some("integer" | "number") => &["0", "-1", "1000003"],
            _ => &["undocumented", "0", "-1"],
        };
        add("outside its enumeration".to_owned(), texts);
    }
    match rules["minLength"].as_u64() {
        Some(1) => add("empty".to_owned(), &[""]),
        Some(least @ 2..=LONGEST) => {
            let text = "a".repeat(usize::try_from(least - 1).unwrap_or_default());
            add(format!("shorter than {least}"), &[&text]);
        }
        _ => {}
    }
    if let Some(most @ ..LONGEST) = rules["maxLength"].as_u64() {
        let text = "a".repeat(usize::try_from(most + 1).unwrap_or_default());
        add(format!("longer than {most}"), &[&text]);
    }
    for (keyword, exclusive, what, step) in [
        ("minimum", "exclusiveMinimum", "below its minimum", -1),
        ("maximum", "exclusiveMaximum", "above its maximum", 1),
    ] {
        let step = if rules[exclusive] == true { 0 } else { step };
        if let Some(limit) = rules[keyword].as_i64() {
            if let Some(beyond) = limit.checked_add(step) {
                add(what.to_owned(), &[&beyond.to_string()]);
            }
        } else if let Some(limit) = rules[keyword].as_f64() {
            #[allow(clippy::cast_precision_loss, reason = "it is -1, 0 or 1")]
            add(what.to_owned(), &[&(limit + step as f64).to_string()]);
        }
    }
    if rules["pattern"].is_string() {
        add(
            "against its pattern".to_owned(),
            &["!", "0", "a", "-", "a b"],
        );
    }
    if let Some(format) = rules["format"].as_str() {
        match format {
            "int32" => add("too large for its format".to_owned(), &["2147483648"]),
            "int64" => add(
                "too large for its format".to_owned(),
                &["9223372036854775808"],
            ),
            "date" | "date-time" | "time" | "email" | "hostname" | "ipv4" | "ipv6" | "uri"
            | "uuid" => add(format!("that is no {format}"), &["<no such thing>"]),
            // What others forbid is not known here.
            _ => {}
        }
    }
    candidates
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::broken_texts;
    use openapi::specification::Specification;

    #[test]
    fn each_rule_of_a_schema_is_broken_by_a_text_of_its_own() {
        let cases = [
            (json!({"type": "string"}), vec![]),
            (json!({}), vec![]),
            (json!({"type": "string", "format": "password"}), vec![]),
            (json!({"type": "string", "minLength": 1}), vec!["empty: "]),
            (
                json!({"type": "string", "minLength": 3, "maxLength": 4}),
                vec!["shorter than 3: aa", "longer than 4: aaaaa"],
            ),
            (
                json!({"type": "string", "minLength": 1, "enum": ["true", "undocumented"]}),
                vec!["outside its enumeration: 0", "empty: "],
            ),
            (
                json!({"type": "integer", "minimum": 1, "maximum": 7}),
                vec![
                    "that is no integer: no-integer",
                    "below its minimum: 0",
                    "above its maximum: 8",
                ],
            ),
            (
                json!({"type": "number", "minimum": 0.5, "exclusiveMinimum": true}),
                vec!["that is no number: no-number", "below its minimum: 0.5"],
            ),
            (
                json!({"type": "boolean"}),
                vec!["that is no boolean: no-boolean"],
            ),
            (
                json!({"type": "string", "pattern": "^.$"}),
                vec!["against its pattern: a b"],
            ),
            (
                json!({"type": "string", "format": "uuid"}),
                vec!["that is no uuid: <no such thing>"],
            ),
            (
                json!({"type": "integer", "format": "int32", "maximum": 2_147_483_647}),
                vec![
                    "that is no integer: no-integer",
                    "above its maximum: 2147483648",
                ],
            ),
            (
                json!({"type": "integer", "enum": [0, 1]}),
                vec![
                    "that is no integer: no-integer",
                    "outside its enumeration: -1",
                ],
            ),
            (json!({"minimum": 1}), vec![]),
            (
                json!({"type": "integer", "format": "int64"}),
                vec![
                    "that is no integer: no-integer",
                    "too large for its format: 9223372036854775808",
                ],
            ),
            (
                json!({"$ref": "#/components/schemas/Switch"}),
                vec!["outside its enumeration: undocumented"],
            ),
        ];
        let components = json!({"schemas": {"Switch": {"type": "string", "enum": ["on", "off"]}}});
        let specification = Specification::of(&json!({"components": components})).unwrap();
        let mut failures = Vec::new();
        for (schema, expected) in cases {
            let found: Vec<String> = broken_texts(&specification, &schema)
                .into_iter()
                .map(|broken| format!("{}: {}", broken.rule, broken.text))
                .collect();
            if found != expected {
                failures.push(format!("{schema}: {found:?} instead of {expected:?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}

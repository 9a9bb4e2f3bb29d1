//! Texts that a schema does not allow, one for each of its rules.

use serde_json::Value;

use crate::text_value;
use openapi::parameter::entry;
use openapi::schema::behind;
use openapi::schema::with_article;
use openapi::schema_check::SchemaCheck;
use openapi::specification::{Parameter, Specification};

/// A text for a parameter that breaks one rule of its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenText {
    /// The problem; it fits after the name of a parameter.
    pub rule: String,
    /// One text, or one for each entry of a list.
    pub entries: Vec<String>,
}

/// Servers refuse longer texts and longer lists for other reasons.
const LONGEST: u64 = 2000;
const MOST: u64 = 100;

/// Texts that break the rules of a parameter; none if it has no rules.
#[must_use]
pub fn broken_texts(specification: &Specification, parameter: &Parameter) -> Vec<BrokenText> {
    let document = &specification.document;
    let Ok(check) = SchemaCheck::new(document, &parameter.schema) else {
        return Vec::new();
    };
    let is_list = parameter.layout.is_list();
    let of_entry = entry(document, &parameter.schema);
    let breaks = |entries: &[String]| {
        let values = entries.iter().map(|text| text_value::value(text, of_entry));
        let values: Result<Vec<Value>, _> = values.collect();
        values.map_or(true, |values| {
            let value = if is_list {
                Value::Array(values)
            } else {
                values.into_iter().next().unwrap_or_default()
            };
            !check.fits(&value)
        })
    };
    let texts = candidates(of_entry).into_iter().map(|(rule, texts)| {
        let rule = if is_list {
            format!("with an entry {rule}")
        } else {
            rule
        };
        let texts = texts.into_iter().map(|text| vec![text]);
        (rule, texts.collect::<Vec<_>>())
    });
    let lists = is_list.then(|| lists(specification, parameter));
    let mut broken: Vec<BrokenText> = Vec::new();
    for (rule, lists) in texts.chain(lists.into_iter().flatten()) {
        let entries = lists.into_iter().find(|entries| breaks(entries));
        // A text that breaks two rules is sent once.
        let entries = entries.filter(|one| broken.iter().all(|other| other.entries != *one));
        broken.extend(entries.map(|entries| BrokenText { rule, entries }));
    }
    broken
}

/// Rules of a list, and lists of the documented entry that break each of them.
fn lists(specification: &Specification, parameter: &Parameter) -> Vec<(String, Vec<Vec<String>>)> {
    let rules = behind(specification.document.root(), &parameter.schema);
    let example = parameter
        .example
        .as_ref()
        .and_then(|example| example.first());
    let Some(entry) = example else {
        return Vec::new();
    };
    let of = |count: u64| {
        vec![vec![
            entry.clone();
            usize::try_from(count).unwrap_or_default()
        ]]
    };
    let mut lists = Vec::new();
    if let Some(least @ 2..=MOST) = rules["minItems"].as_u64() {
        lists.push((format!("with less than {least} entries"), of(least - 1)));
    }
    if let Some(most @ ..MOST) = rules["maxItems"].as_u64() {
        lists.push((format!("with more than {most} entries"), of(most + 1)));
    }
    if rules["uniqueItems"] == true {
        lists.push(("with the same entry twice".to_owned(), of(2)));
    }
    lists
}

/// Rules, and texts that probably break each of them.
pub(super) fn candidates(rules: &Value) -> Vec<(String, Vec<String>)> {
    let mut candidates = Vec::new();
    let mut add = |what: String, texts: &[&str]| {
        let texts = texts.iter().map(|text| (*text).to_owned());
        candidates.push((what, texts.collect()));
    };
    if let Some(name @ ("integer" | "number" | "boolean")) = rules["type"].as_str() {
        add(
            format!("that is not {}", with_article(name)),
            &[&format!("no-{name}")],
        );
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
            | "uuid" => add(
                format!("that is not {}", with_article(format)),
                &["<no such thing>"],
            ),
            // What other formats forbid is not known here.
            _ => {}
        }
    }
    candidates
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::broken_texts;
    use crate::testing::table::rows;
    use openapi::specification::Specification;

    #[test]
    fn each_rule_of_a_schema_is_broken_by_a_text_of_its_own() {
        let table = r##"
{"type": "string"} |
{} |
{"type": "string", "format": "password"} |
{"type": "string", "minLength": 1} | empty:
{"type": "string", "minLength": 3, "maxLength": 4} | shorter than 3: aa; longer than 4: aaaaa
{"type": "string", "minLength": 1, "enum": ["true", "undocumented"]} | outside its enumeration: 0; empty:
{"type": "integer", "minimum": 1, "maximum": 7} | that is not an integer: no-integer; below its minimum: 0; above its maximum: 8
{"type": "number", "minimum": 0.5, "exclusiveMinimum": true} | that is not a number: no-number; below its minimum: 0.5
{"type": "boolean"} | that is not a boolean: no-boolean
{"type": "string", "pattern": "^.$"} | against its pattern: a b
{"type": "string", "format": "uuid"} | that is not a uuid: <no such thing>
{"type": "integer", "format": "int32", "maximum": 2147483647} | that is not an integer: no-integer; above its maximum: 2147483648
{"type": "integer", "enum": [0, 1]} | that is not an integer: no-integer; outside its enumeration: -1
{"minimum": 1} |
{"type": "integer", "format": "int64"} | that is not an integer: no-integer; too large for its format: 9223372036854775808
{"$ref": "#/components/schemas/Switch"} | outside its enumeration: undocumented
{"type": "array", "minItems": 2, "maxItems": 3, "uniqueItems": true, "items": {"$ref": "#/components/schemas/Switch"}} | with an entry outside its enumeration: undocumented; with less than 2 entries: on; with more than 3 entries: on on on on; with the same entry twice: on on
"##;
        let components = json!({"schemas": {"Switch": {"type": "string", "enum": ["on", "off"]}}});
        let mut failures = Vec::new();
        for [schema, expected] in rows(table) {
            let schema: Value = serde_json::from_str(schema).unwrap();
            let parameter =
                json!({"name": "it", "in": "query", "schema": schema, "example": ["on"]});
            let specification = Specification::of(&json!({
                "paths": {"/a": {"get": {"operationId": "a", "parameters": [parameter], "responses": {}}}},
                "components": components,
            }));
            let specification = specification.unwrap();
            let parameter = &specification.operations[0].parameters[0];
            let found: Vec<String> = broken_texts(&specification, parameter)
                .into_iter()
                .map(|broken| format!("{}: {}", broken.rule, broken.entries.join(" ")))
                .collect();
            // An empty text leaves a space at the end.
            if found.join("; ").trim_end() != expected {
                failures.push(format!("{schema}: {found:?} instead of {expected:?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}

//! Bodies that a schema does not allow, made from a documented one by breaking one rule of one part at a time.

use serde_json::{Value, json};

use super::broken_text::candidates;
use crate::json_path::pointer_token;
use crate::text_value;
use openapi::body::Encoding;
use openapi::schema::behind;
use openapi::schema_check::{Direction, SchemaCheck};
use openapi::specification::{RequestBody, Specification};

/// A body that breaks one rule.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokenBody {
    /// The place and the problem; it fits after the word `body`.
    pub rule: String,
    pub value: Value,
}

/// Longer lists show nothing new.
const LONGEST_LIST: u64 = 100;

/// A schema that contains itself ends here.
const DEEPEST: usize = 8;

/// Bodies that break the rules of the schema, if the body is a value; none for any other body.
#[must_use]
pub fn broken_bodies(
    specification: &Specification,
    body: &RequestBody,
    documented: &Value,
) -> Vec<BrokenBody> {
    let check = SchemaCheck::of(&specification.document, &body.schema, Direction::Sent);
    let Ok(check) = check else {
        return Vec::new();
    };
    // If the documented body breaks its schema, nothing can be said about changes of it.
    if !body.encoding.is_of_a_value() || !check.fits(documented) {
        return Vec::new();
    }
    let mut breaking = Breaking {
        root: specification.document.root(),
        is_form: body.encoding == Encoding::Form,
        check,
        documented,
        broken: Vec::new(),
    };
    breaking.part(&body.schema, "", DEEPEST);
    // Left-out fields come first: that is the simplest rule, and the number of broken rules is limited.
    breaking
        .broken
        .sort_by_key(|broken| !broken.rule.starts_with("without"));
    breaking.broken
}

struct Breaking<'a> {
    root: &'a Value,
    is_form: bool,
    check: SchemaCheck,
    documented: &'a Value,
    broken: Vec<BrokenBody>,
}

impl Breaking<'_> {
    /// Breaks the rules of the part that the pointer names, and of the parts in it.
    fn part(&mut self, schema: &Value, pointer: &str, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        let rules = behind(self.root, schema);
        let here = self.documented.pointer(pointer);
        for (what, values) in self.candidates(rules, here) {
            // A form is an object, whatever its type says.
            if self.is_form && pointer.is_empty() {
                continue;
            }
            let rule = [pointer, &what].join(if pointer.is_empty() { "" } else { " " });
            let changed = values.into_iter().map(|value| self.with(pointer, value));
            let changed: Vec<Value> = changed.flatten().collect();
            self.add(rule, changed);
        }
        for combined in rules["allOf"].as_array().into_iter().flatten() {
            self.part(combined, pointer, depth);
        }
        if let Some(Value::Object(members)) = here {
            let required = rules["required"].as_array().into_iter().flatten();
            for name in required.filter_map(Value::as_str) {
                let mut fewer = members.clone();
                if fewer.remove(name).is_some() {
                    let without = format!("without {pointer}/{}", pointer_token(name));
                    let changed = self.with(pointer, Value::Object(fewer));
                    self.add(without, changed.into_iter().collect());
                }
            }
            for (name, schema) in rules["properties"].as_object().into_iter().flatten() {
                let pointer = format!("{pointer}/{}", pointer_token(name));
                self.part(schema, &pointer, depth);
            }
        }
        if let Some(Value::Array(items)) = here
            && !items.is_empty()
        {
            self.part(&rules["items"], &format!("{pointer}/0"), depth);
        }
    }

    /// Rules, and values that probably break each of them. In a form, all values are texts, and no list is empty.
    fn candidates(&self, rules: &Value, here: Option<&Value>) -> Vec<(String, Vec<Value>)> {
        let mut broken = Vec::new();
        let name = rules["type"].as_str().unwrap_or_default();
        match name {
            "string" if !self.is_form => broken.push(("that is not a string", json!(7))),
            "object" => broken.push(("that is not an object", json!("no-object"))),
            "array" if !self.is_form => broken.push(("that is not an array", json!("no-array"))),
            _ => {}
        }
        let of_own = broken
            .into_iter()
            .map(|(what, value)| (what.to_owned(), vec![value]));
        let of_text = candidates(rules).into_iter().map(|(what, texts)| {
            let values = texts.into_iter();
            let values = values.map(|text| text_value::value(&text, rules).unwrap_or(text.into()));
            (what, values.collect())
        });
        of_own
            .chain(of_text)
            .chain(self.of_list(rules, here))
            .collect()
    }

    fn of_list(&self, rules: &Value, here: Option<&Value>) -> Vec<(String, Vec<Value>)> {
        let Some(Value::Array(items)) = here else {
            return Vec::new();
        };
        let mut broken = Vec::new();
        let least = rules["minItems"].as_u64().unwrap_or_default();
        let fewer = least.saturating_sub(1);
        if least > u64::from(self.is_form) {
            let fewer = usize::try_from(fewer).unwrap_or_default();
            let value = items.iter().take(fewer).cloned().collect();
            let what = format!("with fewer than {least} entries");
            broken.push((what, vec![Value::Array(value)]));
        }
        if let (Some(most @ ..LONGEST_LIST), Some(_)) = (rules["maxItems"].as_u64(), items.first())
        {
            let more = usize::try_from(most + 1).unwrap_or_default();
            let value = items.iter().cycle().take(more).cloned().collect();
            let what = format!("with more than {most} entries");
            broken.push((what, vec![Value::Array(value)]));
        }
        broken
    }

    /// The documented body with this value in place of a part; a member may be new.
    fn with(&self, pointer: &str, value: Value) -> Option<Value> {
        let mut body = self.documented.clone();
        let Some((parent, token)) = pointer.rsplit_once('/') else {
            return Some(value);
        };
        match body.pointer_mut(parent)? {
            Value::Array(items) => *items.get_mut(token.parse::<usize>().ok()?)? = value,
            Value::Object(members) => {
                let name = token.replace("~1", "/").replace("~0", "~");
                members.insert(name, value);
            }
            _ => return None,
        }
        Some(body)
    }

    /// The first of these values that the schema does not allow, unless the schema refuses the documented one too.
    fn add(&mut self, rule: String, values: Vec<Value>) {
        let value = values.into_iter().find(|value| !self.check.fits(value));
        let is_new = |value: &Value| {
            let mut others = self.broken.iter();
            others.all(|other| other.rule != rule && other.value != *value)
        };
        if let Some(value) = value.filter(is_new) {
            self.broken.push(BrokenBody { rule, value });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::broken_bodies;
    use openapi::specification::Specification;

    #[test]
    fn each_rule_of_each_part_of_a_body_is_broken_by_a_body_of_its_own() {
        let cases = [
            (
                "application/json",
                json!({"type": "object", "required": ["name"], "properties": {
                    "name": {"type": "string", "minLength": 2},
                    "size": {"type": "integer", "minimum": 1},
                    "kind": {"type": "string", "enum": ["a", "b"]},
                    "a/b": {"nullable": true, "type": "boolean"},
                }}),
                json!({"name": "ab", "kind": "a"}),
                vec![
                    r#"without /name: {"kind":"a"}"#,
                    r#"that is not an object: "no-object""#,
                    r#"/a~1b that is not a boolean: {"a/b":"no-boolean","kind":"a","name":"ab"}"#,
                    r#"/kind that is not a string: {"kind":7,"name":"ab"}"#,
                    r#"/kind outside its enumeration: {"kind":"undocumented","name":"ab"}"#,
                    r#"/name that is not a string: {"kind":"a","name":7}"#,
                    r#"/name shorter than 2: {"kind":"a","name":"a"}"#,
                    r#"/size that is not an integer: {"kind":"a","name":"ab","size":"no-integer"}"#,
                    r#"/size below its minimum: {"kind":"a","name":"ab","size":0}"#,
                ],
            ),
            (
                "application/merge-patch+json",
                json!({"$ref": "#/components/schemas/List"}),
                json!([{"id": 1, "next": []}]),
                vec![
                    r#"without /0/id: [{"next":[]}]"#,
                    r#"that is not an array: "no-array""#,
                    r#"with fewer than 1 entries: []"#,
                    r#"with more than 2 entries: [{"id":1,"next":[]},{"id":1,"next":[]},{"id":1,"next":[]}]"#,
                    r#"/0 that is not an object: ["no-object"]"#,
                    r#"/0/id that is not an integer: [{"id":"no-integer","next":[]}]"#,
                    r#"/0/next that is not an array: [{"id":1,"next":"no-array"}]"#,
                    // The documented `next` has no entry: that is allowed there.
                ],
            ),
            (
                "application/x-www-form-urlencoded",
                json!({"type": "object", "required": ["name", "tag"], "properties": {
                    "name": {"type": "string", "maxLength": 2},
                    "tag": {"type": "array", "minItems": 1, "maxItems": 1, "items": {"type": "string", "enum": ["a"]}},
                    "size": {"type": "number", "maximum": 1.5},
                }}),
                json!({"name": "ab", "tag": ["a"]}),
                vec![
                    r#"without /name: {"tag":["a"]}"#,
                    r#"without /tag: {"name":"ab"}"#,
                    r#"/name longer than 2: {"name":"aaa","tag":["a"]}"#,
                    r#"/size that is not a number: {"name":"ab","size":"no-number","tag":["a"]}"#,
                    r#"/size above its maximum: {"name":"ab","size":2.5,"tag":["a"]}"#,
                    r#"/tag with more than 1 entries: {"name":"ab","tag":["a","a"]}"#,
                    r#"/tag/0 outside its enumeration: {"name":"ab","tag":["undocumented"]}"#,
                ],
            ),
            (
                "application/json",
                json!({"allOf": [
                    {"type": "object", "required": ["a"], "properties": {"a": {}}},
                    {"type": "object", "required": ["b"], "properties": {"b": {}}},
                ]}),
                json!({"a": 1, "b": 2}),
                vec![
                    r#"without /a: {"b":2}"#,
                    r#"without /b: {"a":1}"#,
                    r#"that is not an object: "no-object""#,
                ],
            ),
            // A documented body that breaks its schema, and a body that is not a value.
            (
                "application/json",
                json!({"type": "object"}),
                json!(1),
                vec![],
            ),
            ("text/plain", json!({"type": "string"}), json!("a"), vec![]),
        ];
        let mut failures = Vec::new();
        for (media_type, schema, documented, expected) in cases {
            let content = json!({media_type: {"schema": schema}});
            let document = json!({
                "paths": {"/a": {"put": {
                    "operationId": "a", "requestBody": {"content": content}, "responses": {},
                }}},
                "components": {"schemas": {"List": {
                    "type": "array", "minItems": 1, "maxItems": 2,
                    "items": {"type": "object", "required": ["id"], "properties": {
                        "id": {"type": "integer"},
                        "next": {"type": "array", "items": {"$ref": "#/components/schemas/List"}},
                    }},
                }}},
            });
            let specification = Specification::of(&document).unwrap();
            let body = specification.operations[0].request_body.as_ref().unwrap();
            let found: Vec<String> = broken_bodies(&specification, body, &documented)
                .into_iter()
                .map(|broken| format!("{}: {}", broken.rule, broken.value))
                .collect();
            if found != expected {
                failures.push(format!("{schema}: {found:#?} instead of {expected:#?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}

//! Makes values that a schema allows, for tests that need any of them.

use std::fmt::Display;

use openapi::composition::{alternatives, is_anything};
use openapi::document::Document;
use openapi::schema::{behind, type_of};
use openapi::schema_check::{Direction, SchemaCheck};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::strategy::Union;
use serde_json::{Value, json};

/// Values that may be sent.
pub fn sent(document: &Document, schema: &Value) -> BoxedStrategy<Value> {
    of_schema(document, schema, Direction::Sent, 0)
}

/// JSON of answers: values of the schema, and values that a server may send in future. Listed values are joined by
/// others, limits are not kept, and numbers may have any length.
pub fn received(document: &Document, schema: &Value) -> BoxedStrategy<String> {
    let values = of_schema(document, schema, Direction::Received, 0);
    values
        .prop_map(|value| {
            let text = value.to_string();
            text.replace(&format!("\"{BARE}"), "")
                .replace(&format!("{BARE}\""), "")
        })
        .boxed()
}

/// Marks text that is written into the JSON without quotes: more than a `Value` can contain.
const BARE: &str = "~bare~";

fn bare(text: impl Display) -> Value {
    format!("{BARE}{text}{BARE}").into()
}

fn far_number() -> Value {
    bare("123456789012345678901234567890")
}

fn of_schema(
    document: &Document,
    schema: &Value,
    direction: Direction,
    depth: usize,
) -> BoxedStrategy<Value> {
    let can_be_null = schema["nullable"] == true;
    let schema = behind(document.root(), schema);
    let is_sent = direction == Direction::Sent;
    let part = |schema: &Value| of_schema(document, schema, direction, depth + 1);
    let from = |key: &str| schema[key].as_u64().unwrap_or(0) as usize;
    let up_to =
        |key: &str, otherwise: usize| schema[key].as_u64().map_or(otherwise, |most| most as usize);
    let value = if let Some(alternatives) = alternatives(schema) {
        let alternatives = alternatives.iter().map(part);
        Union::new(alternatives.collect::<Vec<_>>()).boxed()
    } else if let Some(values) = schema["enum"].as_array() {
        let listed = prop::sample::select(values.clone());
        let kind = values.iter().find(|value| !value.is_null()).map(type_of);
        match kind {
            Some("string") if !is_sent => {
                prop_oneof![listed, any::<String>().prop_map(Value::from)].boxed()
            }
            Some("integer") if !is_sent => {
                let others = prop_oneof![any::<i64>().prop_map(Value::from), Just(far_number())];
                prop_oneof![listed, others].boxed()
            }
            _ => listed.boxed(),
        }
    } else {
        match (schema["type"].as_str(), schema["format"].as_str()) {
            (Some("string"), _) if !is_sent => any::<String>().prop_map(Value::from).boxed(),
            (Some("integer"), _) if !is_sent => {
                let has_no_sign = openapi::schema::is_unsigned(schema);
                let numbers = any::<i64>().prop_map(move |number| match has_no_sign {
                    true => number.cast_unsigned().into(),
                    false => number.into(),
                });
                // To JSON it is the same with a fraction of nothing.
                let with_fraction = any::<u32>().prop_map(|number| bare(format!("{number}.0")));
                prop_oneof![4 => numbers, 1 => with_fraction].boxed()
            }
            (Some("number"), _) if !is_sent => {
                let others = [
                    "19.90",
                    "-0.1000000000000000055511151231257827",
                    "-0.0",
                    "1E+400",
                ];
                let others = prop::sample::select(others.to_vec()).prop_map(bare);
                prop_oneof![
                    any::<f64>().prop_map(Value::from),
                    others,
                    Just(far_number())
                ]
                .boxed()
            }
            (Some("string"), _) if schema["pattern"].is_string() => {
                let pattern = schema["pattern"].as_str().unwrap();
                let whole = pattern.trim_start_matches('^').trim_end_matches('$');
                match prop::string::string_regex(whole) {
                    Ok(texts) => texts.prop_map(Value::from).boxed(),
                    // A pattern that only the server checks has an example.
                    Err(_) => Just(schema["example"].clone()).boxed(),
                }
            }
            (_, Some(format)) if texts_of(format).is_some() => {
                let texts = texts_of(format).unwrap();
                prop::sample::select(texts).prop_map(Value::from).boxed()
            }
            (_, Some("uuid")) => any::<[u8; 16]>()
                .prop_map(|bytes| uuid::Uuid::from_bytes(bytes).to_string().into())
                .boxed(),
            (_, Some("email")) => "[a-z]{1,8}@[a-z]{1,8}".prop_map(Value::from).boxed(),
            (Some("integer"), _) => {
                let most = match schema["format"].as_str() {
                    Some("int32") => i64::from(i32::MAX),
                    _ => 1 << 53,
                };
                let least = schema["minimum"].as_i64().unwrap_or(-1_000_000);
                let unit = schema["multipleOf"].as_i64().unwrap_or(1);
                (least..=schema["maximum"].as_i64().unwrap_or(most.max(least)))
                    .prop_map(move |number| Value::from(number / unit * unit))
                    .boxed()
            }
            (Some("number"), _) => {
                let least = schema["minimum"].as_f64().unwrap_or(-1e300);
                let numbers = least..=schema["maximum"].as_f64().unwrap_or(1e300);
                match schema["multipleOf"].as_f64() {
                    Some(unit) => (-1_000..1_000)
                        .prop_map(move |count| Value::from(f64::from(count) * unit))
                        .boxed(),
                    None => numbers.prop_map(Value::from).boxed(),
                }
            }
            (Some("boolean"), _) => any::<bool>().prop_map(Value::from).boxed(),
            (Some("array"), _) => {
                let least = from("minItems");
                if depth > 3 {
                    return Just(json!([])).boxed();
                }
                vec(part(&schema["items"]), least..=up_to("maxItems", least + 3))
                    .prop_map(Value::from)
                    .boxed()
            }
            (Some("object"), _) => object(document, schema, direction, depth),
            (None, _) if is_anything(schema) => prop_oneof![
                Just(Value::Null),
                any::<i64>().prop_map(Value::from),
                Just(if is_sent { 0.into() } else { far_number() }),
                "[a-z]{0,3}".prop_map(|text| json!({"a": [text, 0.5, true]})),
            ]
            .boxed(),
            _ => {
                let least = from("minLength");
                let text = vec(
                    any::<char>(),
                    least..=up_to("maxLength", least + 8).min(least + 8),
                );
                text.prop_map(|text| text.into_iter().collect::<String>().into())
                    .boxed()
            }
        }
    };
    let value = if can_be_null || schema["nullable"] == true {
        prop_oneof![1 => Just(Value::Null), 3 => value].boxed()
    } else {
        value
    };
    // A combination of two rules, or a rule that is only partly known here.
    if !is_sent || matches!(schema["type"].as_str(), Some("object")) {
        return value;
    }
    let check = SchemaCheck::of(document, schema, direction).unwrap();
    value
        .prop_filter("is not of its schema", move |value| check.fits(value))
        .boxed()
}

/// Texts of a format.
fn texts_of(format: &str) -> Option<&'static [&'static str]> {
    Some(match format {
        "byte" => &["", "dGVh", "dGU="],
        "date" => &["2024-02-29", "1999-12-31"],
        "date-time" => &["2024-02-29T12:00:00Z", "1999-12-31T23:59:59.5-01:30"],
        "ipv4" => &["192.0.2.1", "0.0.0.0"],
        "ipv6" => &["2001:db8::1", "::"],
        "uri" => &["https://example.com/?a=b#c", "urn:isbn:0451450523"],
        _ => return None,
    })
}

fn object(
    document: &Document,
    schema: &Value,
    direction: Direction,
    depth: usize,
) -> BoxedStrategy<Value> {
    let part = |schema: &Value| of_schema(document, schema, direction, depth + 1);
    let required = |name: &str| {
        let mut names = schema["required"].as_array().into_iter().flatten();
        names.any(|required| required == name)
    };
    let mut members = Just(serde_json::Map::new()).boxed();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let other_way = if direction == Direction::Sent {
            "readOnly"
        } else {
            "writeOnly"
        };
        if property[other_way] == true {
            continue;
        }
        let member = match (required(name), depth < 3) {
            (true, _) => part(property).prop_map(Some).boxed(),
            (false, true) => prop::option::of(part(property)).boxed(),
            (false, false) => continue,
        };
        let name = name.clone();
        members = (members, member)
            .prop_map(move |(mut members, value)| {
                members.extend(value.map(|value| (name.clone(), value)));
                members
            })
            .boxed();
    }
    if schema["additionalProperties"].is_object() && depth < 3 {
        let rest = btree_map(
            "other_[a-z]{1,3}",
            part(&schema["additionalProperties"]),
            0..3,
        );
        members = (members, rest)
            .prop_map(|(mut members, rest)| {
                members.extend(rest);
                members
            })
            .boxed();
    }
    let bound = |keyword: &str| {
        schema[keyword]
            .as_u64()
            .filter(|_| direction == Direction::Sent)
    };
    let least = bound("minProperties").unwrap_or(0) as usize;
    let most = bound("maxProperties").map_or(usize::MAX, |most| most as usize);
    members
        .prop_filter("the number of members", move |members| {
            (least..=most).contains(&members.len())
        })
        .prop_map(Value::Object)
        .boxed()
}

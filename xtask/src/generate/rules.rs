//! The limits of a schema: as rules that are checked before a value is sent, and in words.

use std::ptr;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::{Number, Value};

use crate::generate::pattern;
use openapi::document::Document;

/// The rules of a schema and of its parts.
pub fn rules(document: &Document, schema: &Value) -> TokenStream {
    rules_within(document, schema, &mut Vec::new())
}

/// The rules as an expression.
pub fn rule_list(document: &Document, schema: &Value) -> TokenStream {
    let rules = rules(document, schema);
    if rules.is_empty() { quote!(&[]) } else { rules }
}

fn rules_within<'a>(
    document: &'a Document,
    schema: &'a Value,
    outer: &mut Vec<&'a Value>,
) -> TokenStream {
    let mut rules = Vec::new();
    collect(document, schema, outer, &mut rules);
    if rules.is_empty() {
        TokenStream::new()
    } else {
        quote!(&[#(#rules),*])
    }
}

fn collect<'a>(
    document: &'a Document,
    schema: &'a Value,
    outer: &mut Vec<&'a Value>,
    rules: &mut Vec<TokenStream>,
) {
    // A list that contains itself would have rules without end.
    if outer.iter().any(|other| ptr::eq(*other, schema)) {
        return;
    }
    outer.push(schema);
    of_schema(document, schema, outer, rules);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        if let Some(part) = document.resolve(part) {
            collect(document, part, outer, rules);
        }
    }
    outer.pop();
}

fn of_schema<'a>(
    document: &'a Document,
    schema: &'a Value,
    outer: &mut Vec<&'a Value>,
    rules: &mut Vec<TokenStream>,
) {
    for (key, rule) in [
        ("minLength", "MinLength"),
        ("maxLength", "MaxLength"),
        ("minItems", "MinItems"),
        ("maxItems", "MaxItems"),
        ("minProperties", "MinItems"),
        ("maxProperties", "MaxItems"),
    ] {
        if let Some(limit) = schema[key].as_u64() {
            let (rule, limit) = (format_ident!("{rule}"), limit as usize);
            rules.push(quote!(contract::Rule::#rule(#limit)));
        }
    }
    let is_short = schema["type"] == "integer" && schema["format"] == "int32";
    for (key, exclusive, rule, short) in [
        ("minimum", "exclusiveMinimum", "Minimum", i32::MIN),
        ("maximum", "exclusiveMaximum", "Maximum", i32::MAX),
    ] {
        // A bound of the schema lies within those of the format.
        let limit = match &schema[key] {
            Value::Number(limit) => limit.clone(),
            _ if is_short => short.into(),
            _ => continue,
        };
        let (rule, limit) = (format_ident!("{rule}"), number(&limit));
        let exclusive = schema[exclusive] == true;
        rules.push(quote!(contract::Rule::#rule { limit: #limit, exclusive: #exclusive }));
    }
    if let Value::Number(unit) = &schema["multipleOf"] {
        let unit = number(unit);
        rules.push(quote!(contract::Rule::MultipleOf(#unit)));
    }
    if schema["uniqueItems"] == true {
        rules.push(quote!(contract::Rule::UniqueItems));
    }
    if let (Some("number"), Some(values)) = (schema["type"].as_str(), schema["enum"].as_array()) {
        let values = values.iter().filter_map(|value| match value {
            Value::Number(value) => Some(number(value)),
            _ => None,
        });
        rules.push(quote!(contract::Rule::OneOf(&[#(#values),*])));
    }
    if let (Some("boolean"), Some(values)) = (schema["type"].as_str(), schema["enum"].as_array()) {
        let mut flags: Vec<bool> = values.iter().filter_map(Value::as_bool).collect();
        flags.dedup();
        if let [only] = flags[..] {
            rules.push(quote!(contract::Rule::Flag(#only)));
        }
    }
    if schema["type"] == "string" {
        if let Some(format) = schema["format"].as_str().and_then(checked_format) {
            let format = format_ident!("{format}");
            rules.push(quote!(contract::Rule::Format(contract::Format::#format)));
        }
        if let Some(source) = schema["pattern"].as_str()
            && let Some(steps) = pattern::steps(source)
        {
            rules.push(quote! {
                contract::Rule::Pattern(&contract::Pattern { source: #source, steps: #steps })
            });
        }
    }
    for key in ["items", "additionalProperties"] {
        if let Some(part) = schema.get(key).and_then(|part| document.resolve(part)) {
            let of_each = rules_within(document, part, outer);
            if !of_each.is_empty() {
                rules.push(quote!(contract::Rule::Each(#of_each)));
            }
        }
    }
}

/// The formats that are checked, by the runtime's names.
pub fn checked_format(format: &str) -> Option<&'static str> {
    Some(match format {
        "byte" => "Byte",
        "date" => "Date",
        "date-time" => "DateTime",
        "email" => "Email",
        "ipv4" => "Ipv4",
        "ipv6" => "Ipv6",
        "uri" => "Uri",
        "uuid" => "Uuid",
        _ => return None,
    })
}

fn number(number: &Number) -> TokenStream {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(whole), ..) => quote!(contract::Limit::Whole(#whole as i128)),
        (_, Some(whole), _) => quote!(contract::Limit::Whole(#whole as i128)),
        (.., fraction) => {
            let fraction = fraction.unwrap_or_default();
            quote!(contract::Limit::Fraction(#fraction))
        }
    }
}

/// Where the listed values are documented.
#[derive(Clone, Copy, PartialEq)]
pub enum Listed {
    Here,
    ByTheType,
}

/// The limits of a schema, in words.
pub fn limits(schema: &Value, listed: Listed) -> String {
    let mut limits = Vec::new();
    if let Some(values) = schema["enum"].as_array()
        && listed == Listed::Here
    {
        let values: Vec<String> = values
            .iter()
            .map(|value| match value.as_str() {
                Some(text) => format!("`{text}`"),
                None => format!("`{value}`"),
            })
            .collect();
        limits.push(format!("one of {}", values.join(", ")));
    }
    for (key, exclusive, words, beyond) in [
        ("minimum", "exclusiveMinimum", "at least", "more than"),
        ("maximum", "exclusiveMaximum", "at most", "less than"),
    ] {
        if let Some(limit) = schema.get(key) {
            let words = if schema[exclusive] == true {
                beyond
            } else {
                words
            };
            limits.push(format!("{words} {limit}"));
        }
    }
    if let Some(unit) = schema.get("multipleOf") {
        limits.push(format!("a multiple of {unit}"));
    }
    // Listed values need no limits of length.
    if limits.is_empty() {
        match schema["minLength"].as_u64() {
            None | Some(0) => {}
            Some(1) => limits.push("not empty".to_owned()),
            Some(length) => limits.push(format!("at least {length} characters")),
        }
        if let Some(length) = schema["maxLength"].as_u64() {
            limits.push(format!("at most {length} characters"));
        }
    }
    if let Some(format) = schema["format"].as_str()
        && schema["type"] == "string"
        && !matches!(format, "password" | "binary")
    {
        limits.push(format!("format `{format}`"));
    }
    if let Some(source) = schema["pattern"].as_str() {
        let unchecked = if pattern::is_checked(source) {
            ""
        } else {
            ", which only the server checks"
        };
        limits.push(format!("pattern `{source}`{unchecked}"));
    }
    if schema["uniqueItems"] == true {
        limits.push("no duplicates".to_owned());
    }
    limits.join(", ")
}

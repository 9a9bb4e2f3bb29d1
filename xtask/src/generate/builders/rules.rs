//! The rules of a schema as code, for the check before a value is sent.

use openapi::document::Document;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

/// The rules of a schema that are checked before a value of it is sent.
pub fn rules(document: &Document, schema: &Value) -> TokenStream {
    let mut rules = Vec::new();
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
    for (key, exclusive, rule) in [
        ("minimum", "exclusiveMinimum", "Minimum"),
        ("maximum", "exclusiveMaximum", "Maximum"),
    ] {
        if let Some(limit) = schema[key].as_f64() {
            let rule = format_ident!("{rule}");
            let exclusive = schema[exclusive] == true;
            rules.push(quote!(contract::Rule::#rule { limit: #limit, exclusive: #exclusive }));
        }
    }
    match schema["format"].as_str() {
        Some("uuid") => rules.push(quote!(contract::Rule::Uuid)),
        Some("email") => rules.push(quote!(contract::Rule::Email)),
        _ => {}
    }
    for key in ["items", "additionalProperties"] {
        if let Some(part) = schema.get(key).and_then(|part| document.resolve(part)) {
            let of_each = self::rules(document, part);
            if !of_each.is_empty() {
                rules.push(quote!(contract::Rule::Each(#of_each)));
            }
        }
    }
    if rules.is_empty() {
        TokenStream::new()
    } else {
        quote!(&[#(#rules),*])
    }
}

/// The rules as an expression.
pub fn rule_list(document: &Document, schema: &Value) -> TokenStream {
    let rules = rules(document, schema);
    if rules.is_empty() { quote!(&[]) } else { rules }
}

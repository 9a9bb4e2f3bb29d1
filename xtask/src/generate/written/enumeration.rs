//! Enumerations, which keep values that they do not list.

use std::collections::BTreeSet;

use proc_macro2::Literal;
use quote::{format_ident, quote};
use serde_json::{Number, Value};

use crate::generate::rust_name::{free, type_name};
use openapi::secret::is_secret;

/// The variant for a value that is not listed.
const REST: &str = "Unrecognized";

/// The values of a schema, without `null`, which each place that refers to it adds.
#[derive(PartialEq)]
pub enum Enumeration {
    Texts(Vec<String>),
    Integers(Vec<Number>),
}

impl Enumeration {
    /// The values of a schema that lists only texts or integers.
    pub fn of(schema: &Value) -> Option<Self> {
        let values = schema["enum"].as_array()?;
        let mut values: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
        let mut seen = BTreeSet::new();
        values.retain(|value| seen.insert(value.to_string()));
        let ty = schema.get("type").and_then(Value::as_str);
        if values.is_empty() || is_secret(schema) || schema["format"] == "binary" {
            return None;
        }
        let texts = values.iter().map(|value| value.as_str().map(str::to_owned));
        if matches!(ty, None | Some("string"))
            && let Some(texts) = texts.collect()
        {
            return Some(Self::Texts(texts));
        }
        let integers = values.iter().map(|value| match value {
            Value::Number(number) if !number.is_f64() => Some(number.clone()),
            _ => None,
        });
        match ty {
            None | Some("integer") => Some(Self::Integers(integers.collect::<Option<_>>()?)),
            _ => None,
        }
    }

    /// The type and its implementations.
    pub fn items(&self, name: &str, description: Option<&str>) -> Vec<syn::Item> {
        let name = format_ident!("{name}");
        let (wire, variants): (Vec<String>, Vec<String>) = match self {
            Self::Texts(texts) => (
                texts.clone(),
                texts.iter().map(|text| of_text(text)).collect(),
            ),
            Self::Integers(numbers) => {
                let wire: Vec<String> = numbers.iter().map(Number::to_string).collect();
                let variants = wire.iter().map(|number| of_integer(number)).collect();
                (wire, variants)
            }
        };
        let mut taken = BTreeSet::from([REST.to_owned()]);
        let variants: Vec<syn::Ident> = variants
            .iter()
            .map(|variant| {
                let variant = free(variant, &taken);
                taken.insert(variant.clone());
                format_ident!("{variant}")
            })
            .collect();
        let docs = wire.iter().map(|value| format!("`{value}`."));
        let rest_doc = "A value that the specification does not list, as it was received. It can't be sent: a call with it is an \
                        [invalid request](crate::ErrorKind::InvalidRequest).";
        let description = description.unwrap_or("One of these values.");
        let (as_str, from, macro_call) = match self {
            Self::Texts(_) => (
                quote! {
                    /// Returns the value as the API writes it.
                    pub fn as_str(&self) -> &str
                },
                quote! {
                    impl ::std::convert::From<&str> for #name {
                        fn from(value: &str) -> Self {
                            match value {
                                #(#wire => Self::#variants,)*
                                _ => Self::Unrecognized(value.to_owned()),
                            }
                        }
                    }
                },
                quote!(crate::runtime::contract::open_text!(#name, [#(#wire),*]);),
            ),
            Self::Integers(numbers) => {
                let numbers = numbers.iter().map(literal);
                (
                    quote! {
                        /// Returns the number as the API writes it.
                        pub fn as_str(&self) -> &str
                    },
                    quote! {
                        impl #name {
                            fn from_json(value: &str) -> Self {
                                match value {
                                    #(#wire => Self::#variants,)*
                                    _ => Self::Unrecognized(value.to_owned()),
                                }
                            }
                        }
                    },
                    quote!(crate::runtime::contract::open_integer!(#name, [#(#numbers),*]);),
                )
            }
        };
        let from_flag = self.is_flag().then(|| {
            quote! {
                impl ::std::convert::From<bool> for #name {
                    fn from(value: bool) -> Self {
                        Self::from(if value { "true" } else { "false" })
                    }
                }
            }
        });
        let file: syn::File = syn::parse_quote! {
            #[doc = #description]
            #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum #name {
                #(
                    #[doc = #docs]
                    #variants,
                )*
                #[doc = #rest_doc]
                Unrecognized(::std::string::String),
            }

            impl #name {
                #as_str {
                    match self {
                        #(Self::#variants => #wire,)*
                        Self::Unrecognized(value) => value,
                    }
                }
            }

            #from
            #from_flag
            #macro_call
        };
        file.items
    }

    /// Whether it replaces a boolean.
    fn is_flag(&self) -> bool {
        match self {
            Self::Texts(texts) => {
                texts.iter().all(|text| text == "true" || text == "false") && texts.len() == 2
            }
            Self::Integers(_) => false,
        }
    }
}

/// The variant for a text.
fn of_text(text: &str) -> String {
    if text.is_empty() {
        return "Empty".to_owned();
    }
    let name = type_name(text);
    let mut letters = name.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// The variant for an integer, as it is written.
fn of_integer(number: &str) -> String {
    match number.strip_prefix('-') {
        Some(digits) => format!("Minus{digits}"),
        None => format!("Value{number}"),
    }
}

fn literal(number: &Number) -> Literal {
    match (number.as_i64(), number.as_u64()) {
        (Some(number), _) => Literal::i64_unsuffixed(number),
        (None, number) => Literal::u64_unsuffixed(number.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn variants(schema: Value) -> Option<Vec<String>> {
        let items = Enumeration::of(&schema)?.items("Kind", None);
        let syn::Item::Enum(item) = &items[0] else {
            panic!("the enumeration is not the first item");
        };
        let variants = item.variants.iter();
        Some(variants.map(|variant| variant.ident.to_string()).collect())
    }

    #[test]
    fn each_value_has_a_variant_of_its_own_whatever_it_is() {
        let texts = |values: Value| variants(json!({"type": "string", "enum": values}));
        let expected = |names: &[&str]| {
            let names = names.iter().copied().chain([REST]);
            Some(names.map(str::to_owned).collect())
        };
        assert_eq!(
            texts(json!([
                "visa", "VISA", "2nd", "", "a b", "self", "<", ">", "+1", "-1"
            ])),
            expected(&[
                "Visa", "Visa2", "X2nd", "Empty", "AB", "Self_", "X", "X2", "Plus1", "Minus1"
            ])
        );
        assert_eq!(
            texts(json!(["unrecognized", "a", "a", null])),
            expected(&["Unrecognized2", "A"])
        );
        assert_eq!(
            variants(json!({"type": "integer", "enum": [0, -7, 18_446_744_073_709_551_615_u64]})),
            expected(&["Value0", "Minus7", "Value18446744073709551615"])
        );
        assert_eq!(variants(json!({"enum": [1, null]})), expected(&["Value1"]));
    }

    #[test]
    fn what_lists_something_else_is_none() {
        for schema in [
            json!({"type": "string"}),
            json!({"type": "string", "enum": [null]}),
            json!({"type": "string", "format": "password", "enum": ["a"]}),
            json!({"type": "number", "enum": [1, 2]}),
            json!({"type": "boolean", "enum": [true]}),
            json!({"enum": ["a", 1]}),
        ] {
            assert_eq!(variants(schema.clone()), None, "{schema}");
        }
    }
}

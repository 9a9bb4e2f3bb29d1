//! Rule: for an optional object, `null` and `[]` mean that it is absent, because backends in PHP write an empty
//! object as `[]`. An optional array may be `null` in the same way. If any value is allowed, `null` is a value.

use std::collections::BTreeSet;

use syn::punctuated::Punctuated;

use super::{has_serde_argument, items, last_segment};

pub fn apply(types: &mut syn::ItemMod) {
    let objects = objects(types);
    for item in items(types) {
        let syn::Item::Struct(item) = item else {
            continue;
        };
        for field in &mut item.fields {
            if let Some(reader) = reader(field, &objects) {
                drop_default(field);
                field
                    .attrs
                    .push(syn::parse_quote!(#[serde(default, deserialize_with = #reader)]));
            }
        }
    }
}

/// Structs with named fields: the types of JSON objects.
pub fn objects(types: &mut syn::ItemMod) -> BTreeSet<String> {
    items(types)
        .iter()
        .filter_map(|item| match item {
            syn::Item::Struct(item) if matches!(item.fields, syn::Fields::Named(_)) => {
                Some(item.ident.to_string())
            }
            _ => None,
        })
        .collect()
}

fn reader(field: &syn::Field, objects: &BTreeSet<String>) -> Option<&'static str> {
    let (name, argument) = last_segment(&field.ty)?;
    let has_default = has_serde_argument(field, "default");
    match name.as_str() {
        "Option" => {
            let argument = argument?;
            if is_opaque(&argument) {
                return Some("crate::runtime::contract::present");
            }
            is_object(&argument, objects).then_some("crate::runtime::contract::optional_object")
        }
        // Only optional fields have a default; a flattened map has the keys without a field.
        "BTreeMap" if has_default => Some("crate::runtime::contract::optional_map"),
        "Vec" if has_default => Some("crate::runtime::contract::optional_array"),
        _ => None,
    }
}

/// Whether it is the type of a JSON object. A type that contains itself does so in a box.
pub fn is_object(ty: &syn::Type, objects: &BTreeSet<String>) -> bool {
    let Some((mut name, argument)) = last_segment(ty) else {
        return false;
    };
    if name == "Box"
        && let Some((boxed, _)) = argument.as_ref().and_then(last_segment)
    {
        name = boxed;
    }
    name == "BTreeMap" || objects.contains(&name)
}

/// Whether it is the type of the runtime for any value, of which `null` is one.
pub fn is_opaque(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Path(path) if path.path.segments.first().is_some_and(|first| first.ident == "crate"))
        && last_segment(ty).is_some_and(|(name, _)| name == "OpaqueValue")
}

/// Removes `default` and `deserialize_with` from the serde arguments of a field: both are added with the others.
fn drop_default(field: &mut syn::Field) {
    field.attrs.retain_mut(|attribute| {
        if !attribute.path().is_ident("serde") {
            return true;
        }
        let mut kept: Vec<syn::Meta> = attribute
            .parse_args_with(Punctuated::<syn::Meta, syn::Token![,]>::parse_terminated)
            .map(|arguments| arguments.into_iter().collect())
            .unwrap_or_default();
        kept.retain(|argument| {
            !argument.path().is_ident("default") && !argument.path().is_ident("deserialize_with")
        });
        *attribute = syn::parse_quote!(#[serde(#(#kept),*)]);
        !kept.is_empty()
    });
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use syn::parse_quote;

    use super::*;

    #[test]
    fn optional_objects_maps_and_arrays_are_read_tolerantly_and_nothing_else_is() {
        let mut types: syn::ItemMod = parse_quote! {
            mod types {
                struct Part { text: String }
                struct Newtype(String);
                struct Whole {
                    #[serde(skip_serializing_if = "Option::is_none")]
                    object: ::std::option::Option<Part>,
                    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
                    renamed: Option<Part>,
                    itself: Option<::std::boxed::Box<Whole>>,
                    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
                    map: BTreeMap<String, String>,
                    #[serde(default)]
                    array: Vec<Part>,
                    text: Option<String>,
                    newtype: Option<Newtype>,
                    required: Part,
                    all: Vec<Part>,
                    #[serde(flatten)]
                    extra: BTreeMap<String, String>,
                }
            }
        };
        let untouched = types.clone();
        apply(&mut types);
        let attributes = |module: &mut syn::ItemMod, field: &str| -> Vec<String> {
            let whole = items(module).iter().find_map(|item| match item {
                syn::Item::Struct(item) if item.ident == "Whole" => Some(item.clone()),
                _ => None,
            });
            let field = whole
                .unwrap()
                .fields
                .into_iter()
                .find(|other| other.ident.as_ref().unwrap() == field);
            field
                .unwrap()
                .attrs
                .iter()
                .map(|attribute| attribute.meta.to_token_stream().to_string())
                .collect()
        };
        let object =
            "serde (default , deserialize_with = \"crate::runtime::contract::optional_object\")";
        let cases = [
            (
                "object",
                vec!["serde (skip_serializing_if = \"Option::is_none\")", object],
            ),
            ("itself", vec![object]),
            (
                "renamed",
                vec![
                    "serde (rename = \"type\" , skip_serializing_if = \"Option::is_none\")",
                    object,
                ],
            ),
            (
                "map",
                vec![
                    "serde (skip_serializing_if = \"BTreeMap::is_empty\")",
                    "serde (default , deserialize_with = \"crate::runtime::contract::optional_map\")",
                ],
            ),
            (
                "array",
                vec![
                    "serde (default , deserialize_with = \"crate::runtime::contract::optional_array\")",
                ],
            ),
        ];
        for (field, expected) in cases {
            assert_eq!(attributes(&mut types, field), expected, "{field}");
        }
        for field in ["text", "newtype", "required", "all", "extra"] {
            let before = attributes(&mut untouched.clone(), field);
            assert_eq!(attributes(&mut types, field), before, "{field}");
        }
    }
}

//! Rule: where an object is optional, `null` and `[]` mean the same as its absence, because backends in
//! PHP write an empty object as `[]`. An optional array may be `null` likewise.

use std::collections::BTreeSet;

use quote::ToTokens as _;
use syn::punctuated::Punctuated;

use super::items;

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

/// Structs with named fields: what a JSON object is decoded into.
fn objects(types: &mut syn::ItemMod) -> BTreeSet<String> {
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
    let serde = serde_arguments(field);
    match name.as_str() {
        "Option" => {
            let (inner, boxed) = last_segment(&argument?)?;
            // A type that holds itself does so in a box.
            let inner = match boxed {
                Some(boxed) if inner == "Box" => last_segment(&boxed)?.0,
                _ => inner,
            };
            objects
                .contains(&inner)
                .then_some("crate::runtime::optional_object")
        }
        // Only optional ones have a default; a flattened map takes the keys that have no field.
        "BTreeMap" if serde.contains("default") => Some("crate::runtime::optional_map"),
        "Vec" if serde.contains("default") => Some("crate::runtime::optional_array"),
        _ => None,
    }
}

/// Name of a type and its first argument: `Option`, `T` of `::std::option::Option<T>`.
fn last_segment(ty: &syn::Type) -> Option<(String, Option<syn::Type>)> {
    let syn::Type::Path(path) = ty else {
        return None;
    };
    let segment = path.path.segments.last()?;
    let argument = match &segment.arguments {
        syn::PathArguments::AngleBracketed(arguments) => {
            arguments.args.iter().find_map(|argument| match argument {
                syn::GenericArgument::Type(ty) => Some(ty.clone()),
                _ => None,
            })
        }
        _ => None,
    };
    Some((segment.ident.to_string(), argument))
}

fn serde_arguments(field: &syn::Field) -> String {
    field
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
        .map(|attribute| attribute.meta.to_token_stream().to_string())
        .collect()
}

/// Takes `default` out of a field's arguments to serde: it is written again beside the reader.
fn drop_default(field: &mut syn::Field) {
    field.attrs.retain_mut(|attribute| {
        if !attribute.path().is_ident("serde") {
            return true;
        }
        let mut kept: Vec<syn::Meta> = attribute
            .parse_args_with(Punctuated::<syn::Meta, syn::Token![,]>::parse_terminated)
            .map(|arguments| arguments.into_iter().collect())
            .unwrap_or_default();
        kept.retain(|argument| !argument.path().is_ident("default"));
        *attribute = syn::parse_quote!(#[serde(#(#kept),*)]);
        !kept.is_empty()
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_optional_part_gets_the_reader_that_its_type_needs() {
        let mut types: syn::ItemMod = syn::parse_quote! {
            mod types {
                struct Thing {
                    object: ::std::option::Option<Other>,
                    itself: ::std::option::Option<::std::boxed::Box<Thing>>,
                    text: ::std::option::Option<::std::string::String>,
                    wrapper: ::std::option::Option<Wrapper>,
                    #[serde(default)]
                    map: ::std::collections::BTreeMap<String, String>,
                    #[serde(flatten)]
                    extra: ::std::collections::BTreeMap<String, String>,
                    #[serde(default)]
                    list: ::std::vec::Vec<String>,
                    required_list: ::std::vec::Vec<String>,
                    required: Other,
                }
                struct Other { a: i64 }
                struct Wrapper(String);
            }
        };
        apply(&mut types);
        let syn::Item::Struct(thing) = &items(&mut types)[0] else {
            panic!("the first item is a struct");
        };
        let readers: Vec<(String, Option<&str>)> = thing
            .fields
            .iter()
            .map(|field| {
                let arguments = serde_arguments(field);
                let readers = ["optional_object", "optional_map", "optional_array"];
                let reader = readers.into_iter().find(|name| arguments.contains(name));
                (field.ident.as_ref().unwrap().to_string(), reader)
            })
            .collect();
        let expected = [
            ("object", Some("optional_object")),
            ("itself", Some("optional_object")),
            ("text", None),
            ("wrapper", None),
            ("map", Some("optional_map")),
            ("extra", None),
            ("list", Some("optional_array")),
            ("required_list", None),
            ("required", None),
        ];
        assert_eq!(
            readers,
            expected.map(|(name, reader)| (name.to_owned(), reader))
        );
    }
}

//! Rule: the fields of a struct have different names. Of keys that are the same in Rust, all but one get a number. The
//! names of the setters that send `null`, and of the field for keys that no schema names, are taken too.

use std::collections::BTreeSet;

use openapi::document::Document;
use quote::format_ident;

use super::sent::can_be_null;
use super::{has_serde_argument, items, json_key};
use crate::generate::rust_name::free;
use crate::generate::type_schemas::TypeSchemas;

pub fn apply(types: &mut syn::ItemMod, schemas: &TypeSchemas<'_>, document: &Document) {
    for item in items(types) {
        let syn::Item::Struct(item) = item else {
            continue;
        };
        let schema = schemas.of(&item.ident.to_string());
        let mut taken = BTreeSet::new();
        let mut named = Vec::new();
        for field in &mut item.fields {
            let (Some(ident), Some(key)) = (&field.ident, json_key(field)) else {
                continue;
            };
            if has_serde_argument(field, "flatten") {
                taken.insert(ident.to_string());
                continue;
            }
            let is_changed = *ident != key;
            named.push((is_changed, !can_be_null(document, schema, &key), field, key));
        }
        // What is called in Rust as in JSON keeps its name.
        named.sort_by_key(|(is_changed, is_never_null, ..)| (*is_changed, *is_never_null));
        for (_, is_never_null, field, key) in named {
            let name = field.ident.as_ref().map(ToString::to_string);
            let name = name.unwrap_or_default();
            let of_null = |name: &str| format!("{name}_null");
            let mut free_name = free(&name, &taken);
            while !is_never_null && taken.contains(&of_null(&free_name)) {
                taken.insert(free_name);
                free_name = free(&name, &taken);
            }
            if !is_never_null {
                taken.insert(of_null(&free_name));
            }
            if free_name != name {
                field.ident = Some(format_ident!("{free_name}"));
                if !has_serde_argument(field, "rename") {
                    field.attrs.push(syn::parse_quote!(#[serde(rename = #key)]));
                }
            }
            taken.insert(free_name);
        }
    }
}

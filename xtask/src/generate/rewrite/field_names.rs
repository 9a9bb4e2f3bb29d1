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
            let Some(ident) = &field.ident else { continue };
            let Some(key) = json_key(field) else {
                taken.insert(ident.to_string());
                continue;
            };
            let is_changed = *ident != key;
            named.push((is_changed, !can_be_null(document, schema, &key), field, key));
        }
        // What is called in Rust as in JSON keeps its name, unless the setter that sends `null` needs it.
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

#[cfg(test)]
mod tests {
    use openapi::operation::Operation;
    use syn::parse_quote;

    use super::*;
    use crate::generate::rewrite::type_docs;

    #[test]
    fn fields_of_one_name_get_a_number_and_say_their_key() {
        let text = "paths: {}\ncomponents: {schemas: {Part: {properties: {ID: {}, id: {}, note: {nullable: true}, \
                    note_null: {}, extra: {}}}}}";
        let document = Document::parse("spec.yaml".as_ref(), text.as_bytes()).unwrap();
        let schemas = TypeSchemas::of_all(&document, &Operation::all(&document));
        let mut types: syn::ItemMod = parse_quote! {
            mod types {
                pub struct Part {
                    #[serde(rename = "ID")]
                    pub id: String,
                    pub id: String,
                    pub note: String,
                    pub note_null: String,
                    pub extra: String,
                    #[serde(flatten)]
                    pub extra: Map<String, String>,
                }
            }
        };
        apply(&mut types, &schemas, &document);
        type_docs::apply(&mut types, &schemas, &document);
        let syn::Item::Struct(item) = &items(&mut types)[0] else {
            panic!("a struct");
        };
        let fields = item.fields.iter().map(|field| {
            let name = field.ident.as_ref().unwrap().to_string();
            let docs = quote::quote!(#field).to_string();
            let key = json_key(field);
            (name, key, docs.contains("in JSON"))
        });
        let fields: Vec<_> = fields.collect();
        let expected = [
            ("id2", Some("ID"), true),
            ("id", Some("id"), false),
            ("note", Some("note"), false),
            ("note_null2", Some("note_null"), true),
            ("extra2", Some("extra"), true),
            ("extra", None, false),
        ];
        let expected =
            expected.map(|(name, key, says)| (name.to_owned(), key.map(str::to_owned), says));
        assert_eq!(fields, expected);
    }
}

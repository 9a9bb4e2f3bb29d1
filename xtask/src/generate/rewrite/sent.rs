//! Rule: what is sent is checked before, and written as its media type wants it. Each type that a request can hold
//! tells the runtime the rules of its fields, and one that is sent as a form how it is written. A field that may be
//! absent or `null` can be both.

use std::collections::{BTreeMap, BTreeSet};

use openapi::document::{Document, reference};
use openapi::extension::RUNTIME_TYPE;
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use serde_json::Value;
use syn::visit::{self, Visit};

use super::{items, json_key, serde_arguments};
use crate::generate::builders::{Call, rule_list, rules};
use crate::generate::call_name::given;
use crate::generate::rust_name::type_name;
use crate::generate::signature::{is_option, type_arguments};
use openapi::body::Encoding;

pub fn apply(types: &mut syn::ItemMod, calls: &[Call<'_>], document: &Document) {
    let schemas = schemas(document, calls);
    let (mut sent, mut forms) = (BTreeSet::new(), BTreeSet::new());
    for call in calls {
        for argument in &call.signature.arguments {
            let mut named = Named::default();
            named.visit_type(&argument.ty);
            if argument.name == "body"
                && call
                    .body
                    .as_ref()
                    .is_some_and(|body| body.encoding == Encoding::Form)
            {
                reach(types, named.0.clone(), &mut forms);
            }
            reach(types, named.0, &mut sent);
        }
    }
    let mut implementations = Vec::new();
    for item in items(types) {
        match item {
            syn::Item::Struct(item) if sent.contains(&item.ident.to_string()) => {
                let schema = schemas.get(&item.ident.to_string()).copied();
                let schema = schema.unwrap_or(&Value::Null);
                empty_is_not_absent(item);
                nullable(document, item, schema);
                implementations.push(check(document, item, schema));
                if forms.contains(&item.ident.to_string()) {
                    implementations.push(form(item));
                }
            }
            syn::Item::Enum(item) if sent.contains(&item.ident.to_string()) => {
                implementations.extend(of_enum(item));
            }
            _ => {}
        }
    }
    items(types).extend(implementations);
}

/// The types that a type names.
#[derive(Default)]
struct Named(BTreeSet<String>);

impl<'ast> Visit<'ast> for Named {
    fn visit_path_segment(&mut self, segment: &'ast syn::PathSegment) {
        self.0.insert(segment.ident.to_string());
        visit::visit_path_segment(self, segment);
    }
}

/// Adds all types of the module that can be reached from some.
fn reach(types: &mut syn::ItemMod, names: BTreeSet<String>, reached: &mut BTreeSet<String>) {
    let mut waiting: Vec<String> = names.into_iter().collect();
    while let Some(name) = waiting.pop() {
        if reached.contains(&name) {
            continue;
        }
        let item = items(types).iter().find(|item| match item {
            syn::Item::Struct(item) => item.ident == name,
            syn::Item::Enum(item) => item.ident == name,
            _ => false,
        });
        let Some(item) = item else { continue };
        let mut named = Named::default();
        match item {
            syn::Item::Struct(item) => named.visit_fields(&item.fields),
            syn::Item::Enum(item) => {
                for variant in &item.variants {
                    named.visit_fields(&variant.fields);
                }
            }
            _ => {}
        }
        reached.insert(name);
        waiting.extend(named.0);
    }
}

/// The schema that each type is made of, by the type's name.
fn schemas<'a>(document: &'a Document, calls: &[Call<'a>]) -> BTreeMap<String, &'a Value> {
    let mut schemas = BTreeMap::new();
    let named = document.root()["components"]["schemas"].as_object();
    for (name, schema) in named.into_iter().flatten() {
        if schema.get(RUNTIME_TYPE).is_none() {
            // A named schema goes by that name, whatever its title is.
            schemas.insert(type_name(name), schema);
            add_parts(document, name, schema, &mut schemas);
        }
    }
    for call in calls {
        if let Some(body) = &call.body
            && reference(body.schema()).is_none()
        {
            add(
                document,
                &format!("{}-body", given(call.id)),
                body.schema(),
                &mut schemas,
            );
        }
    }
    schemas
}

fn add<'a>(
    document: &'a Document,
    name: &str,
    schema: &'a Value,
    schemas: &mut BTreeMap<String, &'a Value>,
) {
    let name = schema["title"].as_str().unwrap_or(name);
    schemas.insert(type_name(name), schema);
    add_parts(document, name, schema, schemas);
}

/// Adds what a schema describes on the spot, under the names that the generator gives.
fn add_parts<'a>(
    document: &'a Document,
    name: &str,
    schema: &'a Value,
    schemas: &mut BTreeMap<String, &'a Value>,
) {
    let properties = schema["properties"].as_object();
    let mut parts: Vec<(&str, &Value)> = Vec::new();
    parts.extend(
        properties
            .into_iter()
            .flatten()
            .map(|(key, part)| (key.as_str(), part)),
    );
    parts.extend(schema.get("items").map(|items| ("item", items)));
    let of_rest = if properties.is_some() {
        "extra_value"
    } else {
        "value"
    };
    parts.extend(
        schema
            .get("additionalProperties")
            .map(|rest| (of_rest, rest)),
    );
    for (key, part) in parts {
        if part.is_object() && reference(part).is_none() {
            add(document, &format!("{name}_{key}"), part, schemas);
        }
    }
    for part in all_of(document, schema) {
        add_parts(document, name, part, schemas);
    }
}

/// The schemas that a value must be of besides.
fn all_of<'a>(document: &'a Document, schema: &'a Value) -> impl Iterator<Item = &'a Value> {
    let parts = schema["allOf"].as_array().into_iter().flatten();
    parts.filter_map(|part| document.resolve(part))
}

/// What a field is, wherever a schema says it.
fn property<'a>(document: &'a Document, schema: &'a Value, key: &str) -> Option<&'a Value> {
    let own = schema["properties"].get(key);
    own.or_else(|| all_of(document, schema).find_map(|part| property(document, part, key)))
}

fn check(document: &Document, item: &syn::ItemStruct, schema: &Value) -> syn::Item {
    let name = &item.ident;
    let syn::Fields::Named(fields) = &item.fields else {
        return syn::parse_quote! {
            impl crate::runtime::contract::Check for #name {
                fn check(
                    &self,
                    rules: &'static [crate::runtime::contract::Rule],
                ) -> ::std::result::Result<(), crate::runtime::contract::Breach> {
                    self.0.check(rules)
                }
            }
        };
    };
    let checks = fields.named.iter().filter_map(|field| {
        let ident = field.ident.as_ref()?;
        if is_rest(field) {
            let rest = document.resolve(&schema["additionalProperties"])?;
            let rules = rules(document, rest);
            let rules = (!rules.is_empty()).then(|| quote!(contract::Rule::Each(#rules)));
            return Some(quote!(self.#ident.check(&[#rules])?;));
        }
        let key = json_key(field)?;
        let rules = property(document, schema, &key).map(|schema| rules_of(document, schema));
        let rules = rules.unwrap_or_else(|| quote!(&[]));
        Some(quote! {
            self.#ident.check(#rules).map_err(|breach| breach.within(#key))?;
        })
    });
    syn::parse_quote! {
        impl crate::runtime::contract::Check for #name {
            fn check(
                &self,
                _: &'static [crate::runtime::contract::Rule],
            ) -> ::std::result::Result<(), crate::runtime::contract::Breach> {
                #[allow(unused_imports, reason = "not every type has rules")]
                use crate::runtime::contract::{self, Check as _};
                #(#checks)*
                Ok(())
            }
        }
    }
}

/// How a struct is written in a form: as all of it, or as a field if it is but a name for another type.
fn form(item: &syn::ItemStruct) -> syn::Item {
    if matches!(item.fields, syn::Fields::Named(_)) {
        form_of_fields(item)
    } else {
        let name = &item.ident;
        syn::parse_quote! {
            impl crate::runtime::contract::FormValue for #name {
                fn write(
                    &self,
                    name: &str,
                    form: &mut crate::runtime::contract::FormWriter,
                ) -> ::std::result::Result<(), crate::runtime::contract::NoRoom> {
                    self.0.write(name, form)
                }
            }
        }
    }
}

/// The rules of a schema, and of what it holds.
fn rules_of(document: &Document, schema: &Value) -> TokenStream {
    rule_list(document, document.resolve(schema).unwrap_or(schema))
}

fn form_of_fields(item: &syn::ItemStruct) -> syn::Item {
    let name = &item.ident;
    let fields = item.fields.iter().filter_map(|field| {
        let ident = field.ident.as_ref()?;
        if is_rest(field) {
            return Some(quote! {
                for (name, value) in &self.#ident {
                    form.field(name, value)?;
                }
            });
        }
        let key = json_key(field)?;
        Some(quote!(form.field(#key, &self.#ident)?;))
    });
    syn::parse_quote! {
        impl crate::runtime::contract::Form for #name {
            fn write(
                &self,
                form: &mut crate::runtime::contract::FormWriter,
            ) -> ::std::result::Result<(), crate::runtime::contract::NoRoom> {
                #(#fields)*
                Ok(())
            }
        }
    }
}

/// A value of an enumeration is one of those that may be sent; one that holds another value is checked as that.
fn of_enum(item: &syn::ItemEnum) -> Vec<syn::Item> {
    let name = &item.ident;
    let is_plain = item
        .variants
        .iter()
        .all(|variant| variant.fields.is_empty());
    let arms = item.variants.iter().map(|variant| {
        let ident = &variant.ident;
        match &variant.fields {
            syn::Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                quote!(Self::#ident(value) => value.check(&[]),)
            }
            syn::Fields::Unit => quote!(Self::#ident => Ok(()),),
            _ => quote!(Self::#ident { .. } => Ok(()),),
        }
    });
    let mut implementations = vec![syn::parse_quote! {
        impl crate::runtime::contract::Check for #name {
            fn check(
                &self,
                _: &'static [crate::runtime::contract::Rule],
            ) -> ::std::result::Result<(), crate::runtime::contract::Breach> {
                match self { #(#arms)* }
            }
        }
    }];
    if is_plain {
        implementations.push(syn::parse_quote! {
            impl crate::runtime::contract::FormValue for #name {
                fn write(
                    &self,
                    name: &str,
                    form: &mut crate::runtime::contract::FormWriter,
                ) -> ::std::result::Result<(), crate::runtime::contract::NoRoom> {
                    form.pair(name, &self.to_string())
                }
            }
        });
    }
    implementations
}

/// Lets an optional field that may be `null` be so: what is absent is not what is nothing.
fn nullable(document: &Document, item: &mut syn::ItemStruct, schema: &Value) {
    for field in &mut item.fields {
        let Some(key) = json_key(field) else { continue };
        let is_optional = serde_arguments(field)
            .iter()
            .any(|argument| argument.path().is_ident("skip_serializing_if"));
        let can_be_null =
            property(document, schema, &key).is_some_and(|one| one["nullable"] == true);
        if can_be_null && is_optional && is_option(&field.ty) {
            let ty = type_arguments(&field.ty);
            field.ty = syn::parse_quote!(::std::option::Option<::std::option::Option<#(#ty),*>>);
            field.attrs.push(syn::parse_quote! {
                #[serde(default, deserialize_with = "crate::runtime::contract::nullable")]
            });
        }
    }
}

/// Lets an optional list or map be sent empty: to a server that is not what is absent. The generator leaves out what
/// is empty, because it has no other way of saying that it is absent.
fn empty_is_not_absent(item: &mut syn::ItemStruct) {
    for field in &mut item.fields {
        let is_left_out = serde_arguments(field).iter().any(|argument| {
            argument.path().is_ident("skip_serializing_if")
                && argument.to_token_stream().to_string().contains("is_empty")
        });
        let name = json_key(field).filter(|_| is_left_out);
        let Some(name) = name else { continue };
        let ty = &field.ty;
        field.ty = syn::parse_quote!(::std::option::Option<#ty>);
        field
            .attrs
            .retain(|attribute| !attribute.path().is_ident("serde"));
        if field.ident.as_ref().is_none_or(|ident| *ident != name) {
            field
                .attrs
                .push(syn::parse_quote!(#[serde(rename = #name)]));
        }
        field.attrs.push(syn::parse_quote! {
            #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        });
    }
}

fn is_rest(field: &syn::Field) -> bool {
    let arguments = serde_arguments(field);
    arguments
        .iter()
        .any(|argument| argument.path().is_ident("flatten"))
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn an_optional_list_or_map_that_is_sent_can_be_empty_and_can_be_absent() {
        let mut item: syn::ItemStruct = parse_quote! {
            struct Update {
                #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
                list: Vec<i64>,
                #[serde(rename = "a-map", default, skip_serializing_if = ":: std :: collections :: BTreeMap::is_empty")]
                a_map: BTreeMap<String, i64>,
                required: Vec<i64>,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                text: Option<String>,
            }
        };
        empty_is_not_absent(&mut item);
        let expected: syn::ItemStruct = parse_quote! {
            struct Update {
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                list: ::std::option::Option<Vec<i64>>,
                #[serde(rename = "a-map")]
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                a_map: ::std::option::Option<BTreeMap<String, i64>>,
                required: Vec<i64>,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                text: Option<String>,
            }
        };
        assert_eq!(
            item.to_token_stream().to_string(),
            expected.to_token_stream().to_string()
        );
    }
}

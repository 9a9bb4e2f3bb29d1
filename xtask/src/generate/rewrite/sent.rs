//! Rule: a value is checked before it is sent, and is written in its media type. Each type in a request has the rules
//! of its fields, and a type that is sent as a form knows how it is written. A field that may be absent or `null` can
//! be both, also in an answer.

use std::collections::{BTreeMap, BTreeSet};

use openapi::document::Document;
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Value, json};
use syn::visit::{self, Visit};

use super::absence::{is_object, is_opaque, objects};
use super::{has_serde_argument, items, json_key, last_segment, serde_arguments};
use crate::generate::builders::Call;
use crate::generate::lower::alternatives::REST;
use crate::generate::rules::{rule_list, rules};
use crate::generate::signature::{is_option, type_arguments};
use crate::generate::type_schemas::{TypeSchemas, property};
use openapi::body::Encoding;

pub fn apply(
    types: &mut syn::ItemMod,
    calls: &[Call<'_>],
    schemas: &TypeSchemas<'_>,
    document: &Document,
) {
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
    let read_only = ReadOnly::of(types, &sent, document, schemas);
    let objects = objects(types);
    let mut implementations = Vec::new();
    for item in items(types) {
        match item {
            syn::Item::Struct(item) => {
                let name = item.ident.to_string();
                let schema = schemas.of(&name);
                let is_sent = sent.contains(&name);
                empty_is_not_absent(item, |key| is_sent || can_be_null(document, schema, key));
                nullable(document, item, schema, &objects);
                if is_sent {
                    let leave_out = read_only.leave_out(item);
                    implementations.push(check(document, item, schema, leave_out.as_ref()));
                }
                if forms.contains(&name) {
                    implementations.push(form(item));
                }
            }
            syn::Item::Enum(item) if sent.contains(&item.ident.to_string()) => {
                let schema = schemas.of(&item.ident.to_string());
                let leave_out = read_only.leave_out_of_alternatives(item);
                implementations.extend(of_enum(document, item, schema, leave_out.as_ref()));
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

/// Adds all types of the module that these types contain.
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

fn check(
    document: &Document,
    item: &syn::ItemStruct,
    schema: &Value,
    leave_out: Option<&syn::ImplItem>,
) -> syn::Item {
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

                #leave_out
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
        let rules = schema["properties"]
            .get(&key)
            .map(|schema| rules_of(document, schema));
        let rules = rules.unwrap_or_else(|| quote!(&[]));
        Some(quote! {
            self.#ident.check(#rules).map_err(|breach| breach.within(#key))?;
        })
    });
    let bounds = rules(
        document,
        &json!({
            "minProperties": schema["minProperties"],
            "maxProperties": schema["maxProperties"],
        }),
    );
    let count = (!bounds.is_empty()).then(|| {
        let named = fields.named.iter().filter(|field| !is_rest(field));
        let named = named.map(is_sent);
        let rest = fields.named.iter().find(|field| is_rest(field));
        let others = rest.map_or_else(
            || quote!(0),
            |field| {
                let ident = &field.ident;
                quote!(self.#ident.len())
            },
        );
        quote!(contract::count(&[#(#named),*], #others, #bounds)?;)
    });
    syn::parse_quote! {
        impl crate::runtime::contract::Check for #name {
            fn check(
                &self,
                _: &'static [crate::runtime::contract::Rule],
            ) -> ::std::result::Result<(), crate::runtime::contract::Breach> {
                #[allow(unused_imports, reason = "not every type has rules")]
                use crate::runtime::contract::{self, Check as _};
                #count
                #(#checks)*
                Ok(())
            }

            #leave_out
        }
    }
}

/// Whether a field with a name is written.
fn is_sent(field: &syn::Field) -> TokenStream {
    let ident = &field.ident;
    let mut arguments = serde_arguments(field).into_iter();
    let skipped = arguments.find(|argument| argument.name == "skip_serializing_if");
    let skipped = skipped.and_then(|argument| syn::parse_str::<syn::Path>(&argument.text?).ok());
    match skipped {
        Some(is_absent) => quote!(!#is_absent(&self.#ident)),
        None => quote!(true),
    }
}

/// The parts of sent types that only the server may send.
struct ReadOnly {
    /// Fields, by type and name.
    fields: BTreeSet<(String, String)>,
    /// Types that have such a field, or contain a type that has one.
    types: BTreeSet<String>,
}

impl ReadOnly {
    fn of(
        types: &mut syn::ItemMod,
        sent: &BTreeSet<String>,
        document: &Document,
        schemas: &TypeSchemas<'_>,
    ) -> Self {
        let mut fields = BTreeSet::new();
        let mut holders: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for item in items(types) {
            let mut named = Named::default();
            let name = match item {
                syn::Item::Struct(item) => {
                    named.visit_fields(&item.fields);
                    item.ident.to_string()
                }
                syn::Item::Enum(item) => {
                    let variants = item.variants.iter();
                    variants.for_each(|variant| named.visit_fields(&variant.fields));
                    item.ident.to_string()
                }
                _ => continue,
            };
            if !sent.contains(&name) {
                continue;
            }
            for held in named.0 {
                holders.entry(held).or_default().push(name.clone());
            }
            let syn::Item::Struct(item) = item else {
                continue;
            };
            let schema = schemas.of(&name);
            for field in &item.fields {
                let property = json_key(field).and_then(|key| property(document, schema, &key));
                if let (Some(ident), Some(property)) = (&field.ident, property)
                    && property["readOnly"] == true
                {
                    fields.insert((name.clone(), ident.to_string()));
                }
            }
        }
        let mut waiting: Vec<String> = fields.iter().map(|(name, _)| name.clone()).collect();
        let mut types = BTreeSet::new();
        while let Some(name) = waiting.pop() {
            waiting.extend(holders.remove(&name).unwrap_or_default());
            types.insert(name);
        }
        Self { fields, types }
    }

    /// How a type removes it; empty if the type has no such part.
    fn leave_out(&self, item: &syn::ItemStruct) -> Option<syn::ImplItem> {
        let name = item.ident.to_string();
        if !self.types.contains(&name) {
            return None;
        }
        let fields = item.fields.members().zip(&item.fields);
        let statements = fields.map(|(member, field)| {
            let key = field.ident.as_ref().map(ToString::to_string);
            if self
                .fields
                .contains(&(name.clone(), key.unwrap_or_default()))
            {
                quote!(self.#member = None;)
            } else {
                quote!(self.#member.leave_out_read_only();)
            }
        });
        Some(syn::parse_quote! {
            fn leave_out_read_only(&mut self) {
                #[allow(unused_imports, reason = "not every field can hold one")]
                use crate::runtime::contract::Check as _;
                #(#statements)*
            }
        })
    }

    /// How an alternative removes it.
    fn leave_out_of_alternatives(&self, item: &syn::ItemEnum) -> Option<syn::ImplItem> {
        if !self.types.contains(&item.ident.to_string()) {
            return None;
        }
        let variants = item.variants.iter();
        let variants =
            variants.filter(|variant| !variant.fields.is_empty() && variant.ident != REST);
        let variants = variants.map(|variant| &variant.ident);
        Some(syn::parse_quote! {
            fn leave_out_read_only(&mut self) {
                #[allow(unused_imports, reason = "not every alternative can hold one")]
                use crate::runtime::contract::Check as _;
                match self {
                    #(Self::#variants(value) => value.leave_out_read_only(),)*
                    _ => {}
                }
            }
        })
    }
}

/// How a struct is written in a form: its fields, or as one field if it is only a name for another type. A map is all of
/// a form.
fn form(item: &syn::ItemStruct) -> syn::Item {
    let only = item.fields.iter().next().map(|field| &field.ty);
    let is_map = only
        .and_then(last_segment)
        .is_some_and(|(name, _)| name == "BTreeMap");
    if matches!(item.fields, syn::Fields::Named(_)) {
        let fields = item.fields.iter().filter_map(written_field);
        as_form(&item.ident, &quote!(#(#fields)* Ok(())))
    } else if is_map {
        as_form(&item.ident, &quote!(self.0.write(form)))
    } else {
        as_field(&item.ident, &quote!(self.0.write(name, form)))
    }
}

fn written_field(field: &syn::Field) -> Option<TokenStream> {
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
}

/// A type that is all of a form.
fn as_form(name: &syn::Ident, write: &TokenStream) -> syn::Item {
    syn::parse_quote! {
        impl crate::runtime::contract::Form for #name {
            fn write(
                &self,
                form: &mut crate::runtime::contract::FormWriter,
            ) -> ::std::result::Result<(), crate::runtime::contract::NoRoom> {
                #write
            }
        }
    }
}

/// A type that is a field of a form.
fn as_field(name: &syn::Ident, write: &TokenStream) -> syn::Item {
    syn::parse_quote! {
        impl crate::runtime::contract::FormValue for #name {
            fn write(
                &self,
                name: &str,
                form: &mut crate::runtime::contract::FormWriter,
            ) -> ::std::result::Result<(), crate::runtime::contract::NoRoom> {
                #write
            }
        }
    }
}

/// The rules of a schema and of its parts.
fn rules_of(document: &Document, schema: &Value) -> TokenStream {
    rule_list(document, document.resolve(schema).unwrap_or(schema))
}

/// The value of an enumeration must be a listed one. A variant with another value is checked as that value.
fn of_enum(
    document: &Document,
    item: &syn::ItemEnum,
    schema: &Value,
    leave_out: Option<&syn::ImplItem>,
) -> Vec<syn::Item> {
    let name = &item.ident;
    let is_plain = item
        .variants
        .iter()
        .all(|variant| variant.fields.is_empty());
    let import = (!is_plain).then(|| {
        quote! {
            #[allow(unused_imports, reason = "not every alternative has rules")]
            use crate::runtime::contract::{self, Check as _};
        }
    });
    let arms = item.variants.iter().map(|variant| {
        let ident = &variant.ident;
        match &variant.fields {
            syn::Fields::Unnamed(_) if ident == REST => quote! {
                Self::#ident(_) => Err(contract::Breach::new("fits no alternative")),
            },
            syn::Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                // Of several with this type an answer is the first, though it may keep to the rules of another alone.
                let of = |fields: &syn::FieldsUnnamed| quote!(#fields).to_string();
                let twins = item.variants.iter().filter(|other| {
                    let is_other = other.ident != *ident && other.ident != REST;
                    is_other
                        && matches!(&other.fields, syn::Fields::Unnamed(one) if of(one) == of(fields))
                });
                let rules = |ident: &syn::Ident| {
                    rules_of(document, &schema["properties"][ident.to_string()])
                };
                let own = rules(ident);
                let others = twins.map(|twin| rules(&twin.ident));
                quote! {
                    Self::#ident(value) => value.check(#own)
                        #(.or_else(|breach| value.check(#others).map_err(|_| breach)))*,
                }
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
                #import
                match self { #(#arms)* }
            }

            #leave_out
        }
    }];
    if is_plain {
        implementations.push(as_field(name, &quote!(form.pair(name, &self.to_string()))));
    }
    implementations
}

/// Whether a property may be `null`.
pub fn can_be_null(document: &Document, schema: &Value, key: &str) -> bool {
    property(document, schema, key).is_some_and(|one| {
        let named = document.resolve(one);
        one["nullable"] == true || named.is_some_and(|named| named["nullable"] == true)
    })
}

/// Makes an optional field that may be `null` a double option: absent is not the same as `null`.
fn nullable(
    document: &Document,
    item: &mut syn::ItemStruct,
    schema: &Value,
    objects: &BTreeSet<String>,
) {
    for field in &mut item.fields {
        let Some(key) = json_key(field) else { continue };
        let is_optional = has_serde_argument(field, "skip_serializing_if");
        let ty = type_arguments(&field.ty);
        if can_be_null(document, schema, &key)
            && is_optional
            && is_option(&field.ty)
            && !ty.iter().any(is_opaque)
        {
            field.ty = syn::parse_quote!(::std::option::Option<::std::option::Option<#(#ty),*>>);
            let reader = if ty.first().is_some_and(|ty| is_object(ty, objects)) {
                "crate::runtime::contract::nullable_object"
            } else {
                "crate::runtime::contract::nullable"
            };
            field.attrs.push(syn::parse_quote! {
                #[serde(default, deserialize_with = #reader)]
            });
        }
    }
}

/// Allows an optional list or map to be empty if that is not the same as absent: for a server, and if `null` is a
/// third value. The generator leaves out empty ones, because it can't express absence otherwise.
fn empty_is_not_absent(item: &mut syn::ItemStruct, is_told_apart: impl Fn(&str) -> bool) {
    for field in &mut item.fields {
        let is_left_out = serde_arguments(field).iter().any(|argument| {
            argument.name == "skip_serializing_if"
                && argument
                    .text
                    .as_ref()
                    .is_some_and(|text| text.contains("is_empty"))
        });
        let name = json_key(field).filter(|name| is_left_out && is_told_apart(name));
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
    has_serde_argument(field, "flatten")
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
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
        empty_is_not_absent(&mut item, |_| true);
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

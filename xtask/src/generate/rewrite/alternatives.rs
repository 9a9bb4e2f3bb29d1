//! Rule: the object that replaces alternatives becomes an enumeration of them. It is read from the text of a value,
//! and keeps a value that fits none.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};

use super::{RewriteError, items, json_key, last_segment};
use crate::generate::lower::alternatives::{
    Alternatives, Discriminator, MARK, REST, Shape, Variant,
};

pub fn apply(
    types: &mut syn::ItemMod,
    all: &[Alternatives],
) -> Result<BTreeSet<String>, RewriteError> {
    let mut structs = BTreeSet::new();
    let mut found = BTreeMap::new();
    for item in items(types).iter() {
        let syn::Item::Struct(item) = item else {
            continue;
        };
        match item.fields.iter().find_map(number) {
            Some(number) => {
                found.insert(item.ident.to_string(), number);
            }
            None if matches!(item.fields, syn::Fields::Named(_)) => {
                structs.insert(item.ident.to_string());
            }
            None => {}
        }
    }
    let before = std::mem::take(items(types));
    for item in before {
        match item {
            syn::Item::Struct(item) if found.contains_key(&item.ident.to_string()) => {
                let alternatives = all.get(found[&item.ident.to_string()]);
                let alternatives = alternatives.ok_or_else(|| missing(&item.ident))?;
                items(types).extend(enumeration(&item, alternatives, &structs)?);
            }
            // That of its builder.
            syn::Item::Impl(item) if found.contains_key(&name_of(&item.self_ty)) => {}
            other => items(types).push(other),
        }
    }
    Ok(found.into_keys().collect())
}

fn number(field: &syn::Field) -> Option<usize> {
    json_key(field)?.strip_prefix(MARK)?.parse().ok()
}

fn name_of(ty: &syn::Type) -> String {
    ty.to_token_stream().to_string()
}

fn enumeration(
    item: &syn::ItemStruct,
    alternatives: &Alternatives,
    structs: &BTreeSet<String>,
) -> Result<Vec<syn::Item>, RewriteError> {
    let name = &item.ident;
    let docs = item.attrs.iter().filter(|one| one.path().is_ident("doc"));
    let fields: BTreeMap<String, &syn::Type> = item
        .fields
        .iter()
        .filter_map(|field| Some((json_key(field)?, &field.ty)))
        .collect();
    let mut variants: Vec<(&Variant, syn::Ident, &syn::Type)> = Vec::new();
    for variant in &alternatives.variants {
        let ty = fields.get(&variant.name).ok_or_else(|| missing(name))?;
        variants.push((variant, format_ident!("{}", variant.name), ty));
    }
    let rest = format_ident!("{REST}");
    let declared = variants.iter().map(|(variant, ident, ty)| {
        let doc = variant.description.clone();
        let doc = doc.unwrap_or_else(|| "Not described further.".to_owned());
        quote!(#[doc = #doc] #ident(#ty))
    });
    let idents: Vec<&syn::Ident> = variants.iter().map(|(_, ident, _)| ident).collect();
    let types: Vec<&syn::Type> = variants.iter().map(|(_, _, ty)| *ty).collect();
    let mut table: Vec<_> = variants.iter().collect();
    table.sort_by_key(|(variant, ..)| !variant.is_secret);
    let table = table.into_iter().map(|(variant, ident, _)| {
        let names = &variant.names;
        let shapes = variant.shapes.iter().map(shape);
        quote! {
            contract::Alternative {
                names: &[#(#names),*],
                shapes: &[#(#shapes),*],
                read: |json| json.read().map(#name::#ident),
            }
        }
    });
    let discriminator = match &alternatives.discriminator {
        Some(Discriminator {
            member,
            is_complete,
        }) => quote! {
            Some(contract::Discriminator {
                member: #member,
                is_complete: #is_complete,
            })
        },
        None => quote!(None),
    };
    let schema_name = name.to_string();
    let rest_doc = "A value that fits no alternative, as it was received. It can't be sent: a call with it is an \
                    [invalid request](crate::ErrorKind::InvalidRequest).";
    let mut items: Vec<syn::Item> = vec![
        syn::parse_quote! {
            #(#docs)*
            #[derive(Clone, Debug, PartialEq)]
            pub enum #name {
                #(#declared,)*
                #[doc = #rest_doc]
                #rest(crate::runtime::OpaqueValue),
            }
        },
        syn::parse_quote! {
            impl<'de> ::serde::Deserialize<'de> for #name {
                fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
                where
                    D: ::serde::Deserializer<'de>,
                {
                    use crate::runtime::contract;
                    const ALTERNATIVES: &[contract::Alternative<#name>] = &[#(#table),*];
                    contract::one_of(deserializer, #discriminator, ALTERNATIVES, Self::#rest)
                }
            }
        },
        syn::parse_quote! {
            impl ::serde::Serialize for #name {
                fn serialize<S>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error>
                where
                    S: ::serde::Serializer,
                {
                    match self {
                        #(Self::#idents(value) => value.serialize(serializer),)*
                        Self::#rest(value) => value.serialize(serializer),
                    }
                }
            }
        },
        syn::parse_quote! {
            #[cfg(feature = "schemars")]
            impl ::schemars::JsonSchema for #name {
                fn schema_name() -> ::std::borrow::Cow<'static, str> {
                    #schema_name.into()
                }

                fn json_schema(generator: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                    ::schemars::json_schema!({
                        "anyOf": [#(generator.subschema_for::<#types>()),*]
                    })
                }
            }
        },
    ];
    items.extend(conversions(name, &variants, structs));
    Ok(items)
}

/// An alternative can be given directly if its type shows which one it is, and as the builder of its type.
fn conversions(
    name: &syn::Ident,
    variants: &[(&Variant, syn::Ident, &syn::Type)],
    structs: &BTreeSet<String>,
) -> Vec<syn::Item> {
    let mut all = Vec::new();
    for (_, ident, ty) in variants {
        let same = variants
            .iter()
            .filter(|(_, _, other)| name_of(other) == name_of(ty));
        if same.count() > 1 {
            continue;
        }
        let (inner, value) = match last_segment(ty) {
            Some((outer, Some(inner))) if outer == "Box" => {
                (inner, quote!(::std::boxed::Box::new(value)))
            }
            _ => ((*ty).clone(), quote!(value)),
        };
        all.push(syn::parse_quote! {
            impl ::std::convert::From<#inner> for #name {
                fn from(value: #inner) -> Self {
                    Self::#ident(#value)
                }
            }
        });
        if structs.contains(&name_of(&inner)) {
            all.push(syn::parse_quote! {
                impl ::std::convert::TryFrom<builder::#inner> for #name {
                    type Error = self::error::ConversionError;
                    fn try_from(
                        value: builder::#inner,
                    ) -> ::std::result::Result<Self, self::error::ConversionError> {
                        #inner::try_from(value).map(Self::from)
                    }
                }
            });
        }
        if name_of(&inner).ends_with("String")
            && last_segment(&inner).is_some_and(|(last, _)| last == "String")
        {
            all.push(syn::parse_quote! {
                impl ::std::convert::From<&str> for #name {
                    fn from(value: &str) -> Self {
                        Self::#ident(value.to_owned())
                    }
                }
            });
        }
    }
    all
}

fn shape(shape: &Shape) -> TokenStream {
    match shape {
        Shape::Anything => quote!(contract::Shape::Anything),
        Shape::Array => quote!(contract::Shape::Array),
        Shape::Boolean => quote!(contract::Shape::Boolean),
        Shape::Integer => quote!(contract::Shape::Integer),
        Shape::Number => quote!(contract::Shape::Number),
        Shape::Text(texts) => quote!(contract::Shape::Text(&[#(#texts),*])),
        Shape::Object {
            required,
            known,
            listed,
            is_open,
        } => {
            let listed = listed
                .iter()
                .map(|(name, texts)| quote!((#name, &[#(#texts),*])));
            quote! {
                contract::Shape::Object(contract::Object {
                    required: &[#(#required),*],
                    known: &[#(#known),*],
                    listed: &[#(#listed),*],
                    is_open: #is_open,
                })
            }
        }
    }
}

fn missing(name: &syn::Ident) -> RewriteError {
    RewriteError {
        rule: "alternatives",
        missing: format!("field of `{name}` for each of its alternatives"),
    }
}

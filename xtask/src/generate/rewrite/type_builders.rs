//! Rule: each type has a builder, whose setters convert their arguments and whose errors name the field. The builders
//! of the generator need an `Option` for an optional field, and their errors quote the value.

use quote::{format_ident, quote};

use super::{items, serde_arguments};
use crate::generate::signature::{is_option, is_text, type_arguments};

pub fn apply(types: &mut syn::ItemMod) {
    let mut builders = Vec::new();
    for item in items(types) {
        match item {
            syn::Item::Struct(item) => {
                if let syn::Fields::Named(fields) = &item.fields {
                    builders.push(builder(&item.ident, &fields.named));
                }
            }
            syn::Item::Impl(item) => item.items.iter_mut().for_each(returns_builder),
            _ => {}
        }
    }
    for item in items(types) {
        if let syn::Item::Mod(module) = item
            && module.ident == "builder"
        {
            *module = syn::parse_quote! {
                /// Builders of the types.
                pub mod builder {
                    #[allow(unused_imports, reason = "not every specification has types with fields")]
                    use crate::runtime::contract;

                    #(#builders)*
                }
            };
        }
    }
}

/// Writes the function that returns a builder anew: a type may be called `Default`.
fn returns_builder(member: &mut syn::ImplItem) {
    if let syn::ImplItem::Fn(function) = member
        && function.sig.ident == "builder"
    {
        let signature = &function.sig;
        *function = syn::parse_quote! {
            /// Returns a builder. Required fields must be set.
            pub #signature {
                ::std::default::Default::default()
            }
        };
    }
}

/// How the argument of a setter becomes the value of a field.
enum Presence {
    Required,
    Optional,
    /// A list or a map that is empty by default, or a value with a default in the specification.
    Default(Option<syn::Path>),
}

fn builder<'a>(
    name: &syn::Ident,
    fields: impl IntoIterator<Item = &'a syn::Field>,
) -> proc_macro2::TokenStream {
    let fields: Vec<(&syn::Ident, syn::Type, Presence)> = fields
        .into_iter()
        .filter_map(|field| {
            let (ty, presence) = presence(field);
            Some((field.ident.as_ref()?, within_builder(ty), presence))
        })
        .collect();
    let declared = fields
        .iter()
        .map(|(name, ty, _)| quote!(#name: contract::Argument<#ty>));
    let setters = fields
        .iter()
        .map(|(name, ty, presence)| setter(name, ty, presence));
    let values = fields.iter().map(|(name, _, presence)| {
        let text = plain(name);
        match presence {
            Presence::Required => quote!(#name: value.#name.field(#text)?),
            Presence::Optional => quote!(#name: value.#name.optional_field()?),
            Presence::Default(None) => {
                quote!(#name: value.#name.optional_field()?.unwrap_or_default())
            }
            Presence::Default(Some(path)) => {
                quote!(#name: value.#name.optional_field()?.unwrap_or_else(super::#path))
            }
        }
    });
    let kept = fields.iter().map(|(name, _, presence)| match presence {
        Presence::Optional => quote!(#name: contract::Argument::from(value.#name)),
        _ => quote!(#name: contract::Argument::of(value.#name)),
    });
    quote! {
        #[derive(Clone, Debug, Default)]
        pub struct #name { #(#declared,)* }

        impl #name { #(#setters)* }

        impl ::std::convert::TryFrom<#name> for super::#name {
            type Error = super::error::ConversionError;

            #[allow(unused_variables, reason = "a type may have no fields")]
            fn try_from(value: #name) -> ::std::result::Result<Self, Self::Error> {
                Ok(Self { #(#values,)* })
            }
        }

        impl ::std::convert::From<super::#name> for #name {
            #[allow(unused_variables, reason = "a type may have no fields")]
            fn from(value: super::#name) -> Self {
                Self { #(#kept,)* }
            }
        }
    }
}

fn setter(name: &syn::Ident, ty: &syn::Type, presence: &Presence) -> proc_macro2::TokenStream {
    let text = plain(name);
    // A setter of an optional field takes its value; an `Option` that is left is one of a field that can be `null`.
    let inner = match presence {
        Presence::Default(_) => None,
        _ if is_option(ty) => type_arguments(ty).pop(),
        _ => None,
    };
    let (ty, or_null) = match &inner {
        Some(inner) => (inner, quote!(.or_null())),
        None => (ty, quote!()),
    };
    let null = inner.as_ref().map(|_| {
        let (null, doc) = (
            format_ident!("{text}_null"),
            format!("Sends `{text}` as `null`."),
        );
        quote! {
            #[doc = #doc]
            pub fn #null(mut self) -> Self {
                self.#name = contract::Argument::of(None);
                self
            }
        }
    });
    if is_text(ty) {
        return quote! {
            pub fn #name(mut self, value: impl ::std::convert::Into<crate::Text>) -> Self {
                self.#name = contract::Argument::of(value.into().into())#or_null;
                self
            }
            #null
        };
    }
    quote! {
        pub fn #name<V>(mut self, value: V) -> Self
        where
            V: ::std::convert::TryInto<#ty>,
            V::Error: ::std::fmt::Display,
        {
            self.#name = contract::Argument::part(#text, value)#or_null;
            self
        }
        #null
    }
}

fn presence(field: &syn::Field) -> (syn::Type, Presence) {
    let ty = &field.ty;
    let (mut default, mut can_be_absent) = (None, false);
    for argument in serde_arguments(field) {
        match argument.name.as_str() {
            "skip_serializing_if" => can_be_absent = true,
            "flatten" => default = Some(None),
            "default" => default = Some(argument.text.and_then(|path| syn::parse_str(&path).ok())),
            _ => {}
        }
    }
    match (is_option(ty) && can_be_absent, default) {
        (true, None | Some(None)) => {
            let inner = type_arguments(ty).pop().unwrap_or_else(|| ty.clone());
            (inner, Presence::Optional)
        }
        (_, Some(default)) => (ty.clone(), Presence::Default(default)),
        (false, None) => (ty.clone(), Presence::Required),
    }
}

/// A type of the API, seen from the module of the builders.
fn within_builder(mut ty: syn::Type) -> syn::Type {
    struct Within;
    impl syn::visit_mut::VisitMut for Within {
        fn visit_type_path_mut(&mut self, path: &mut syn::TypePath) {
            syn::visit_mut::visit_type_path_mut(self, path);
            let is_bare = path.path.leading_colon.is_none() && path.path.segments.len() == 1;
            if is_bare && !is_primitive(&path.path.segments[0].ident) {
                let rest = &path.path;
                *path = syn::parse_quote!(super::#rest);
            }
        }
    }
    syn::visit_mut::VisitMut::visit_type_mut(&mut Within, &mut ty);
    ty
}

fn is_primitive(name: &syn::Ident) -> bool {
    const PRIMITIVES: [&str; 11] = [
        "bool", "i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32", "u64", "u128",
    ];
    PRIMITIVES.iter().any(|primitive| name == primitive)
}

/// The name of a field as a caller writes it.
fn plain(name: &syn::Ident) -> String {
    name.to_string().trim_start_matches("r#").to_owned()
}

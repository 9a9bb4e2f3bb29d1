//! The result of a call: the type of each documented answer, and the type of all successes and of all errors. If
//! their types differ, that is an enumeration with a variant for each, which we write.

use std::collections::BTreeSet;

use openapi::answer::{Answer, Statuses};
use openapi::body::Encoding;
use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};

use crate::generate::rust_name::{free, type_name, value_name};

/// The result of a call.
pub struct Outcome<'a> {
    pub success: Side<'a>,
    pub error: Side<'a>,
}

/// The successes, or the errors.
pub struct Side<'a> {
    pub ty: syn::Type,
    pub answers: Vec<Typed<'a>>,
    /// The name of the enumeration that we write, if there is one.
    pub enumeration: Option<syn::Ident>,
}

/// A documented answer with the type of its body.
#[derive(Clone)]
pub struct Typed<'a> {
    pub answer: Answer<'a>,
    pub ty: syn::Type,
}

impl<'a> Outcome<'a> {
    /// `builder` is the one of the operation. Adds the names of its enumerations to those in use.
    pub fn of(builder: &syn::Ident, answers: &[Typed<'a>], taken: &mut BTreeSet<String>) -> Self {
        let documented: Vec<Answer<'_>> = answers.iter().map(|one| one.answer.clone()).collect();
        let sides = Answer::sides(&documented).map(|side| {
            let is_of_side =
                |one: &&Typed<'_>| side.iter().any(|of| of.statuses == one.answer.statuses);
            answers.iter().filter(is_of_side).cloned().collect()
        });
        let [successes, errors] = sides;
        Self {
            success: Side::of(&format!("{builder}Success"), successes, taken),
            error: Side::of(&format!("{builder}Error"), errors, taken),
        }
    }

    /// All answers, in the order in which a status is searched among them.
    pub fn answers(&self) -> Vec<&Typed<'a>> {
        let mut all: Vec<&Typed<'_>> = self.success.answers.iter().collect();
        all.extend(&self.error.answers);
        all.sort_by_key(|one| one.answer.statuses);
        // An answer may be on both sides.
        all.dedup_by_key(|one| one.answer.statuses);
        all
    }
}

impl<'a> Side<'a> {
    fn of(name: &str, answers: Vec<Typed<'a>>, taken: &mut BTreeSet<String>) -> Self {
        // A text may be JSON or the whole body.
        let text = |one: &Typed<'_>| (one.encoding(), one.ty.to_token_stream().to_string());
        let Some((first, others)) = answers.split_first() else {
            return Self {
                ty: syn::parse_quote!(()),
                answers,
                enumeration: None,
            };
        };
        if others.iter().all(|other| text(other) == text(first)) {
            return Self {
                ty: first.ty.clone(),
                answers,
                enumeration: None,
            };
        }
        let name = free(name, taken);
        taken.insert(name.clone());
        let name = format_ident!("{name}");
        Self {
            ty: syn::parse_quote!(types::#name),
            answers,
            enumeration: Some(name),
        }
    }

    /// The enumeration, if there is one. The status decides which variant an answer is, so it is not read by its
    /// shape.
    pub fn item(&self, link: &str, what: &str) -> Option<syn::Item> {
        let name = self.enumeration.as_ref()?;
        let variants = self.answers.iter().map(|one| {
            let variant = one.variant();
            let doc = format!("{}: {}", one.said(), one.answer.description());
            let ty = within_types(&one.ty);
            let value = match one.answer.content {
                Some(_) => quote!((#ty)),
                None => quote!(),
            };
            quote!(#[doc = #doc] #variant #value)
        });
        let title = format!("{what} of {link}, by status.");
        Some(syn::parse_quote! {
            #[doc = #title]
            #[derive(::std::clone::Clone, ::std::fmt::Debug, ::std::cmp::PartialEq, ::serde::Serialize)]
            #[serde(untagged)]
            #[non_exhaustive]
            pub enum #name { #(#variants,)* }
        })
    }
}

impl Typed<'_> {
    /// Its variant, if it has one.
    pub fn variant(&self) -> syn::Ident {
        format_ident!("{}", type_name(&self.answer.statuses.words()))
    }

    /// The method of the typed mock that answers with it.
    pub fn method(&self) -> String {
        match self.answer.statuses {
            Statuses::Rest => "default_response".to_owned(),
            statuses => value_name(&statuses.words()),
        }
    }

    pub fn encoding(&self) -> Option<Encoding> {
        Some(self.answer.content.as_ref()?.encoding)
    }

    /// The statuses that it is for.
    pub fn said(&self) -> String {
        match self.answer.statuses {
            Statuses::One(status) => format!("Status {status}"),
            Statuses::Class(class) => format!("Any other status from {class}00 to {class}99"),
            Statuses::Rest => "Any other status".to_owned(),
        }
    }

    /// Code that reads its body, given as `body`, into the type of its side.
    pub fn read(&self, side: &Side<'_>) -> TokenStream {
        let function = match self.encoding() {
            None => quote!(Ok(())),
            Some(Encoding::Json) => quote!(contract::json(body)),
            Some(Encoding::Text | Encoding::Form) => quote!(Ok(contract::text_of(body))),
            Some(Encoding::Bytes) => quote!(Ok(contract::bytes_of(body))),
        };
        let Some(enumeration) = &side.enumeration else {
            return function;
        };
        let variant = self.variant();
        match self.encoding() {
            None => quote!(Ok(types::#enumeration::#variant)),
            Some(_) => quote!(#function.map(types::#enumeration::#variant)),
        }
    }

    /// As the pattern of a match.
    pub fn pattern(&self) -> TokenStream {
        match self.answer.statuses {
            Statuses::One(status) => quote!(#status),
            Statuses::Class(class) => {
                let (first, last) = (class * 100, class * 100 + 99);
                quote!(#first..=#last)
            }
            Statuses::Rest => quote!(_),
        }
    }

    /// The type of a body that is not a value.
    pub fn of_encoding(encoding: Option<Encoding>) -> syn::Type {
        match encoding {
            None => syn::parse_quote!(()),
            Some(Encoding::Text | Encoding::Form) => syn::parse_quote!(::std::string::String),
            Some(Encoding::Bytes | Encoding::Json) => syn::parse_quote!(::bytes::Bytes),
        }
    }
}

/// The path of a type within the module of the types.
fn within_types(ty: &syn::Type) -> syn::Type {
    struct Rule;
    impl syn::visit_mut::VisitMut for Rule {
        fn visit_path_mut(&mut self, path: &mut syn::Path) {
            syn::visit_mut::visit_path_mut(self, path);
            if path.leading_colon.is_none()
                && path.segments.len() > 1
                && path.segments[0].ident == "types"
            {
                path.segments = std::mem::take(&mut path.segments)
                    .into_iter()
                    .skip(1)
                    .collect();
            }
        }
    }
    let mut ty = ty.clone();
    syn::visit_mut::VisitMut::visit_type_mut(&mut Rule, &mut ty);
    ty
}

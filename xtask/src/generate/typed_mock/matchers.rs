//! How the typed mock distinguishes calls by their parameters.

use openapi::parameter::Layout;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::generate::builders::{Call, Parameter};
use crate::generate::signature::{is_text, last_segment};

/// A method for each parameter.
pub fn matchers(call: &Call<'_>) -> impl Iterator<Item = TokenStream> {
    call.parameters.iter().map(|one| matcher(call, one))
}

fn matcher(call: &Call<'_>, parameter: &Parameter<'_>) -> TokenStream {
    if parameter.layout.is_list() {
        return of_list(call, parameter);
    }
    let name = &parameter.argument.name;
    let wire = parameter.wire();
    let ty = &parameter.argument.ty;
    let ty = match is_text(ty) {
        true => quote!(crate::Text),
        false => quote!(#ty),
    };
    let problem = parameter.problem();
    let text = match is_text(&parameter.argument.ty) {
        true => quote!(::std::string::String::from(value)),
        false => quote!(value.to_string()),
    };
    let (present, absent) = match parameter.position() {
        "path" => {
            let path = path_pattern(
                call,
                wire,
                &quote!(&crate::runtime::contract::encode_path(&#text)),
            );
            (quote!(path_matches(#path)), None)
        }
        "query" => (
            quote!(query_param(#wire, #text)),
            Some(quote!(query_param_missing)),
        ),
        _ => (quote!(header(#wire, #text)), Some(quote!(header_missing))),
    };
    let doc = doc(parameter, "this value");
    let Some(absent) = absent.filter(|_| !parameter.is_required()) else {
        return quote! {
            #[doc = #doc]
            pub fn #name(self, value: impl TryInto<#ty>) -> Self {
                let value: #ty = crate::runtime::contract::matching::value(value, #problem);
                Self(self.0.#present)
            }
        };
    };
    let doc = format!("{doc} `None` matches calls without it.");
    quote! {
        #[doc = #doc]
        pub fn #name<By>(
            self,
            value: impl crate::runtime::contract::matching::Expected<#ty, By>,
        ) -> Self {
            match crate::runtime::contract::matching::expected(value, #problem) {
                Some(value) => Self(self.0.#present),
                None => Self(self.0.#absent(#wire)),
            }
        }
    }
}

fn of_list(call: &Call<'_>, parameter: &Parameter<'_>) -> TokenStream {
    let name = &parameter.argument.name;
    let wire = parameter.wire();
    let entry = parameter.entry_type();
    let (item, text) = if is_text(entry) {
        (
            quote!(Into<crate::Text>),
            quote!(::std::string::String::from(value.into())),
        )
    } else {
        (quote!(Into<#entry>), quote!(value.into().to_string()))
    };
    let actual = match (parameter.position(), parameter.layout) {
        ("path", _) => None,
        ("query", Layout::Joined(separator)) => Some(quote! {
            crate::runtime::contract::matching::query_list(request, #wire, Some(#separator))
        }),
        ("query", _) => Some(quote! {
            crate::runtime::contract::matching::query_list(request, #wire, None)
        }),
        _ => Some(quote!(crate::runtime::contract::matching::header_list(request, #wire))),
    };
    let matches = match actual {
        Some(actual) => quote!(self.0.is_true(move |request| #actual == expected)),
        None => {
            let path = path_pattern(
                call,
                wire,
                &quote!(&crate::runtime::contract::path_list(expected)),
            );
            quote!(self.0.path_matches(#path))
        }
    };
    let without = if parameter.is_required() {
        ""
    } else {
        " An empty list matches calls without it."
    };
    let doc = format!("{}{without}", doc(parameter, "exactly these values"));
    quote! {
        #[doc = #doc]
        pub fn #name(self, values: impl IntoIterator<Item: #item>) -> Self {
            let values = values.into_iter().map(|value| #text);
            let expected: ::std::vec::Vec<::std::string::String> = values.collect();
            Self(#matches)
        }
    }
}

fn path_pattern(call: &Call<'_>, wire: &str, text: &TokenStream) -> TokenStream {
    let path = call.operation.path;
    quote!(crate::runtime::contract::matching::path_pattern(#path, #wire, Some(#text)))
}

fn doc(parameter: &Parameter<'_>, what: &str) -> String {
    let position = match parameter.position() {
        "path" => "Path parameter",
        "query" => "Query parameter",
        _ => "Header",
    };
    format!(
        " Matches calls with {what}. {position} `{}`.",
        parameter.wire()
    )
}

/// What lets a mock expect the documented arguments, for the conformance tests.
pub fn expectations(call: &Call<'_>) -> (Vec<TokenStream>, Vec<TokenStream>) {
    let mut values = Vec::new();
    let mut matches = Vec::new();
    for parameter in &call.parameters {
        let name = &parameter.argument.name;
        let key = name.to_string();
        let ty = parameter.entry_type();
        let is_string = is_text(ty) && last_segment(ty).is_some_and(|last| last.ident == "String");
        let (read, value) = match (parameter.layout.is_list(), is_text(ty)) {
            (true, _) => (quote!(list), quote!(value)),
            (false, true) if is_string => (quote!(parse), quote!(value.as_str())),
            (false, true) => (quote!(parse), quote!(value)),
            (false, false) => (quote!(parse), quote!(value.clone())),
        };
        let given = format_ident!("given_{name}");
        values.push(quote!(let #given = arguments.#read::<#ty>(#key)?;));
        let value_of = if parameter.layout.is_list() {
            quote!(#given)
        } else {
            quote!(&#given)
        };
        matches.push(quote! {
            if let Some(value) = #value_of {
                when = when.#name(#value);
            }
        });
    }
    (values, matches)
}

//! What the runtime needs to know about each operation: its headers and the origin of each value.

use heck::ToUpperCamelCase as _;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::generate::builders::{Call, operation_ident};
use crate::generate::tables::common::common;
use crate::generate::tables::settings::constant;
use openapi::answer::Answer;
use openapi::credential::{Carrier, Credential};
use openapi::document::Document;
use openapi::extension::{CONTENT_TYPE, DefaultFrom, ENVELOPE};
use openapi::operation::Operation;
use openapi::parameter::entry;
use openapi::secret::is_secret;

pub fn operations(
    document: &Document,
    operations: &[Operation<'_>],
    calls: &[Call<'_>],
) -> syn::File {
    let common = common(document, operations);
    let api_version = document.root()["info"]["version"]
        .as_str()
        .unwrap_or_default();
    let envelope = envelope(document);
    let properties = document.property_names();
    let entries = calls.iter().map(|call| {
        let (id, operation) = (call.id, call.operation);
        let ident = operation_ident(id);
        let method = format_ident!("{}", operation.method.to_uppercase());
        let path = operation.path;
        let media_type = |text: Option<&str>| match text {
            Some(text) => quote!(Some(HeaderValue::from_static(#text))),
            None => quote!(None),
        };
        let accept = accepted(operation);
        let accept = media_type(accept.as_deref());
        let body_type = media_type(call.body.as_ref().map(|body| body.media_type));
        let content_type = media_type(operation.value.get(CONTENT_TYPE).and_then(Value::as_str));
        let security = operation.credentials();
        let security = security
            .iter()
            .map(|way| way.iter().map(credential).collect());
        let security = ways(security.collect());
        let headers = table(headers(document, operation));
        let parameters = operation.parameters();
        let in_query = parameters.iter().filter(|one| one.value["in"] == "query");
        let query = in_query.filter_map(|one| one.value["name"].as_str());
        quote! {
            pub(crate) static #ident: Operation = Operation {
                id: #id,
                method: Method::#method,
                path: #path,
                accept: #accept,
                body_type: #body_type,
                content_type: #content_type,
                security: #security,
                headers: #headers,
                query: &[#(#query),*],
                envelope: ENVELOPE,
            };
        }
    });
    syn::parse_quote! {
        //! What the runtime knows of each operation.

        use crate::runtime::contract::{Credential, Envelope, Header, Operation};
        #[allow(unused_imports, reason = "not every operation has a header")]
        use crate::runtime::contract::{DefaultFrom, Generated};
        #[allow(unused_imports, reason = "not every operation is filled in from a setting")]
        use super::settings;
        #[allow(unused_imports, reason = "not every operation has a header")]
        use ::reqwest::header::{HeaderName, HeaderValue};
        #[allow(unused_imports, reason = "a specification may have no operations")]
        use ::reqwest::Method;

        /// The version of the API that the specification describes.
        pub const API_VERSION: &str = #api_version;

        /// Every property that the specification names, sorted.
        pub(crate) const PROPERTIES: &[&str] = &[#(#properties),*];

        pub(crate) const ENVELOPE: Envelope = #envelope;

        #common

        #(#entries)*
    }
}

/// The value of `Accept`: the media types of the answers that have a body.
pub fn accepted(operation: &Operation<'_>) -> Option<String> {
    let mut media_types: Vec<&str> = Vec::new();
    for content in Answer::all(operation)
        .into_iter()
        .filter_map(|answer| answer.content)
    {
        if !media_types.contains(&content.media_type) {
            media_types.push(content.media_type);
        }
    }
    (!media_types.is_empty()).then(|| media_types.join(", "))
}

fn envelope(document: &Document) -> TokenStream {
    let envelope = &document.root()[ENVELOPE];
    let code = option(envelope["code"].as_str());
    let message = option(envelope["message"].as_str());
    quote!(Envelope { code: #code, message: #message })
}

fn headers(document: &Document, operation: &Operation<'_>) -> Vec<TokenStream> {
    operation
        .parameters()
        .iter()
        .filter(|parameter| parameter.value["in"] == "header")
        .map(|parameter| {
            let required = parameter.value["required"] == true;
            header(document, parameter.value, required)
        })
        .collect()
}

/// Headers, as a static that another one refers to.
pub fn table(headers: Vec<TokenStream>) -> TokenStream {
    let count = headers.len();
    quote!({
        static HEADERS: [Header; #count] = [#(#headers),*];
        &HEADERS
    })
}

/// Credentials, as a static that another one refers to.
pub fn ways(ways: Vec<Vec<TokenStream>>) -> TokenStream {
    let count = ways.len();
    let ways = ways.into_iter().map(|way| {
        let count = way.len();
        quote!({
            static WAY: [Credential; #count] = [#(#way),*];
            &WAY
        })
    });
    quote!({
        static SECURITY: [&[Credential]; #count] = [#(#ways),*];
        &SECURITY
    })
}

pub fn header(document: &Document, parameter: &Value, required: bool) -> TokenStream {
    let name = parameter["name"].as_str().unwrap_or_default();
    let name = name.to_lowercase();
    let secret = is_secret(entry(document, &parameter["schema"]));
    let default_from = match DefaultFrom::of(parameter) {
        Ok(Some(DefaultFrom::Setting(setting))) => {
            let setting = constant(setting);
            quote!(Some(DefaultFrom::Setting(settings::#setting)))
        }
        Ok(Some(DefaultFrom::Generated(generated))) => {
            let generated = format_ident!("{}", generated.to_upper_camel_case());
            quote!(Some(DefaultFrom::Generated(Generated::#generated)))
        }
        Ok(Some(DefaultFrom::Constant(text))) => {
            quote!(Some(DefaultFrom::Constant(HeaderValue::from_static(#text))))
        }
        Ok(None) | Err(_) => quote!(None),
    };
    quote! {
        Header {
            name: HeaderName::from_static(#name),
            required: #required,
            secret: #secret,
            default_from: #default_from,
        }
    }
}

pub fn credential(credential: &Credential) -> TokenStream {
    let scheme = &credential.scheme;
    match &credential.carrier {
        Carrier::Bearer => quote!(Credential::Customer { scheme: #scheme }),
        Carrier::Basic { setting } => {
            let setting = constant(setting);
            quote! {
                Credential::Header {
                    scheme: #scheme,
                    name: ::reqwest::header::AUTHORIZATION,
                    setting: settings::#setting,
                }
            }
        }
        Carrier::Header { name, setting } => {
            let (name, setting) = (name.to_lowercase(), constant(setting));
            quote! {
                Credential::Header {
                    scheme: #scheme,
                    name: HeaderName::from_static(#name),
                    setting: settings::#setting,
                }
            }
        }
        Carrier::Query { name, setting } => {
            let setting = constant(setting);
            quote!(Credential::Query { scheme: #scheme, name: #name, setting: settings::#setting })
        }
    }
}

fn option(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote!(Some(#text)),
        None => quote!(None),
    }
}

//! What the runtime must know of each operation: its headers and where each value comes from.

use heck::ToUpperCamelCase as _;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::operation_ident;
use crate::generate::rewrite::RequestIdHeaders;
use openapi::document::Document;
use openapi::extension::{CONTENT_TYPE, DefaultFrom, ENVELOPE};
use openapi::operation::Operation;
use openapi::secret::is_secret;

/// The runtime's word for the identifier of a request, among what it generates.
const REQUEST_ID: &str = "request-id";

pub fn operations(document: &Document) -> syn::File {
    let api_version = document.root()["info"]["version"]
        .as_str()
        .unwrap_or_default();
    let envelope = envelope(document);
    let properties = document.property_names();
    let operations = Operation::all(document);
    let entries = operations.iter().filter_map(|operation| {
        let id = operation.id()?;
        let ident = operation_ident(id);
        let method = operation.method.to_uppercase();
        let path = operation.path;
        let has_body = operation.value.get("requestBody").is_some();
        let content_type = match operation.value.get(CONTENT_TYPE).and_then(Value::as_str) {
            Some(text) => quote!(Some(HeaderValue::from_static(#text))),
            None => quote!(None),
        };
        let bearer_token = operation.takes_bearer_token();
        let headers = headers(document, operation);
        let count = headers.len();
        Some(quote! {
            pub(crate) static #ident: Operation = Operation {
                id: #id,
                method: #method,
                path: #path,
                has_body: #has_body,
                content_type: #content_type,
                bearer_token: #bearer_token,
                headers: {
                    static HEADERS: [Header; #count] = [#(#headers),*];
                    &HEADERS
                },
                envelope: ENVELOPE,
            };
        })
    });
    syn::parse_quote! {
        //! What the runtime knows of each operation.

        use crate::runtime::contract::{Envelope, Header, Operation};
        #[allow(unused_imports, reason = "not every operation has a header")]
        use crate::runtime::contract::{DefaultFrom, Generated, Setting};
        #[allow(unused_imports, reason = "not every operation has a header")]
        use ::reqwest::header::{HeaderName, HeaderValue};

        /// The version of the API that the specification describes.
        pub const API_VERSION: &str = #api_version;

        /// Every property that the specification names, sorted.
        pub(crate) const PROPERTIES: &[&str] = &[#(#properties),*];

        pub(crate) const ENVELOPE: Envelope = #envelope;

        #(#entries)*
    }
}

/// The header of each operation that identifies the request.
pub fn request_id_headers(document: &Document) -> RequestIdHeaders {
    let mut headers = RequestIdHeaders::new();
    for operation in Operation::all(document) {
        for parameter in operation.parameters() {
            if DefaultFrom::of(parameter.value) == Ok(Some(DefaultFrom::Generated(REQUEST_ID)))
                && let (Some(id), Some(name)) = (operation.id(), parameter.value["name"].as_str())
            {
                headers.insert(id.to_owned(), name.to_owned());
            }
        }
    }
    headers
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
            let name = parameter.value["name"]
                .as_str()
                .unwrap_or_default()
                .to_lowercase();
            let required = parameter.value["required"].as_bool().unwrap_or(false);
            let secret = document
                .resolve(&parameter.value["schema"])
                .is_some_and(is_secret);
            let default_from = match DefaultFrom::of(parameter.value) {
                Ok(Some(DefaultFrom::Setting(setting))) => {
                    let setting = format_ident!("{}", setting.to_upper_camel_case());
                    quote!(Some(DefaultFrom::Setting(Setting::#setting)))
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
        })
        .collect()
}

fn option(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote!(Some(#text)),
        None => quote!(None),
    }
}

//! The code that builds the request of a call, one argument after the other.

use openapi::body::Encoding;
use openapi::document::Document;
use openapi::parameter::Layout;
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::{Call, Parameter};
use crate::generate::rules::rule_list;
use crate::generate::signature::is_text;

impl Call<'_> {
    /// The code that builds the request, one argument after the other.
    pub(super) fn statements(&self) -> Vec<TokenStream> {
        let request = self.local("request");
        let mut statements = Vec::new();
        let mut path = self.operation.path.to_owned();
        let mut segments = Vec::new();
        for parameter in &self.parameters {
            let name = &parameter.argument.name;
            let wire = parameter.wire();
            let rules = parameter.rules(self.document);
            let is_required = parameter.is_required();
            let given = if is_required {
                quote!(required)
            } else {
                quote!(optional)
            };
            statements.push(quote!(let #name = #name.#given(#wire, #rules)?;));
            if parameter.position() == "path" {
                path = path.replace(&format!("{{{wire}}}"), "{}");
                segments.push(parameter.segment());
                continue;
            }
            let value = if is_required {
                quote!(#name)
            } else {
                quote!(value)
            };
            let write = parameter.write(&request, &value);
            statements.push(if is_required {
                write
            } else {
                quote!(if let Some(value) = #name { #write })
            });
        }
        if !segments.is_empty() {
            // The segments have the order of the signature, which is the order in the path.
            statements.push(quote!(#request.path(format!(#path, #(#segments),*));));
        }
        if let Some(body) = &self.body {
            let write = match body.encoding {
                Encoding::Json => quote!(json),
                Encoding::Form => quote!(form),
                Encoding::Text | Encoding::Bytes => quote!(bytes),
            };
            let built = match (body.encoding, self.body_argument()) {
                (Encoding::Json | Encoding::Form, Some(argument)) => argument.is_built,
                _ => false,
            };
            let rules = rule_list(
                self.document,
                self.document.resolve(body.schema()).unwrap_or(&Value::Null),
            );
            let ty = self.body_type();
            let given = match (body.required, built) {
                (true, true) => quote!(let body = body.required_built::<#ty>("body")?;),
                (false, true) => quote!(let body = body.optional_built::<#ty>("body")?;),
                (true, false) => quote!(let body = body.required("body", #rules)?;),
                (false, false) => quote!(let body = body.optional("body", #rules)?;),
            };
            statements.push(given);
            statements.push(if body.required {
                quote!(#request.#write(&body)?;)
            } else {
                quote! {
                    if let Some(body) = &body {
                        #request.#write(body)?;
                    }
                }
            });
        }
        statements
    }
}

impl Parameter<'_> {
    /// The checks before the value is sent. A required value is present: neither a path nor a list can express that
    /// it is empty.
    fn rules(&self, document: &Document) -> TokenStream {
        let mut schema = self.schema.clone();
        let least = if self.layout.is_list() {
            "minItems"
        } else {
            "minLength"
        };
        let is_there = self.position() == "path" || self.layout.is_list() && self.is_required();
        let is_text = self.layout.is_list() || is_text(&self.argument.ty);
        if is_there && is_text && schema[least].as_u64().is_none_or(|least| least == 0) {
            schema[least] = 1.into();
        }
        rule_list(document, &schema)
    }

    /// The value in the path.
    fn segment(&self) -> TokenStream {
        let name = &self.argument.name;
        if self.layout.is_list() {
            quote!(contract::path_list(#name.iter().map(|value| value.to_string())))
        } else {
            quote!(contract::encode_path(&#name.to_string()))
        }
    }

    /// The code that adds the value to the query or the headers.
    fn write(&self, request: &syn::Ident, value: &TokenStream) -> TokenStream {
        let wire = self.wire();
        let entries = quote!(#value.iter().map(|value| value.to_string()));
        let reserved = self.part.value["allowReserved"] == true;
        let style = |separator: TokenStream| quote!(contract::Style { separator: #separator, reserved: #reserved });
        let none = || style(quote!(None));
        match (self.position(), self.layout) {
            ("query", Layout::Single) if reserved => {
                let style = none();
                quote!(#request.query_list(#wire, #style, [#value.to_string()])?;)
            }
            ("query", Layout::Single) => quote!(#request.query(#wire, &#value.to_string());),
            ("query", Layout::Repeated) => {
                let style = none();
                quote!(#request.query_list(#wire, #style, #entries)?;)
            }
            ("query", Layout::Joined(separator)) => {
                let style = style(quote!(Some(#separator)));
                quote!(#request.query_list(#wire, #style, #entries)?;)
            }
            (_, Layout::Single) => quote!(#request.header(#wire, #value.to_string())?;),
            _ => quote!(#request.header_list(#wire, #entries)?;),
        }
    }
}

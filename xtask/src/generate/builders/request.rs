//! What puts the request of a call together, one argument after the other.

use openapi::body::Encoding;
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::Call;
use super::rules::rule_list;
use crate::generate::signature::Argument;

impl Call<'_> {
    /// What puts the request together, one argument after the other.
    pub(super) fn statements(&self) -> Vec<TokenStream> {
        let request = self.local("request");
        let mut statements = Vec::new();
        let mut path = self.operation.path.to_owned();
        let mut segments = Vec::new();
        for parameter in &self.parameters {
            let Argument { name, .. } = parameter.argument;
            let wire = parameter.part.value["name"].as_str().unwrap_or_default();
            let rules = rule_list(self.document, parameter.schema);
            let given = if parameter.is_required() {
                quote!(required)
            } else {
                quote!(optional)
            };
            statements.push(quote!(let #name = #name.#given(#wire, #rules)?;));
            statements.push(match parameter.position() {
                "path" => {
                    path = path.replace(&format!("{{{wire}}}"), "{}");
                    segments.push(quote!(contract::encode_path(&#name.to_string())));
                    continue;
                }
                "query" => quote!(#request.query(#wire, &#name)?;),
                _ if parameter.is_required() => quote!(#request.header(#wire, #name.to_string())?;),
                _ => quote! {
                    if let Some(value) = #name {
                        #request.header(#wire, value.to_string())?;
                    }
                },
            });
        }
        if !segments.is_empty() {
            // The segments stand in the order of the signature, which is the one of the path.
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

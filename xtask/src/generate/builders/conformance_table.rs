//! The table for the conformance tests: for each operation a way to call it, and the types of its bodies.

use openapi::body::Encoding;
use proc_macro2::TokenStream;
use quote::quote;

use super::Call;
use crate::generate::signature::Argument;
use openapi::answer::Statuses;

/// The table of all operations, and that of the types.
pub fn table(calls: &[Call<'_>], public_types: &TokenStream) -> syn::File {
    let operations = calls.iter().map(Call::entry);
    syn::parse_quote! {
        //! Every operation with its documented statuses and the types they are decoded into.

        #[allow(unused_imports, reason = "which of them are needed depends on the specification")]
        use super::{builder, types};
        #[allow(unused_imports, reason = "which of them are needed depends on the specification")]
        use crate::runtime::conformance::{self, Body, Operation, Parameter, PublicType, Response};

        /// All operations of the specification.
        pub static OPERATIONS: &[Operation] = &[#(#operations),*];

        #public_types
    }
}
impl Call<'_> {
    /// The entry of the table for the conformance tests.
    fn entry(&self) -> TokenStream {
        let method = &self.signature.method;
        let id = self.id;
        let all = self.outcome.answers();
        let statuses: Vec<Statuses> = all.iter().map(|one| one.answer.statuses).collect();
        let responses = all.iter().map(|one| {
            let (status, ty) = (one.answer.statuses.example(&statuses), &one.ty);
            let decode = match one.encoding() {
                None | Some(Encoding::Json) => quote!(decode::<#ty>),
                Some(Encoding::Text | Encoding::Form) => quote!(decode_text),
                Some(Encoding::Bytes) => quote!(decode_bytes),
            };
            let schema = match one.encoding() {
                Some(Encoding::Json) => quote!(Some(conformance::schema::<#ty>)),
                _ => quote!(None),
            };
            quote! {
                Response {
                    status: #status,
                    decode: conformance::#decode,
                    #[cfg(feature = "schemars")]
                    schema: #schema,
                }
            }
        });
        let given = self.parameters.iter().map(|parameter| {
            let (Argument { name, .. }, ty) = (parameter.argument, parameter.entry_type());
            let key = name.to_string();
            let read = if parameter.layout.is_list() {
                quote!(list)
            } else {
                quote!(parse)
            };
            quote! {
                if let Some(value) = arguments.#read::<#ty>(#key)? {
                    request = request.#name(value);
                }
            }
        });
        let parameters = self.parameters.iter().map(|parameter| {
            let Argument { name, ty, .. } = parameter.argument;
            let (name, wire) = (name.to_string(), parameter.wire());
            let (position, required) = (parameter.position(), parameter.is_required());
            quote! {
                Parameter {
                    name: #name,
                    wire: #wire,
                    position: #position,
                    required: #required,
                    #[cfg(feature = "schemars")]
                    schema: conformance::schema::<#ty>,
                }
            }
        });
        let (body, given_body) = match (&self.body, self.body_argument()) {
            (Some(body), argument) => {
                let (media_type, required) = (body.media_type, body.required);
                match (body.encoding, argument) {
                    (Encoding::Json | Encoding::Form, Some(Argument { ty, .. })) => (
                        quote! {
                            Some(Body {
                                media_type: #media_type,
                                required: #required,
                                decode: Some(conformance::decode::<#ty>),
                                #[cfg(feature = "schemars")]
                                schema: Some(conformance::schema::<#ty>),
                            })
                        },
                        quote! {
                            if let Some(value) = arguments.body::<#ty>()? {
                                request = request.body(value);
                            }
                        },
                    ),
                    _ => (
                        quote! {
                            Some(Body {
                                media_type: #media_type,
                                required: #required,
                                decode: None,
                                #[cfg(feature = "schemars")]
                                schema: None,
                            })
                        },
                        quote! {
                            if let Some(value) = arguments.raw_body() {
                                request = request.body(value);
                            }
                        },
                    ),
                }
            }
            (None, _) => (quote!(None), quote!()),
        };
        quote! {
            Operation {
                id: #id,
                parameters: &[#(#parameters),*],
                body: #body,
                responses: &[#(#responses),*],
                #[allow(unused_mut, unused_variables, reason = "not every call has arguments")]
                call: |client, arguments| {
                    Box::pin(async move {
                        let mut request = client.#method();
                        #(#given)*
                        #given_body
                        Ok(conformance::outcome(request.send().await))
                    })
                },
            }
        }
    }
}

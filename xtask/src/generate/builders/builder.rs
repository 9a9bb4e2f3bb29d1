//! The code of the builders, and of the methods of the client that begin them.

use openapi::body::{Body, Encoding};
use openapi::extension::DefaultFrom;
use proc_macro2::TokenStream;
use quote::quote;

use super::docs::problem;
use super::{Call, Parameter, operation_ident};
use crate::generate::signature::{Argument, Signature, is_text, last_segment};

/// The runtime's word for the identifier of a request, among what it generates.
const REQUEST_ID: &str = "request-id";
/// The methods of the client.
pub fn client(calls: &[Call<'_>]) -> TokenStream {
    let methods = calls.iter().map(|call| {
        let Signature {
            method, builder, ..
        } = call.signature;
        let doc = call.text();
        quote! {
            #[doc = #doc]
            pub fn #method(&self) -> builder::#builder {
                builder::#builder::new(self.clone())
            }
        }
    });
    quote! {
        use crate::runtime::Client;

        impl Client { #(#methods)* }
    }
}

/// The module of the builders.
pub fn builders(calls: &[Call<'_>]) -> syn::File {
    let builders = calls.iter().map(Call::builder);
    syn::parse_quote! {
        //! The calls, one builder for each operation.

        #[allow(unused_imports, reason = "which of them are needed depends on the specification")]
        use super::{operations, types};
        use crate::runtime::Client;
        #[allow(unused_imports, reason = "which of them are needed depends on the specification")]
        use crate::runtime::contract::{self, Argument, Call, Error, ResponseValue};

        #(#builders)*
    }
}

impl Call<'_> {
    fn builder(&self) -> TokenStream {
        let Signature {
            builder,
            success,
            error,
            ..
        } = self.signature;
        let table = operation_ident(self.id);
        let names: Vec<&syn::Ident> = self.names().collect();
        let [client, call, request] = ["client", "call", "request"].map(|name| self.local(name));
        let fields = self.parameters.iter().map(|parameter| {
            let Argument { name, ty, .. } = parameter.argument;
            quote!(#name: Argument<#ty>)
        });
        let body_field = self.body.as_ref().map(|body| {
            let ty = self.body_field(body);
            quote!(body: Argument<#ty>)
        });
        let fields = fields.chain(body_field);
        let setters = self.parameters.iter().map(Parameter::setter);
        let body_setters = self.body.as_ref().map(|body| self.body_setters(body));
        let statements = self.statements();
        let request_id = self.request_id();
        let arms = self.arms();
        let title = format!("A call of {}.", self.link());
        let new = format!("Begins the call, as {} does.", self.link());
        let send = self.send_text();
        quote! {
            #[doc = #title]
            #[derive(Clone, Debug)]
            #[must_use = "a call is made when it is sent"]
            pub struct #builder {
                #client: Client,
                #(#fields,)*
            }

            impl #builder {
                #[doc = #new]
                pub fn new(#client: Client) -> Self {
                    Self {
                        #client,
                        #(#names: Argument::default(),)*
                    }
                }

                #(#setters)*

                #body_setters

                #[doc = #send]
                pub async fn send(self) -> Result<ResponseValue<#success>, Error<#error>> {
                    let Self { #client, #(#names,)* } = self;
                    let #call = Call::begin(&#client, &operations::#table, #request_id);
                    let answer = async {
                        #[allow(unused_mut, reason = "not every call has arguments")]
                        let mut #request = #call.request();
                        #(#statements)*
                        let response = #call.send(#request).await?;
                        match response.status().as_u16() {
                            #(#arms)*
                            _ => Err(Error::UnexpectedResponse(response)),
                        }
                    };
                    #call.run(Box::pin(answer)).await
                }
            }
        }
    }

    /// The type of the field that keeps the body.
    fn body_field(&self, body: &Body<'_>) -> TokenStream {
        match (body.encoding, self.body_argument()) {
            (Encoding::Json | Encoding::Form, Some(argument)) => match argument.builder() {
                Some(builder) => quote!(#builder),
                None => {
                    let ty = &argument.ty;
                    quote!(#ty)
                }
            },
            _ => quote!(::bytes::Bytes),
        }
    }

    fn body_setters(&self, body: &Body<'_>) -> TokenStream {
        let said = body.part.value["description"].as_str().unwrap_or_default();
        let without = if body.required {
            "Without it the call fails"
        } else {
            "Unless it is set, no body is sent"
        };
        let text = |what: &str| {
            format!(
                "{}\n\n{what}, sent as `{}`. {without}.\nA body that is not what the API takes fails the call as an \
                 [invalid request](crate::ErrorKind::InvalidRequest), before anything is sent.",
                said.trim(),
                body.media_type
            )
        };
        let (Encoding::Json | Encoding::Form, Some(argument)) =
            (body.encoding, self.body_argument())
        else {
            let doc = text("The body");
            return quote! {
                #[doc = #doc]
                pub fn body(mut self, value: impl Into<::bytes::Bytes>) -> Self {
                    self.body = Argument::of(value.into());
                    self
                }
            };
        };
        let doc = text("The body as a whole");
        let ty = &argument.ty;
        let Some(builder) = argument.builder() else {
            return quote! {
                #[doc = #doc]
                pub fn body<V>(mut self, value: V) -> Self
                where
                    V: TryInto<#ty>,
                {
                    self.body = Argument::converted(value, "body is not a value that the API takes");
                    self
                }
            };
        };
        let map = text(
            "The body field by field: what was given before is changed, and otherwise an empty one",
        );
        quote! {
            #[doc = #doc]
            pub fn body<V>(mut self, value: V) -> Self
            where
                V: Into<#builder>,
            {
                self.body = Argument::of(value.into());
                self
            }

            #[doc = #map]
            pub fn body_map<F>(mut self, change: F) -> Self
            where
                F: FnOnce(#builder) -> #builder,
            {
                self.body = self.body.map(change);
                self
            }
        }
    }

    /// The identifier that the call was given, as text.
    fn request_id(&self) -> TokenStream {
        let given = self.parameters.iter().find(|parameter| {
            DefaultFrom::of(parameter.part.value) == Ok(Some(DefaultFrom::Generated(REQUEST_ID)))
        });
        match given.map(|parameter| &parameter.argument.name) {
            Some(name) => quote!(#name.given().map(|value| value.to_string())),
            None => quote!(None),
        }
    }

    /// What is made of each documented status.
    fn arms(&self) -> Vec<TokenStream> {
        let responses = self.operation.responses();
        let arms = responses.iter().filter_map(|(status, response)| {
            let status: u16 = status.parse().ok()?;
            let read = if response.value["content"]
                .as_object()
                .is_some_and(|content| !content.is_empty())
            {
                quote!(ResponseValue::from_response(response)?)
            } else {
                quote!(ResponseValue::empty(response))
            };
            Some(if status < 400 {
                quote!(#status => Ok(#read),)
            } else {
                quote!(#status => Err(Error::ErrorResponse(#read)),)
            })
        });
        arms.collect()
    }
}

impl Parameter<'_> {
    fn setter(&self) -> TokenStream {
        let Argument { name, ty, .. } = self.argument;
        let (doc, wire, entry) = (self.text(), self.wire(), self.entry_type());
        let problem = problem(self.entry);
        let (taken, given) = match (self.layout.is_list(), is_text(entry)) {
            (false, true) => (
                quote!(impl Into<crate::Text>),
                quote!(Argument::of(value.into().into())),
            ),
            (true, true) => (
                quote!(impl IntoIterator<Item: Into<crate::Text>>),
                quote! {
                    Argument::of(value.into_iter().map(|value| value.into().into()).collect())
                },
            ),
            (false, false) => {
                let problem = format!("{wire} {problem}");
                (
                    quote!(impl TryInto<#ty>),
                    quote!(Argument::converted(value, #problem)),
                )
            }
            (true, false) => (
                quote!(impl IntoIterator<Item: TryInto<#entry>>),
                quote!(Argument::list::<_, #entry>(value, #wire, #problem)),
            ),
        };
        quote! {
            #[doc = #doc]
            pub fn #name(mut self, value: #taken) -> Self {
                self.#name = #given;
                self
            }
        }
    }
}

impl Argument {
    /// The builder that a body is given as, if its type has one.
    fn builder(&self) -> Option<TokenStream> {
        let name = &last_segment(&self.ty)?.ident;
        self.is_built.then(|| quote!(types::builder::#name))
    }
}

#[cfg(test)]
mod tests {
    use openapi::document::Document;
    use openapi::operation::Operation;
    use quote::format_ident;
    use syn::parse_quote;

    use super::super::calls;
    use super::*;

    #[test]
    fn parameters_may_be_called_as_the_variables_of_the_generated_code_are() {
        let text = "paths: {/a: {post: {operationId: a, parameters: [{in: query, name: client, schema: {type: string}}, \
            {in: query, name: request, schema: {type: string}}], \
            responses: {'204': {description: d}}}}}";
        let document = Document::parse("spec.yaml".as_ref(), text.as_bytes()).unwrap();
        let operations = Operation::all(&document);
        let argument = |name: &str| Argument {
            name: format_ident!("{name}"),
            ty: parse_quote!(::std::string::String),
            is_built: false,
        };
        let signatures = [Signature {
            method: parse_quote!(a),
            builder: parse_quote!(A),
            success: parse_quote!(()),
            error: parse_quote!(()),
            arguments: ["client", "request"].map(argument).into(),
        }];
        let calls = calls(&document, &operations, &signatures).unwrap();
        let code = prettyplease::unparse(&builders(&calls));
        for expected in [
            "client_: Client,",
            "client: Argument<",
            "let call = Call::begin(&client_,",
            "let mut request_ = call.request();",
            "request_.query(\"request\", &value.to_string());",
            "call.send(request_).await?",
        ] {
            assert!(code.contains(expected), "{expected} is not in\n{code}");
        }
    }
}

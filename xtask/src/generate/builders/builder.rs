//! The code of the builders, and of the methods of the client that begin them.

use openapi::answer::Statuses;
use openapi::body::{Body, Encoding};
use openapi::extension::DefaultFrom;
use proc_macro2::TokenStream;
use quote::quote;

use super::docs::problem;
use super::{Call, Parameter, operation_ident};
use crate::generate::signature::{Argument, Signature, is_text, last_segment};

/// The name of the request's identifier among the values that the runtime generates.
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
        let builder = &self.signature.builder;
        let (success, error) = (&self.outcome.success.ty, &self.outcome.error.ty);
        let table = operation_ident(self.id);
        let names: Vec<&syn::Ident> = self.names().collect();
        let [client, call, request, answer, error_of] =
            ["client", "call", "request", "answer", "error_of"].map(|name| self.local(name));
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
        let errors = self.errors();
        let error_in = self.error_in(&error_of);
        let function = (!errors.is_empty()).then(|| {
            quote! {
                #[allow(unused_variables, reason = "not every error has a body")]
                fn #error_of(status: u16, body: &contract::RawBody) -> Option<Result<#error, contract::DecodeError>> {
                    Some(match status { #(#errors)* })
                }
            }
        });
        let error_of = match &function {
            Some(_) => quote!(#error_of),
            None => quote!(|_, _| None),
        };
        let successes = self.successes(&error_in);
        let title = format!("A call of {}.", self.link());
        let new = format!("Begins the call, as {} does.", self.link());
        let send = self.send_text();
        quote! {
            #[doc = #title]
            #[derive(Clone, Debug)]
            #[must_use = "a call does nothing until it is sent"]
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

                /// Sends this header as well, as [`Client::with_header`](crate::Client::with_header) does, in place of one of
                /// that name that was added before.
                pub fn header(mut self, name: impl AsRef<str>, value: impl Into<crate::Text>) -> Self {
                    self.#client.add_header(name.as_ref(), value.into());
                    self
                }

                /// Sends this query parameter as well, as [`Client::with_query`](crate::Client::with_query) does.
                pub fn query(mut self, name: impl AsRef<str>, value: impl Into<crate::Text>) -> Self {
                    self.#client.add_query(name.as_ref(), value.into());
                    self
                }

                #[doc = #send]
                pub async fn send(self) -> Result<ResponseValue<#success>, Error<#error>> {
                    #function
                    let Self { #client, #(#names,)* } = self;
                    let #call = Call::begin(&#client, &operations::#table, #request_id);
                    #[allow(unused_variables, reason = "not every call has arguments")]
                    let #request = #call.request(|#request| {
                        #(#statements)*
                        Ok(())
                    });
                    let #answer = #call.send(#request).await;
                    #call.end(#answer, |response| match response.status().as_u16() {
                        #(#successes)*
                        _ => Err(Error::answered(response, #error_of)),
                    })
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
            "It is required"
        } else {
            "It is optional"
        };
        let text = |what: &str| {
            format!(
                "{}\n\n{what}, sent as `{}`. {without}.\nAn invalid body fails the call as an \
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
                    self.body = Argument::converted(value, "body is not a valid value");
                    self
                }
            };
        };
        let map = text(
            "The body field by field: `change` gets a builder with the body that was set before, or an empty one",
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

    /// The identifier of the call, as text.
    fn request_id(&self) -> TokenStream {
        let given = self.parameters.iter().find(|parameter| {
            DefaultFrom::of(parameter.part.value) == Ok(Some(DefaultFrom::Generated(REQUEST_ID)))
        });
        match given.map(|parameter| &parameter.argument.name) {
            Some(name) => quote!(#name.given().map(|value| value.to_string())),
            None => quote!(None),
        }
    }

    /// The code for each status of a success.
    fn successes(&self, error_in: &TokenStream) -> Vec<TokenStream> {
        let side = &self.outcome.success;
        let arms = side.answers.iter().map(|one| {
            let pattern = match one.answer.statuses {
                // It is an error too.
                Statuses::Rest => quote!(200u16..=299u16),
                _ => one.pattern(),
            };
            let read = match one.encoding() {
                Some(Encoding::Json) => {
                    let ty = &one.ty;
                    quote!(ResponseValue::<#ty>::from_json(response, #error_in)?)
                }
                Some(Encoding::Text | Encoding::Form) => quote!(ResponseValue::from_text(response)),
                Some(Encoding::Bytes) => quote!(ResponseValue::from_bytes(response)),
                None => quote!(ResponseValue::empty(response)),
            };
            let variant = one.variant();
            match (&side.enumeration, one.encoding()) {
                (None, _) => quote!(#pattern => Ok(#read),),
                (Some(of), None) => quote!(#pattern => Ok(#read.map(|()| types::#of::#variant)),),
                (Some(of), Some(_)) => quote!(#pattern => Ok(#read.map(types::#of::#variant)),),
            }
        });
        arms.collect()
    }

    /// How the body of each documented error is read: `None` for an undocumented status.
    fn errors(&self) -> Vec<TokenStream> {
        let side = &self.outcome.error;
        if side.answers.is_empty() {
            return Vec::new();
        }
        let rest = side
            .answers
            .iter()
            .all(|one| one.answer.statuses != Statuses::Rest)
            .then(|| quote!(_ => return None,));
        // Bodies that are read in the same way share an arm.
        let mut arms: Vec<(Vec<TokenStream>, TokenStream)> = Vec::new();
        for one in &side.answers {
            let (pattern, read) = (one.pattern(), one.read(side));
            match arms.last_mut() {
                Some((patterns, last))
                    if last.to_string() == read.to_string()
                        && one.answer.statuses != Statuses::Rest =>
                {
                    patterns.push(pattern);
                }
                _ => arms.push((vec![pattern], read)),
            }
        }
        let arms = arms
            .into_iter()
            .map(|(patterns, read)| quote!(#(#patterns)|* => #read,));
        arms.chain(rest).collect()
    }

    /// Code that finds the error in a success whose envelope has the code of an error. If there are several variants,
    /// the code selects one.
    fn error_in(&self, error_of: &syn::Ident) -> TokenStream {
        let side = &self.outcome.error;
        match side.answers.first() {
            Some(_) if side.enumeration.is_some() => {
                quote!(|code, body| #error_of(code.try_into().ok()?, body)?.ok())
            }
            Some(one) if one.encoding().is_some() => {
                let status = one.answer.statuses.example(&[]);
                quote!(|_, body| #error_of(#status, body)?.ok())
            }
            _ => {
                let error = &side.ty;
                quote!(|_, _| None::<#error>)
            }
        }
    }
}

impl Parameter<'_> {
    fn setter(&self) -> TokenStream {
        let Argument { name, ty, .. } = self.argument;
        let (doc, wire, entry) = (self.text(), self.wire(), self.entry_type());
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
                let problem = self.problem();
                (
                    quote!(impl TryInto<#ty>),
                    quote!(Argument::converted(value, #problem)),
                )
            }
            (true, false) => {
                let problem = problem(self.entry);
                (
                    quote!(impl IntoIterator<Item: TryInto<#entry>>),
                    quote!(Argument::list::<_, #entry>(value, #wire, #problem)),
                )
            }
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
    /// The builder of a body's type, if the type has one.
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

    fn code(operation: &str, arguments: &[&str]) -> String {
        let text = format!("paths: {{/a: {{post: {operation}}}}}");
        let document = Document::parse("spec.yaml".as_ref(), text.as_bytes()).unwrap();
        let operations = Operation::all(&document);
        let argument = |name: &&str| Argument {
            name: format_ident!("{name}"),
            ty: parse_quote!(::std::string::String),
            is_built: false,
        };
        let signatures = [Signature {
            method: parse_quote!(a),
            builder: parse_quote!(A),
            success: parse_quote!(()),
            arguments: arguments.iter().map(argument).collect(),
        }];
        let (answers, mut taken) = (Default::default(), Default::default());
        let calls = calls(&document, &operations, &signatures, &answers, &mut taken).unwrap();
        prettyplease::unparse(&builders(&calls))
    }

    #[test]
    fn parameters_may_be_called_as_the_variables_of_the_generated_code_are() {
        let operation = "{operationId: a, parameters: [{in: query, name: client, schema: {type: string}}, \
            {in: query, name: request, schema: {type: string}}], responses: {'204': {description: d}}}";
        let code = code(operation, &["client", "request"]);
        for expected in [
            "client_: Client,",
            "client: Argument<",
            "let call = Call::begin(&client_,",
            ".request(|request_| {",
            "request_.query(\"request\", &value.to_string());",
            "call.send(request_).await;",
        ] {
            assert!(code.contains(expected), "{expected} is not in\n{code}");
        }
    }

    /// The compiler can't know it once there is an operation with an error of its own.
    #[test]
    fn an_operation_without_errors_of_its_own_names_the_type_of_the_error() {
        let operation = "{operationId: a, responses: {'200': {description: d, \
            content: {application/json: {schema: {type: object}}}}}}";
        let code = code(operation, &[]);
        assert!(code.contains("|_, _| None::<"), "{code}");
    }
}

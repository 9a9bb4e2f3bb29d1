//! The typed mock, an extension of the crate httpmock: for each operation the calls that are answered, and the
//! answer.

mod answers;
mod matchers;

use openapi::body::{Body, Encoding};
use openapi::document::Document;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::generate::builders::Call;
use crate::generate::signature::Signature;

/// The module of the typed mock.
pub fn typed_mock(calls: &[Call<'_>], document: &Document) -> syn::File {
    let mut wrappers = Vec::new();
    let mut declared = Vec::new();
    let mut mocked = Vec::new();
    let mut examples = Vec::new();
    let mut table = Vec::new();
    let mut expectations = Vec::new();
    for call in calls {
        let answers = answers::answers(document, call);
        let Signature {
            builder, method, ..
        } = call.signature;
        let (when, then) = (
            format_ident!("{builder}When"),
            format_ident!("{builder}Then"),
        );
        let link = call.link();
        let of_when = when_methods(call);
        let mut of_then: Vec<TokenStream> = answers.iter().map(|one| one.method()).collect();
        of_then.extend(answers.iter().flat_map(|one| one.example_methods(method)));
        wrappers.push(wrapper(
            &when,
            &quote!(When),
            &format!("Selects the calls of {link} that are answered."),
            &new(call),
            &of_when,
        ));
        let plain = quote!(Self(inner));
        wrappers.push(wrapper(
            &then,
            &quote!(Then),
            &format!("The answer to calls of {link}."),
            &plain,
            &of_then,
        ));
        let doc =
            format!("Answers calls of {link}. `config_fn` selects the calls and sets the answer.");
        let head = quote! {
            fn #method<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
            where
                F: FnOnce(operations::#when, operations::#then)
        };
        declared.push(quote!(#[doc = #doc] #head;));
        mocked.push(quote! {
            #head
            {
                self.mock(|when, then| {
                    config_fn(operations::#when::new(when), operations::#then::new(then))
                })
            }
        });
        expectations.push(expectation(call));
        table.extend(answers.iter().flat_map(|one| one.entries(call.id, method)));
        if answers.iter().any(|one| one.has_examples()) {
            let title = format!("The documented answers of `{}`.", call.id);
            let contents = answers.iter().map(|one| one.functions());
            examples.push(quote! {
                #[doc = #title]
                pub mod #method {
                    #[allow(unused_imports, reason = "not every answer has a type of its own")]
                    use crate::generated::types;
                    use crate::runtime::contract::Example;

                    #(#contents)*
                }
            });
        }
    }
    let examples = (!examples.is_empty()).then(|| {
        quote! {
            /// The examples of the specification as values, so that a test can change them.
            pub mod examples { #(#examples)* }
        }
    });
    syn::parse_quote! {
        //! Mocks of each operation, as an extension of the httpmock crate.

        pub use ::httpmock::{Mock, MockServer};

        /// The arguments of the closure that a mock is given. `into_inner` returns those of httpmock, for what these
        /// types do not offer.
        pub mod operations {
            #[allow(unused_imports, reason = "not every answer has a type of its own")]
            use crate::generated::types;

            #(#wrappers)*
        }

        /// A method of [`MockServer`] for each operation: a typed [`MockServer::mock`].
        pub trait MockServerExt { #(#declared)* }

        impl MockServerExt for ::httpmock::MockServer { #(#mocked)* }

        #examples

        /// Every documented answer, for the conformance tests.
        #[cfg(feature = "conformance")]
        #[doc(hidden)]
        pub const ANSWERS: &[crate::runtime::conformance::Answer] = &[#(#table),*];

        /// What lets a mock expect a call of each operation, for the conformance tests.
        #[cfg(feature = "conformance")]
        #[doc(hidden)]
        pub const EXPECTATIONS: &[crate::runtime::conformance::Expectation] = &[#(#expectations),*];
    }
}

/// A type around one of httpmock's.
fn wrapper(
    name: &syn::Ident,
    inner: &TokenStream,
    doc: &str,
    new: &TokenStream,
    methods: &[TokenStream],
) -> TokenStream {
    quote! {
        #[doc = #doc]
        pub struct #name(::httpmock::#inner);

        impl #name {
            /// Wraps the type of httpmock.
            pub fn new(inner: ::httpmock::#inner) -> Self {
                #new
            }

            /// Returns the type of httpmock, for what this type does not offer.
            pub fn into_inner(self) -> ::httpmock::#inner {
                self.0
            }

            #(#methods)*
        }
    }
}

/// The matchers that every operation has.
fn new(call: &Call<'_>) -> TokenStream {
    let method = format_ident!("{}", call.operation.method.to_uppercase());
    let path = call.operation.path;
    quote! {
        let path = crate::runtime::contract::matching::path_pattern(#path, "", None);
        Self(inner.method(::httpmock::Method::#method).path_matches(path))
    }
}

fn when_methods(call: &Call<'_>) -> Vec<TokenStream> {
    let mut methods: Vec<TokenStream> = matchers::matchers(call).collect();
    methods.extend(call.body.as_ref().map(|body| matches_body(call, body)));
    if call.operation.takes_bearer_token() {
        methods.push(bearer_token());
    }
    methods
}

/// A matcher compares values with those of a call, however they are written.
fn matches_body(call: &Call<'_>, body: &Body<'_>) -> TokenStream {
    match (body.encoding, call.body_type()) {
        (Encoding::Json, Some(ty)) => quote! {
            /// Matches calls with this body.
            pub fn body(self, value: &#ty) -> Self {
                let expected = crate::runtime::contract::one_spelling(
                    crate::runtime::contract::json_text(value).as_bytes(),
                );
                Self(self.0.is_true(move |request| {
                    crate::runtime::contract::one_spelling(request.body_ref()) == expected
                }))
            }
        },
        (Encoding::Form, Some(ty)) => quote! {
            /// Matches calls with the pairs of this form, in any order.
            pub fn body(self, value: &#ty) -> Self {
                let expected = crate::runtime::contract::form_pairs(value);
                Self(self.0.is_true(move |request| {
                    crate::runtime::contract::decoded_pairs(request.body_ref()) == expected
                }))
            }
        },
        _ => quote! {
            /// Matches calls with exactly this body.
            pub fn body(self, value: impl AsRef<[u8]>) -> Self {
                let expected = value.as_ref().to_vec();
                Self(self.0.is_true(move |request| request.body_ref() == expected))
            }
        },
    }
}

/// Entry of the table for the conformance tests.
fn expectation(call: &Call<'_>) -> TokenStream {
    let (id, method) = (call.id, &call.signature.method);
    let (mut values, mut matches) = matchers::expectations(call);
    if let Some(body) = &call.body {
        values.push(match (body.encoding, call.body_type()) {
            (Encoding::Json | Encoding::Form, Some(_)) => quote!(let body = arguments.body()?;),
            _ => quote!(let body = arguments.raw_body();),
        });
        matches.push(quote! {
            if let Some(body) = &body {
                when = when.body(body);
            }
        });
    }
    quote! {
        crate::runtime::conformance::Expectation {
            operation: #id,
            #[allow(
                unused_assignments, unused_imports, unused_mut, unused_variables,
                reason = "not every call has arguments"
            )]
            mock: |server, arguments| {
                use crate::generated::types;
                #(#values)*
                Ok(server.#method(|mut when, _| { #(#matches)* }))
            },
        }
    }
}

fn bearer_token() -> TokenStream {
    quote! {
        /// Matches calls with this bearer token only.
        pub fn bearer_token(self, token: impl Into<crate::Text>) -> Self {
            let token = ::std::string::String::from(token.into());
            Self(self.0.header("authorization", format!("Bearer {token}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use openapi::operation::Operation;
    use syn::parse_quote;

    use super::*;
    use crate::generate::builders;
    use crate::generate::lower::lower;

    /// The typed mock of one operation.
    fn mock(responses: &str) -> String {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths: {{/a: {{get: {{operationId: get-a, responses: \
             {{{responses}}}}}}}}}"
        );
        let document = Document::parse(Path::new("spec.yaml"), text.as_bytes()).unwrap();
        let operations = Operation::all(&document);
        let answers = lower(&document).unwrap().answers;
        let signature = |builder: &str, success| Signature {
            method: parse_quote!(get_a),
            builder: format_ident!("{builder}"),
            success,
            arguments: Vec::new(),
        };
        let signatures = [
            signature("GetA", parse_quote!(())),
            signature("XParAnswer0", parse_quote!(types::A)),
            signature("XParAnswer1", parse_quote!(types::B)),
        ];
        let mut taken = BTreeSet::new();
        let calls = builders::calls(&document, &operations, &signatures, &answers, &mut taken);
        let file = crate::generate::rewrite::documented(typed_mock(&calls.unwrap(), &document));
        prettyplease::unparse(&file)
    }

    #[test]
    fn each_example_becomes_an_answer_and_a_value_and_so_does_each_list_in_it() {
        let code = mock(
            "'200': {description: ' S. ', content: {application/json: {schema: {properties: {list: {type: array}}}, \
             examples: {some name: {summary: s, value: {list: ['\"#']}}}}}}",
        );
        for expected in [
            "pub fn ok(self, value: &types::A) -> Self",
            "pub fn ok_some_name(self) -> Self",
            "pub fn ok_some_name_with_list(self, count: usize) -> Self",
            "pub fn ok_some_name() -> types::A",
            "pub fn ok_some_name_with_list(count: usize) -> types::A",
            "/// Status 200 with the example `some name`.\n        ///\n        /// s\n",
            // The text ends where the JSON does, whatever it contains.
            "\"\\\"#\"\n  ]\n}\"##",
        ] {
            assert!(code.contains(expected), "{expected} is not in\n{code}");
        }
        assert!(!code.contains("bearer_token"), "{code}");
    }

    #[test]
    fn an_answer_of_more_than_one_status_is_given_one_and_each_body_is_what_it_is_made_of() {
        let code = mock(
            "'204': {description: d}, 4XX: {description: d, content: {application/problem+json: {schema: {type: object, \
             properties: {a: {}}}, example: {a: 1}}}}, default: {description: d, content: {text/plain: {example: gone}}}",
        );
        for expected in [
            "pub fn no_content(self) -> Self {\n            Self(self.0.status(204u16))",
            "pub fn client_error(self, status: u16, value: &types::A) -> Self",
            ".header(\"content-type\", \"application/problem+json\")",
            "pub fn client_error_example(self, status: u16) -> Self",
            "pub fn default_response(self, status: u16, value: impl AsRef<str>) -> Self",
            "Example = Example::new(\n            \"text/plain\",\n            \"gone\",",
            "pub fn default_response_example() -> ::std::string::String",
            "then.default_response_example(500u16)",
        ] {
            assert!(code.contains(expected), "{expected} is not in\n{code}");
        }
    }
}

//! Rule: the typed mock answers with the examples of the specification, and expects the bearer token of an
//! operation that takes one.

use std::collections::BTreeMap;

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, format_ident, quote};

use syn::visit_mut::{self, VisitMut};

use super::{RewriteError, answered_status, items, matchers};
use crate::generate::builders::Call;
use crate::generate::rust_name::value_name;
use crate::generate::signature::Signature;
use openapi::body::{Body, Encoding};
use openapi::document::Document;
use openapi::example::{self, Example, List};
use openapi::operation::Operation;

pub fn apply(
    file: &mut syn::File,
    calls: &[Call<'_>],
    document: &Document,
) -> Result<(), RewriteError> {
    let mut modules = Vec::new();
    let mut table = Vec::new();
    let mut expectations = Vec::new();
    for call in calls {
        let (id, operation) = (call.id, call.operation);
        let wrappers = wrappers(file)?;
        let Signature {
            builder, method, ..
        } = call.signature;
        let when = implementation(wrappers, &format!("{builder}When"))?;
        matchers::apply(when, call);
        if let Some(body) = &call.body {
            when.items.push(matches_body(call, body));
        }
        expectations.push(expectation(call));
        if operation.takes_bearer_token() {
            when.items.push(bearer_token());
        }
        let then = implementation(wrappers, &format!("{builder}Then"))?;
        let module = method.clone();
        let answers = answers(document, operation, then)?;
        if answers.is_empty() {
            continue;
        }
        then.items
            .extend(answers.iter().flat_map(|answer| answer.methods(&module)));
        table.extend(
            answers
                .iter()
                .flat_map(|answer| answer.entries(id, &module)),
        );
        let contents = answers.iter().map(Answer::functions);
        let title = format!(" Documented answers of `{id}`.");
        modules.push(quote! {
            #[doc = #title]
            pub mod #module {
                #[allow(unused_imports, reason = "not every answer has a type of its own")]
                use crate::generated::types;
                use crate::runtime::contract::Example;

                #(#contents)*
            }
        });
    }
    let imports: syn::Item = syn::parse_quote! {
        pub use ::httpmock::{Mock, MockServer};
    };
    file.items.insert(0, imports);
    if !modules.is_empty() {
        let examples: syn::Item = syn::parse_quote! {
            /// The examples of the specification as values, to be changed where a test needs another answer.
            pub mod examples { #(#modules)* }
        };
        file.items.push(examples);
    }
    let table: syn::Item = syn::parse_quote! {
        /// Every documented answer, for the conformance tests.
        #[cfg(feature = "conformance")]
        #[doc(hidden)]
        pub const ANSWERS: &[crate::runtime::conformance::Answer] = &[#(#table),*];
    };
    file.items.push(table);
    let table: syn::Item = syn::parse_quote! {
        /// What lets a mock expect a call of each operation, for the conformance tests.
        #[cfg(feature = "conformance")]
        #[doc(hidden)]
        pub const EXPECTATIONS: &[crate::runtime::conformance::Expectation] = &[#(#expectations),*];
    };
    file.items.push(table);
    Ok(())
}

/// The name under which an example of a status is offered, and under which with another number of entries.
pub fn answer_names(status: &str, example: &str, lists: &[List<'_>]) -> Vec<String> {
    let name = value_name(&format!("{status} {example}"));
    let longer = lists
        .iter()
        .map(|list| value_name(&format!("{name} with {}", list.property)));
    [name.clone()].into_iter().chain(longer).collect()
}

struct Answer<'a> {
    status: u16,
    ty: syn::Type,
    example: Example,
    lists: Vec<List<'a>>,
    /// Of the example as it stands, and then of each list.
    names: Vec<syn::Ident>,
}

impl Answer<'_> {
    fn constant(&self) -> syn::Ident {
        format_ident!("{}", self.names[0].to_string().to_uppercase())
    }

    /// What the specification says of it, one line of documentation after the other.
    fn title(&self) -> Vec<String> {
        let Self {
            status, example, ..
        } = self;
        let mut lines = vec![format!(
            " Status {status} with the example `{}`.",
            example.name
        )];
        if let Some(summary) = &example.summary {
            lines.push(String::new());
            lines.extend(summary.trim().lines().map(|line| format!(" {line}")));
        }
        lines
    }

    /// The values, and the text that they are read from.
    fn functions(&self) -> TokenStream {
        let (constant, ty, title) = (self.constant(), &self.ty, self.title());
        let json = raw_string(&self.example.value);
        let name = &self.names[0];
        let longer = self.lists.iter().zip(&self.names[1..]).map(|(list, name)| {
            let (pointer, doc) = (&list.pointer, with_entries(list));
            quote! {
                #(#[doc = #title])*
                #[doc = ""]
                #[doc = #doc]
                #[must_use]
                pub fn #name(count: usize) -> #ty {
                    #constant.repeated(#pointer, count).value()
                }
            }
        });
        quote! {
            pub(crate) const #constant: Example = Example::new(#json);
            #(#[doc = #title])*
            #[must_use]
            pub fn #name() -> #ty {
                #constant.value()
            }
            #(#longer)*
        }
    }

    /// What makes the mock answer with them.
    fn methods(&self, module: &syn::Ident) -> Vec<syn::ImplItem> {
        let (constant, status, title) = (self.constant(), self.status, self.title());
        let name = &self.names[0];
        let mut methods = vec![syn::parse_quote! {
            #(#[doc = #title])*
            pub fn #name(self) -> Self {
                Self(super::examples::#module::#constant.answer(self.0.status(#status)))
            }
        }];
        methods.extend(self.lists.iter().zip(&self.names[1..]).map(|(list, name)| {
            let (pointer, doc) = (&list.pointer, with_entries(list));
            syn::parse_quote! {
                #(#[doc = #title])*
                #[doc = ""]
                #[doc = #doc]
                pub fn #name(self, count: usize) -> Self {
                    let example = super::examples::#module::#constant.repeated(#pointer, count);
                    Self(example.answer(self.0.status(#status)))
                }
            }
        }));
        methods
    }
}

impl Answer<'_> {
    /// Entries of the table for the conformance tests; the method of the mock server is called as the module.
    fn entries(&self, id: &str, module: &syn::Ident) -> Vec<TokenStream> {
        let (status, example) = (self.status, &self.example.name);
        let pointers = self.lists.iter().map(|list| list.pointer.as_str());
        let pointers = [None].into_iter().chain(pointers.map(Some));
        let entries = self.names.iter().zip(pointers).map(|(name, pointer)| {
            let (pattern, argument, list) = match pointer {
                Some(pointer) => (quote!(count), quote!(count), quote!(Some(#pointer))),
                None => (quote!(_), quote!(), quote!(None)),
            };
            quote! {
                crate::runtime::conformance::Answer {
                    operation: #id,
                    status: #status,
                    example: #example,
                    list: #list,
                    mock: |server, #pattern| {
                        server.#module(|_, then| {
                            then.#name(#argument);
                        });
                    },
                    value: |#pattern| {
                        crate::runtime::conformance::encode(&examples::#module::#name(#argument))
                    },
                }
            }
        });
        entries.collect()
    }
}

fn with_entries(list: &List<'_>) -> String {
    let path = list.pointer[1..].replace('/', ".");
    format!(" With `count` entries in `{path}`: those of the example, over and over.")
}

fn answers<'a>(
    document: &'a Document,
    operation: &Operation<'a>,
    then: &syn::ItemImpl,
) -> Result<Vec<Answer<'a>>, RewriteError> {
    let typed = typed_answers(then);
    let mut answers = Vec::new();
    for (status, response) in operation.responses() {
        for content in response.member("content").members() {
            for example in example::of(document, &content) {
                let (status, (method, ty)) = status
                    .parse()
                    .ok()
                    .and_then(|status: u16| Some((status, typed.get(&status)?)))
                    .ok_or_else(|| missing(format!("answer of status {status}")))?;
                let lists = example::lists(document, &content.value["schema"], &example.value);
                let names = answer_names(&method.to_string(), &example.name, &lists);
                answers.push(Answer {
                    status,
                    ty: ty.clone(),
                    names: names.iter().map(|name| format_ident!("{name}")).collect(),
                    example,
                    lists,
                });
            }
        }
    }
    Ok(answers)
}

/// By status, the method that answers with a value, and the type of that value.
fn typed_answers(then: &syn::ItemImpl) -> BTreeMap<u16, (syn::Ident, syn::Type)> {
    let mut answers = BTreeMap::new();
    for item in &then.items {
        let syn::ImplItem::Fn(function) = item else {
            continue;
        };
        let Some(syn::FnArg::Typed(value)) = function.sig.inputs.iter().nth(1) else {
            continue;
        };
        let mut ty = (*value.ty).clone();
        Owned.visit_type_mut(&mut ty);
        if let Some(status) = answered_status(function) {
            answers.insert(status, (function.sig.ident.clone(), ty));
        }
    }
    answers
}

/// The type of a value of which a reference, or perhaps one, is lent.
struct Owned;

impl VisitMut for Owned {
    fn visit_type_mut(&mut self, ty: &mut syn::Type) {
        if let syn::Type::Reference(lent) = ty {
            // Text is lent as what can't be a value.
            *ty = if lent.elem.to_token_stream().to_string() == "str" {
                syn::parse_quote!(String)
            } else {
                (*lent.elem).clone()
            };
        }
        visit_mut::visit_type_mut(self, ty);
    }
}

/// What is given is compared with what a call carries, as values: how either is written says nothing.
fn matches_body(call: &Call<'_>, body: &Body<'_>) -> syn::ImplItem {
    match (body.encoding, call.body_type()) {
        (Encoding::Json, Some(ty)) => syn::parse_quote! {
            /// Matches calls with this body.
            pub fn body(self, value: &#ty) -> Self {
                Self(self.0.json_body(crate::runtime::contract::json_value(value)))
            }
        },
        (Encoding::Form, Some(ty)) => syn::parse_quote! {
            /// Matches calls with the pairs of this form, in any order.
            pub fn body(self, value: &#ty) -> Self {
                let expected = crate::runtime::contract::form_pairs(value);
                Self(self.0.is_true(move |request| {
                    crate::runtime::contract::decoded_pairs(request.body_ref()) == expected
                }))
            }
        },
        _ => syn::parse_quote! {
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

fn bearer_token() -> syn::ImplItem {
    syn::parse_quote! {
        /// Matches calls with this bearer token only.
        pub fn bearer_token(self, token: &str) -> Self {
            Self(self.0.header("authorization", format!("Bearer {token}")))
        }
    }
}

/// The items of the module with the wrappers of each operation.
fn wrappers(file: &mut syn::File) -> Result<&mut Vec<syn::Item>, RewriteError> {
    file.items
        .iter_mut()
        .find_map(|item| match item {
            syn::Item::Mod(module) if module.ident == "operations" => Some(items(module)),
            _ => None,
        })
        .ok_or_else(|| missing("module `operations`"))
}

fn implementation<'a>(
    items: &'a mut [syn::Item],
    name: &str,
) -> Result<&'a mut syn::ItemImpl, RewriteError> {
    items
        .iter_mut()
        .find_map(|item| match item {
            syn::Item::Impl(item) if item.self_ty.to_token_stream().to_string() == name => {
                Some(item)
            }
            _ => None,
        })
        .ok_or_else(|| missing(format!("`{name}`")))
}

/// JSON as a reader likes to see it, with no character of it escaped.
fn raw_string(value: &serde_json::Value) -> Literal {
    let json = format!("{value:#}");
    let mut hashes = String::new();
    while json.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    let literal = format!("r{hashes}\"{json}\"{hashes}");
    // JSON holds no bare carriage return, the one character that a raw string can't.
    literal.parse().unwrap_or_else(|_| Literal::string(&json))
}

fn missing(what: impl Into<String>) -> RewriteError {
    RewriteError {
        rule: "documented answers",
        missing: format!("{} in the typed mock", what.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use syn::parse_quote;

    use super::*;
    use crate::generate::builders;

    const SPECIFICATION: &str = "paths: {/a: {get: {operationId: get-a, responses: {'200': {description: d, content: \
        {application/json: {schema: {properties: {list: {type: array}}}, \
        examples: {some name: {summary: s, value: {list: ['\"#']}}}}}}}}}}";

    fn adapt(file: &mut syn::File) -> Result<(), RewriteError> {
        let document = Document::parse(Path::new("spec.yaml"), SPECIFICATION.as_bytes()).unwrap();
        let operations = Operation::all(&document);
        let signatures = [Signature {
            method: parse_quote!(get_a),
            builder: parse_quote!(GetA),
            success: parse_quote!(types::A),
            error: parse_quote!(()),
            arguments: Vec::new(),
        }];
        let calls = builders::calls(&document, &operations, &signatures)?;
        apply(file, &calls, &document)
    }

    #[test]
    fn each_example_becomes_an_answer_and_a_value_and_so_does_each_list_in_it() {
        let mut file: syn::File = parse_quote! {
            pub mod operations {
                impl GetAWhen {}
                impl GetAThen {
                    pub fn ok(self, value: &types::A) -> Self {
                        Self(self.0.status(200u16).json_body_obj(value))
                    }
                }
            }
        };
        adapt(&mut file).unwrap();
        let code = prettyplease::unparse(&file);
        for expected in [
            "pub fn ok_some_name(self) -> Self",
            "pub fn ok_some_name_with_list(self, count: usize) -> Self",
            "pub fn ok_some_name() -> types::A",
            "pub fn ok_some_name_with_list(count: usize) -> types::A",
            "/// Status 200 with the example `some name`.",
            // The text ends where the JSON does, whatever that holds.
            "\"\\\"#\"\n  ]\n}\"##",
        ] {
            assert!(code.contains(expected), "{expected} is not in\n{code}");
        }
        assert!(!code.contains("bearer_token"), "{code}");
    }

    #[test]
    fn a_mock_without_wrappers_or_without_a_documented_status_is_not_what_the_generator_makes() {
        let files: [syn::File; 4] = [
            parse_quote! {},
            parse_quote! { pub mod operations {} },
            parse_quote! { pub mod operations { impl GetAThen {} } },
            parse_quote! { pub mod operations { impl GetAThen {
                pub fn created(self, value: &types::A) -> Self {
                    Self(self.0.status(201u16).json_body_obj(value))
                }
            } } },
        ];
        for mut file in files {
            let error = adapt(&mut file).unwrap_err();
            assert_eq!(error.rule, "documented answers");
        }
    }
}

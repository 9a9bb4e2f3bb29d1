//! The answers of the typed mock: a value of the caller, or an example of the specification.

use std::collections::BTreeSet;

use openapi::answer::Statuses;
use openapi::body::Encoding;
use openapi::document::Document;
use openapi::example::{self, Example, List};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use crate::generate::builders::Call;
use crate::generate::outcome::Typed;
use crate::generate::rust_name::{free, value_name};
use crate::generate::signature::is_text;

/// The names of an example of an answer, unchanged and with another number of entries in each list.
fn names(
    method: &str,
    example: &str,
    lists: &[List<'_>],
    taken: &mut BTreeSet<String>,
) -> Vec<syn::Ident> {
    let name = value_name(&format!("{method} {example}"));
    let longer = lists
        .iter()
        .map(|list| value_name(&format!("{name} with {}", list.property)));
    let all = [name.clone()].into_iter().chain(longer);
    let all = all.map(|name| {
        let name = free(&name, taken);
        taken.insert(name.clone());
        format_ident!("{name}")
    });
    all.collect()
}

/// A documented answer with its examples.
pub struct Answer<'a> {
    one: &'a Typed<'a>,
    /// A status that it is for.
    status: u16,
    examples: Vec<Named<'a>>,
}

/// An example with its names in Rust.
struct Named<'a> {
    example: Example,
    lists: Vec<List<'a>>,
    /// For the unchanged example, and then for each list.
    names: Vec<syn::Ident>,
}

/// All answers of an operation.
pub fn answers<'a>(document: &'a Document, call: &'a Call<'_>) -> Vec<Answer<'a>> {
    let all = call.outcome.answers();
    let statuses: Vec<Statuses> = all.iter().map(|one| one.answer.statuses).collect();
    // The other methods of the mock's type.
    let mut taken: BTreeSet<String> = all.iter().map(|one| one.method()).collect();
    taken.extend(["new", "into_inner"].map(str::to_owned));
    let answers = all.into_iter().map(|one| {
        let content = one.answer.content.as_ref();
        let examples = content.map(|content| content.examples(document));
        let examples = examples.into_iter().flatten().map(|example| {
            let lists = match content {
                Some(content) if content.encoding == Encoding::Json => {
                    example::lists(document, content.schema(), &example.value)
                }
                _ => Vec::new(),
            };
            Named {
                names: names(&one.method(), &example.name, &lists, &mut taken),
                example,
                lists,
            }
        });
        Answer {
            status: one.answer.statuses.example(&statuses),
            examples: examples.collect(),
            one,
        }
    });
    answers.collect()
}

impl Answer<'_> {
    /// The status: a part of the method's name, or an argument.
    fn status(&self) -> [TokenStream; 3] {
        let status = self.status;
        match self.one.answer.statuses {
            Statuses::One(_) => [quote!(), quote!(#status), quote!()],
            _ => [quote!(status: u16,), quote!(status), quote!(#status,)],
        }
    }

    fn media_type(&self) -> Option<&str> {
        let media_type = self.one.answer.content.as_ref()?.media_type;
        Some(if media_type.contains('*') {
            "application/octet-stream"
        } else {
            media_type
        })
    }

    pub fn has_examples(&self) -> bool {
        !self.examples.is_empty()
    }

    /// The method that answers with a value.
    pub fn method(&self) -> TokenStream {
        let name = format_ident!("{}", self.one.method());
        let [given, status, _] = self.status();
        let ty = &self.one.ty;
        let (value, body, what) = match self.one.encoding() {
            None => (quote!(), quote!(), "no body"),
            Some(Encoding::Json) if is_text(ty) => (
                quote!(value: &str),
                quote!(.body(crate::runtime::contract::json_text(&value))),
                "this body",
            ),
            Some(Encoding::Json) => (
                quote!(value: &#ty),
                quote!(.body(crate::runtime::contract::json_text(value))),
                "this body",
            ),
            Some(Encoding::Text | Encoding::Form) => (
                quote!(value: impl AsRef<str>),
                quote!(.body(value.as_ref())),
                "this body",
            ),
            Some(Encoding::Bytes) => (
                quote!(value: impl AsRef<[u8]>),
                quote!(.body(value.as_ref())),
                "this body",
            ),
        };
        let header = self
            .media_type()
            .map(|media_type| quote!(.header("content-type", #media_type)));
        let said = match self.one.answer.statuses {
            Statuses::One(status) => format!("status {status}"),
            Statuses::Class(class) => {
                format!("another status from {class}00 to {class}99")
            }
            Statuses::Rest => "another status".to_owned(),
        };
        let doc = format!(
            "Answers with {said} and {what}.\n\n{}",
            self.one.answer.description()
        );
        quote! {
            #[doc = #doc]
            pub fn #name(self, #given #value) -> Self {
                Self(self.0.status(#status)#header #body)
            }
        }
    }

    /// The values, and the text that they are read from.
    pub fn functions(&self) -> TokenStream {
        let ty = &self.one.ty;
        let functions = self.examples.iter().map(|named| {
            let (constant, title) = (named.constant(), self.title(named));
            let text = self.text(&named.example.value);
            let media_type = self.media_type().unwrap_or_default();
            let name = &named.names[0];
            let read = match self.one.encoding() {
                Some(Encoding::Json) => quote!(#constant.value()),
                Some(Encoding::Bytes) => quote!(#constant.text().into()),
                _ => quote!(#constant.text()),
            };
            let longer = named.longer().map(|(list, name)| {
                let (pointer, doc) = (&list.pointer, with_entries(list));
                quote! {
                    #[doc = #title]
                    #[doc = ""]
                    #[doc = #doc]
                    #[must_use]
                    pub fn #name(count: usize) -> #ty {
                        #constant.repeated(#pointer, count).value()
                    }
                }
            });
            quote! {
                pub(crate) const #constant: Example = Example::new(#media_type, #text);
                #[doc = #title]
                #[must_use]
                pub fn #name() -> #ty {
                    #read
                }
                #(#longer)*
            }
        });
        functions.collect()
    }

    /// How an example is written in the body.
    fn text(&self, value: &Value) -> Literal {
        match (self.one.encoding(), value) {
            (Some(Encoding::Json), value) => raw_string(&format!("{value:#}")),
            (_, Value::String(text)) => Literal::string(text),
            (_, value) => Literal::string(&value.to_string()),
        }
    }

    /// The description of an example.
    fn title(&self, named: &Named<'_>) -> String {
        let title = format!(
            "{} with the example `{}`.",
            self.one.said(),
            named.example.name
        );
        match &named.example.summary {
            Some(summary) => format!("{title}\n\n{}", summary.trim()),
            None => title,
        }
    }

    /// The methods that make the mock answer with its examples.
    pub fn example_methods(&self, module: &syn::Ident) -> Vec<TokenStream> {
        let [given, status, _] = self.status();
        let mut methods = Vec::new();
        for named in &self.examples {
            let (constant, title, name) = (named.constant(), self.title(named), &named.names[0]);
            methods.push(quote! {
                #[doc = #title]
                pub fn #name(self, #given) -> Self {
                    Self(super::examples::#module::#constant.answer(self.0.status(#status)))
                }
            });
            methods.extend(named.longer().map(|(list, name)| {
                let (pointer, doc) = (&list.pointer, with_entries(list));
                quote! {
                    #[doc = #title]
                    #[doc = ""]
                    #[doc = #doc]
                    pub fn #name(self, #given count: usize) -> Self {
                        let example = super::examples::#module::#constant.repeated(#pointer, count);
                        Self(example.answer(self.0.status(#status)))
                    }
                }
            }));
        }
        methods
    }

    /// Entries of the table for the conformance tests; the method of the mock server is called as the module.
    pub fn entries(&self, id: &str, module: &syn::Ident) -> Vec<TokenStream> {
        let status = self.status;
        let [_, _, chosen] = self.status();
        let mut entries = Vec::new();
        for named in &self.examples {
            let example = &named.example.name;
            let pointers = named.lists.iter().map(|list| list.pointer.as_str());
            let pointers = [None].into_iter().chain(pointers.map(Some));
            entries.extend(named.names.iter().zip(pointers).map(|(name, pointer)| {
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
                                then.#name(#chosen #argument);
                            });
                        },
                        value: |#pattern| {
                            crate::runtime::conformance::encode(&examples::#module::#name(#argument))
                        },
                    }
                }
            }));
        }
        entries
    }
}

impl Named<'_> {
    fn constant(&self) -> syn::Ident {
        format_ident!("{}", self.names[0].to_string().to_uppercase())
    }

    fn longer(&self) -> impl Iterator<Item = (&List<'_>, &syn::Ident)> {
        self.lists.iter().zip(&self.names[1..])
    }
}

fn with_entries(list: &List<'_>) -> String {
    let path = list.pointer[1..].replace('/', ".");
    format!(" With `count` entries in `{path}`: the entries of the example are repeated.")
}

/// JSON in a readable layout, with no character escaped.
fn raw_string(json: &str) -> Literal {
    let mut hashes = String::new();
    while json.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    let literal = format!("r{hashes}\"{json}\"{hashes}");
    // JSON contains no bare carriage return, the only character that a raw string can't contain.
    literal.parse().unwrap_or_else(|_| Literal::string(json))
}

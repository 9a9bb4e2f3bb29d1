//! The builders, one for each operation, and the methods of the client that return them. The generator decides on
//! names and types. The runtime implements the call, so the code is written here and not rewritten.

mod builder;
mod conformance_table;
mod docs;
mod request;

use std::collections::{BTreeMap, BTreeSet};

use openapi::answer::Answer;
use openapi::body::{Body, Encoding};
use openapi::document::{Document, Part};
use openapi::extension::DefaultFrom;
use openapi::operation::Operation;
use openapi::parameter::{self, Layout};
use openapi::schema::behind;
use quote::format_ident;
use serde_json::Value;

pub use builder::{builders, client};
pub use conformance_table::table;

use crate::generate::call_name::{Named, given, named};
use crate::generate::lower::answers::Answers;
use crate::generate::outcome::{Outcome, Typed};
use crate::generate::rewrite::RewriteError;
use crate::generate::rust_name::{type_name, value_name};
use crate::generate::signature::{Argument, Signature, last_segment};

/// One operation: the specification, and what the generator made from it.
pub struct Call<'a> {
    document: &'a Document,
    pub id: &'a str,
    pub operation: &'a Operation<'a>,
    pub signature: &'a Signature,
    pub outcome: Outcome<'a>,
    pub body: Option<Body<'a>>,
    pub parameters: Vec<Parameter<'a>>,
}

/// One parameter, likewise.
pub struct Parameter<'a> {
    part: Part<'a>,
    schema: &'a Value,
    /// The schema of each entry of its list, or the same as `schema`.
    entry: &'a Value,
    pub layout: Layout,
    pub argument: &'a Argument,
}

/// All operations, each with its signature.
pub fn calls<'a>(
    document: &'a Document,
    operations: &'a [Operation<'a>],
    signatures: &'a [Signature],
    answers: &Answers,
    taken: &mut BTreeSet<String>,
) -> Result<Vec<Call<'a>>, RewriteError> {
    let by_builder: BTreeMap<String, &Signature> = signatures
        .iter()
        .map(|signature| (signature.builder.to_string(), signature))
        .collect();
    let mut calls = Vec::new();
    for operation in operations {
        let Some(id) = operation.id() else { continue };
        let signature = by_builder
            .get(&type_name(&given(id)))
            .ok_or_else(|| missing(format!("builder of `{id}`")))?;
        let mut parameters = Vec::new();
        for Named { part, rust } in named(operation) {
            let argument = signature
                .arguments
                .iter()
                .find(|argument| argument.name == rust)
                .ok_or_else(|| missing(format!("parameter `{rust}` of `{id}`")))?;
            let layout = Layout::of(document, part.value).map_err(|reason| {
                missing(format!(
                    "way to send the parameter at {}, which {reason}",
                    part.place
                ))
            })?;
            parameters.push(Parameter {
                schema: behind(document.root(), &part.value["schema"]),
                entry: parameter::entry(document, &part.value["schema"]),
                layout,
                argument,
                part,
            });
        }
        // In the order in which the generator has them.
        let place = |name: &syn::Ident| {
            let mut arguments = signature.arguments.iter();
            arguments.position(|argument| argument.name == *name)
        };
        parameters.sort_by_key(|parameter| place(&parameter.argument.name));
        let typed: Result<Vec<Typed<'_>>, _> = Answer::all(operation)
            .into_iter()
            .map(|answer| {
                let builder = answers.builder(id, answer.statuses);
                let encoding = answer.content.as_ref().map(|content| content.encoding);
                let ty = match builder {
                    Some(builder) => by_builder
                        .get(&builder)
                        .map(|signature| signature.success.clone())
                        .ok_or_else(|| missing(format!("type of an answer of `{id}`")))?,
                    None => Typed::of_encoding(encoding),
                };
                Ok(Typed { answer, ty })
            })
            .collect();
        calls.push(Call {
            document,
            id,
            operation,
            outcome: Outcome::of(&signature.builder, &typed?, taken),
            signature,
            body: Body::of(operation),
            parameters,
        });
    }
    Ok(calls)
}

impl<'a> Call<'a> {
    /// A variable of the generated code that is not one of the arguments.
    fn local(&self, name: &str) -> syn::Ident {
        let mut name = name.to_owned();
        while self.names().any(|argument| *argument == name) {
            name.push('_');
        }
        format_ident!("{name}")
    }

    /// The enumerations of its answers.
    pub fn enumerations(&self) -> impl Iterator<Item = syn::Item> {
        let link = self.link();
        let Outcome { success, error } = &self.outcome;
        let items = [
            success.item(&link, "The successes"),
            error.item(&link, "The documented errors"),
        ];
        items.into_iter().flatten()
    }

    fn names(&self) -> impl Iterator<Item = &syn::Ident> {
        let body = self.body_argument().map(|argument| &argument.name);
        let parameters = self.parameters.iter();
        parameters
            .map(|parameter| &parameter.argument.name)
            .chain(body)
    }

    fn body_argument(&self) -> Option<&'a Argument> {
        let mut arguments = self.signature.arguments.iter();
        arguments.find(|argument| self.body.is_some() && argument.name == "body")
    }

    /// The type of the body, if it is a value and not only bytes.
    pub fn body_type(&self) -> Option<&'a syn::Type> {
        match self.body.as_ref()?.encoding {
            Encoding::Json | Encoding::Form => Some(&self.body_argument()?.ty),
            Encoding::Text | Encoding::Bytes => None,
        }
    }
}

impl Parameter<'_> {
    pub fn position(&self) -> &str {
        self.part.value["in"].as_str().unwrap_or_default()
    }

    /// The name that is sent.
    pub fn wire(&self) -> &str {
        self.part.value["name"].as_str().unwrap_or_default()
    }

    /// The type of its value, or of each entry of its list.
    pub fn entry_type(&self) -> &syn::Type {
        let ty = &self.argument.ty;
        match last_segment(ty).map(|segment| &segment.arguments) {
            Some(syn::PathArguments::AngleBracketed(of)) if self.layout.is_list() => {
                match of.args.first() {
                    Some(syn::GenericArgument::Type(entry)) => entry,
                    _ => ty,
                }
            }
            _ => ty,
        }
    }

    /// Whether a call fails without one. A value that the client fills in is not required.
    pub fn is_required(&self) -> bool {
        (self.part.value["required"] == true || self.position() == "path")
            && DefaultFrom::of(self.part.value) == Ok(None)
    }
}

/// Name of an operation's entry in the table of operations.
pub fn operation_ident(operation_id: &str) -> syn::Ident {
    format_ident!("{}", value_name(operation_id).to_uppercase())
}
fn missing(what: String) -> RewriteError {
    RewriteError {
        rule: "builders",
        missing: what,
    }
}

//! Rule: the typed mock says of each operation what the specification says of it.

use std::collections::BTreeMap;

use super::{answered_status, items};
use crate::generate::call_name::given;
use crate::generate::rust_name::{type_name, value_name};
use openapi::document::Document;
use openapi::operation::Operation;

/// The wrappers of the typed mock and what makes it expect a call.
pub fn apply(file: &mut syn::File, document: &Document) {
    file.attrs.insert(
        0,
        syn::parse_quote!(#![doc = "Mocks of each operation, as an extension of the httpmock crate."]),
    );
    for item in &mut file.items {
        match item {
            syn::Item::Trait(item) => mocking(&mut item.items, document),
            syn::Item::Mod(module) if module.ident == "operations" => {
                wrappers(items(module), document);
            }
            _ => {}
        }
    }
}

/// The methods that let a server answer an operation.
fn mocking(members: &mut [syn::TraitItem], document: &Document) {
    let operations = by_name(document, value_name);
    for member in members {
        if let syn::TraitItem::Fn(function) = member
            && let Some(operation) = operations.get(&function.sig.ident.to_string())
        {
            let text = format!(
                "Answers calls of {}: `config_fn` says which of them, and with what.",
                operation.link()
            );
            describe(&mut function.attrs, &text);
        }
    }
}

/// The two wrappers of each operation: what is expected, and what is answered.
fn wrappers(items: &mut [syn::Item], document: &Document) {
    let whens = by_name(document, |id| format!("{}When", type_name(id)));
    let thens = by_name(document, |id| format!("{}Then", type_name(id)));
    for item in items.iter_mut() {
        if let syn::Item::Struct(item) = item {
            let name = item.ident.to_string();
            if let Some(operation) = whens.get(&name) {
                let text = format!("Which calls of {} are answered.", operation.link());
                describe(&mut item.attrs, &text);
            } else if let Some(operation) = thens.get(&name) {
                let text = format!("What calls of {} are answered with.", operation.link());
                describe(&mut item.attrs, &text);
            }
        }
    }
    for (owner, function) in functions(items) {
        let name = function.sig.ident.to_string();
        let text = if whens.contains_key(&owner) {
            wrapper(&name)
        } else if let Some(operation) = thens.get(&owner) {
            wrapper(&name).or_else(|| operation.answer(function))
        } else {
            None
        };
        if let Some(text) = text {
            describe(&mut function.attrs, &text);
        }
    }
}

struct Described<'a> {
    id: &'a str,
    operation: Operation<'a>,
}

/// All operations by a name that is made of their ids: items are gone through once, however many there are.
fn by_name(document: &Document, name: impl Fn(&str) -> String) -> BTreeMap<String, Described<'_>> {
    let all = Operation::all(document).into_iter();
    all.filter_map(|operation| {
        let id = operation.id()?;
        Some((name(&given(id)), Described { id, operation }))
    })
    .collect()
}

impl<'a> Described<'a> {
    /// A link to the method of the client.
    fn link(&self) -> String {
        let method = value_name(&given(self.id));
        format!("[`Client::{method}`](crate::Client::{method})")
    }

    /// What the method of the mock does that answers with a status.
    fn answer(&self, function: &syn::ImplItemFn) -> Option<String> {
        let status = answered_status(function)?.to_string();
        let responses = self.operation.responses();
        let (_, response) = responses.iter().find(|(other, _)| *other == status)?;
        let said = response.value["description"].as_str().unwrap_or_default();
        let body = if response.value.get("content").is_some() {
            "this body"
        } else {
            "no body"
        };
        Some(format!(
            "Answers with status {status} and {body}.\n\n{}",
            said.trim()
        ))
    }
}

/// What every wrapper of the mock has.
fn wrapper(method: &str) -> Option<String> {
    let text = match method {
        "new" => "Wraps httpmock's own.",
        "into_inner" => "httpmock's own, for what this type does not offer.",
        _ => return None,
    };
    Some(text.to_owned())
}

/// The functions of all types, without those of their traits, each with the name of its type.
fn functions(items: &mut [syn::Item]) -> impl Iterator<Item = (String, &mut syn::ImplItemFn)> {
    items
        .iter_mut()
        .filter_map(|item| match item {
            syn::Item::Impl(item) if item.trait_.is_none() => match &*item.self_ty {
                syn::Type::Path(path) => {
                    let owner = path.path.segments.last()?.ident.to_string();
                    let members = item.items.iter_mut();
                    Some(members.map(move |member| (owner.clone(), member)))
                }
                _ => None,
            },
            _ => None,
        })
        .flatten()
        .filter_map(|(owner, member)| match member {
            syn::ImplItem::Fn(function) => Some((owner, function)),
            _ => None,
        })
}

/// Takes the place of what documentation there is.
pub(super) fn describe(attributes: &mut Vec<syn::Attribute>, text: &str) {
    attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    let lines: Vec<String> = text.lines().map(|line| format!(" {line}")).collect();
    let text = lines.join("\n");
    attributes.insert(0, syn::parse_quote!(#[doc = #text]));
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use syn::parse_quote;

    use super::*;

    #[test]
    fn documentation_takes_the_place_of_the_generators() {
        let text = "paths: {/a: {get: {operationId: get-a, summary: S., responses: \
                    {'204': {description: Gone.}, '404': {description: 'Not\n\n  there.'}}}}}";
        let document = Document::parse(Path::new("spec.yaml"), text.as_bytes()).unwrap();
        let mut file: syn::File = parse_quote! {
            trait MockServerExt { #[doc = "old"] fn get_a(&self); }
            mod operations {
                struct GetAWhen;
                struct GetAThen;
                impl GetAThen { pub fn no_content(self) -> Self { Self(self.0.status(204u16)) } }
            }
        };
        apply(&mut file, &document);
        crate::generate::rewrite::docs::apply(&mut file.items);
        let code = prettyplease::unparse(&file);
        for expected in [
            "    /// Answers calls of [`Client::get_a`](crate::Client::get_a)",
            "    /// Which calls of [`Client::get_a`]",
            "        /// Answers with status 204 and no body.\n        ///\n        /// Gone.\n",
        ] {
            assert!(code.contains(expected), "{expected} is not in\n{code}");
        }
        assert!(!code.contains("old"), "{code}");
    }
}

//! Rule: whatever is generated for an operation says what the specification says of it: the method of the
//! client, the builder with its setters, and the typed mock.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{answered_status, items};
use crate::generate::rust_name::{type_name, value_name};
use openapi::document::{Document, Part};
use openapi::extension::DefaultFrom;
use openapi::operation::Operation;

/// The methods of the client.
pub fn client(file: &mut syn::File, document: &Document) {
    let operations = by_name(document, value_name);
    for (owner, function) in functions(&mut file.items) {
        if owner == "Client"
            && let Some(operation) = operations.get(&function.sig.ident.to_string())
        {
            describe(&mut function.attrs, &operation.text());
        }
    }
}

/// The builders, one for each operation.
pub fn builder(module: &mut syn::ItemMod, document: &Document) {
    let operations = by_name(document, type_name);
    for (owner, function) in functions(items(module)) {
        let Some(operation) = operations.get(&owner) else {
            continue;
        };
        let name = function.sig.ident.to_string();
        let text = match name.as_str() {
            "new" => format!("Begins the call, as {} does.", operation.link()),
            "send" => operation.send(),
            _ => match operation.parameter(&name) {
                Some(parameter) => setter(document, &parameter),
                None => continue,
            },
        };
        describe(&mut function.attrs, &text);
    }
}

/// The wrappers of the typed mock and what makes it expect a call.
pub fn typed_mock(file: &mut syn::File, document: &Document) {
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
        let text = if let Some(operation) = whens.get(&owner) {
            let parameter = || operation.parameter(&name);
            wrapper(&name).or_else(|| parameter().map(|parameter| matcher(parameter.value)))
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
        Some((name(id), Described { id, operation }))
    })
    .collect()
}

impl<'a> Described<'a> {
    /// A link to the method of the client.
    fn link(&self) -> String {
        let method = value_name(self.id);
        format!("[`Client::{method}`](crate::Client::{method})")
    }

    fn request(&self) -> String {
        let method = self.operation.method.to_uppercase();
        format!("`{method} {}`", self.operation.path)
    }

    fn text(&self) -> String {
        let own = |key| self.operation.value[key].as_str().map(str::trim);
        let parts = [own("summary"), own("description")].into_iter().flatten();
        let said: String = parts.map(|part| format!("{part}\n\n")).collect();
        let builder = type_name(self.id);
        format!(
            "{said}{} goes out when the builder is [sent](builder::{builder}::send).",
            self.request()
        )
    }

    fn send(&self) -> String {
        let mut text = format!(
            "Sends {} and waits for the answer.\n\n# Errors\n\n\
             What went wrong is its [kind](crate::ErrorKind). ",
            self.request()
        );
        let errors: Vec<String> = self
            .operation
            .responses()
            .iter()
            .filter(|(status, _)| status.starts_with(['4', '5']))
            .map(|(status, response)| {
                let said = response.value["description"].as_str().unwrap_or_default();
                format!("\n- {status}: {}", said.trim().replace('\n', "\n  "))
            })
            .collect();
        if errors.is_empty() {
            text.push_str("No error of the server is documented.");
        } else {
            text.push_str("These errors of the server are documented:\n");
            text.push_str(&errors.concat());
        }
        text
    }

    fn parameter(&self, setter: &str) -> Option<Part<'a>> {
        let mut parameters = self.operation.parameters().into_iter();
        parameters.find(|parameter| {
            let name = parameter.value["name"].as_str();
            name.is_some_and(|name| value_name(name) == setter)
        })
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

/// What a parameter means, which values it takes, and what is sent without it.
fn setter(document: &Document, parameter: &Part<'_>) -> String {
    let value = parameter.value;
    let schema = document.resolve(&value["schema"]).unwrap_or(&Value::Null);
    let (position, name) = position_and_name(value);
    let said = value["description"].as_str().unwrap_or_default().trim();
    let without = match DefaultFrom::of(value) {
        Ok(Some(DefaultFrom::Setting(setting))) => {
            format!("the client's setting `{}` is sent", value_name(setting))
        }
        Ok(Some(DefaultFrom::Generated(_))) => "a fresh one is sent with each call".to_owned(),
        Ok(Some(DefaultFrom::Constant(text))) => format!("`{text}` is sent"),
        _ if value["required"] == true => "the call fails".to_owned(),
        _ => "nothing is sent".to_owned(),
    };
    format!(
        "{said}\n\n{position} `{name}`{}.\nUnless it is set, {without}.\nA value that can't be one fails the call as an \
         [invalid request](crate::ErrorKind::InvalidRequest), before anything is sent.",
        limits(schema)
    )
}

fn limits(schema: &Value) -> String {
    let mut limits = Vec::new();
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> = values
            .iter()
            .map(|value| match value.as_str() {
                Some(text) => format!("`{text}`"),
                None => format!("`{value}`"),
            })
            .collect();
        limits.push(format!("one of {}", values.join(", ")));
    }
    for (key, words) in [("minimum", "at least"), ("maximum", "at most")] {
        if let Some(limit) = schema.get(key) {
            limits.push(format!("{words} {limit}"));
        }
    }
    // Listed values say by themselves how long they are.
    if limits.is_empty() {
        match schema["minLength"].as_u64() {
            None | Some(0) => {}
            Some(1) => limits.push("not empty".to_owned()),
            Some(length) => limits.push(format!("at least {length} characters")),
        }
        if let Some(length) = schema["maxLength"].as_u64() {
            limits.push(format!("at most {length} characters"));
        }
    }
    if limits.is_empty() {
        String::new()
    } else {
        format!(", {}", limits.join(", "))
    }
}

fn matcher(parameter: &Value) -> String {
    let (position, name) = position_and_name(parameter);
    let is_asked = parameter["required"] == true && DefaultFrom::of(parameter) == Ok(None);
    let without = if is_asked || parameter["in"] == "path" {
        ""
    } else {
        " `None` matches calls without it."
    };
    format!("Matches calls with this value. {position} `{name}`.{without}")
}

fn position_and_name(parameter: &Value) -> (&'static str, &str) {
    let position = match parameter["in"].as_str() {
        Some("path") => "Path parameter",
        Some("query") => "Query parameter",
        _ => "Header",
    };
    (position, parameter["name"].as_str().unwrap_or_default())
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

    use serde_json::json;
    use syn::parse_quote;

    use super::*;

    #[test]
    fn a_setter_says_which_values_it_takes_and_what_is_sent_without_it() {
        let document = Document::parse(Path::new("spec.yaml"), b"{}").unwrap();
        let cases = [
            (
                json!({"in": "query", "name": "page", "schema": {"minimum": 1, "maximum": 9}}),
                "Query parameter `page`, at least 1, at most 9.\nUnless it is set, nothing is sent.",
            ),
            (
                json!({"in": "path", "name": "id", "required": true, "schema": {"minLength": 1}}),
                "Path parameter `id`, not empty.\nUnless it is set, the call fails.",
            ),
            (
                json!({"in": "header", "name": "On", "required": true, "schema": {"enum": ["a", "b"], "minLength": 1},
                       "x-par-default-from": {"constant": "a"}}),
                "Header `On`, one of `a`, `b`.\nUnless it is set, `a` is sent.",
            ),
            (
                json!({"in": "header", "name": "Key", "schema": {"minLength": 2, "maxLength": 3},
                       "x-par-default-from": {"setting": "api-key"}}),
                "Header `Key`, at least 2 characters, at most 3 characters.\nUnless it is set, the client's \
                 setting `api_key` is sent.",
            ),
            (
                json!({"in": "header", "name": "Id", "schema": {}, "description": " What.\n",
                       "x-par-default-from": {"generated": "id"}}),
                "What.\n\nHeader `Id`.\nUnless it is set, a fresh one is sent with each call.",
            ),
        ];
        for (parameter, expected) in &cases {
            let part = Part::at(Default::default(), parameter);
            let text = setter(&document, &part);
            assert!(text.trim().starts_with(expected), "{text}");
        }
    }

    #[test]
    fn documentation_takes_the_place_of_the_generators() {
        let text = "paths: {/a: {get: {operationId: get-a, summary: S., responses: \
                    {'204': {description: Gone.}, '404': {description: 'Not\n\n  there.'}}}}}";
        let document = Document::parse(Path::new("spec.yaml"), text.as_bytes()).unwrap();
        let mut file: syn::File = parse_quote! {
            impl Client { #[doc = "old"] pub fn get_a(&self) {} }
            trait MockServerExt { fn get_a(&self); }
            mod operations {
                struct GetAWhen;
                struct GetAThen;
                impl GetAThen { pub fn no_content(self) -> Self { Self(self.0.status(204u16)) } }
            }
        };
        client(&mut file, &document);
        typed_mock(&mut file, &document);
        let mut module: syn::ItemMod = parse_quote! {
            mod builder { impl<'a> GetA<'a> { pub async fn send(self) {} } }
        };
        builder(&mut module, &document);
        file.items.push(syn::Item::Mod(module));
        crate::generate::rewrite::docs::apply(&mut file.items);
        let code = prettyplease::unparse(&file);
        for expected in [
            "    /// S.\n    ///\n    /// `GET /a` goes out when the builder is [sent]",
            "    /// Answers calls of [`Client::get_a`](crate::Client::get_a)",
            "    /// Which calls of [`Client::get_a`]",
            "        /// Answers with status 204 and no body.\n        ///\n        /// Gone.\n",
            "        /// - 404: Not\n        ///   there.",
        ] {
            assert!(code.contains(expected), "{expected} is not in\n{code}");
        }
        assert!(!code.contains("old"), "{code}");
    }
}

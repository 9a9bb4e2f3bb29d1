//! Runs progenitor: its settings, and its panics as errors with a place.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use openapiv3::OpenAPI;
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypeImpl};
use quote::quote;
use schemars::schema::{InstanceType, SchemaObject};
use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::generate::lower::Lowered;
use crate::generate::rust_name::type_name;
use openapi::place::Place;

/// Name and version of the generator, for the head of generated files.
pub const GENERATOR: &str = "progenitor 0.15.1";

#[derive(Debug, thiserror::Error)]
pub enum GeneratorError {
    #[error("failed to generate from {place}: {message}")]
    Refused { place: Place, message: String },
    #[error(
        "failed to generate from {place}: the generator does not support a construct there ({message}); \
         describe it in another way"
    )]
    Panicked { place: Place, message: String },
    #[error("failed to read the output of the generator: {0}")]
    Output(#[from] syn::Error),
}

/// Generates types and client, before they are rewritten.
pub fn generate(lowered: &Lowered) -> Result<syn::File, GeneratorError> {
    let client = tokens(&lowered.spec, lowered).map_err(|failure| {
        let place = culprit(lowered).unwrap_or_default();
        match failure {
            Failure::Refused(message) => GeneratorError::Refused { place, message },
            Failure::Panicked(message) => GeneratorError::Panicked { place, message },
        }
    })?;
    Ok(syn::parse2(without_unread(client, Within::Client))?)
}

/// A part of the output.
#[derive(Clone, Copy, PartialEq)]
enum Within {
    /// The client and its builders, of which only the names and types are read: their code is written anew.
    Client,
    /// The types, which are kept.
    Types,
}

/// Empties what nobody reads, so that it is not parsed: the bodies of the client's functions, and the builders of the
/// types.
fn without_unread(items: TokenStream, within: Within) -> TokenStream {
    let (mut item, mut name) = (None, None);
    let items = items.into_iter().map(|token| match token {
        TokenTree::Ident(word) => {
            match item {
                None if word == "mod" || word == "impl" => item = Some(word.clone()),
                None => {}
                Some(_) => name = name.take().or_else(|| Some(word.clone())),
            }
            word.into()
        }
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            let is = |word: &Option<Ident>, text| word.as_ref().is_some_and(|word| word == text);
            let (is_module, is_impl) = (is(&item, "mod"), is(&item, "impl"));
            let contents = match within {
                Within::Types if is_module && is(&name, "builder") => TokenStream::new(),
                Within::Client if is_module && is(&name, "types") => {
                    without_unread(group.stream(), Within::Types)
                }
                Within::Client if is_module => without_unread(group.stream(), Within::Client),
                Within::Client if is_impl => without_bodies(group.stream()),
                _ => group.stream(),
            };
            (item, name) = (None, None);
            Group::new(Delimiter::Brace, contents).into()
        }
        other => other,
    });
    items.collect()
}

fn without_bodies(members: TokenStream) -> TokenStream {
    let members = members.into_iter().map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            Group::new(Delimiter::Brace, TokenStream::new()).into()
        }
        other => other,
    });
    members.collect()
}

enum Failure {
    Refused(String),
    Panicked(String),
}

fn tokens(spec: &OpenAPI, lowered: &Lowered) -> Result<TokenStream, Failure> {
    let settings = settings(lowered);
    let outcome = without_panicking(|| Generator::new(&settings).generate_tokens(spec));
    match outcome {
        Ok(Ok(tokens)) => Ok(tokens),
        Ok(Err(refused)) => Err(Failure::Refused(refused.to_string())),
        Err(panicked) => Err(Failure::Panicked(panicked)),
    }
}

fn settings(lowered: &Lowered) -> GenerationSettings {
    let mut settings = GenerationSettings::new();
    let secret = SchemaObject {
        instance_type: Some(InstanceType::String.into()),
        format: Some("password".to_owned()),
        ..SchemaObject::default()
    };
    // As `lower` writes it.
    let number = SchemaObject {
        instance_type: Some(InstanceType::Number.into()),
        ..SchemaObject::default()
    };
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote!(()))
        .with_derive("PartialEq")
        .with_map_type("::std::collections::BTreeMap")
        .with_conversion(secret, "crate::runtime::Secret", std::iter::empty())
        .with_conversion(
            number,
            "crate::runtime::Number",
            [TypeImpl::Display, TypeImpl::FromStr].into_iter(),
        );
    for (schema, runtime_type) in &lowered.runtime_types {
        settings.with_replacement(
            type_name(schema),
            format!("crate::runtime::{runtime_type}"),
            std::iter::empty(),
        );
    }
    for written in &lowered.written {
        settings.with_replacement(&written.name, written.path(), std::iter::empty());
    }
    settings
}

/// The one operation, or else the one named schema, that makes the generator fail by itself.
fn culprit(lowered: &Lowered) -> Option<Place> {
    let whole = serde_json::to_value(&lowered.spec).ok()?;
    let fails = |spec: &Value| {
        let spec = OpenAPI::deserialize(spec);
        spec.is_ok_and(|spec| tokens(&spec, lowered).is_err())
    };
    let mut part = whole.clone();
    part["paths"] = json!({});
    if fails(&part) {
        return Some(broken_schema(&part, fails));
    }
    for (path, method, _) in lowered.spec.operations() {
        let mut item = whole["paths"][path].clone();
        item.as_object_mut()?
            .retain(|key, _| key == method || key == "parameters");
        part["paths"] = json!({ path: item });
        if fails(&part) {
            let of_answer = lowered.answers.place(path).cloned();
            return of_answer.or_else(|| Some(Place::root().at("paths").at(path).at(method)));
        }
    }
    None
}

/// A schema is the cause if everything else works without it. Others may refer to it, so it is replaced by one that
/// allows anything.
fn broken_schema(without_operations: &Value, fails: impl Fn(&Value) -> bool) -> Place {
    let place = Place::root().at("components").at("schemas");
    let schemas = without_operations["components"]["schemas"].as_object();
    let is_broken = |name: &&String| {
        let mut rest = without_operations.clone();
        rest["components"]["schemas"][name.as_str()] = json!({});
        !fails(&rest)
    };
    let broken = schemas.and_then(|schemas| schemas.keys().find(is_broken));
    match broken {
        Some(name) => place.at(name),
        None => place,
    }
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic becomes `Err` with its message and prints nothing.
pub fn without_panicking<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let ordinary = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                ordinary(info);
            }
        }));
    });
    let was_quiet = QUIET.replace(true);
    // The panic drops the generator, so nobody sees it in an inconsistent state.
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    QUIET.set(was_quiet);
    outcome.map_err(|payload| {
        let message = payload
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| payload.downcast_ref::<&str>().copied());
        message.unwrap_or("no message").to_owned()
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::generate::lower::lower;
    use openapi::document::Document;

    #[test]
    fn the_named_version_is_the_one_that_is_used() {
        let manifest: toml::Table = toml::from_str(include_str!("../../Cargo.toml")).unwrap();
        let requirement = &manifest["dependencies"]["progenitor"]["version"];
        let (name, version) = GENERATOR.split_once(' ').unwrap();
        assert_eq!(name, "progenitor");
        assert_eq!(requirement.as_str(), Some(format!("={version}").as_str()));
    }

    /// The lint reports what the generator is known to fail on. This tests the unknown cases, so it bypasses the
    /// lint.
    #[test]
    fn a_failure_of_the_generator_is_an_error_with_its_place_and_no_panic() {
        let cases = [
            (
                "{type: string}",
                "failed to generate from paths./broken/{id}.get: the generator does not support a construct",
            ),
            (
                "{type: object, properties: {part: {$ref: '#/components/schemas/Gone'}}}",
                "failed to generate from components.schemas.Broken: the generator does not support a construct",
            ),
        ];
        for (schema, expected) in cases {
            let text = format!(
                "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n  /sound:\n    get: \
                 {{operationId: sound, responses: {{'204': {{description: d}}}}}}\n  /broken/{{id}}:\n    get: \
                 {{operationId: broken, responses: {{'204': {{description: d}}}}}}\n\
                 components: {{schemas: {{Broken: {schema}, Sound: {{type: string}}}}}}\n"
            );
            let document = Document::parse(Path::new("spec.yaml"), text.as_bytes()).unwrap();
            let lowered = lower(&document).unwrap_or_else(|error| panic!("{error} in {text}"));
            let error = generate(&lowered).err().map(|error| error.to_string());
            let is_expected = error
                .as_ref()
                .is_some_and(|error| error.starts_with(expected));
            assert!(is_expected, "{error:?}, expected {expected:?}");
        }
    }

    #[test]
    fn a_type_of_the_runtime_stands_for_its_schema_whatever_that_is_called() {
        for name in ["PageUrl", "page_url", "page-url"] {
            let text = format!(
                "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths: {{}}\ncomponents:\n  schemas:\n    \
                 {name}: {{type: string, x-par-runtime-type: Url}}\n    Page: {{type: object, properties: {{url: \
                 {{$ref: '#/components/schemas/{name}'}}}}}}\n"
            );
            let document = Document::parse(Path::new("spec.yaml"), text.as_bytes()).unwrap();
            let client = generate(&lower(&document).unwrap()).unwrap();
            let code = quote!(#client).to_string();
            assert!(code.contains("crate :: runtime :: Url"), "{name}: {code}");
            assert!(!code.contains("PageUrl"), "{name}: {code}");
        }
    }
}

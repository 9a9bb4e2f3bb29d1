//! Generates the files of the generated module from a specification.

pub mod builders;
pub mod call_name;
pub mod generator;
pub mod lower;
pub mod outcome;
pub mod output;
pub mod pattern;
pub mod rewrite;
pub mod rules;
pub mod rust_name;
pub mod signature;
pub mod tables;
pub mod type_schemas;
pub mod typed_mock;
pub mod written;

use proc_macro2::TokenStream;

use crate::generate::generator::{GENERATOR, GeneratorError};
use crate::generate::lower::alternatives::as_objects;
use crate::generate::lower::lower;
use crate::generate::output::{Files, Origin};
use crate::generate::rewrite::RewriteError;
use crate::generate::rust_name::type_name;
use crate::generate::tables::{answers, environment, operations, public_types, settings};
use crate::generate::type_schemas::TypeSchemas;
use openapi::body::Body;
use openapi::composition::composed;
use openapi::document::Document;
use openapi::extension::ENVELOPE;
use openapi::operation::Operation;

#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    #[error("failed to read {path} as OpenAPI: {place}: {problem}")]
    NoOpenApi {
        path: String,
        place: String,
        problem: String,
    },
    #[error(transparent)]
    Generator(#[from] GeneratorError),
    #[error(transparent)]
    Rewrite(#[from] RewriteError),
}

/// Generates all files in memory, from a specification in which the lint finds no error.
pub fn files(document: &Document) -> Result<Files, GenerateError> {
    let origin = Origin {
        generator: GENERATOR,
        specification: document.path(),
        sha256: document.sha256(),
    };
    let mut files = Files::default();
    for (name, contents) in modules(document)? {
        files.add(&format!("{name}.rs"), &origin, &contents);
    }
    Ok(files)
}

/// The modules by name, as syntax trees. The one called `mod` contains the others.
pub fn modules(document: &Document) -> Result<Vec<(&'static str, syn::File)>, GenerateError> {
    let (shaped, alternatives) = as_objects(&composed(document).document);
    let lowered = lower(&shaped).map_err(|error| GenerateError::NoOpenApi {
        path: document.path().display().to_string(),
        place: error.path().to_string(),
        problem: error.inner().to_string(),
    })?;
    let raw = generator::generate(&lowered)?;
    let mut client = raw;
    written::name_as_others(&mut client);
    let enumerations = rewrite::alternatives(&mut client, &alternatives)?;
    let mut signatures = signature::read(&client)?;
    for signature in &mut signatures {
        signature.build_no(&enumerations);
    }
    let operations = Operation::all(&shaped);
    for operation in &operations {
        if let Some(id) = operation.id()
            && let Some(body) = Body::of(operation)
            && body.encoding.is_of_a_value()
            && body.schema()["nullable"] == true
        {
            let mut signatures = signatures.iter_mut();
            if let Some(signature) = signatures.find(|one| one.builder == type_name(id)) {
                signature.let_body_be_null();
            }
        }
    }
    let mut taken = rewrite::type_names(&client);
    let answers = &lowered.answers;
    let calls = builders::calls(&shaped, &operations, &signatures, answers, &mut taken)?;
    let default_error = document.root()[ENVELOPE]["schema"].as_str();
    let default_error = default_error
        .and_then(|reference| answers.of_reference(reference))
        .and_then(|builder| signatures.iter().find(|one| one.builder == builder))
        .map_or_else(|| syn::parse_quote!(()), |one| one.success.clone());
    let schemas = TypeSchemas::of_all(&shaped, &operations);
    let types = rewrite::types(&mut client, &calls, &lowered.written, &schemas, &shaped)?;
    let builders = rewrite::documented(builders::builders(&calls));
    let public_types = public_types::public_types(&types, &builders);
    Ok(vec![
        (
            "answers",
            rewrite::documented(answers::answers(document, &calls, &types, &default_error)),
        ),
        ("builder", builders),
        ("conformance", builders::table(&calls, &public_types)),
        (
            "environment",
            rewrite::documented(environment::environment(document)),
        ),
        (
            "httpmock",
            rewrite::documented(typed_mock::typed_mock(&calls, &shaped)),
        ),
        (
            "mod",
            rewrite::documented(module(&builders::client(&calls))),
        ),
        (
            "operations",
            operations::operations(document, &operations, &calls),
        ),
        (
            "settings",
            rewrite::documented(settings::settings(document)),
        ),
        ("types", types),
    ])
}

fn module(client: &TokenStream) -> syn::File {
    syn::parse_quote! {
        pub mod answers;
        pub mod builder;
        #[cfg(feature = "conformance")]
        pub mod conformance;
        pub mod environment;
        #[cfg(feature = "httpmock")]
        pub mod httpmock;
        pub mod operations;
        pub mod settings;
        pub mod types;

        #client
    }
}

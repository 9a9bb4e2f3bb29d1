//! From a specification to the files of the generated module.

pub mod generator;
pub mod lower;
pub mod output;
pub mod rewrite;
pub mod rust_name;
pub mod tables;

use crate::generate::generator::{GENERATOR, GeneratorError};
use crate::generate::lower::lower;
use crate::generate::output::{Files, Origin};
use crate::generate::rewrite::{RewriteError, Rewritten};
use crate::generate::tables::{conformance, envelope, environment, operations};
use openapi::document::Document;

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

/// Makes all files in memory, from a specification in which lint finds no error.
pub fn files(document: &Document) -> Result<Files, GenerateError> {
    let lowered = lower(document).map_err(|error| GenerateError::NoOpenApi {
        path: document.path().display().to_string(),
        place: error.path().to_string(),
        problem: error.inner().to_string(),
    })?;
    let raw = generator::generate(&lowered)?;
    let Rewritten {
        root,
        builder,
        types,
        typed_mock,
    } = rewrite::rewrite(raw, document, &operations::request_id_headers(document))?;
    let origin = Origin {
        generator: GENERATOR,
        specification: document.path(),
        sha256: document.sha256(),
    };
    let table = conformance::conformance(&root, &builder)?;
    let environment = environment::environment(document);
    let envelopes = envelope::envelope(document, &builder, &types)?;
    let mut files = Files::default();
    files.add("builder.rs", &origin, &contents(builder));
    files.add("conformance.rs", &origin, &table);
    files.add("envelope.rs", &origin, &envelopes);
    files.add("environment.rs", &origin, &environment);
    files.add("httpmock.rs", &origin, &typed_mock);
    files.add("operations.rs", &origin, &operations::operations(document));
    files.add("types.rs", &origin, &contents(types));
    files.add("mod.rs", &origin, &module(&root));
    Ok(files)
}

fn module(root: &[syn::Item]) -> syn::File {
    syn::parse_quote! {
        pub mod builder;
        #[cfg(feature = "conformance")]
        pub mod conformance;
        mod envelope;
        pub mod environment;
        #[cfg(feature = "httpmock")]
        pub mod httpmock;
        pub mod operations;
        pub mod types;

        #(#root)*
    }
}

/// What stands between the braces of a module, as a file of its own.
fn contents(module: syn::ItemMod) -> syn::File {
    let mut attrs: Vec<syn::Attribute> = module.attrs;
    for attribute in &mut attrs {
        attribute.style = syn::AttrStyle::Inner(Default::default());
    }
    syn::File {
        shebang: None,
        frontmatter: None,
        attrs,
        items: module.content.map(|(_, items)| items).unwrap_or_default(),
    }
}

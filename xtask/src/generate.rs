//! From a specification to the files of the generated module.

pub mod generator;
pub mod lower;
pub mod output;
pub mod rewrite;
pub mod rust_name;
pub mod tables;

use std::path::Path;

use crate::generate::generator::{GENERATOR, GeneratorError};
use crate::generate::lower::lower;
use crate::generate::output::{Files, Origin};
use crate::generate::rewrite::{RewriteError, Rewritten};
use crate::generate::tables::{conformance, environment, operations};
use crate::lint::{self, Finding, Problem, Severity};
use openapi::document::{Document, LoadError};

#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    #[error("{0}{advice}", advice = .0.spec_option())]
    Load(#[from] LoadError),
    #[error("failed to generate from {path}: {}", list(findings))]
    Findings {
        path: String,
        findings: Vec<Finding>,
    },
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

fn list(findings: &[Finding]) -> String {
    let lines: Vec<String> = findings
        .iter()
        .map(|finding| format!("\n  {finding}"))
        .collect();
    lines.concat()
}

/// Makes all files in memory; nothing is written.
pub fn generate(specification: &Path) -> Result<Files, GenerateError> {
    let document = Document::load(specification)?;
    let mut findings = lint::findings(&document);
    findings.retain(|finding| {
        // What is no OpenAPI is said below, where it is needed as such.
        let is_said_below = matches!(finding.problem, Problem::NotOpenApi { .. });
        finding.problem.severity() == Severity::Error && !is_said_below
    });
    let path = || document.path().display().to_string();
    if !findings.is_empty() {
        return Err(GenerateError::Findings {
            path: path(),
            findings,
        });
    }
    let lowered = lower(&document).map_err(|error| GenerateError::NoOpenApi {
        path: path(),
        place: error.path().to_string(),
        problem: error.inner().to_string(),
    })?;
    let raw = generator::generate(&lowered)?;
    let rewritten = rewrite::rewrite(raw, &document, &operations::request_id_headers(&document))?;
    files(&document, rewritten)
}

fn files(document: &Document, rewritten: Rewritten) -> Result<Files, GenerateError> {
    let Rewritten {
        root,
        builder,
        types,
        typed_mock,
    } = rewritten;
    let origin = Origin {
        generator: GENERATOR,
        specification: document.path(),
        sha256: document.sha256(),
    };
    let table = conformance::conformance(&root, &builder)?;
    let mut files = Files::default();
    files.add("builder.rs", &origin, &contents(builder));
    files.add("conformance.rs", &origin, &table);
    files.add(
        "environment.rs",
        &origin,
        &environment::environment(document),
    );
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

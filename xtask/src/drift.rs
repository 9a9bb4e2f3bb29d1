//! Checks a reference page against its stored facts, and the specification against these.

mod agreement;
mod change;
mod difference;
mod draft;
mod fault;
mod page;
mod shape;
mod subject;

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use crate::cli::NamedSpecification;
use crate::report::{self, Format, Outcome, Report};
use crate::workspace;
use openapi::document::Document;
use openapi::operation::Operation;
use openapi::place::Place;
use openapi::published::{Facts, Published};

#[derive(Args)]
pub struct Drift {
    /// A text capture of the reference page of an operation: print how it differs from the stored facts.
    #[arg(long, value_name = "FILE")]
    pub page: Option<PathBuf>,
    /// Store what the page says.
    #[arg(long, requires = "page")]
    pub accept: bool,
    /// Print the operation of the page as OpenAPI, to be completed and added to the specification.
    #[arg(long, requires = "page", conflicts_with_all = ["accept", "operation", "format"])]
    pub draft: bool,
    /// The operation that the page is about [default: the one with its method and path].
    #[arg(long, value_name = "ID", requires = "page")]
    pub operation: Option<String>,
    #[command(flatten)]
    pub spec: NamedSpecification,
    /// Folder of the facts [default: `published` beside the specification].
    #[arg(long, value_name = "DIR")]
    pub published: Option<PathBuf>,
    /// How to print what was found.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Prints what differs and returns whether there is something to be seen to.
pub fn run(arguments: &Drift) -> Outcome {
    let specification = workspace::specification(arguments.spec.spec.clone())?;
    let published = match &arguments.published {
        Some(folder) => Published::new(folder.clone()),
        None => Published::beside(&specification),
    };
    let document = workspace::load(&specification)?;
    match &arguments.page {
        None => of_specification(&document, &published, arguments.format),
        Some(page) => of_page(page, &document, &published, arguments),
    }
}

/// How the specification differs from the stored facts.
fn of_specification(document: &Document, published: &Published, format: Format) -> Outcome {
    let mut all = published.all()?;
    let mut findings = Vec::new();
    let mut notes = Vec::new();
    for operation in Operation::all(document) {
        let id = operation.id().unwrap_or_default();
        match all.remove(id) {
            Some(facts) => {
                findings.extend(agreement::findings(document, &operation, &facts));
                notes.extend(
                    fault::of(&facts)
                        .iter()
                        .map(|fault| format!("{id}: {}", fault::note(fault))),
                );
            }
            None => notes.push(format!(
                "{id} has no published facts: nothing to check it against"
            )),
        }
    }
    let place = Place::root().at("paths");
    for id in all.keys() {
        let problem = format!(
            "there are published facts of `{id}`, which is not an operation of the specification"
        );
        findings.push(agreement::finding(&place, &problem));
    }
    Report {
        list: "findings",
        findings: &findings,
        checked: Some(format!(
            "{} against the published facts",
            document.path().display()
        )),
        notes,
        members: Vec::new(),
    }
    .print(format);
    Ok(!findings.is_empty())
}

/// How a page differs from what is stored of it; of one that is not stored yet, how the specification differs from it.
fn of_page(page: &Path, document: &Document, published: &Published, arguments: &Drift) -> Outcome {
    let checked = page.display();
    let page = page::read(page)?;
    if arguments.draft {
        report::print(&draft::of(&page, document));
        return Ok(false);
    }
    let new = page.facts;
    let Some(operation) = subject::of(arguments.operation.as_deref(), &new, document)? else {
        return Ok(not_described(&new, arguments));
    };
    let id = operation.id().unwrap_or_default();
    let old = published.all()?.remove(id);
    let mut notes = Vec::new();
    let mut findings = match &old {
        Some(old) => {
            let mut findings = difference::findings(old, &new);
            // That a sample is another one says little; that it does not fit any more says what is wrong.
            let before = agreement::of_sample(document, &operation, old);
            let after = agreement::of_sample(document, &operation, &new);
            findings.extend(after.into_iter().filter(|one| !before.contains(one)));
            findings
        }
        None => {
            notes.push(format!("{id} had no stored facts"));
            agreement::findings(document, &operation, &new)
        }
    };
    let known = old.as_ref().map(fault::of).unwrap_or_default();
    for fault in fault::of(&new) {
        if known.contains(&fault) {
            notes.push(fault::note(&fault));
        } else {
            findings.push(fault::finding(&fault));
        }
    }
    let is_different = old.is_none() || !findings.is_empty();
    if arguments.accept {
        published.store(id, &new)?;
        notes.push(format!("stored {}", published.path(id).display()));
    } else if is_different {
        notes.push("`--accept` stores what the page says".to_owned());
    }
    Report {
        list: "changes",
        findings: &findings,
        checked: old.map(|_| format!("{checked} against the stored facts of {id}")),
        notes,
        members: vec![("operation", id.into())],
    }
    .print(arguments.format);
    Ok(is_different && !arguments.accept)
}

/// Reports a page of which nothing can be stored: there is no operation that it is about.
fn not_described(facts: &Facts, arguments: &Drift) -> bool {
    let Facts { method, path, .. } = facts;
    let problem = format!("the page describes {method} {path}, which is not in the specification");
    let mut notes = vec![
        "`--draft` prints it as OpenAPI; if it is another operation of the specification, name that with --operation"
            .to_owned(),
    ];
    if arguments.accept {
        notes.push("nothing was stored".to_owned());
    }
    Report {
        list: "changes",
        findings: &[agreement::finding(&Place::root().at("paths"), &problem)],
        checked: None,
        notes,
        members: vec![("operation", Value::Null)],
    }
    .print(arguments.format);
    true
}

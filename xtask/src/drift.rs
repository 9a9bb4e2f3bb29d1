//! Checks a reference page against its stored facts, and the specification against these.

mod agreement;
mod change;
mod difference;
mod page;
mod shape;
mod subject;

use std::path::{Path, PathBuf};

use clap::Args;

use crate::report::{Format, Outcome, Report};
use crate::workspace;
use openapi::document::Document;
use openapi::operation::Operation;
use openapi::place::Place;
use openapi::published::Published;

#[derive(Args)]
pub struct Drift {
    /// A text capture of the reference page of an operation: print how it differs from the stored facts.
    #[arg(long, value_name = "FILE")]
    pub page: Option<PathBuf>,
    /// Store what the page says.
    #[arg(long, requires = "page")]
    pub accept: bool,
    /// The operation that the page is about [default: the one with its method and path].
    #[arg(long, value_name = "ID", requires = "page")]
    pub operation: Option<String>,
    /// The specification [default: openapi/par-ordering.yaml].
    #[arg(long, value_name = "PATH")]
    pub spec: Option<PathBuf>,
    /// Folder of the facts [default: `published` beside the specification].
    #[arg(long, value_name = "DIR")]
    pub published: Option<PathBuf>,
    /// How to print what was found.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Prints what differs and returns whether there is something to be seen to.
pub fn run(arguments: &Drift) -> Outcome {
    let specification = workspace::specification(arguments.spec.clone())?;
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
            Some(facts) => findings.extend(agreement::findings(document, &operation, &facts)),
            None => notes.push(format!(
                "{id} has no published facts: nothing to check it against"
            )),
        }
    }
    let place = Place::root().at("paths");
    for id in all.keys() {
        let problem = format!(
            "there are published facts of `{id}`, which is no operation of the specification"
        );
        findings.push(agreement::finding(&place, &problem));
    }
    Report {
        list: "findings",
        findings: &findings,
        notes,
        members: Vec::new(),
    }
    .print(format);
    Ok(!findings.is_empty())
}

/// How a page differs from what is stored of it.
fn of_page(page: &Path, document: &Document, published: &Published, arguments: &Drift) -> Outcome {
    let new = page::read(page)?;
    let mut stored = published.all()?;
    let named = arguments.operation.as_deref();
    let (id, unsure) = subject::of(page, named, &new, document, &stored)?;
    let old = stored.remove(&id);
    let mut notes = Vec::new();
    let findings = match &old {
        Some(old) => difference::findings(old, &new),
        None => {
            notes.push(format!("{id} had no stored facts"));
            Vec::new()
        }
    };
    let is_different = old.is_none() || !findings.is_empty();
    let refused = unsure.filter(|_| arguments.accept);
    if refused.is_some() {
        notes.push("nothing was stored".to_owned());
    } else if arguments.accept {
        published.store(&id, &new)?;
        notes.push(format!("stored {}", published.path(&id).display()));
    } else if is_different {
        notes.push("`--accept` stores what the page says".to_owned());
    }
    Report {
        list: "changes",
        findings: &findings,
        notes,
        members: vec![("operation", id.into())],
    }
    .print(arguments.format);
    match refused {
        Some(error) => Err(error.into()),
        None => Ok(is_different && !arguments.accept),
    }
}

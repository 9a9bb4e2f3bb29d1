//! The commands that hold the specification to the truth: what they print. Each returns whether it found
//! something that has to be seen to.

use std::path::Path;

use crate::cli;
use crate::compat::{self, Bump, Change, CompatError, Since};
use crate::drift::{self, Difference, DriftError};
use crate::lint as rules;
use crate::report::{Format, Report};
use crate::workspace::Workspace;
use openapi::document::{Document, LoadError};
use openapi::published::Published;

pub fn lint(specification: &Path, format: Format) -> Result<bool, LoadError> {
    let document = Document::load(specification)?;
    let findings = rules::findings(&document);
    Report {
        list: "findings",
        entries: &findings,
        notes: &[],
        members: Vec::new(),
    }
    .print(format);
    Ok(!findings.is_empty())
}

pub fn drift(arguments: cli::Drift) -> Result<bool, DriftError> {
    let specification = match arguments.spec {
        Some(specification) => specification,
        None => Workspace::find()?.specification(),
    };
    let published = match arguments.published {
        Some(folder) => Published::new(folder),
        None => Published::beside(&specification),
    };
    match arguments.page {
        None => drift_of_specification(&specification, &published, arguments.format),
        Some(page) => {
            let named = arguments.operation.as_deref();
            let difference = drift::page(&page, named, &specification, &published)?;
            drift_of_page(difference, &published, arguments.accept, arguments.format)
        }
    }
}

fn drift_of_specification(
    specification: &Path,
    published: &Published,
    format: Format,
) -> Result<bool, DriftError> {
    let agreement = drift::specification(specification, published)?;
    let notes: Vec<String> = agreement
        .unpublished
        .iter()
        .map(|id| format!("{id} has no published facts: nothing to hold it against"))
        .collect();
    Report {
        list: "disagreements",
        entries: &agreement.disagreements,
        notes: &notes,
        members: Vec::new(),
    }
    .print(format);
    Ok(!agreement.disagreements.is_empty())
}

fn drift_of_page(
    difference: Difference,
    published: &Published,
    accept: bool,
    format: Format,
) -> Result<bool, DriftError> {
    let id = &difference.operation_id;
    let is_different = !difference.stored || !difference.changes.is_empty();
    let mut notes = Vec::new();
    if !difference.stored {
        notes.push(format!("{id} had no stored facts"));
    }
    let refused = difference.unsure.filter(|_| accept);
    if refused.is_some() {
        notes.push("nothing was stored".to_owned());
    } else if accept {
        published.store(id, &difference.new)?;
        notes.push(format!("stored {}", published.path(id).display()));
    } else if is_different {
        notes.push("`--accept` stores what the page says".to_owned());
    }
    Report {
        list: "changes",
        entries: &difference.changes,
        notes: &notes,
        members: vec![("operation", id.as_str().into())],
    }
    .print(format);
    match refused {
        Some(error) => Err(error),
        None => Ok(is_different && !accept),
    }
}

/// Two specifications have no versions: whatever breaks somebody has to be seen to.
pub fn compat_of_files(old: &Path, new: &Path, format: Format) -> Result<bool, CompatError> {
    let changes = compat::between(old, new)?;
    let bump = Bump::of(&changes);
    let notes = match bump {
        Bump::None => Vec::new(),
        Bump::Compatible | Bump::Breaking => {
            vec![format!("asks for a {} version of the crate", bump.name())]
        }
    };
    Report {
        list: "changes",
        entries: &changes,
        notes: &notes,
        members: vec![("bump", bump.name().into())],
    }
    .print(format);
    Ok(bump == Bump::Breaking)
}

pub fn compat_since(revision: Option<&str>, format: Format) -> Result<bool, CompatError> {
    let since = match compat::since(Workspace::find()?.root(), revision)? {
        Ok(since) => since,
        Err(no_base) => {
            let entries: &[Change] = &[];
            Report {
                list: "changes",
                entries,
                notes: &[no_base.to_string()],
                members: Vec::new(),
            }
            .print(format);
            return Ok(false);
        }
    };
    let Since {
        changes,
        bump,
        old,
        new,
    } = since;
    let is_met = bump.is_met(&old, &new);
    let lowest = bump.lowest(&old);
    let notes = match bump {
        Bump::None => Vec::new(),
        Bump::Compatible | Bump::Breaking => vec![format!(
            "asks for version {lowest} of sdk/Cargo.toml or higher ({}): it was {old} and is {new}{}",
            bump.name(),
            if is_met { "" } else { "; raise it" },
        )],
    };
    Report {
        list: "changes",
        entries: &changes,
        notes: &notes,
        members: vec![
            ("bump", bump.name().into()),
            ("old_version", old.to_string().into()),
            ("new_version", new.to_string().into()),
            ("lowest_version", lowest.to_string().into()),
            ("raised", is_met.into()),
        ],
    }
    .print(format);
    Ok(!is_met)
}

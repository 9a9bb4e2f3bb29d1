//! Holds a reference page, its stored facts and the specification against each other.

mod page;

mod agreement;
mod change;
mod conflict;
mod difference;
mod shape;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::drift::page::SourceError;
use crate::workspace::WorkspaceError;
use openapi::document::{Document, LoadError};
use openapi::operation::Operation;
use openapi::published::{Facts, Published, PublishedError};

pub use change::Change;
pub use conflict::Disagreement;

#[derive(Debug, thiserror::Error)]
pub enum DriftError {
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error("{0}{advice}", advice = .0.spec_option())]
    Load(#[from] LoadError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Published(#[from] PublishedError),
    #[error(
        "failed to tell which operation the page {} is about: it describes {method} {path}, which the specification \
         does not; name the operation with --operation (known: {})",
        page.display(),
        known.join(", ")
    )]
    Operation {
        page: PathBuf,
        method: String,
        path: String,
        known: Vec<String>,
    },
    #[error(
        "failed to store what the page {} says: it describes {method} {path}, which neither the specification nor the \
         stored facts know, and would replace the facts of {id}; name the operation with --operation (known: {})",
        page.display(),
        known.join(", ")
    )]
    Unsure {
        page: PathBuf,
        method: String,
        path: String,
        id: String,
        known: Vec<String>,
    },
    #[error("failed to find the operation `{id}` in the specification (known: {})", known.join(", "))]
    NoSuchOperation { id: String, known: Vec<String> },
}

/// How the specification disagrees with the stored facts.
pub struct Agreement {
    pub disagreements: Vec<Disagreement>,
    /// Operations without stored facts.
    pub unpublished: Vec<String>,
}

pub fn specification(specification: &Path, published: &Published) -> Result<Agreement, DriftError> {
    let document = Document::load(specification)?;
    let all = published.all()?;
    let operations = Operation::all(&document);
    let mut disagreements = Vec::new();
    let mut unpublished = Vec::new();
    for operation in &operations {
        let id = operation.id().unwrap_or_default();
        match all.get(id) {
            Some(facts) => {
                disagreements.extend(agreement::disagreements(&document, operation, facts));
            }
            None => unpublished.push(id.to_owned()),
        }
    }
    for id in all.keys() {
        if !operations
            .iter()
            .any(|operation| operation.id() == Some(id))
        {
            disagreements.push(Disagreement::without_operation(id));
        }
    }
    Ok(Agreement {
        disagreements,
        unpublished,
    })
}

/// How a page differs from what is stored of it.
pub struct Difference {
    pub operation_id: String,
    pub new: Facts,
    pub stored: bool,
    pub changes: Vec<Change>,
    /// Why these facts must not be stored, unless the operation is named.
    pub unsure: Option<DriftError>,
}

pub fn page(
    page: &Path,
    operation_id: Option<&str>,
    specification: &Path,
    published: &Published,
) -> Result<Difference, DriftError> {
    let new = page::read(page)?;
    let document = Document::load(specification)?;
    let mut all = published.all()?;
    let (operation_id, unsure) = subject(page, operation_id, &new, &document, &all)?;
    let old = all.remove(&operation_id);
    let changes = match &old {
        Some(old) => difference::changes(old, &new),
        None => Vec::new(),
    };
    Ok(Difference {
        operation_id,
        new,
        stored: old.is_some(),
        changes,
        unsure,
    })
}

/// The operation that a page is about: the one that is named, or has its method and path, in the
/// specification or in the stored facts, or is the only one with its path there. Else it is the only one
/// that has stored facts, or the only one there is; then this is no more than a guess.
fn subject(
    page: &Path,
    named: Option<&str>,
    facts: &Facts,
    document: &Document,
    stored: &BTreeMap<String, Facts>,
) -> Result<(String, Option<DriftError>), DriftError> {
    let operations: Vec<(String, String, &str)> = Operation::all(document)
        .into_iter()
        .filter_map(|operation| {
            let id = operation.id()?.to_owned();
            Some((id, operation.method.to_uppercase(), operation.path))
        })
        .collect();
    let known = || -> Vec<String> { operations.iter().map(|(id, ..)| id.clone()).collect() };
    if let Some(named) = named {
        let found = operations.iter().find(|(id, ..)| id == named);
        return found.map(|(id, ..)| (id.clone(), None)).ok_or_else(|| {
            DriftError::NoSuchOperation {
                id: named.to_owned(),
                known: known(),
            }
        });
    }
    let described = operations
        .iter()
        .find(|(_, method, path)| *method == facts.method && *path == facts.path);
    let published = operations.iter().find(|(id, ..)| {
        stored
            .get(id)
            .is_some_and(|old| old.method == facts.method && old.path == facts.path)
    });
    let same_path = only(operations.iter().filter(|(_, _, path)| *path == facts.path));
    let published_path = only(
        operations
            .iter()
            .filter(|(id, ..)| stored.get(id).is_some_and(|old| old.path == facts.path)),
    );
    let sure = described
        .or(published)
        .or(same_path)
        .or(published_path)
        .map(|(id, ..)| id.clone());
    if let Some(id) = sure {
        return Ok((id, None));
    }
    let (method, path) = (facts.method.clone(), facts.path.clone());
    let (page, known) = (page.to_owned(), known());
    match only(operations.iter().filter(|(id, ..)| stored.contains_key(id)))
        .or(only(operations.iter()))
    {
        Some((id, ..)) => {
            let unsure = DriftError::Unsure {
                page,
                method,
                path,
                id: id.clone(),
                known,
            };
            Ok((id.clone(), Some(unsure)))
        }
        None => Err(DriftError::Operation {
            page,
            method,
            path,
            known,
        }),
    }
}

/// The one there is, if it is one.
fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    items.next().filter(|_| items.next().is_none())
}

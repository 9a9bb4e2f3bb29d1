//! Which operation a page is about.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use openapi::document::Document;
use openapi::operation::Operation;
use openapi::published::Facts;

#[derive(Debug, thiserror::Error)]
pub enum SubjectError {
    #[error(
        "failed to tell which operation the page {} is about: it describes {method} {path}, which the specification \
         does not; name the operation with --operation (known: {})",
        page.display(),
        known.join(", ")
    )]
    Unknown {
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

/// The operation that is named, or has the method and path of the page, in the specification or in the stored
/// facts, or is the only one with its path there. Else it is the only one that has stored facts, or the only one
/// there is; then this is no more than a guess, and the error says why it must not be stored.
pub fn of(
    page: &Path,
    named: Option<&str>,
    facts: &Facts,
    document: &Document,
    stored: &BTreeMap<String, Facts>,
) -> Result<(String, Option<SubjectError>), SubjectError> {
    let operations = Operation::all(document);
    let operations: Vec<(&str, &Operation<'_>)> = operations
        .iter()
        .filter_map(|operation| Some((operation.id()?, operation)))
        .collect();
    let known: Vec<String> = operations.iter().map(|(id, _)| (*id).to_owned()).collect();
    if let Some(id) = named.map(str::to_owned) {
        return match known.contains(&id) {
            true => Ok((id, None)),
            false => Err(SubjectError::NoSuchOperation { id, known }),
        };
    }
    let has_path = |operation: &Operation<'_>| operation.path == facts.path;
    let has_method = |operation: &Operation<'_>| operation.method.to_uppercase() == facts.method;
    let had_path = |id: &str| stored.get(id).is_some_and(|old| old.path == facts.path);
    let had_method = |id: &str| stored.get(id).is_some_and(|old| old.method == facts.method);
    let only = |is_meant: &dyn Fn(&str, &Operation<'_>) -> bool| {
        let mut meant = operations.iter().filter(|(id, one)| is_meant(id, one));
        let (id, _) = meant.next()?;
        meant.next().is_none().then(|| (*id).to_owned())
    };
    let sure = only(&|_, one| has_path(one) && has_method(one))
        .or_else(|| only(&|id, _| had_path(id) && had_method(id)))
        .or_else(|| only(&|_, one| has_path(one)))
        .or_else(|| only(&|id, _| had_path(id)));
    if let Some(id) = sure {
        return Ok((id, None));
    }
    let (page, method, path) = (page.to_owned(), facts.method.clone(), facts.path.clone());
    match only(&|id, _| stored.contains_key(id)).or_else(|| only(&|_, _| true)) {
        Some(id) => {
            let unsure = SubjectError::Unsure {
                page,
                method,
                path,
                id: id.clone(),
                known,
            };
            Ok((id, Some(unsure)))
        }
        None => Err(SubjectError::Unknown {
            page,
            method,
            path,
            known,
        }),
    }
}

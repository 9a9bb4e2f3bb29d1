//! Which operation a page is about.

use openapi::document::Document;
use openapi::operation::Operation;
use openapi::path_template::unnamed;
use openapi::published::Facts;

#[derive(Debug, thiserror::Error)]
#[error("failed to find the operation `{id}` in the specification (known: {})", known.join(", "))]
pub struct NoSuchOperation {
    id: String,
    known: Vec<String>,
}

/// The operation that is named, or else the one with the method and path of the page; `None` if the specification has
/// no such operation.
pub fn of<'a>(
    named: Option<&str>,
    facts: &Facts,
    document: &'a Document,
) -> Result<Option<Operation<'a>>, NoSuchOperation> {
    let mut operations = Operation::all(document);
    if let Some(id) = named {
        let found = operations
            .iter()
            .position(|operation| operation.id() == Some(id));
        return match found {
            Some(index) => Ok(Some(operations.swap_remove(index))),
            None => Err(NoSuchOperation {
                id: id.to_owned(),
                known: operations
                    .iter()
                    .filter_map(|one| one.id())
                    .map(str::to_owned)
                    .collect(),
            }),
        };
    }
    let meant = operations.into_iter().find(|operation| {
        operation.id().is_some()
            && operation.method.eq_ignore_ascii_case(&facts.method)
            && unnamed(operation.path) == unnamed(&facts.path)
    });
    Ok(meant)
}

//! The documented success of the operation that is measured, and longer ones of its kind.

use serde_json::Value;

use crate::workspace::{self, NoSpecification};

/// The operation that is measured.
pub const OPERATION: &str = "generate_tokens";

/// Why there is no documented answer to measure.
#[derive(Debug, thiserror::Error)]
pub enum DocumentedAnswerError {
    #[error(transparent)]
    Specification(#[from] NoSpecification),
    #[error("the specification has no example of a success of {OPERATION} that lists tokens")]
    NoExample,
}

/// The first documented example of status 200, as it is.
///
/// # Errors
///
/// The specification can't be read or has no such example.
pub fn documented_answer() -> Result<Value, DocumentedAnswerError> {
    let specification = workspace::specification()?;
    specification
        .operation(OPERATION)
        .and_then(|operation| operation.response(200)?.examples.first())
        .map(|example| example.value.clone())
        .ok_or(DocumentedAnswerError::NoExample)
}

/// The documented example with its first token repeated.
///
/// # Errors
///
/// The specification can't be read, or has no such example with a token in it.
pub fn answer_with_tokens(count: usize) -> Result<Value, DocumentedAnswerError> {
    let mut answer = documented_answer()?;
    let tokens = answer
        .pointer_mut("/data/tokens")
        .and_then(Value::as_array_mut)
        .ok_or(DocumentedAnswerError::NoExample)?;
    let token = tokens
        .first()
        .cloned()
        .ok_or(DocumentedAnswerError::NoExample)?;
    *tokens = vec![token; count];
    Ok(answer)
}

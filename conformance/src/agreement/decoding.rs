//! What must hold when any bytes are decoded.

use par_ordering::conformance::{OPERATIONS, Operation};

/// Decodes `body` as each documented response. Nothing may panic, and a decoded value must be the same after it was
/// encoded and decoded again.
///
/// # Errors
///
/// Names the response for which this does not hold.
pub fn check(body: &[u8]) -> Result<(), String> {
    OPERATIONS
        .iter()
        .try_for_each(|operation| check_of(operation, body))
}

/// The same with the responses of one operation.
///
/// # Errors
///
/// Names the response for which this does not hold.
pub fn check_of(operation: &Operation, body: &[u8]) -> Result<(), String> {
    for response in operation.responses {
        let Ok(first) = (response.decode)(body) else {
            continue;
        };
        let what = || format!("{} {}", operation.id, response.status);
        let second = (response.decode)(&first.encoded).map_err(|error| {
            format!(
                "{}: what was encoded does not decode: {}",
                what(),
                error.problem
            )
        })?;
        if first.encoded != second.encoded || first.debug != second.debug {
            return Err(format!("{}: encoding changes the value", what()));
        }
    }
    Ok(())
}

//! Whether the crate does what a specification says: all of it, without a test harness.

use crate::agreement::calls::CallsError;
use crate::agreement::deviation::Deviation;
use crate::agreement::{calls, round_trip};
use crate::testing::snapshot;
use openapi::specification::Specification;

/// Why it could not be found out.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error(transparent)]
    Calls(#[from] CallsError),
    #[error("failed to read the snapshots: {0}")]
    Snapshots(#[from] std::io::Error),
}

/// Where they disagree.
///
/// # Errors
///
/// It could not be found out.
pub async fn deviations(specification: &Specification) -> Result<Vec<Deviation>, CheckError> {
    let mut deviations = round_trip::deviations(specification);
    deviations.extend(calls::deviations(specification).await?);
    deviations.extend(snapshot::deviations(specification)?);
    Ok(deviations)
}

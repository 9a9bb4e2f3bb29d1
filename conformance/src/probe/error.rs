//! Why a server can't be probed.

use crate::workspace::NoSpecification;

#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    #[error(transparent)]
    Specification(#[from] NoSpecification),
    #[error("failed to read the environment: {name} {problem}")]
    Variable { name: String, problem: &'static str },
    #[error("failed to configure the client: {0}")]
    Client(par_ordering::BuildError),
    #[error("failed to set up HTTP: {0}")]
    Http(reqwest::Error),
    #[error("failed to plan: {operation} can't be called: set {variables}")]
    NotAtHand {
        operation: String,
        /// The variables, of which one is enough.
        variables: String,
    },
    #[error("failed to plan: the specification has nothing to probe")]
    NothingToProbe,
    #[error(
        "refused to call {host}, which is not this machine: repeat the command with --yes if the calls may be made"
    )]
    NotConfirmed { host: String },
    #[error("failed to reach {host}: {problem}")]
    NotReached { host: String, problem: String },
}

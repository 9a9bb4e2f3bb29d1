//! Tables beside the generated client: what the runtime and the conformance crate need to know about each operation.

pub mod answers;
pub mod common;
pub mod environment;
pub mod operations;
pub mod public_types;
pub mod settings;

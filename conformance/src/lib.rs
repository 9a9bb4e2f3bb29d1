//! Tests that the generated crate does what the OpenAPI description says: checks of the crate against the
//! specification, for any operations, a mock server that answers from it, a probe of live servers, and code that the
//! tests share.

pub mod agreement;
mod columns;
pub mod descriptors;
pub mod json_path;
mod line_printer;
pub mod mock_server;
pub mod parameter_text;
pub mod probe;
pub mod serve;
pub mod testing;
mod text_value;
pub mod tls;
pub mod workspace;

/// The code of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

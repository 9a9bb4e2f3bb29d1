//! Proof that the generated crate does what the OpenAPI description says: the specification as data, a mock
//! server that answers from it, a server that keeps the bytes it was sent, and checks that hold the crate
//! against the specification, whatever operations it has.

pub mod calls;
pub mod capture;
pub mod check;
pub mod comparison;
pub mod decoding;
pub mod demo;
pub mod descriptors;
pub mod deviation;
pub mod difference;
pub mod documented_answer;
pub mod documented_secret;
pub mod exchange;
pub mod line_printer;
pub mod load_server;
pub mod member_order;
pub mod mock_server;
pub mod parameters;
pub mod probe;
pub mod round_trip;
pub mod schema_comparison;
pub mod schema_validator;
pub mod script;
pub mod secret_text;
pub mod serve;
pub mod snapshot;
pub mod specification;
pub mod tls;
pub mod workspace_copy;

/// The README's code compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

//! Proof that the generated crate does what the OpenAPI description says: the specification as data, a mock
//! server that answers from it, and a server that keeps the bytes it was sent.

pub mod capture;
pub mod decoding;
pub mod demo;
pub mod mock_server;
pub mod script;
pub mod specification;
pub mod tls;

/// The README's code compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

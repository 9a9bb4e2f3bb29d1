//! Tables that are generated beside the client: what the runtime and the conformance crate need to know
//! of each operation.

pub mod conformance;
pub mod envelope;
pub mod environment;
pub mod operations;

use heck::ToShoutySnakeCase as _;
use quote::format_ident;

/// Name of an operation's entry in the table of operations.
pub fn operation_ident(operation_id: &str) -> syn::Ident {
    format_ident!("{}", operation_id.to_shouty_snake_case())
}

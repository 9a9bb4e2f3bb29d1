//! The one reader of the specification and of the published facts beside it. It depends on no other crate of the
//! workspace.

pub mod document;
pub mod element;
pub mod example;
pub mod extension;
pub mod member_order;
pub mod operation;
pub mod place;
pub mod published;
pub mod schema_validator;
pub mod specification;
pub mod workspace;

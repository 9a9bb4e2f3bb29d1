//! Reads the specification and the published facts. It depends on no other crate of the workspace.

pub mod answer;
pub mod body;
pub mod composition;
pub mod credential;
pub mod document;
pub mod element;
pub mod example;
pub mod extension;
pub mod operation;
pub mod ordered;
pub mod parameter;
pub mod path_template;
pub mod place;
pub mod published;
pub mod sample;
pub mod schema;
pub mod schema_check;
pub mod secret;
pub mod specification;
pub mod workspace;

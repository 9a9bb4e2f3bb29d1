//! What tests and benches stand on: servers that keep or break what they are sent, planted secrets, changes to
//! the specification, copies of the workspace, and how times are compared.

pub mod canary;
pub mod comparison;
pub mod document;
pub mod documented_answer;
pub mod load_server;
pub mod message;
pub mod script;
pub mod workspace_copy;

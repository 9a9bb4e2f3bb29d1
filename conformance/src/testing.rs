//! Code that tests and benches share: servers that record or break what they are sent, planted secrets, changes to
//! the specification, copies of the workspace, and the comparison of times.

pub mod canary;
pub mod comparison;
pub mod document;
pub mod documented_answer;
pub mod load_server;
pub mod message;
pub mod script;
pub mod table;
pub mod workspace_copy;

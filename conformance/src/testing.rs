//! What tests and benches stand on: servers that keep or break what they are sent, planted secrets, changes to
//! the specification, and how times are compared.

pub mod canary;
pub mod comparison;
pub mod document;
pub mod documented_answer;
pub mod load_server;
pub mod message;
pub mod script;

//! What tests and benches stand on: servers that keep or break what they are sent, TLS, snapshots, copies of the
//! workspace.

pub mod capture;
pub mod comparison;
pub mod descriptors;
pub mod documented_answer;
pub mod exchange;
pub mod load_server;
pub mod script;
pub mod snapshot;
pub mod tls;
pub mod workspace_copy;

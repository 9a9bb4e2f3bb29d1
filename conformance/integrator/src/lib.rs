//! The parts of a service with which customers of a shop store a card.

pub mod login;
pub mod metrics;
pub mod refusal;
pub mod service;
pub mod trace_context;

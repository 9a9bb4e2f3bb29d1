//! What is known of a call whatever came of it.

use std::sync::Arc;

/// What a response or an error tells of the call it came from.
#[derive(Clone, Debug, Default)]
pub(crate) struct OfCall {
    pub(crate) operation_id: &'static str,
    pub(crate) request_id: Arc<str>,
    pub(crate) attempts: u32,
    /// Whether, whatever the last attempt came to, an earlier one may have had an effect.
    pub(crate) may_have_had_effect: bool,
}

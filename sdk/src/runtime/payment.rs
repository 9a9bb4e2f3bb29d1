//! The payment page that a customer may be sent to: its URL, the check of it, and where it leads in the end.

pub(crate) mod page;
pub(crate) mod url;
pub(crate) mod url_error;
pub(crate) mod url_policy;

//! The payment page that a customer may be sent to: its URL, the check of it, the page's ends.

pub(crate) mod page;
pub(crate) mod url;
pub(crate) mod url_error;
pub(crate) mod url_policy;

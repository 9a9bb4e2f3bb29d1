//! A text that is not the name of a public server.

use std::fmt;

use crate::generated::environment::Environment;

/// A text that is not the name of an [`Environment`]. The message lists the names and does not show the text.
///
/// ```
/// use par_ordering::Environment;
///
/// assert_eq!("demo".parse(), Ok(Environment::Demo));
/// assert_eq!(Environment::Demo.to_string(), "demo");
/// let error = "live".parse::<Environment>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "no server has that name; use one of demo, playground"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownEnvironment(());

impl UnknownEnvironment {
    pub(crate) fn new() -> Self {
        Self(())
    }
}

impl fmt::Display for UnknownEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = Environment::NAMES.join(", ");
        write!(f, "no server has that name; use one of {known}")
    }
}

impl std::error::Error for UnknownEnvironment {}

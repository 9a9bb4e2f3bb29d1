//! The expected result of a request.

use std::fmt;

use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Expected {
    /// One of these.
    pub statuses: Vec<u16>,
    /// Methods that the answer must name in `Allow`.
    pub allow: Vec<String>,
    /// Whether the request is for the operation, so that its documentation holds for the answer.
    #[serde(skip)]
    pub is_of_operation: bool,
}

impl Expected {
    pub fn any_of(statuses: impl IntoIterator<Item = u16>) -> Self {
        let mut statuses: Vec<u16> = statuses.into_iter().collect();
        statuses.sort_unstable();
        Self {
            statuses,
            allow: Vec::new(),
            is_of_operation: true,
        }
    }

    /// The same for a request that is for no operation.
    #[must_use]
    pub fn elsewhere(self) -> Self {
        Self {
            is_of_operation: false,
            ..self
        }
    }

    #[must_use]
    pub fn with_allow(self, allow: Vec<String>) -> Self {
        Self { allow, ..self }
    }

    #[must_use]
    pub fn is_success(&self) -> bool {
        self.statuses.iter().all(|status| *status < 400)
    }

    /// Whether a success is expected.
    #[must_use]
    pub fn may_be_success(&self) -> bool {
        self.statuses.iter().any(|status| *status < 400)
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, status) in self.statuses.iter().enumerate() {
            match index {
                0 => {}
                _ if index + 1 < self.statuses.len() => f.write_str(", ")?,
                _ => f.write_str(" or ")?,
            }
            write!(f, "{status}")?;
        }
        Ok(())
    }
}

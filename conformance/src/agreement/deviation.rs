//! Where the crate and the specification disagree.

use std::fmt;

use crate::agreement::difference::Difference;
use openapi::specification::{Example, Operation, Parameter, Response};

/// One disagreement: of which operation, about what of it, where in the JSON, and what.
#[derive(Clone, Debug)]
pub struct Deviation {
    pub operation: String,
    /// Such as `response 200, example documented`.
    pub subject: String,
    /// JSON path, `.` for the whole.
    pub path: String,
    pub problem: String,
    /// Where the subject stands in the specification.
    pub place: String,
}

impl Deviation {
    /// About the operation itself.
    pub fn of_operation(operation: &str, problem: impl Into<String>) -> Self {
        Self {
            operation: operation.to_owned(),
            subject: "the operation".to_owned(),
            path: ".".to_owned(),
            problem: problem.into(),
            place: "paths".to_owned(),
        }
    }

    /// About one response.
    #[must_use]
    pub fn of_response(operation: &Operation, response: &Response, what: Difference) -> Self {
        Self {
            operation: operation.id.clone(),
            subject: format!("response {}", response.status),
            path: what.path,
            problem: what.problem,
            place: response.place.clone(),
        }
    }

    /// About one example.
    #[must_use]
    pub fn of_example(
        operation: &Operation,
        response: &Response,
        example: &Example,
        what: Difference,
    ) -> Self {
        Self {
            subject: format!("response {}, example {}", response.status, example.name),
            place: example.place.clone(),
            ..Self::of_response(operation, response, what)
        }
    }

    /// About one parameter.
    #[must_use]
    pub fn of_parameter(operation: &Operation, parameter: &Parameter, what: Difference) -> Self {
        Self {
            operation: operation.id.clone(),
            subject: format!("{} parameter {}", parameter.position, parameter.name),
            path: what.path,
            problem: what.problem,
            place: parameter.place.clone(),
        }
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            operation,
            subject,
            path,
            problem,
            place,
        } = self;
        write!(
            f,
            "{operation}, {subject}, at `{path}`: {problem} ({place})"
        )
    }
}

//! What the checks of the crate find.

use std::fmt;

use openapi::specification::{Example, Operation, Parameter, RequestBody, Response};

/// One difference from the specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is about, such as `generate_tokens, response 200, example documented`; empty for two values that are
    /// compared by themselves.
    pub subject: String,
    /// JSON path, `.` for the whole.
    pub path: String,
    pub problem: String,
    /// The place of the subject in the specification.
    pub place: String,
}

impl Finding {
    pub fn at(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            subject: String::new(),
            path: path.into(),
            problem: problem.into(),
            place: String::new(),
        }
    }

    pub fn of_all(problem: impl Into<String>) -> Self {
        Self::at(".", problem)
    }

    /// About the operation itself.
    pub fn of_operation(operation: &str, problem: impl Into<String>) -> Self {
        Self::of_all(problem).about(format!("{operation}, the operation"), "paths")
    }

    #[must_use]
    pub fn of_response(self, operation: &Operation, response: &Response) -> Self {
        let subject = format!("{}, response {}", operation.id, response.status);
        self.about(subject, &response.place)
    }

    #[must_use]
    pub fn of_example(self, operation: &Operation, response: &Response, example: &Example) -> Self {
        let subject = format!(
            "{}, response {}, example {}",
            operation.id, response.status, example.name
        );
        self.about(subject, &example.home)
    }

    #[must_use]
    pub fn of_parameter(self, operation: &Operation, parameter: &Parameter) -> Self {
        let Parameter { position, name, .. } = parameter;
        let subject = format!("{}, {position} parameter {name}", operation.id);
        self.about(subject, &parameter.place)
    }

    #[must_use]
    pub fn of_body(self, operation: &Operation, body: &RequestBody) -> Self {
        self.about(format!("{}, body", operation.id), &body.place)
    }

    #[must_use]
    pub fn of_body_example(self, operation: &Operation, example: &Example) -> Self {
        let subject = format!("{}, body, example {}", operation.id, example.name);
        self.about(subject, &example.home)
    }

    fn about(self, subject: String, place: impl fmt::Display) -> Self {
        let place = place.to_string();
        Self {
            subject,
            place,
            ..self
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            subject,
            path,
            problem,
            place,
        } = self;
        write!(f, "{subject}, at `{path}`: {problem} ({place})")
    }
}

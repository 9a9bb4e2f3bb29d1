//! Matches the parameters of the specification with those of the builder, and collects the documented arguments, with
//! the body.

use par_ordering::conformance::{Arguments, Operation as Entry, Parameter as BuilderParameter};

use crate::agreement::finding::Finding;
use openapi::specification::{Example, Operation, Parameter, RequestBody};
use serde_json::Value;

/// Each parameter of the specification with that of the builder, if there is one.
pub fn pairs<'a>(
    operation: &'a Operation,
    entry: &'a Entry,
) -> impl Iterator<Item = (&'a Parameter, Option<&'a BuilderParameter>)> {
    operation.parameters.iter().map(|parameter| {
        let position = parameter.position.to_string();
        let mut candidates = entry.parameters.iter();
        let found =
            candidates.find(|other| other.wire == parameter.name && other.position == position);
        (parameter, found)
    })
}

/// All parameters with their documented examples, by the names of the builder.
///
/// # Errors
///
/// A parameter is unknown to the builder, or is required and has no example.
pub fn documented_parameters(operation: &Operation, entry: &Entry) -> Result<Arguments, Finding> {
    let mut arguments = Arguments::default();
    for (parameter, builder) in pairs(operation, entry) {
        let problem = match (builder, &parameter.example) {
            (Some(builder), Some(example)) => {
                arguments.set_list(builder.name, example.clone());
                continue;
            }
            (None, _) => "the builder has no such parameter",
            (Some(_), None) if parameter.required => "is required and has no example",
            (Some(_), None) => continue,
        };
        return Err(Finding::of_all(problem).of_parameter(operation, parameter));
    }
    Ok(arguments)
}

/// The same with the first example of the body.
///
/// # Errors
///
/// A parameter is unknown to the builder, or it or the body is required and has no example.
pub fn documented_arguments(operation: &Operation, entry: &Entry) -> Result<Arguments, Finding> {
    let mut arguments = documented_parameters(operation, entry)?;
    if let Some(body) = &operation.request_body {
        match body.examples.first() {
            Some(example) => arguments.set_body(body_bytes(body, &example.value)),
            None if body.required => {
                return Err(
                    Finding::of_all("is required and has no example").of_body(operation, body)
                );
            }
            None => {}
        }
    }
    Ok(arguments)
}

/// The same with this example of the body.
///
/// # Errors
///
/// A parameter is unknown to the builder, or is required and has no example.
pub fn arguments_with_body(
    operation: &Operation,
    entry: &Entry,
    body: &RequestBody,
    example: &Example,
) -> Result<Arguments, Finding> {
    let mut arguments = documented_parameters(operation, entry)?;
    arguments.set_body(body_bytes(body, &example.value));
    Ok(arguments)
}

/// The value of a body: its JSON, or its bytes if it has no type.
#[must_use]
pub fn body_bytes(body: &RequestBody, value: &Value) -> Vec<u8> {
    match value {
        Value::String(text) if !body.encoding.is_of_a_value() => text.clone().into_bytes(),
        value => value.to_string().into_bytes(),
    }
}

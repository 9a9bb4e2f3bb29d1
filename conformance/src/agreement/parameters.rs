//! Which parameter of the specification is which of the builder, and the documented arguments.

use par_ordering::conformance::{Arguments, Operation as Entry, Parameter as BuilderParameter};

use crate::agreement::finding::Finding;
use openapi::specification::{Operation, Parameter};

/// Each parameter of the specification with that of the builder, if there is one.
pub fn pairs<'a>(
    operation: &'a Operation,
    entry: &'a Entry,
) -> impl Iterator<Item = (&'a Parameter, Option<&'a BuilderParameter>)> {
    operation.parameters.iter().map(|parameter| {
        let mut candidates = entry.parameters.iter();
        let found = candidates.find(|other| letters(&parameter.name).eq(letters(other.name)));
        (parameter, found)
    })
}

/// The builder spells names in Rust's way: `X-Page-Size` is `x_page_size`.
fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
}

/// All parameters with their documented examples, by the names of the builder.
///
/// # Errors
///
/// A parameter is unknown to the builder, or is required and has no example.
pub fn documented_arguments(operation: &Operation, entry: &Entry) -> Result<Arguments, Finding> {
    let mut arguments = Arguments::default();
    for (parameter, builder) in pairs(operation, entry) {
        let problem = match (builder, &parameter.example) {
            (Some(builder), Some(example)) => {
                arguments.set(builder.name, example);
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

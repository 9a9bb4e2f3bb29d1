//! Every example of the specification through the type that the crate decodes it into, and every schema
//! beside the one that this type derives. The example is data; the type comes from the crate's own table.

use par_ordering::conformance::{OPERATIONS, Operation as Entry, Response as EntryResponse};
use serde_json::Value;

use crate::agreement::deviation::Deviation;
use crate::agreement::difference::{Difference, differences, path_of_pointer};
use crate::agreement::parameters::pairs;
use crate::agreement::schema_comparison::{Schema, schema_differences};
use openapi::specification::{Example, Operation, Response, Specification};

/// The entry of the crate's table for an operation of the specification.
///
/// # Errors
///
/// There is none.
pub fn entry(operation: &str) -> Result<&'static Entry, Deviation> {
    let mut entries = OPERATIONS.iter();
    entries
        .find(|entry| entry.id == operation)
        .ok_or_else(|| Deviation::of_operation(operation, "the crate has no such operation"))
}

/// Where specification and types disagree.
#[must_use]
pub fn deviations(specification: &Specification) -> Vec<Deviation> {
    let mut deviations = Vec::new();
    for entry in OPERATIONS {
        if specification.operation(entry.id).is_none() {
            let problem = "the specification has no such operation";
            deviations.push(Deviation::of_operation(entry.id, problem));
        }
    }
    for operation in &specification.operations {
        match entry(&operation.id) {
            Ok(entry) => of_operation(specification, operation, entry, &mut deviations),
            Err(deviation) => deviations.push(deviation),
        }
    }
    deviations
}

fn of_operation(
    specification: &Specification,
    operation: &Operation,
    entry: &Entry,
    deviations: &mut Vec<Deviation>,
) {
    for (parameter, builder) in pairs(operation, entry) {
        let mut found = match builder {
            Some(builder) => compare(specification, &parameter.schema, &(builder.schema)()),
            None => vec![whole("the builder has no such parameter")],
        };
        let must_be_given = parameter.required && !parameter.supplied;
        if builder.is_some_and(|builder| builder.required != must_be_given) {
            let problem = if must_be_given {
                "required by the specification, optional in the builder"
            } else {
                "optional in the specification, required by the builder"
            };
            found.push(whole(problem));
        }
        let of_parameter = |what| Deviation::of_parameter(operation, parameter, what);
        deviations.extend(found.into_iter().map(of_parameter));
    }
    for builder in entry.parameters {
        let mut known = pairs(operation, entry).filter_map(|(_, builder)| builder);
        if !known.any(|known| known.name == builder.name) {
            let problem = format!("the specification has no parameter `{}`", builder.name);
            deviations.push(Deviation::of_operation(&operation.id, problem));
        }
    }
    for known in entry.responses {
        if operation.response(known.status).is_none() {
            let problem = format!("the specification has no response {}", known.status);
            deviations.push(Deviation::of_operation(&operation.id, problem));
        }
    }
    for response in &operation.responses {
        let of_response = |what| Deviation::of_response(operation, response, what);
        let mut known = entry.responses.iter();
        match known.find(|known| known.status == response.status) {
            None => deviations.push(of_response(whole("the crate has no such response"))),
            Some(known) if !response.has_body => {
                if (known.schema)()["type"] != "null" {
                    deviations.push(of_response(whole("has no body, and the crate decodes one")));
                }
            }
            Some(known) => {
                if response.examples.is_empty() {
                    deviations.push(of_response(whole("has no example")));
                }
                let derived = (known.schema)();
                let found = compare(specification, &response.schema, &derived);
                deviations.extend(found.into_iter().map(of_response));
                for example in &response.examples {
                    let found = of_example(specification, response, example, known);
                    let of_example =
                        |what| Deviation::of_example(operation, response, example, what);
                    deviations.extend(found.into_iter().map(of_example));
                }
            }
        }
    }
}

fn of_example(
    specification: &Specification,
    response: &Response,
    example: &Example,
    known: &EntryResponse,
) -> Vec<Difference> {
    let mut found = invalid(&specification.closed(&response.schema), &example.value);
    if let Some(pointer) = &specification.envelope_code
        && let Some(code) = example.value.pointer(pointer)
        && *code != response.status
    {
        found.push(Difference {
            path: path_of_pointer(pointer),
            problem: format!("the envelope says {code}"),
        });
    }
    match (known.decode)(example.value.to_string().as_bytes()) {
        Ok(decoded) => found.extend(differences(&example.value, &decoded.json)),
        Err(error) => found.push(Difference {
            problem: format!("failed to decode: {}", error.problem),
            path: error.path,
        }),
    }
    found
}

/// How a value fails to be of a schema.
fn invalid(schema: &Value, value: &Value) -> Vec<Difference> {
    // Schemas of OpenAPI 3.0 are of that draft.
    let validator = match jsonschema::draft4::new(schema) {
        Ok(validator) => validator,
        Err(error) => return vec![whole(&format!("the schema is of no use: {error}"))],
    };
    validator
        .iter_errors(value)
        .map(|error| Difference {
            path: path_of_pointer(error.instance_path().as_str()),
            problem: format!("the example is not of its schema: {error}"),
        })
        .collect()
}

fn compare(specification: &Specification, schema: &Value, derived: &Value) -> Vec<Difference> {
    let document = specification.closed(schema);
    let specified = Schema {
        document: &document,
        schema,
    };
    let derived = Schema {
        document: derived,
        schema: derived,
    };
    schema_differences(specified, derived)
}

fn whole(problem: &str) -> Difference {
    Difference {
        path: ".".to_owned(),
        problem: problem.to_owned(),
    }
}

//! The names of operations and their parameters in Rust. Each parameter has a name of its own, whatever its name in
//! the specification: two may have the same name in different positions, differ only in characters that Rust does not
//! allow, or have the name of an existing method.

use std::borrow::Cow;

use openapi::document::Part;
use openapi::operation::Operation;

use crate::generate::rust_name::{type_name, value_name};

/// Methods that the client of the runtime or the server of the mock already has, and `new`.
const METHODS: [&str; 44] = [
    "add_header",
    "add_query",
    "address",
    "base_url",
    "builder",
    "clone",
    "connect",
    "connect_async",
    "connect_from_env",
    "connect_from_env_async",
    "customer",
    "deadline",
    "extra",
    "for_customer",
    "forward_to",
    "forward_to_async",
    "from_env",
    "host",
    "mock",
    "mock_async",
    "new",
    "playback",
    "playback_async",
    "playback_from_yaml",
    "playback_from_yaml_async",
    "port",
    "proxy",
    "proxy_async",
    "record",
    "record_async",
    "request",
    "reset",
    "reset_async",
    "retry",
    "settings",
    "shared",
    "start",
    "start_async",
    "url",
    "with_deadline",
    "with_header",
    "with_query",
    "with_retry",
    "with_setting",
];

/// Types that the generated code calls by these names alone.
const TYPES: [&str; 8] = [
    "Argument",
    "Call",
    "Client",
    "Error",
    "Into",
    "Option",
    "ResponseValue",
    "Result",
];

/// The name of an operation for the generator.
pub fn given(id: &str) -> Cow<'_, str> {
    let name = value_name(id);
    if METHODS.contains(&name.as_str()) || TYPES.contains(&type_name(id).as_str()) {
        format!("{id}_operation").into()
    } else if begins_with_letter(id) {
        id.into()
    } else {
        name.into()
    }
}

/// Methods that a builder or a wrapper of the typed mock already has.
const TAKEN: [&str; 8] = [
    "bearer_token",
    "body",
    "body_map",
    "header",
    "into_inner",
    "new",
    "query",
    "send",
];

/// A parameter with its name in Rust.
pub struct Named<'a> {
    pub part: Part<'a>,
    pub rust: String,
}

impl Named<'_> {
    /// The name for the generator. It differs from the original only if the generator would change that.
    pub fn given(&self) -> &str {
        let wire = self.part.value["name"].as_str().unwrap_or_default();
        if value_name(wire) == self.rust && begins_with_letter(wire) {
            wire
        } else {
            &self.rust
        }
    }
}

/// All parameters of an operation, those of the path first.
pub fn named<'a>(operation: &Operation<'a>) -> Vec<Named<'a>> {
    let mut parameters = operation.parameters();
    parameters.sort_by_key(|part| place(operation.path, part));
    let mut all: Vec<Named<'a>> = Vec::new();
    for part in parameters {
        let wire = part.value["name"].as_str().unwrap_or_default();
        let position = part.value["in"].as_str().unwrap_or_default();
        let is_free = |name: &String| {
            !TAKEN.contains(&name.as_str()) && all.iter().all(|other| other.rust != *name)
        };
        let plain = value_name(wire);
        let in_position = value_name(&format!("{wire}-in-{position}"));
        let numbered = (2..).map(|number| format!("{in_position}_{number}"));
        let rust = [plain, in_position.clone()]
            .into_iter()
            .chain(numbered)
            .find(is_free);
        // There is always another number.
        let rust = rust.unwrap_or(in_position);
        all.push(Named { part, rust });
    }
    all
}

/// From other names, the generator makes one by a rule of its own.
fn begins_with_letter(name: &str) -> bool {
    name.starts_with(unicode_ident::is_xid_start)
}

/// The position of a parameter in the path; after all of those if it is not in the path.
fn place(path: &str, part: &Part<'_>) -> usize {
    let name = part.value["name"].as_str().unwrap_or_default();
    let in_path = part.value["in"] == "path";
    let found = path.find(&format!("{{{name}}}")).filter(|_| in_path);
    found.unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use openapi::document::Document;

    use super::*;

    #[test]
    fn an_operation_is_not_called_as_what_a_client_or_a_server_has_already() {
        assert_eq!(given("get_customer"), "get_customer");
        assert_eq!(given("Customer"), "Customer_operation");
        assert_eq!(given("reset"), "reset_operation");
        assert_eq!(given("responseValue"), "responseValue_operation");
        assert_eq!(given("2nd order"), "x2nd_order");
    }

    #[test]
    fn each_parameter_has_a_name_of_its_own() {
        let text = "paths: {'/{b}/{a-b}': {get: {parameters: [{in: query, name: a_b}, {in: header, name: A-B}, \
                    {in: path, name: a-b}, {in: path, name: b}, {in: query, name: 'expand[]'}, \
                    {in: query, name: expand}, {in: query, name: 'expand.'}, {in: query, name: send}, \
                    {in: query, name: type}, {in: header, name: body}]}}}";
        let document = Document::parse("spec.yaml".as_ref(), text.as_bytes()).unwrap();
        let operation = &Operation::all(&document)[0];
        let names: Vec<String> = named(operation)
            .iter()
            .map(|one| format!("{} {}", one.part.value["name"].as_str().unwrap(), one.rust))
            .collect();
        let expected = [
            "b b",
            "a-b a_b",
            "a_b a_b_in_query",
            "A-B a_b_in_header",
            "expand[] expand",
            "expand expand_in_query",
            "expand. expand_in_query_2",
            "send send_in_query",
            "type type_",
            "body body_in_header",
        ];
        assert_eq!(names, expected);
    }
}

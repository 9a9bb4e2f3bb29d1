//! Makes each operation independent. If several operations share a parameter or a body, each gets a type of its own,
//! because the generator names it after the operation. The types that we write need the same names.

use serde_json::{Map, Value};

use openapi::document::reference;
use openapi::operation::METHODS;

/// Replaces references in the operations, and copies the parameters of their path into them.
pub fn stand_alone(root: &mut Value) {
    let mut shared = Map::new();
    if let Some(components) = root.get_mut("components").and_then(Value::as_object_mut) {
        for section in ["parameters", "requestBodies", "responses"] {
            shared.extend(components.remove_entry(section));
        }
    }
    let shared = Value::Object(shared);
    let paths = root["paths"].as_object_mut();
    for (_, item) in paths.into_iter().flatten() {
        let Some(item) = item.as_object_mut() else {
            continue;
        };
        let of_path = item.remove("parameters").unwrap_or_default();
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                of_operation(operation, &of_path, &shared);
            }
        }
    }
}

fn of_operation(operation: &mut Map<String, Value>, of_path: &Value, shared: &Value) {
    let own = operation.remove("parameters").unwrap_or_default();
    let both = [of_path, &own].into_iter().filter_map(Value::as_array);
    let mut parameters: Vec<Value> = Vec::new();
    for parameter in both.flatten() {
        let parameter = behind(parameter, "parameters", shared).clone();
        let is_same =
            |other: &Value| other["name"] == parameter["name"] && other["in"] == parameter["in"];
        parameters.retain(|other| !is_same(other));
        parameters.push(parameter);
    }
    if !parameters.is_empty() {
        operation.insert("parameters".to_owned(), parameters.into());
    }
    if let Some(body) = operation.get_mut("requestBody") {
        *body = behind(body, "requestBodies", shared).clone();
    }
    let responses = operation.get_mut("responses");
    let responses = responses.and_then(Value::as_object_mut);
    for (_, response) in responses.into_iter().flatten() {
        *response = behind(response, "responses", shared).clone();
    }
}

/// The target of a reference into a section of the components, or the reference itself if it leads nowhere.
fn behind<'a>(value: &'a Value, section: &str, shared: &'a Value) -> &'a Value {
    let mut found = value;
    // A longer chain is a circle.
    for _ in 0..32 {
        let Some(target) = reference(found) else {
            return found;
        };
        let target = target.strip_prefix("#/components");
        match target.and_then(|target| shared.pointer(target)) {
            Some(next) if target.is_some_and(|target| target[1..].starts_with(section)) => {
                found = next;
            }
            _ => break,
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::stand_alone;

    #[test]
    fn an_operation_has_what_it_shares_and_what_it_says_itself_stands_in_place_of_it() {
        let mut root = json!({
            "paths": {"/a": {
                "parameters": [{"name": "a", "in": "query"}, {"name": "b", "in": "query"}],
                "get": {
                    "parameters": [{"$ref": "#/components/parameters/B"}],
                    "requestBody": {"$ref": "#/components/requestBodies/Body"},
                    "responses": {"200": {"$ref": "#/components/responses/Other"}, "404": {"$ref": "#/none"}},
                },
            }},
            "components": {
                "parameters": {"B": {"name": "b", "in": "query", "required": true}},
                "requestBodies": {"Body": {"content": {}}},
                "responses": {"Other": {"$ref": "#/components/responses/One"}, "One": {"description": "d"}},
            },
        });
        stand_alone(&mut root);
        assert_eq!(
            root["paths"],
            json!({"/a": {"get": {
                "parameters": [
                    {"name": "a", "in": "query"},
                    {"name": "b", "in": "query", "required": true},
                ],
                "requestBody": {"content": {}},
                "responses": {"200": {"description": "d"}, "404": {"$ref": "#/none"}},
            }}})
        );
    }
}

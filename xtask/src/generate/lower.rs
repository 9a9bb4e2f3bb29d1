//! Lowering: turns the truthful specification into the one the generator needs. The specification says
//! what the API wants; what the client's configuration supplies need not be asked of every call.

use openapiv3::OpenAPI;
use serde_json::Value;

use openapi::document::{Document, is_data};
use openapi::extension::{DEFAULT_FROM, RUNTIME_TYPE};
use openapi::secret::is_secret;

/// What the generator works on.
pub struct Lowered {
    pub spec: OpenAPI,
    /// Named schemas for which a type of the runtime stands: schema, type.
    pub runtime_types: Vec<(String, String)>,
}

/// `Err` says what in the document is no OpenAPI.
pub fn lower(
    document: &Document,
) -> Result<Lowered, serde_path_to_error::Error<serde_json::Error>> {
    let mut root = document.root().clone();
    visit_objects("", &mut root, &mut |object| {
        supplied_headers_are_optional(object);
        secrets_are_bare(object);
        runtime_types_go_by_name(object);
    });
    let runtime_types = runtime_types(&root);
    let spec = serde_path_to_error::deserialize(root)?;
    Ok(Lowered {
        spec,
        runtime_types,
    })
}

/// A header that the runtime fills in unless the call gives it is optional in the builder.
fn supplied_headers_are_optional(object: &mut serde_json::Map<String, Value>) {
    if object.contains_key(DEFAULT_FROM) {
        object.insert("required".to_owned(), Value::Bool(false));
    }
}

/// The generator replaces a secret string by the runtime's type only where its schema is nothing but
/// `{type: string, format: password}`; the runtime does not look into secrets anyway.
fn secrets_are_bare(object: &mut serde_json::Map<String, Value>) {
    for schema in object.values_mut() {
        if is_secret(schema)
            && let Some(schema) = schema.as_object_mut()
        {
            schema.retain(|key, _| {
                matches!(
                    key.as_str(),
                    "type" | "format" | "description" | RUNTIME_TYPE
                )
            });
        }
    }
}

/// A schema for which a type of the runtime stands must not look like a secret string as well: the generator
/// would take that type instead.
fn runtime_types_go_by_name(object: &mut serde_json::Map<String, Value>) {
    if object.contains_key(RUNTIME_TYPE) {
        object.remove("format");
    }
}

fn runtime_types(root: &Value) -> Vec<(String, String)> {
    let schemas = root["components"]["schemas"].as_object();
    schemas
        .into_iter()
        .flatten()
        .filter_map(|(name, schema)| {
            let runtime_type = schema.get(RUNTIME_TYPE)?.as_str()?;
            Some((name.clone(), runtime_type.to_owned()))
        })
        .collect()
}

fn visit_objects(
    parent: &str,
    value: &mut Value,
    visit: &mut impl FnMut(&mut serde_json::Map<String, Value>),
) {
    match value {
        Value::Object(object) => {
            visit(object);
            for (key, member) in object.iter_mut() {
                if !is_data(parent, key) {
                    visit_objects(key, member, visit);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                visit_objects("", item, visit);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn lowered(parameter: &str, schema: &str) -> Lowered {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    get:\n      \
             parameters: [{{name: Key, in: header, required: true, {parameter}}}]\n      \
             responses: {{}}\ncomponents: {{schemas: {{Thing: {{{schema}}}}}}}\n"
        );
        let document = Document::parse(Path::new("spec.yaml"), text.as_bytes()).unwrap();
        lower(&document).unwrap_or_else(|error| panic!("{error} in {text}"))
    }

    fn header(lowered: &Lowered) -> openapiv3::ParameterData {
        let operations: Vec<_> = lowered.spec.operations().collect();
        let parameter = operations[0].2.parameters[0].as_item().unwrap();
        parameter.parameter_data_ref().clone()
    }

    #[test]
    fn a_header_that_the_client_supplies_is_optional_and_any_other_stays_required() {
        let supplied = lowered(
            "schema: {type: string}, x-par-default-from: {setting: key}",
            "",
        );
        assert!(!header(&supplied).required);
        let asked_for = lowered("schema: {type: string}", "");
        assert!(header(&asked_for).required);
    }

    #[test]
    fn only_a_secret_loses_its_bounds() {
        let min_length = |schema: &str| {
            let lowered = lowered(&format!("schema: {{{schema}, minLength: 1}}"), "");
            serde_json::to_value(header(&lowered)).unwrap()["schema"]["minLength"].clone()
        };
        assert_eq!(min_length("type: string, format: password"), Value::Null);
        assert_eq!(min_length("type: string"), 1);
    }

    #[test]
    fn runtime_types_are_found_among_the_named_schemas() {
        let lowered = lowered("schema: {type: string}", "x-par-runtime-type: Opaque");
        assert_eq!(
            lowered.runtime_types,
            [("Thing".to_owned(), "Opaque".to_owned())]
        );
    }
}

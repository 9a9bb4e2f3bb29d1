//! Values held against a schema of the specification.

use jsonschema::{ValidationError, Validator};
use serde_json::Value;
use uuid::Uuid;

/// Checks values against a schema with all that it refers to; formats too.
///
/// # Errors
///
/// It is no schema.
pub fn validator(document: &Value) -> Result<Validator, ValidationError<'static>> {
    // Schemas of OpenAPI 3.0 are of that draft, which does not know this format yet.
    jsonschema::draft4::options()
        .should_validate_formats(true)
        .with_format("uuid", |text: &str| Uuid::try_parse(text).is_ok())
        .build(document)
}

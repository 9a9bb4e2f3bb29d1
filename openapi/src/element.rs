//! The kind of a value in a specification, by its position: a schema, a parameter, a response. The table is that of
//! OpenAPI 3.0; checks and comparisons use it to walk through a document.

use serde_json::Value;

use crate::document::{Document, reference};
use crate::operation::METHODS;
use crate::place::Place;

/// A kind of object that OpenAPI knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Document,
    Info,
    Server,
    Components,
    PathItem,
    Operation,
    Parameter,
    /// A header of a response.
    Header,
    RequestBody,
    Response,
    MediaType,
    Example,
    Schema,
    SecurityScheme,
    Tag,
}

/// The contents of a field of such an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A value without a structure that matters here: text, numbers, examples.
    Data,
    /// A value that changes calls, but that neither the generator nor the runtime uses.
    Unheeded,
    One(Kind),
    Map(Kind),
    List(Kind),
    /// A schema, or a boolean.
    SchemaOrFlag,
}

impl Kind {
    /// Word for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Info => "info",
            Self::Server => "server",
            Self::Components => "components",
            Self::PathItem => "path",
            Self::Operation => "operation",
            Self::Parameter => "parameter",
            Self::Header => "response header",
            Self::RequestBody => "request body",
            Self::Response => "response",
            Self::MediaType => "media type",
            Self::Example => "example",
            Self::Schema => "schema",
            Self::SecurityScheme => "security scheme",
            Self::Tag => "tag",
        }
    }

    /// The contents of the field `key`; `None` if OpenAPI 3.0 has no such field here.
    pub fn field(self, key: &str) -> Option<Holds> {
        use Holds::{Data, List, Map, One, SchemaOrFlag, Unheeded};
        let holds = match (self, key) {
            (Self::Document, "openapi" | "security" | "externalDocs") => Data,
            (Self::Document, "info") => One(Self::Info),
            (Self::Document, "servers") => List(Self::Server),
            (Self::Document, "paths") => Map(Self::PathItem),
            (Self::Document, "components") => One(Self::Components),
            (Self::Document, "tags") => List(Self::Tag),

            (
                Self::Info,
                "title" | "version" | "description" | "termsOfService" | "contact" | "license",
            ) => Data,

            (Self::Server, "url" | "description") => Data,
            (Self::Server, "variables") => Unheeded,

            (Self::Components, "schemas") => Map(Self::Schema),
            (Self::Components, "responses") => Map(Self::Response),
            (Self::Components, "parameters") => Map(Self::Parameter),
            (Self::Components, "examples") => Map(Self::Example),
            (Self::Components, "requestBodies") => Map(Self::RequestBody),
            (Self::Components, "headers") => Map(Self::Header),
            (Self::Components, "securitySchemes") => Map(Self::SecurityScheme),
            // What the server sends elsewhere is none of the client's business.
            (Self::Components, "links" | "callbacks") => Data,

            (Self::PathItem, "summary" | "description" | "$ref") => Data,
            (Self::PathItem, "servers") => Unheeded,
            (Self::PathItem, "parameters") => List(Self::Parameter),
            (Self::PathItem, method) if METHODS.contains(&method) => One(Self::Operation),

            (
                Self::Operation,
                "operationId" | "summary" | "description" | "tags" | "externalDocs" | "deprecated"
                | "security" | "callbacks",
            ) => Data,
            (Self::Operation, "servers") => Unheeded,
            (Self::Operation, "parameters") => List(Self::Parameter),
            (Self::Operation, "requestBody") => One(Self::RequestBody),
            (Self::Operation, "responses") => Map(Self::Response),

            (Self::Parameter, "name" | "in") => Data,
            (
                Self::Parameter | Self::Header,
                "description" | "required" | "deprecated" | "example" | "style" | "explode"
                | "allowReserved" | "allowEmptyValue",
            ) => Data,
            (Self::Parameter | Self::Header, "schema") => One(Self::Schema),
            (Self::Parameter | Self::Header, "content") => Map(Self::MediaType),
            (Self::Parameter | Self::Header | Self::MediaType, "examples") => Map(Self::Example),

            (Self::RequestBody, "description" | "required") => Data,
            (Self::RequestBody | Self::Response, "content") => Map(Self::MediaType),
            (Self::Response, "description" | "links") => Data,
            (Self::Response, "headers") => Map(Self::Header),

            (Self::MediaType, "schema") => One(Self::Schema),
            (Self::MediaType, "example") => Data,
            (Self::MediaType, "encoding") => Data,

            (Self::Example, "summary" | "description" | "value" | "externalValue") => Data,

            (
                Self::Schema,
                "title" | "description" | "type" | "format" | "default" | "example" | "enum"
                | "nullable" | "deprecated" | "externalDocs" | "xml" | "required" | "multipleOf"
                | "maximum" | "exclusiveMaximum" | "minimum" | "exclusiveMinimum" | "maxLength"
                | "minLength" | "pattern" | "maxItems" | "minItems" | "uniqueItems"
                | "maxProperties" | "minProperties" | "readOnly" | "writeOnly",
            ) => Data,
            (Self::Schema, "discriminator") => Data,
            (Self::Schema, "not") => One(Self::Schema),
            (Self::Schema, "properties") => Map(Self::Schema),
            (Self::Schema, "additionalProperties") => SchemaOrFlag,
            (Self::Schema, "items") => One(Self::Schema),
            (Self::Schema, "allOf" | "oneOf" | "anyOf") => List(Self::Schema),

            (
                Self::SecurityScheme,
                "type" | "description" | "name" | "in" | "scheme" | "bearerFormat" | "flows"
                | "openIdConnectUrl",
            ) => Data,
            (Self::Tag, "name" | "description" | "externalDocs") => Data,
            _ => return None,
        };
        Some(holds)
    }
}

/// Calls `visit` for each element of the document, from the root down. An element that is a reference is visited and
/// not followed.
pub fn walk<'a>(document: &'a Document, visit: &mut dyn FnMut(&Place, Kind, &'a Value)) {
    element(&Place::root(), Kind::Document, document.root(), visit);
}

/// Calls `change` for each schema of the document that is not a reference, the innermost first.
pub fn change_schemas(root: &mut Value, change: &mut dyn FnMut(&mut Value)) {
    change_within(Kind::Document, root, change);
}

fn change_within(kind: Kind, value: &mut Value, change: &mut dyn FnMut(&mut Value)) {
    if reference(value).is_some() {
        return;
    }
    for (key, member) in value.as_object_mut().into_iter().flatten() {
        match (kind.field(key), member) {
            (Some(Holds::One(kind)), member) => change_within(kind, member, change),
            (Some(Holds::SchemaOrFlag), member @ Value::Object(_)) => {
                change_within(Kind::Schema, member, change);
            }
            (Some(Holds::Map(kind)), Value::Object(members)) => {
                for member in members.values_mut() {
                    change_within(kind, member, change);
                }
            }
            (Some(Holds::List(kind)), Value::Array(members)) => {
                for member in members {
                    change_within(kind, member, change);
                }
            }
            _ => {}
        }
    }
    if kind == Kind::Schema {
        change(value);
    }
}

fn element<'a>(
    place: &Place,
    kind: Kind,
    value: &'a Value,
    visit: &mut dyn FnMut(&Place, Kind, &'a Value),
) {
    visit(place, kind, value);
    if reference(value).is_some() {
        return;
    }
    for (key, member) in value.as_object().into_iter().flatten() {
        match kind.field(key) {
            Some(Holds::One(kind)) => element(&place.at(key), kind, member, visit),
            Some(Holds::SchemaOrFlag) if member.is_object() => {
                element(&place.at(key), Kind::Schema, member, visit);
            }
            Some(Holds::Map(kind)) => {
                let place = place.at(key);
                for (name, member) in member.as_object().into_iter().flatten() {
                    element(&place.at(name), kind, member, visit);
                }
            }
            Some(Holds::List(kind)) => {
                let place = place.at(key);
                for (index, member) in member.as_array().into_iter().flatten().enumerate() {
                    element(&place.at(index), kind, member, visit);
                }
            }
            Some(Holds::Data | Holds::Unheeded | Holds::SchemaOrFlag) | None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn each_element_is_visited_once_with_its_kind_and_data_is_not_entered() {
        let text = "paths: {/a: {get: {responses: {'200': {description: d, content: \
                    {application/json: {schema: {$ref: '#/x'}, example: {schema: 1}}}}}}}}\n\
                    components: {schemas: {A: {properties: {example: {type: string}}, \
                    additionalProperties: false}}}";
        let document = Document::parse(Path::new("spec.yaml"), text.as_bytes()).unwrap();
        let mut seen = Vec::new();
        walk(&document, &mut |place, kind, _| {
            seen.push(format!("{} {place}", kind.name()))
        });
        assert_eq!(
            seen,
            [
                "document the document",
                "components components",
                "schema components.schemas.A",
                "schema components.schemas.A.properties.example",
                "path paths./a",
                "operation paths./a.get",
                "response paths./a.get.responses.200",
                "media type paths./a.get.responses.200.content.application/json",
                "schema paths./a.get.responses.200.content.application/json.schema",
            ]
        );
    }
}

//! JSON schemas of the types of the runtime: those of the values that they contain.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::runtime::{Number, OpaqueValue, PaymentUrl, Secret};

macro_rules! inline_schema {
    ($type:ty, $name:literal, $schema:expr) => {
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

inline_schema!(
    Secret,
    "Secret",
    json_schema!({"type": "string", "format": "password"})
);
inline_schema!(
    PaymentUrl,
    "PaymentUrl",
    json_schema!({"type": "string", "format": "password"})
);
inline_schema!(Number, "Number", json_schema!({"type": "number"}));
inline_schema!(OpaqueValue, "OpaqueValue", json_schema!({}));

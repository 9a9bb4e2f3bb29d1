//! The documentation of a builder.

use openapi::extension::DefaultFrom;
use serde_json::Value;

use super::{Call, Parameter};
use crate::generate::outcome::Typed;
use crate::generate::rules::{Listed, limits};
use crate::generate::rust_name::value_name;

impl Call<'_> {
    /// A link to the method of the client.
    pub fn link(&self) -> String {
        let method = &self.signature.method;
        format!("[`Client::{method}`](crate::Client::{method})")
    }

    fn request_line(&self) -> String {
        let method = self.operation.method.to_uppercase();
        format!("`{method} {}`", self.operation.path)
    }

    pub(super) fn text(&self) -> String {
        let own = |key| self.operation.value[key].as_str().map(str::trim);
        let parts = [own("summary"), own("description")].into_iter().flatten();
        let said: String = parts.map(|part| format!("{part}\n\n")).collect();
        let builder = &self.signature.builder;
        format!(
            "{said}Begins a call of {}. [`send`](builder::{builder}::send) sends it.",
            self.request_line()
        )
    }

    pub(super) fn send_text(&self) -> String {
        let mut text = format!(
            "Sends {} and waits for the answer.\n\n",
            self.request_line()
        );
        text.push_str(&self.asked());
        let successes = &self.outcome.success.answers;
        if successes.len() > 1 {
            text.push_str("The API documents these successes:\n");
            text.push_str(&list(successes));
            text.push_str("\n\n");
        }
        text.push_str(
            "# Errors\n\nThe [kind](crate::ErrorKind) of the error says what went wrong. ",
        );
        let errors = &self.outcome.error.answers;
        if errors.is_empty() {
            text.push_str("The API documents no errors of the server.");
        } else {
            text.push_str("The API documents these errors:\n");
            text.push_str(&list(errors));
        }
        text
    }
}

impl Call<'_> {
    /// The credentials that are sent; empty if there are none.
    fn asked(&self) -> String {
        let ways = self.operation.credentials();
        if ways.iter().all(Vec::is_empty) {
            return String::new();
        }
        let ways = ways.iter().map(|way| {
            let credentials = way.iter().map(|one| match one.carrier.setting() {
                Some(setting) => format!("the client's setting `{}`", value_name(setting)),
                None => "the customer's token".to_owned(),
            });
            let credentials: Vec<String> = credentials.collect();
            match credentials.is_empty() {
                true => "nothing".to_owned(),
                false => credentials.join(" and "),
            }
        });
        let ways: Vec<String> = ways.collect();
        let said = match ways.as_slice() {
            [only] => format!("It sends {only}, which must be set."),
            [one, other] if other == "nothing" => format!("It sends {one}, if that is set."),
            _ => format!(
                "It sends the first of these that is set: {}.",
                ways.join("; ")
            ),
        };
        format!("{said}\n\n")
    }
}

/// Answers by status, with their descriptions.
fn list(answers: &[Typed<'_>]) -> String {
    let items = answers.iter().map(|one| {
        let said = one.answer.description().replace('\n', "\n  ");
        format!("\n- {}: {said}", one.answer.statuses)
    });
    items.collect()
}

impl Parameter<'_> {
    /// The meaning of the parameter, its valid values, and what is sent without it.
    pub(super) fn text(&self) -> String {
        let value = self.part.value;
        let position = match self.position() {
            "path" => "Path parameter",
            "query" => "Query parameter",
            _ => "Header",
        };
        let name = value["name"].as_str().unwrap_or_default();
        let said = value["description"].as_str().unwrap_or_default().trim();
        let without = match DefaultFrom::of(value) {
            Ok(Some(DefaultFrom::Setting(setting))) => {
                format!("the client's setting `{}` is sent", value_name(setting))
            }
            Ok(Some(DefaultFrom::Generated(_))) => "each call sends a new one".to_owned(),
            Ok(Some(DefaultFrom::Constant(text))) => format!("`{text}` is sent"),
            _ if self.is_required() => "the call fails".to_owned(),
            _ => "nothing is sent".to_owned(),
        };
        let comma = |limits: String| match limits.as_str() {
            "" => limits,
            _ => format!(", {limits}"),
        };
        let mut limits = comma(limits(self.schema, Listed::Here));
        if self.layout.is_list() {
            limits = format!(", a list{limits}");
            let of_each = comma(self::limits(self.entry, Listed::Here));
            if !of_each.is_empty() {
                limits = format!("{limits}{of_each} each");
            }
        }
        format!(
            "{said}\n\n{position} `{name}`{limits}.\nIf it is not set, {without}.\nAn invalid value fails the \
             call as an [invalid request](crate::ErrorKind::InvalidRequest), before anything is sent."
        )
    }
}

impl Parameter<'_> {
    /// The problem of a value that can't convert into the type of the parameter or of its entries.
    pub fn problem(&self) -> String {
        format!("{} {}", self.wire(), problem(self.entry))
    }
}

/// The problem of a value that can't convert into the type of its schema.
pub(super) fn problem(schema: &Value) -> String {
    let own = limits(schema, Listed::Here);
    if schema["type"] == "integer" && schema.get("enum").is_none() {
        let format = schema["format"].as_str().unwrap_or_default();
        let (sign, bits) = match format.strip_prefix('u') {
            Some(signed) => ("unsigned ", signed),
            None => ("", format),
        };
        let bits = match bits {
            "int8" => "8",
            "int16" => "16",
            "int32" => "32",
            _ => "64",
        };
        let article = match (sign, bits) {
            ("", "8") | ("unsigned ", _) => "an",
            _ => "a",
        };
        let whole = format!("{article} {sign}{bits}-bit integer");
        // A bound of the schema says more than the one of the type, and the value may have broken it.
        return match own.as_str() {
            "" => format!("must be {whole}"),
            own => format!("must be {whole}, {own}"),
        };
    }
    match (own.as_str(), schema["type"].as_str()) {
        ("", Some("boolean")) => "must be true or false".to_owned(),
        ("", Some("number")) => "must be a number".to_owned(),
        ("", _) => "is not a valid value".to_owned(),
        (own, _) => match own.strip_prefix("not ") {
            Some(own) => format!("must not be {own}"),
            None => format!("must be {own}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use openapi::document::Part;
    use openapi::parameter::Layout;
    use serde_json::json;
    use syn::parse_quote;

    use super::*;
    use crate::generate::signature::Argument;

    #[test]
    fn a_setter_says_which_values_it_takes_and_what_is_sent_without_it() {
        let argument = Argument {
            name: parse_quote!(a),
            ty: parse_quote!(i64),
            is_built: false,
        };
        let cases = [
            (
                json!({"in": "query", "name": "page", "schema": {"minimum": 1, "maximum": 9}}),
                "Query parameter `page`, at least 1, at most 9.\nIf it is not set, nothing is sent.",
            ),
            (
                json!({"in": "path", "name": "id", "required": true, "schema": {"minLength": 1}}),
                "Path parameter `id`, not empty.\nIf it is not set, the call fails.",
            ),
            (
                json!({"in": "header", "name": "On", "required": true, "schema": {"enum": ["a", "b"], "minLength": 1},
                       "x-par-default-from": {"constant": "a"}}),
                "Header `On`, one of `a`, `b`.\nIf it is not set, `a` is sent.",
            ),
            (
                json!({"in": "header", "name": "Key", "schema": {"minLength": 2, "maxLength": 3},
                       "x-par-default-from": {"setting": "api-key"}}),
                "Header `Key`, at least 2 characters, at most 3 characters.\nIf it is not set, the client's \
                 setting `api_key` is sent.",
            ),
            (
                json!({"in": "header", "name": "Id", "schema": {}, "description": " What.\n",
                       "x-par-default-from": {"generated": "id"}}),
                "What.\n\nHeader `Id`.\nIf it is not set, each call sends a new one.",
            ),
        ];
        for (parameter, expected) in &cases {
            let parameter = Parameter {
                part: Part::at(Default::default(), parameter),
                schema: &parameter["schema"],
                entry: &parameter["schema"],
                layout: Layout::Single,
                argument: &argument,
            };
            let text = parameter.text();
            assert!(text.trim().starts_with(expected), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_value_is_said_by_the_bounds_of_the_schema_and_the_kind_of_its_type() {
        let cases = [
            (
                json!({"type": "integer", "minimum": 1}),
                "must be a 64-bit integer, at least 1",
            ),
            (
                json!({"type": "integer", "format": "uint8", "maximum": 9}),
                "must be an unsigned 8-bit integer, at most 9",
            ),
            (
                json!({"type": "integer", "format": "int32"}),
                "must be a 32-bit integer",
            ),
            (
                json!({"type": "integer", "format": "int8"}),
                "must be an 8-bit integer",
            ),
            (
                json!({"type": "integer", "enum": [1, 2]}),
                "must be one of `1`, `2`",
            ),
            (
                json!({"type": "string", "minLength": 1}),
                "must not be empty",
            ),
            (json!({"type": "boolean"}), "must be true or false"),
            (json!({"type": "number"}), "must be a number"),
            (json!({}), "is not a valid value"),
        ];
        for (schema, expected) in cases {
            assert_eq!(problem(&schema), expected, "{schema}");
        }
    }
}

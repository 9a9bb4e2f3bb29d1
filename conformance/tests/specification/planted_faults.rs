//! Tests of the conformance tests: each planted fault must be reported with its operation, its response and its JSON
//! path.

use std::mem;

use conformance::agreement::finding::Finding;
use conformance::agreement::{calls, round_trip};
use conformance::testing::document::{at, merge, remove, remove_item, twin};
use conformance::workspace;
use openapi::specification::Specification;
use serde_json::{Value, json};

use crate::copy::{Copy, document};
use crate::snapshots;

/// The report of a fault: operation and subject, JSON path, and the problem.
type Noticed = &'static [(&'static str, &'static str, &'static str)];

/// A fault in the specification, while the crate stays as it is.
struct InTheSpecification {
    name: &'static str,
    plant: fn(&mut Value),
    noticed: Noticed,
}

#[tokio::test]
async fn faults_in_the_specification_are_noticed() {
    let faults = [
        InTheSpecification {
            name: "a field dropped from a schema",
            plant: |document| {
                remove(
                    document,
                    "/components/schemas/BinRange/properties",
                    "refundable",
                );
            },
            noticed: &[(
                "generate_tokens, response 200",
                "data.tokens[*].bin_ranges.bin_ranges[*].refundable",
                "the specification has no such property",
            )],
        },
        InTheSpecification {
            name: "a field added to a schema",
            plant: |document| {
                *at(document, "/components/schemas/InfoMessage/properties/icon") =
                    json!({"type": "string"});
            },
            noticed: &[(
                "generate_tokens, response 404",
                "data.info_message.icon",
                "the type has no such property",
            )],
        },
        InTheSpecification {
            name: "a wrong type",
            plant: |document| {
                *at(document, "/components/schemas/BinPrefixes/properties/from") =
                    json!({"type": "string"});
            },
            noticed: &[
                (
                    "generate_tokens, response 200",
                    "data.tokens[*].bin_ranges.bin_ranges[*].range.from",
                    "the specification says string, the type is integer",
                ),
                (
                    "generate_tokens, response 200, example documented",
                    "data.tokens[0].bin_ranges.bin_ranges[0].range.from",
                    "the example is not of its schema",
                ),
            ],
        },
        InTheSpecification {
            name: "a wrong type of a parameter",
            plant: |document| {
                *at(document, "/components/parameters/Page/schema") = json!({"type": "boolean"});
            },
            noticed: &[(
                "generate_tokens, query parameter page",
                ".",
                "the specification says boolean, the type is integer",
            )],
        },
        InTheSpecification {
            name: "a value added to an enumeration",
            plant: |document| {
                *at(document, "/components/parameters/QbEnabled/schema/enum") =
                    json!(["true", "false", "perhaps"]);
            },
            noticed: &[(
                "generate_tokens, header parameter X-QB-Enabled",
                ".",
                "the values of the enumeration differ",
            )],
        },
        InTheSpecification {
            name: "a parameter dropped",
            plant: |document| {
                let operation = "/paths/~1payment-processors~1generate-tokens/post";
                let parameters = format!("{operation}/parameters");
                remove_item(
                    document,
                    &parameters,
                    &json!({"$ref": "#/components/parameters/Include"}),
                );
            },
            noticed: &[(
                "generate_tokens, the operation",
                ".",
                "the specification has no parameter `include`",
            )],
        },
        InTheSpecification {
            name: "an optional parameter made required",
            plant: |document| *at(document, "/components/parameters/Page/required") = json!(true),
            noticed: &[(
                "generate_tokens, query parameter page",
                ".",
                "required by the specification, optional in the builder",
            )],
        },
        InTheSpecification {
            name: "a required field made optional",
            plant: |document| {
                let required = "/components/schemas/PaymentProcessorToken/required";
                remove_item(document, required, &json!("payment_processor_id"));
            },
            noticed: &[(
                "generate_tokens, response 200",
                "data.tokens[*].payment_processor_id",
                "optional in the specification, required by the type",
            )],
        },
        InTheSpecification {
            name: "an optional field made required",
            plant: |document| {
                *at(document, "/components/schemas/ErrorData/required") = json!(["message"]);
            },
            noticed: &[(
                "generate_tokens, response 401",
                "data.message",
                "required by the specification, optional in the type",
            )],
        },
        InTheSpecification {
            name: "a renamed property",
            plant: |document| {
                rename(
                    document,
                    "PaymentProcessorToken",
                    "payment_processor_id",
                    "id",
                );
            },
            noticed: &[
                (
                    "generate_tokens, response 200",
                    "data.tokens[*].id",
                    "the type has no such property",
                ),
                (
                    "generate_tokens, response 200",
                    "data.tokens[*].payment_processor_id",
                    "the specification has no such property",
                ),
                (
                    "generate_tokens, response 200, example documented",
                    "data.tokens[0]",
                    "the example is not of its schema",
                ),
            ],
        },
        InTheSpecification {
            name: "a secret that is none any more",
            plant: |document| {
                let token = "/components/schemas/PaymentProcessorToken/properties/token";
                remove(document, token, "format");
            },
            noticed: &[(
                "generate_tokens, response 200",
                "data.tokens[*].token",
                "the specification says format (none), the type has password",
            )],
        },
        InTheSpecification {
            name: "an open object closed",
            plant: |document| {
                let schema = "/components/schemas/AdditionalInfo/additionalProperties";
                *at(document, schema) = json!(false);
            },
            noticed: &[(
                "generate_tokens, response 200",
                "data.tokens[*].additional_info.*",
                "the specification has no `additionalProperties`",
            )],
        },
        InTheSpecification {
            name: "two statuses swapped",
            plant: |document| {
                let responses = at(document, RESPONSES);
                let not_found = responses["404"].take();
                responses["404"] = mem::replace(&mut responses["200"], not_found);
            },
            noticed: &[
                (
                    "generate_tokens, response 200, example illustrative",
                    "data",
                    "failed to decode: field `tokens` is missing",
                ),
                (
                    "generate_tokens, response 404",
                    "data.tokens",
                    "the type has no such property",
                ),
            ],
        },
        InTheSpecification {
            name: "two statuses of the same type swapped",
            plant: |document| {
                let responses = at(document, RESPONSES);
                let forbidden = responses["403"].take();
                responses["403"] = mem::replace(&mut responses["401"], forbidden);
            },
            noticed: &[
                (
                    "generate_tokens, response 401, example illustrative",
                    "code",
                    "the envelope says 403",
                ),
                (
                    "generate_tokens, response 403, example illustrative",
                    "code",
                    "the envelope says 401",
                ),
            ],
        },
        InTheSpecification {
            name: "an example edited",
            plant: |document| {
                let documented = "200/content/application~1json/examples/documented/value";
                let pointer = format!("{RESPONSES}/{documented}/data/tokens/0/token");
                *at(document, &pointer) = json!("another token");
            },
            noticed: &[(
                "generate_tokens, response 200, example documented",
                "data.tokens[0].token",
                "\"e4c70c07-d015-4fad-8e79-a71cf23ed179\" became \"another token\"",
            )],
        },
        InTheSpecification {
            name: "an example that its type can't hold",
            plant: |document| {
                let value = "/components/responses/Forbidden/content/application~1json/examples/\
                             illustrative/value/data/info_message/colour";
                *at(document, value) = json!("red");
            },
            noticed: &[(
                "generate_tokens, response 403, example illustrative",
                "data.info_message.colour",
                "`colour` was lost",
            )],
        },
        InTheSpecification {
            name: "an example that can't be decoded",
            plant: |document| {
                let value = "/components/responses/BadRequest/content/application~1json/examples/\
                             illustrative/value/code";
                *at(document, value) = json!("400");
            },
            noticed: &[(
                "generate_tokens, response 400, example illustrative",
                "code",
                "failed to decode: the value is not of the documented type",
            )],
        },
        InTheSpecification {
            name: "a response without an example",
            plant: |document| {
                let content = "/components/responses/NotFound/content/application~1json";
                remove(document, content, "examples");
            },
            noticed: &[(
                "generate_tokens, response 404",
                ".",
                "has no example (components.responses.NotFound)",
            )],
        },
        InTheSpecification {
            name: "a response without a body",
            plant: |document| remove(document, "/components/responses/NotFound", "content"),
            noticed: &[(
                "generate_tokens, response 404",
                ".",
                "has no body, and the crate decodes one",
            )],
        },
        InTheSpecification {
            name: "a status that the crate does not know",
            plant: |document| {
                let responses = at(document, RESPONSES);
                responses["409"] = responses["404"].clone();
            },
            noticed: &[(
                "generate_tokens, response 409",
                ".",
                "the crate has no such response",
            )],
        },
    ];
    let mut failures = Vec::new();
    for fault in faults {
        let mut document = workspace::document().unwrap();
        (fault.plant)(&mut document);
        let specification = Specification::of(&document).unwrap();
        let mut findings = round_trip::findings(&specification);
        findings.extend(calls::findings(&specification).await.unwrap());
        findings.extend(snapshots::findings(&specification));
        let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
        failures.extend(unnoticed(fault.name, fault.noticed, &lines.join("\n")));
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

/// A fault in the crate, while the specification stays as it is: what is generated from a faulty specification, or a
/// fault in what was generated. Each has a twin of the operation to itself, with schemas of its own, so that one
/// crate has them all and none hides another.
struct InTheCrate {
    /// What the names of the twin end in.
    ending: &'static str,
    plant: fn(&mut Value),
    noticed: Noticed,
}

const IN_THE_CRATE: [InTheCrate; 5] = [
    InTheCrate {
        ending: "_field_dropped",
        plant: |document| {
            remove(
                document,
                "/components/schemas/BinRange/properties",
                "refundable",
            );
            remove(document, &documented_bin_range(), "refundable");
        },
        noticed: &[
            (
                "generate_tokens_field_dropped, response 200",
                "data.tokens[*].bin_ranges.bin_ranges[*].refundable",
                "the type has no such property",
            ),
            (
                "generate_tokens_field_dropped, response 200, example documented",
                "data.tokens[0].bin_ranges.bin_ranges[0].refundable",
                "`refundable` was lost",
            ),
        ],
    },
    InTheCrate {
        ending: "_wrong_type",
        plant: |document| {
            *at(document, "/components/schemas/BinPrefixes/properties/from") =
                json!({"type": "string"});
            *at(document, &(documented_bin_range() + "/range/from")) = json!("7000");
        },
        noticed: &[(
            "generate_tokens_wrong_type, response 200, example documented",
            "data.tokens[0].bin_ranges.bin_ranges[0].range.from",
            "failed to decode: the value is not of the documented type",
        )],
    },
    InTheCrate {
        ending: "_made_optional",
        plant: |document| {
            let required = "/components/schemas/BinPrefixes/required";
            remove_item(document, required, &json!("to"));
        },
        noticed: &[(
            "generate_tokens_made_optional, response 200",
            "data.tokens[*].bin_ranges.bin_ranges[*].range.to",
            "required by the specification, optional in the type",
        )],
    },
    InTheCrate {
        ending: "_renamed",
        plant: |document| {
            rename(document, "BinPrefixes", "to", "until");
            let range = at(document, &(documented_bin_range() + "/range"));
            *range = json!({"from": 7000, "until": 9999});
        },
        noticed: &[
            (
                "generate_tokens_renamed, response 200",
                "data.tokens[*].bin_ranges.bin_ranges[*].range.until",
                "the specification has no such property",
            ),
            (
                "generate_tokens_renamed, response 200, example documented",
                "data.tokens[0].bin_ranges.bin_ranges[0].range",
                "failed to decode: field `until` is missing",
            ),
        ],
    },
    InTheCrate {
        ending: SWAPPED,
        // Not in the specification, see `plant_in_generated`.
        plant: |_| {},
        noticed: &[(
            "generate_tokens_statuses_swapped, response 200, example documented",
            ".",
            "the caller is told of an error",
        )],
    },
];

/// An operation with a body, whose twins have faults in it.
fn operation_with_a_body() -> Value {
    json!({"paths": {"/planted": {"post": {
        "operationId": "plant",
        "parameters": [
            {"$ref": "#/components/parameters/ApiVersion"},
            {"$ref": "#/components/parameters/Application"},
            {"$ref": "#/components/parameters/RequestId"},
        ],
        "requestBody": {"required": true, "content": {"application/json": {
            "schema": {
                "type": "object",
                "required": ["name", "count"],
                "properties": {
                    "name": {"type": "string"},
                    "count": {"type": "integer", "format": "int64"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "note": {"type": "string", "nullable": true},
                    "kind": {"type": "string", "enum": ["paid", "open"]},
                },
            },
            "examples": {"documented": {"value": {
                "name": "Ivan", "count": 7, "tags": ["hot"], "note": null, "kind": "paid",
            }}},
        }}},
        "responses": {"204": {"description": "It is planted."}},
    }}}})
}

const PLANTED: &str = "/paths/~1planted/post";
const BODY: &str = "/paths/~1planted/post/requestBody/content/application~1json";

/// The same about bodies.
const BODIES_OF_THE_CRATE: [InTheCrate; 10] = [
    InTheCrate {
        ending: "_body_value_dropped",
        plant: |document| {
            *at(document, &format!("{BODY}/schema/properties/kind/enum")) = json!(["paid"]);
        },
        noticed: &[(
            "plant_body_value_dropped, body",
            "kind",
            "the values of the enumeration differ",
        )],
    },
    InTheCrate {
        ending: "_body_not_sent",
        plant: |document| {
            *at(document, &format!("{BODY}/schema/properties/tags/readOnly")) = json!(true);
            remove(
                document,
                &format!("{BODY}/examples/documented/value"),
                "tags",
            );
        },
        noticed: &[(
            "plant_body_not_sent, body, example documented",
            "tags",
            "`tags` was lost",
        )],
    },
    InTheCrate {
        ending: "_body_field_dropped",
        plant: |document| {
            remove(document, &format!("{BODY}/schema/properties"), "tags");
            remove(
                document,
                &format!("{BODY}/examples/documented/value"),
                "tags",
            );
        },
        noticed: &[
            (
                "plant_body_field_dropped, body",
                "tags",
                "the type has no such property",
            ),
            (
                "plant_body_field_dropped, body, example documented",
                "tags",
                "`tags` was lost",
            ),
        ],
    },
    InTheCrate {
        ending: "_body_renamed",
        plant: |document| {
            let body = at(document, BODY);
            body["schema"]["properties"]["title"] = json!({"type": "string"});
            body["schema"]["required"] = json!(["title", "count"]);
            body["examples"]["documented"]["value"]["title"] = json!("Ivan");
            remove(body, "/schema/properties", "name");
            remove(body, "/examples/documented/value", "name");
        },
        noticed: &[
            (
                "plant_body_renamed, body",
                "name",
                "the type has no such property",
            ),
            (
                "plant_body_renamed, body",
                "title",
                "the specification has no such property",
            ),
            (
                "plant_body_renamed, body, example documented",
                ".",
                "failed to decode: field `title` is missing",
            ),
        ],
    },
    InTheCrate {
        ending: "_body_wrong_type",
        plant: |document| {
            let body = at(document, BODY);
            body["schema"]["properties"]["count"] = json!({"type": "string"});
            body["examples"]["documented"]["value"]["count"] = json!("7");
        },
        noticed: &[
            (
                "plant_body_wrong_type, body",
                "count",
                "the specification says integer, the type is string",
            ),
            (
                "plant_body_wrong_type, body, example documented",
                "count",
                "failed to decode: the value is not of the documented type",
            ),
        ],
    },
    InTheCrate {
        ending: "_body_made_optional",
        plant: |document| {
            remove_item(
                document,
                &format!("{BODY}/schema/required"),
                &json!("count"),
            );
        },
        noticed: &[(
            "plant_body_made_optional, body",
            "count",
            "required by the specification, optional in the type",
        )],
    },
    InTheCrate {
        ending: "_body_never_null",
        plant: |document| {
            remove(
                document,
                &format!("{BODY}/schema/properties/note"),
                "nullable",
            );
            *at(document, &format!("{BODY}/examples/documented/value/note")) = json!("None.");
        },
        noticed: &[(
            "plant_body_never_null, body, example documented",
            "note",
            "`note` was lost",
        )],
    },
    InTheCrate {
        ending: "_body_media_type",
        plant: |document| {
            let content = at(document, &format!("{PLANTED}/requestBody/content"));
            *content = json!({"application/merge-patch+json": content["application/json"]});
        },
        noticed: &[
            (
                "plant_body_media_type, body",
                ".",
                "the specification says media type application/json, the crate sends \
                 application/merge-patch+json",
            ),
            (
                "plant_body_media_type, body, example documented",
                ".",
                "content-type is [\"application/merge-patch+json\"] instead of [\"application/json\"]",
            ),
        ],
    },
    InTheCrate {
        ending: "_body_need_not_be",
        plant: |document| remove(document, &format!("{PLANTED}/requestBody"), "required"),
        noticed: &[(
            "plant_body_need_not_be, body",
            ".",
            "required by the specification, optional in the builder",
        )],
    },
    InTheCrate {
        ending: "_body_dropped",
        plant: |document| remove(document, PLANTED, "requestBody"),
        noticed: &[("plant_body_dropped, body", ".", "the crate sends no body")],
    },
];

/// A fault in the specification of an operation of tomorrow, which the crate does not have.
struct InABody {
    id: &'static str,
    /// Its place.
    operation: &'static str,
    plant: fn(&mut Value),
    noticed: Noticed,
}

const BODIES_OF_THE_SPECIFICATION: [InABody; 7] = [
    InABody {
        id: "request_passwordless_code",
        operation: "/paths/~1customers~1passwordless-request/post",
        plant: |operation| {
            let schema = "/requestBody/content/application~1json/schema";
            remove(operation, &format!("{schema}/properties"), "email");
            let schema = at(operation, schema);
            schema["properties"]["mail"] = json!({"type": "string"});
            schema["required"] = json!(["mail"]);
        },
        noticed: &[
            (
                "request_passwordless_code, body",
                "mail",
                "the type has no such property",
            ),
            (
                "request_passwordless_code, body",
                "email",
                "the specification has no such property",
            ),
            (
                "request_passwordless_code, body, example documented",
                ".",
                "the example is not of its schema",
            ),
        ],
    },
    InABody {
        id: "verify_email_update",
        operation: "/paths/~1customer-accounts~1{customer_account_id}~1verify-email-update/put",
        plant: |operation| {
            let properties = "/requestBody/content/application~1json/schema/properties";
            at(operation, properties)["confirmation_code"] = json!({"type": "boolean"});
        },
        noticed: &[
            (
                "verify_email_update, body",
                "confirmation_code",
                "the specification says boolean, the type is number",
            ),
            (
                "verify_email_update, body, example documented",
                "confirmation_code",
                "the example is not of its schema",
            ),
        ],
    },
    InABody {
        id: "create_oauth_token",
        operation: "/paths/~1oauth~1tokens/post",
        plant: |operation| {
            let content = "/requestBody/content/application~1x-www-form-urlencoded";
            let required = format!("{content}/schema/required");
            remove_item(operation, &required, &json!("scope"));
        },
        noticed: &[(
            "create_oauth_token, body",
            "scope",
            "optional in the specification, required by the type",
        )],
    },
    InABody {
        id: "register_customer",
        operation: "/paths/~1customers~1register/post",
        plant: |operation| {
            let examples = "/requestBody/content/application~1json/examples";
            let examples = at(operation, examples);
            examples["documented"]["value"]["passwordless_code"] = json!("307242");
        },
        noticed: &[(
            "register_customer, body, example documented",
            "passwordless_code",
            "failed to decode: the value is not of the documented type",
        )],
    },
    InABody {
        id: "add_note",
        operation: "/paths/~1notes/post",
        plant: |operation| {
            let content = at(operation, "/requestBody/content");
            *content = json!({"text/html": content["text/plain"]});
        },
        noticed: &[
            (
                "add_note, body",
                ".",
                "the specification says media type text/html, the crate sends text/plain",
            ),
            (
                "add_note, body, example short",
                ".",
                "content-type is [\"text/plain\"] instead of [\"text/html\"]",
            ),
        ],
    },
    InABody {
        id: "store_picture",
        operation: "/paths/~1pictures/put",
        plant: |operation| {
            operation.as_object_mut().unwrap().remove("requestBody");
        },
        noticed: &[(
            "store_picture, the operation",
            ".",
            "the specification has no body, and the crate sends one",
        )],
    },
    InABody {
        id: "set_tags",
        operation: "/paths/~1tags/post",
        plant: |operation| {
            let body = at(operation, "/requestBody");
            body["required"] = json!(true);
            let content = at(body, "/content");
            remove(content, "/application~1json", "examples");
        },
        noticed: &[
            (
                "set_tags, body",
                ".",
                "required by the specification, optional in the builder",
            ),
            ("set_tags, body", ".", "has no example"),
        ],
    },
];

const SWAPPED: &str = "_statuses_swapped";

/// The environment variable that switches on the fault in the generated code. Without it, the crate does what its
/// specification says.
const SWAP: &str = "PLANTED_FAULTS";

/// The twins of today's operation, with the faults or without.
pub fn twins(faulty: bool) -> Value {
    let mut twins = Value::Null;
    for fault in IN_THE_CRATE {
        let mut document = workspace::document().unwrap();
        if faulty {
            (fault.plant)(&mut document);
        }
        // The faults are in the others, and fewer operations take less time.
        for status in ["400", "401", "403"] {
            remove(&mut document, RESPONSES, status);
        }
        merge(&mut twins, twin(&document, fault.ending));
    }
    for fault in BODIES_OF_THE_CRATE {
        let mut document = operation_with_a_body();
        if faulty {
            (fault.plant)(&mut document);
        }
        merge(&mut twins, twin(&document, fault.ending));
    }
    twins
}

/// Plants the fault that no specification can have: the builder of one twin confuses two statuses.
pub fn plant_in_generated(builder: &mut Vec<u8>) {
    let code = str::from_utf8(builder).unwrap();
    let id = format!("operations::GENERATE_TOKENS{}", SWAPPED.to_uppercase());
    let (before, twin) = code.split_once(&id).expect("the twin has a builder");
    let status = "match response.status().as_u16() {";
    let swapped = "match swapped(response.status().as_u16()) {";
    assert!(twin.contains(status), "the fault can't be planted");
    let twin = twin.replacen(status, swapped, 1);
    let function = format!(
        "fn swapped(status: u16) -> u16 {{
            match status {{
                200 if ::std::env::var_os({SWAP:?}).is_some() => 404,
                404 if ::std::env::var_os({SWAP:?}).is_some() => 200,
                status => status,
            }}
        }}"
    );
    *builder = [before, &id, &twin, &function].concat().into_bytes();
}

#[test]
fn faults_in_the_crate_planted_in_a_copy_are_noticed() {
    let copy = Copy::start();
    let mut document = document(twins(false));
    for fault in BODIES_OF_THE_SPECIFICATION {
        (fault.plant)(at(&mut document, fault.operation));
    }
    copy.specify(&document);
    let outcome = copy.test(&["round_trip::"], &[(SWAP, "yes")]);
    assert!(!outcome.status.success(), "the tests pass");
    let mut failures = Vec::new();
    let in_the_crate = IN_THE_CRATE.iter().chain(&BODIES_OF_THE_CRATE);
    let in_the_crate = in_the_crate.map(|fault| (fault.ending, fault.noticed));
    let others = BODIES_OF_THE_SPECIFICATION.iter();
    let others = others.map(|fault| (fault.id, fault.noticed));
    let faults: Vec<_> = in_the_crate.chain(others).collect();
    for (name, noticed) in &faults {
        failures.extend(unnoticed(name, noticed, &outcome.output));
    }
    // A part without a fault is not reported.
    let endings: Vec<String> = faults.iter().map(|(name, _)| format!("{name}, ")).collect();
    let said = outcome
        .output
        .lines()
        .filter(|line| line.contains(", at `"));
    for line in said.filter(|line| !endings.iter().any(|ending| line.contains(ending))) {
        failures.push(format!("of no fault: {line}"));
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

/// The faults that are not reported.
fn unnoticed(name: &str, noticed: &[(&str, &str, &str)], said: &str) -> Vec<String> {
    let missing = noticed.iter().filter(|(subject, path, problem)| {
        let start = format!("{subject}, at `{path}`: ");
        !said
            .lines()
            .any(|line| line.starts_with(&start) && line.contains(problem))
    });
    missing
        .map(|missing| format!("{name}: nobody says {missing:?}, but\n{said}"))
        .collect()
}

/// Where the example of the reference page has a range: a faulty specification is consistent with itself.
fn documented_bin_range() -> String {
    let example = "200/content/application~1json/examples/documented/value";
    format!("{RESPONSES}/{example}/data/tokens/0/bin_ranges/bin_ranges/0")
}

const RESPONSES: &str = "/paths/~1payment-processors~1generate-tokens/post/responses";

/// Gives a required property another name.
fn rename(document: &mut Value, schema: &str, old: &str, new: &str) {
    let pointer = format!("/components/schemas/{schema}");
    let property = at(document, &format!("{pointer}/properties/{old}")).take();
    remove(document, &format!("{pointer}/properties"), old);
    *at(document, &format!("{pointer}/properties/{new}")) = property;
    let required = format!("{pointer}/required");
    remove_item(document, &required, &json!(old));
    let required = at(document, &required).as_array_mut().unwrap();
    required.push(new.into());
}

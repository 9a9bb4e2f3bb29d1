//! The conformance tests would notice: each fault is planted, and must be named with its operation, its
//! response and its JSON path.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test a panic is the report"
)]

use std::path::Path;

use conformance::agreement::check;
use conformance::testing::workspace_copy::{self, Copies, Files};
use openapi::specification::Specification;
use serde_json::{Value, json};

/// A fault in the specification, while the crate stays as it is.
struct InTheSpecification {
    name: &'static str,
    plant: fn(&mut Value),
    /// Operation, subject and JSON path, and what is said of them.
    noticed: &'static [(&'static str, &'static str, &'static str)],
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
            plant: |document| rename(document, "TokenActions", "url", "link"),
            noticed: &[
                (
                    "generate_tokens, response 200",
                    "data.tokens[*].actions.link",
                    "the type has no such property",
                ),
                (
                    "generate_tokens, response 200",
                    "data.tokens[*].actions.url",
                    "the specification has no such property",
                ),
                (
                    "generate_tokens, response 200, example documented",
                    "data.tokens[0].actions",
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
                "the specification says nothing, the type is anything",
            )],
        },
        InTheSpecification {
            name: "two statuses swapped",
            plant: |document| {
                let responses = at(document, RESPONSES);
                let not_found = responses["404"].take();
                responses["404"] = std::mem::replace(&mut responses["200"], not_found);
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
                responses["403"] = std::mem::replace(&mut responses["401"], forbidden);
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
        let mut document = workspace_copy::specification().unwrap();
        (fault.plant)(&mut document);
        let specification = Specification::of(&document).unwrap();
        let deviations = check::deviations(&specification).await.unwrap();
        let lines: Vec<String> = deviations.iter().map(ToString::to_string).collect();
        failures.extend(unnoticed(fault.name, fault.noticed, &lines.join("\n")));
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

/// A fault in the crate, while the specification stays as it is: what is generated from a faulty
/// specification, or a fault in what was generated.
struct InTheCrate {
    name: &'static str,
    plant: Plant,
    noticed: &'static [(&'static str, &'static str, &'static str)],
}

enum Plant {
    Specification(fn(&mut Value)),
    Generated {
        file: &'static str,
        edit: fn(&str) -> String,
    },
}

#[test]
fn faults_in_the_crate_planted_in_a_copy_are_noticed() {
    let faults = [
        InTheCrate {
            name: "a field dropped from a schema",
            plant: Plant::Specification(|document| {
                remove(
                    document,
                    "/components/schemas/BinRange/properties",
                    "refundable",
                );
            }),
            noticed: &[
                (
                    "generate_tokens, response 200",
                    "data.tokens[*].bin_ranges.bin_ranges[*].refundable",
                    "the type has no such property",
                ),
                (
                    "generate_tokens, response 200, example documented",
                    "data.tokens[0].bin_ranges.bin_ranges[0].refundable",
                    "`refundable` was lost",
                ),
            ],
        },
        InTheCrate {
            name: "a wrong type",
            plant: Plant::Specification(|document| {
                *at(document, "/components/schemas/BinPrefixes/properties/from") =
                    json!({"type": "string"});
                *at(document, &(documented_bin_range() + "/range/from")) = json!("7000");
            }),
            noticed: &[(
                "generate_tokens, response 200, example documented",
                "data.tokens[0].bin_ranges.bin_ranges[0].range.from",
                "failed to decode: the value is not of the documented type",
            )],
        },
        InTheCrate {
            name: "a required field made optional",
            plant: Plant::Specification(|document| {
                let required = "/components/schemas/BinPrefixes/required";
                remove_item(document, required, &json!("to"));
            }),
            noticed: &[(
                "generate_tokens, response 200",
                "data.tokens[*].bin_ranges.bin_ranges[*].range.to",
                "required by the specification, optional in the type",
            )],
        },
        InTheCrate {
            name: "a renamed property",
            plant: Plant::Specification(|document| {
                rename(document, "BinPrefixes", "to", "until");
                let range = at(document, &(documented_bin_range() + "/range"));
                *range = json!({"from": 7000, "until": 9999});
            }),
            noticed: &[
                (
                    "generate_tokens, response 200",
                    "data.tokens[*].bin_ranges.bin_ranges[*].range.until",
                    "the specification has no such property",
                ),
                (
                    "generate_tokens, response 200, example documented",
                    "data.tokens[0].bin_ranges.bin_ranges[0].range",
                    "failed to decode: field `until` is missing",
                ),
            ],
        },
        InTheCrate {
            name: "two statuses swapped",
            plant: Plant::Generated {
                file: "builder.rs",
                edit: |code| {
                    code.replace("200u16 =>", "of_success =>")
                        .replace("404u16 =>", "200u16 =>")
                        .replace("of_success =>", "404u16 =>")
                },
            },
            noticed: &[
                (
                    "generate_tokens, response 200, example documented",
                    ".",
                    "the caller is told of an error",
                ),
                (
                    "generate_tokens, response 404, example illustrative",
                    ".",
                    "the error has no envelope",
                ),
            ],
        },
    ];
    let copies = Copies::below(Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap();
    let original = workspace_copy::files().unwrap();
    let sound = workspace_copy::specification().unwrap();
    let mut failures = Vec::new();
    // Another test has the copy 0.
    for (number, fault) in (1..).zip(faults) {
        let files = planted(&copies, &original, &sound, &fault.plant);
        let folder = fault.name.replace(' ', "_");
        let copy = copies.copy(&folder, number, &files).unwrap();
        let outcome = copy.test(&["--test", "round_trip"], false).unwrap();
        if outcome.status.success() {
            failures.push(format!("{}: the tests pass", fault.name));
        }
        failures.extend(unnoticed(fault.name, fault.noticed, &outcome.output));
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

fn planted(copies: &Copies, original: &Files, sound: &Value, plant: &Plant) -> Files {
    let mut files = original.clone();
    match plant {
        Plant::Specification(plant) => {
            let mut document = sound.clone();
            plant(&mut document);
            files.extend(copies.generated(&document).unwrap());
        }
        Plant::Generated { file, edit } => {
            let folder = Path::new("sdk").join("src").join("generated");
            let code = files.get_mut(&folder.join(file)).unwrap();
            let edited = edit(std::str::from_utf8(code).unwrap()).into_bytes();
            assert_ne!(*code, edited, "the fault was not planted");
            *code = edited;
        }
    }
    files
}

/// What of a fault is not said anywhere.
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

/// Where the example of the reference page has a range: a faulty specification is at one with itself.
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

/// The value that a pointer points at; its last token may be new.
fn at<'a>(document: &'a mut Value, pointer: &str) -> &'a mut Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    let parent = document.pointer_mut(parent).expect("the place is there");
    match parent {
        Value::Array(items) => &mut items[key.parse::<usize>().unwrap()],
        parent => &mut parent[&key],
    }
}

fn remove(document: &mut Value, pointer: &str, key: &str) {
    let object = at(document, pointer).as_object_mut().unwrap();
    object.remove(key).expect("the member is there");
}

fn remove_item(document: &mut Value, pointer: &str, item: &Value) {
    let items = at(document, pointer).as_array_mut().unwrap();
    let before = items.len();
    items.retain(|other| other != item);
    assert_ne!(items.len(), before);
}

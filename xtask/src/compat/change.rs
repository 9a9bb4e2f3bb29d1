//! One change of a specification, and whom it breaks. What is known to be compatible is in a table here;
//! everything else breaks somebody.

use std::fmt;

use serde_json::{Value, json};

use super::direction::Direction;
use crate::report::{Finding, Severity};
use openapi::element::Kind;
use openapi::extension::{CONTENT_TYPE, DEFAULT_FROM, SECRET};
use openapi::place::Place;

#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    OperationAdded,
    OperationRemoved,
    OperationId {
        old: String,
        new: String,
    },
    Method {
        old: String,
        new: String,
    },
    /// Apart from the names of its parameters.
    Path {
        old: String,
        new: String,
    },
    ParameterAdded {
        name: String,
        need: Need,
    },
    ParameterRemoved {
        name: String,
    },
    /// Its name in Rust.
    ParameterSetter {
        old: String,
        new: String,
    },
    ParameterNeed {
        name: String,
        old: Need,
        new: Need,
    },
    RequestBodyAdded {
        required: bool,
    },
    RequestBodyRemoved,
    RequestBodyRequired {
        required: bool,
    },
    /// `retyped`: what callers give for it is of another type.
    RequestBodyType {
        old: String,
        new: String,
        retyped: bool,
    },
    ResponseAdded {
        status: String,
    },
    ResponseRemoved {
        status: String,
    },
    Security,
    ServerAdded {
        preset: Option<String>,
    },
    ServerRemoved {
        preset: Option<String>,
    },
    SchemaAdded,
    SchemaRemoved,
    /// `open`: before, its value was among the fields that are not named.
    PropertyAdded {
        required: bool,
        open: bool,
    },
    PropertyRemoved,
    PropertyRequired {
        required: bool,
        direction: Direction,
    },
    ValueAdded {
        value: Value,
        direction: Direction,
    },
    ValueRemoved {
        value: Value,
    },
    /// A rule that values are checked by where they are sent.
    Rule {
        old: Option<Value>,
        new: Option<Value>,
        effect: Effect,
        direction: Direction,
    },
    /// A field of an element, which the place names; `None` where it is not there.
    Field {
        kind: Kind,
        name: String,
        old: Option<Value>,
        new: Option<Value>,
    },
}

/// Whether a caller has to give a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Optional,
    /// The client finds a value for every call.
    Supplied,
    /// The call or the client's configuration must give it.
    Required,
}

/// What another rule means to who sends a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Values that were sent are refused.
    Narrower,
    /// All values that were sent still are.
    Wider,
    /// The rule is not checked.
    None,
}

/// Fields that only become documentation, by the kind of element that has them.
const DOCUMENTATION: &[(Kind, &[&str])] = &[
    (Kind::Document, &["openapi", "tags", "externalDocs"]),
    (
        Kind::Info,
        &[
            "title",
            "description",
            "termsOfService",
            "contact",
            "license",
        ],
    ),
    (Kind::Server, &["description"]),
    (
        Kind::Operation,
        &[
            "summary",
            "description",
            "tags",
            "externalDocs",
            "deprecated",
        ],
    ),
    (
        Kind::Parameter,
        &[
            "description",
            "example",
            "examples",
            "deprecated",
            "allowEmptyValue",
            SECRET,
        ],
    ),
    (Kind::RequestBody, &["description"]),
    // Headers of responses become no code.
    (Kind::Response, &["description", "headers", "links"]),
    (Kind::MediaType, &["example", "examples"]),
    (
        Kind::Schema,
        &[
            "description",
            "example",
            "externalDocs",
            "deprecated",
            "xml",
            SECRET,
        ],
    ),
    (Kind::SecurityScheme, &["description", "bearerFormat"]),
];

/// Fields that say what is sent; all others that are in no table here shape the crate.
const WIRE: &[(Kind, &[&str])] = &[
    (Kind::Info, &["version"]),
    (Kind::Server, &["url"]),
    (Kind::Operation, &[CONTENT_TYPE]),
    (
        Kind::Parameter,
        &[DEFAULT_FROM, "in", "style", "explode", "allowReserved"],
    ),
    (Kind::SecurityScheme, &["type", "scheme", "name", "in"]),
];

impl Change {
    /// The finding that this is at a place: in the new specification, or in the old one of what was removed.
    pub fn at(&self, place: &Place) -> Finding {
        let severity = self.severity(place);
        Finding {
            severity,
            file: None,
            text: format!("{place}: {self}"),
            json: json!({
                "effect": severity.name(),
                "place": place.to_string(),
                "change": self.to_string(),
            }),
        }
    }

    fn severity(&self, place: &Place) -> Severity {
        use Severity::{BreaksCallers, BreaksWire, Compatible, Documentation};
        match self {
            Change::OperationAdded | Change::SchemaAdded => Compatible,
            Change::ServerAdded { preset: Some(_) } => Compatible,
            Change::ServerAdded { preset: None } | Change::ServerRemoved { preset: None } => {
                Documentation
            }
            Change::ParameterAdded { need, .. } if *need != Need::Required => Compatible,
            Change::ParameterNeed {
                new: Need::Optional,
                ..
            } => Compatible,
            Change::ParameterNeed {
                old: Need::Required,
                new: Need::Supplied,
                ..
            } => Compatible,
            Change::RequestBodyAdded { required: false }
            | Change::RequestBodyRequired { required: false } => Compatible,
            Change::RequestBodyType { retyped: false, .. } => BreaksWire,
            Change::PropertyAdded {
                required: false,
                open: false,
            } => Compatible,
            // What is received is not checked.
            Change::Rule {
                effect: Effect::None,
                ..
            }
            | Change::Rule {
                direction: Direction { given: false, .. },
                ..
            } => Documentation,
            Change::Rule {
                effect: Effect::Wider,
                ..
            } => Compatible,
            Change::ValueAdded { direction, .. } if direction.is_given_only() => Compatible,
            Change::Field { kind, name, .. } if is_in(DOCUMENTATION, *kind, name) => Documentation,
            // Any other schema with a title gets its name in Rust from it.
            Change::Field {
                kind: Kind::Schema,
                name,
                ..
            } if name == "title" && is_of_named_schema(place) => Documentation,

            Change::Field { kind, name, .. } if is_in(WIRE, *kind, name) => BreaksWire,
            Change::Method { .. } | Change::Path { .. } | Change::Security => BreaksWire,
            _ => BreaksCallers,
        }
    }
}

fn is_of_named_schema(place: &Place) -> bool {
    matches!(place.steps(), [components, schemas, _, _]
        if components == "components" && schemas == "schemas")
}

fn is_in(table: &[(Kind, &[&str])], kind: Kind, name: &str) -> bool {
    table
        .iter()
        .any(|(of, names)| *of == kind && names.contains(&name))
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Optional => "optional",
            Self::Supplied => "supplied by the client",
            Self::Required => "required",
        })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = |direction: &Direction| match (direction.given, direction.got) {
            (true, true) => " in what callers give and get",
            (true, false) => " in what callers give",
            (false, true) => " in what callers get",
            (false, false) => "",
        };
        match self {
            Self::OperationAdded => f.write_str("operation added"),
            Self::OperationRemoved => f.write_str("operation removed"),
            Self::OperationId { old, new } => write!(f, "operation {old} renamed to {new}"),
            Self::Method { old, new } => write!(f, "method {old} → {new}"),
            Self::Path { old, new } => write!(f, "path {old} → {new}"),
            Self::ParameterAdded { name, need } => write!(f, "parameter {name} added ({need})"),
            Self::ParameterRemoved { name } => write!(f, "parameter {name} removed"),
            Self::ParameterSetter { old, new } => write!(f, "setter {old} → {new}"),
            Self::ParameterNeed { name, old, new } => write!(f, "parameter {name}: {old} → {new}"),
            Self::RequestBodyAdded { required } => {
                write!(f, "request body added ({})", need(*required))
            }
            Self::RequestBodyRemoved => f.write_str("request body removed"),
            Self::RequestBodyRequired { required } => {
                write!(f, "request body: {}", turned(*required))
            }
            Self::RequestBodyType { old, new, .. } => {
                write!(f, "media type of the request body: {old} → {new}")
            }
            Self::ResponseAdded { status } => write!(f, "response {status} added"),
            Self::ResponseRemoved { status } => write!(f, "response {status} removed"),
            Self::Security => f.write_str("security changed"),
            Self::ServerAdded { preset } => write!(f, "server added{}", named(preset)),
            Self::ServerRemoved { preset } => write!(f, "server removed{}", named(preset)),
            Self::SchemaAdded => f.write_str("schema added"),
            Self::SchemaRemoved => f.write_str("schema removed"),
            Self::PropertyAdded { required, open } => {
                write!(f, "property added ({})", need(*required))?;
                if *open {
                    f.write_str(", which was among the fields without a name")?;
                }
                Ok(())
            }
            Self::PropertyRemoved => f.write_str("property removed"),
            Self::PropertyRequired {
                required,
                direction,
            } => write!(f, "{}{}", turned(*required), way(direction)),
            Self::ValueAdded { value, direction } => {
                write!(f, "value {value} added{}", way(direction))
            }
            Self::ValueRemoved { value } => write!(f, "value {value} removed"),
            Self::Rule {
                old,
                new,
                effect,
                direction,
            } => {
                replaced(f, old.as_ref(), new.as_ref())?;
                match effect {
                    Effect::None => Ok(()),
                    _ => f.write_str(way(direction)),
                }
            }
            Self::Field {
                kind,
                name,
                old,
                new,
                ..
            } => {
                // Prose and examples are long, and what they say now can be read in the file.
                if is_in(DOCUMENTATION, *kind, name) {
                    return f.write_str("changed");
                }
                replaced(f, old.as_ref(), new.as_ref())
            }
        }
    }
}

fn need(required: bool) -> &'static str {
    if required { "required" } else { "optional" }
}

fn turned(required: bool) -> &'static str {
    if required {
        "optional → required"
    } else {
        "required → optional"
    }
}

fn replaced(f: &mut fmt::Formatter<'_>, old: Option<&Value>, new: Option<&Value>) -> fmt::Result {
    match (old, new) {
        (None, Some(new)) => write!(f, "added: {}", shortened(new)),
        (Some(old), None) => write!(f, "removed: {}", shortened(old)),
        (Some(old), Some(new)) => write!(f, "{} → {}", shortened(old), shortened(new)),
        (None, None) => f.write_str("changed"),
    }
}

fn named(preset: &Option<String>) -> String {
    match preset {
        Some(name) => format!(": {name}"),
        None => String::new(),
    }
}

fn shortened(value: &Value) -> String {
    const LONGEST: usize = 80;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

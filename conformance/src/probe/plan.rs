//! Which requests are made, and what the specification says must come of each: all of it follows from the
//! specification, and nothing is known of any operation by name.

use par_ordering::conformance::OPERATIONS;
use serde::Serialize;

use super::expectation::Expected;
use super::request::{Request, known};
use super::violation::violations;
use crate::specification::{Operation, Parameter, Position, Security, Specification};

/// What is refused with which status.
const BAD_REQUEST: u16 = 400;
const UNAUTHORIZED: u16 = 401;
const NOT_FOUND: u16 = 404;
const METHOD_NOT_ALLOWED: u16 = 405;
const UNSUPPORTED_MEDIA_TYPE: u16 = 415;

/// No bearer token: a space is not allowed in one (RFC 6750).
const MALFORMED_TOKEN: &str = "Bearer not a token";

const NOWHERE: &str = "no-such-path";

#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub probes: Vec<Probe>,
    pub not_probed: Vec<NotProbed>,
}

/// One request and what must come of it.
#[derive(Clone, Debug)]
pub struct Probe {
    /// Id of the operation.
    pub operation: String,
    /// What is special about the request; unique within the operation.
    pub name: String,
    /// Whether the sdk makes the call; it refuses to make most of the others.
    pub through_sdk: bool,
    pub request: Request,
    pub expected: Expected,
}

/// What could have been probed, and why it is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotProbed {
    pub operation: String,
    pub probe: String,
    pub reason: String,
}

impl Plan {
    /// The plan for a specification, with or without a customer's token.
    #[must_use]
    pub fn of(specification: &Specification, with_token: bool) -> Self {
        let mut plan = Self::default();
        for operation in &specification.operations {
            let with_token = with_token && operation.security != Security::None;
            match Request::documented(operation, with_token) {
                Ok(documented) => {
                    let mut planning = Planning {
                        specification,
                        operation,
                        documented,
                        plan: &mut plan,
                    };
                    planning.all();
                }
                Err(parameter) => plan.not_probed.push(NotProbed {
                    operation: operation.id.clone(),
                    probe: "all".to_owned(),
                    reason: format!("the parameter {parameter} is required and has no example"),
                }),
            }
        }
        plan
    }

    /// How many calls are documented ones.
    #[must_use]
    pub fn documented_calls(&self) -> usize {
        let successes = self
            .probes
            .iter()
            .filter(|probe| probe.expected.is_success());
        successes.count()
    }
}

struct Planning<'a> {
    specification: &'a Specification,
    operation: &'a Operation,
    documented: Request,
    plan: &'a mut Plan,
}

impl Planning<'_> {
    fn all(&mut self) {
        self.documented_call();
        for parameter in &self.operation.parameters {
            if parameter.required && parameter.position != Position::Path {
                let name = format!("{} {} left out", parameter.position, parameter.name);
                let mut request = self.documented.clone();
                request.unset(parameter.position, &parameter.name);
                self.bad_request(name, request, &[]);
            }
        }
        if self.operation.content_type.is_some() {
            let mut request = self.documented.clone();
            request.unset(Position::Header, "Content-Type");
            let name = "header Content-Type left out".to_owned();
            // HTTP has a status of its own for it.
            self.bad_request(name, request, &[UNSUPPORTED_MEDIA_TYPE]);
        }
        for parameter in &self.operation.parameters {
            self.malformed(parameter);
        }
        self.bearer_token();
        self.unknown_path();
        self.other_method();
    }

    fn documented_call(&mut self) {
        let successes = self.operation.responses.iter();
        let successes = successes
            .map(|response| response.status)
            .filter(|status| *status < 400);
        let expected = Expected::any_of(successes);
        let is_known = OPERATIONS.iter().any(|known| known.id == self.operation.id);
        if expected.statuses.is_empty() {
            self.leave_out("documented call", "the operation documents no success");
        } else {
            let request = self.documented.clone();
            self.add("documented call".to_owned(), request, expected);
            if let Some(probe) = self.plan.probes.last_mut() {
                probe.through_sdk = is_known;
            }
        }
    }

    /// A parameter with each text that its schema does not allow.
    fn malformed(&mut self, parameter: &Parameter) {
        for violation in violations(self.specification, &parameter.schema) {
            let name = format!(
                "{} {} {}",
                parameter.position, parameter.name, violation.what
            );
            let mut request = self.documented.clone();
            request.set(parameter.position, &parameter.name, known(&violation.text));
            match parameter.position {
                // Another path altogether, and perhaps another operation's.
                Position::Path if violation.text.is_empty() => {}
                Position::Path => self.bad_request(name, request, &[NOT_FOUND]),
                Position::Query | Position::Header => self.bad_request(name, request, &[]),
            }
        }
    }

    fn bearer_token(&mut self) {
        if self.operation.security == Security::None {
            return;
        }
        let mut request = self.documented.clone();
        request.set(Position::Header, "Authorization", known(MALFORMED_TOKEN));
        self.refused(
            "bearer token malformed".to_owned(),
            request,
            UNAUTHORIZED,
            &[],
        );
        if self.operation.security == Security::Bearer {
            let mut request = self.documented.clone();
            request.unset(Position::Header, "Authorization");
            self.refused(
                "bearer token left out".to_owned(),
                request,
                UNAUTHORIZED,
                &[],
            );
        }
    }

    /// That is HTTP's own affair, so that the operation need not document it.
    fn unknown_path(&mut self) {
        let below = format!("{}/{NOWHERE}", self.operation.path);
        let paths = [
            below,
            format!("/{NOWHERE}"),
            format!("/{NOWHERE}/{NOWHERE}/{NOWHERE}"),
        ];
        let unknown = paths.into_iter().find(|path| {
            let operations = &self.specification.operations;
            !operations
                .iter()
                .any(|other| may_be_same(path, &other.path))
        });
        match unknown {
            Some(path) => {
                let mut request = self.documented.clone();
                request.path = path;
                self.add(
                    "unknown path".to_owned(),
                    request,
                    Expected::any_of([NOT_FOUND]),
                );
            }
            None => self.leave_out("unknown path", "any path may be an operation's"),
        }
    }

    fn other_method(&mut self) {
        let operations = self.specification.operations.iter();
        let here = operations.filter(|other| may_be_same(&other.path, &self.operation.path));
        let mut allowed: Vec<String> = here.map(|other| other.method.clone()).collect();
        allowed.sort();
        allowed.dedup();
        // All other methods may change something where they are allowed after all.
        if allowed.iter().any(|method| method == "GET") {
            let reason = "GET is documented, and no other method is safe to try";
            self.leave_out("another method", reason);
            return;
        }
        let mut request = self.documented.clone();
        "GET".clone_into(&mut request.method);
        let expected = Expected::any_of([METHOD_NOT_ALLOWED]).with_allow(allowed);
        self.add("method GET".to_owned(), request, expected);
    }

    fn bad_request(&mut self, name: String, request: Request, instead: &[u16]) {
        self.refused(name, request, BAD_REQUEST, instead);
    }

    /// Adds a request that is refused with that status, or with one of those `instead`.
    fn refused(&mut self, name: String, request: Request, status: u16, instead: &[u16]) {
        if self.operation.response(status).is_some() {
            let statuses = [status].into_iter().chain(instead.iter().copied());
            self.add(name, request, Expected::any_of(statuses));
        } else {
            let reason = format!("the operation documents no {status}");
            self.leave_out(&name, &reason);
        }
    }

    fn add(&mut self, name: String, request: Request, expected: Expected) {
        self.plan.probes.push(Probe {
            operation: self.operation.id.clone(),
            name,
            through_sdk: false,
            request,
            expected,
        });
    }

    fn leave_out(&mut self, probe: &str, reason: &str) {
        self.plan.not_probed.push(NotProbed {
            operation: self.operation.id.clone(),
            probe: probe.to_owned(),
            reason: reason.to_owned(),
        });
    }
}

/// Whether a path may be read as one of both templates.
fn may_be_same(one: &str, other: &str) -> bool {
    let is_parameter = |part: &str| part.starts_with('{') && part.ends_with('}');
    let (mut ones, mut others) = (one.split('/'), other.split('/'));
    loop {
        match (ones.next(), others.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one == other => {}
            (Some(one), Some(other)) if is_parameter(one) || is_parameter(other) => {}
            _ => return false,
        }
    }
}

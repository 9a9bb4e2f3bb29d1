//! Which requests are made, and what the specification says must come of each: all of it follows from the
//! specification, and nothing is known of any operation by name.

use par_ordering::conformance::OPERATIONS;
use serde::Serialize;

use super::broken_body::broken_bodies;
use super::broken_text::broken_texts;
use super::expectation::Expected;
use super::request::{AtHand, Request, Text, carried, known};
use openapi::answer::Statuses;
use openapi::body::Encoding;
use openapi::credential::{Carrier, Credential};
use openapi::path_template::ByPath;
use openapi::specification::{Operation, Parameter, Position, Security, Specification};

/// What is refused with which status.
const BAD_REQUEST: u16 = 400;
const UNAUTHORIZED: u16 = 401;
const NOT_FOUND: u16 = 404;
const UNPROCESSABLE: u16 = 422;
const METHOD_NOT_ALLOWED: u16 = 405;
const UNSUPPORTED_MEDIA_TYPE: u16 = 415;

/// No bearer token: a space is not allowed in one (RFC 6750).
const MALFORMED_TOKEN: &str = "Bearer not a token";

/// No operation names it.
const ANOTHER_TYPE: &str = "text/x-no-such-type";

const NOWHERE: &str = "no-such-path";

/// So many rules of a body are broken: a schema may have any number of them.
const BROKEN_BODIES: usize = 32;

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
    /// The plan for a specification, with what is at hand to fill requests in with.
    #[must_use]
    pub fn of(specification: &Specification, at_hand: &AtHand) -> Self {
        let operations = specification.operations.iter();
        let by_path = ByPath::new(operations.map(|one| (one.path.as_str(), one)));
        let mut plan = Self::default();
        for operation in &specification.operations {
            let documented = Request::documented(operation, at_hand)
                .map_err(|what| format!("{what} is required and has no example"));
            match documented {
                Ok(documented) => {
                    let mut planning = Planning {
                        specification,
                        by_path: &by_path,
                        operation,
                        way: at_hand.way(operation).unwrap_or_default(),
                        documented,
                        plan: &mut plan,
                    };
                    planning.all();
                }
                Err(reason) => plan.not_probed.push(NotProbed {
                    operation: operation.id.clone(),
                    probe: "all".to_owned(),
                    reason,
                }),
            }
        }
        plan
    }

    /// How many calls may succeed as far as the specification says.
    #[must_use]
    pub fn possible_successes(&self) -> usize {
        let probes = self.probes.iter();
        probes
            .filter(|probe| probe.expected.may_be_success())
            .count()
    }
}

struct Planning<'a> {
    specification: &'a Specification,
    by_path: &'a ByPath<&'a Operation>,
    operation: &'a Operation,
    /// The credentials that the documented call carries.
    way: &'a [Credential],
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
        for parameter in &self.operation.parameters {
            self.malformed(parameter);
        }
        self.content_type();
        self.body();
        self.bearer_token();
        self.other_credentials();
        self.unknown_path();
        self.other_method();
    }

    fn documented_call(&mut self) {
        let expected = Expected::any_of(self.successes());
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
        for broken in broken_texts(self.specification, parameter) {
            let name = format!("{} {} {}", parameter.position, parameter.name, broken.rule);
            let mut request = self.documented.clone();
            request.give(parameter, &broken.entries);
            match parameter.position {
                // Another path altogether, and perhaps another operation's.
                Position::Path if broken.entries.iter().all(String::is_empty) => {}
                Position::Path => self.bad_request(name, request, &[NOT_FOUND]),
                Position::Query | Position::Header => self.bad_request(name, request, &[]),
            }
        }
    }

    /// HTTP has a status of its own for a type that is not taken. Whether the header may be left out where there
    /// is not a body OpenAPI can't say, so that both is as documented.
    fn content_type(&mut self) {
        if self.operation.content_type.is_none() || self.documented.body.is_some() {
            return;
        }
        let mut request = self.documented.clone();
        request.unset(Position::Header, "Content-Type");
        let mut accepted: Vec<u16> = self.successes().collect();
        accepted.push(UNSUPPORTED_MEDIA_TYPE);
        let name = "header Content-Type left out".to_owned();
        self.bad_request(name, request, &accepted);
        let mut request = self.documented.clone();
        request.set(Position::Header, "Content-Type", known(ANOTHER_TYPE));
        let name = "header Content-Type of another type".to_owned();
        self.bad_request(name, request, &[UNSUPPORTED_MEDIA_TYPE]);
    }

    /// A body that breaks one rule of its schema, is of another type or no JSON, or none at all.
    fn body(&mut self) {
        let operation = self.operation;
        let Some(body) = &operation.request_body else {
            return;
        };
        let Some(example) = body.examples.first() else {
            self.leave_out("body", "it is optional and has no example");
            return;
        };
        let mut request = self.documented.clone();
        request.body = None;
        request.unset(Position::Header, "Content-Type");
        let unsupported = &[UNSUPPORTED_MEDIA_TYPE];
        let name = "body left out".to_owned();
        if body.required {
            self.bad_request(name, request, unsupported);
        } else {
            self.add(name, request, Expected::any_of(self.successes()));
        }
        if !body.encoding.is_of_a_value() {
            return;
        }
        let mut request = self.documented.clone();
        request.set(Position::Header, "Content-Type", known(ANOTHER_TYPE));
        self.bad_request("body of another type".to_owned(), request, unsupported);
        if body.encoding == Encoding::Json {
            let mut request = self.documented.clone();
            request.body = Some(b"{".to_vec());
            self.bad_request("body that is not JSON".to_owned(), request, &[]);
        }
        let broken = broken_bodies(self.specification, body, &example.value);
        for broken in broken.iter().take(BROKEN_BODIES) {
            let mut request = self.documented.clone();
            request.carry(body, &broken.value);
            self.bad_request(format!("body {}", broken.rule), request, &[]);
        }
        if broken.len() > BROKEN_BODIES {
            let reason = format!("only {BROKEN_BODIES} rules of a body are broken");
            self.leave_out("further rules of the body", &reason);
        }
    }

    fn successes(&self) -> impl Iterator<Item = u16> {
        let responses = self.operation.responses.iter();
        let statuses = responses.map(|response| response.status);
        statuses.filter(|status| *status < 400)
    }

    fn bearer_token(&mut self) {
        if self.operation.security == Security::None {
            return;
        }
        let is_bearer = |one: &Credential| one.carrier == Carrier::Bearer;
        let mut ways = self.operation.credentials.iter();
        if ways.any(|way| !way.is_empty() && !way.iter().any(is_bearer)) {
            let reason = "other credentials suffice";
            self.leave_out("bearer token malformed", reason);
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

    /// A credential of a setting that is left out, where none is not a way of its own.
    fn other_credentials(&mut self) {
        if self.operation.credentials.iter().any(Vec::is_empty) {
            return;
        }
        for credential in self.way {
            if credential.carrier.setting().is_none() {
                continue;
            }
            let (position, name, _) = carried(&credential.carrier);
            let mut request = self.documented.clone();
            request.unset(position, name);
            let name = format!("credential {} left out", credential.scheme);
            self.refused(name, request, UNAUTHORIZED, &[]);
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
        let unknown = paths.into_iter().map(|path| Request {
            path,
            ..self.documented.clone()
        });
        let unknown = unknown
            .into_iter()
            .find(|request| self.operations_at(request).is_empty());
        match unknown {
            Some(request) => {
                let expected = Expected::any_of([NOT_FOUND]).elsewhere();
                self.add("unknown path".to_owned(), request, expected);
            }
            None => self.leave_out("unknown path", "any path may be an operation's"),
        }
    }

    fn other_method(&mut self) {
        let here = self.operations_at(&self.documented).into_iter();
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
        let expected = Expected::any_of([METHOD_NOT_ALLOWED]).elsewhere();
        let expected = expected.with_allow(allowed);
        self.add("method GET".to_owned(), request, expected);
    }

    /// The operations that the path of a request is one of: those of the most concrete template that fits.
    fn operations_at(&self, request: &Request) -> Vec<&Operation> {
        let path = request.filled_path(|text| match text {
            Text::Known(text) => text.clone(),
            _ => NOWHERE.to_owned(),
        });
        let meant = self.by_path.meant(&path).into_iter();
        meant.map(|(operation, _)| *operation).collect()
    }

    /// Where only the status for a request that was understood and is not right is documented, it stands for all.
    fn bad_request(&mut self, name: String, request: Request, instead: &[u16]) {
        let names = |status| {
            let mut responses = self.operation.responses.iter();
            responses.any(|response| response.statuses == Statuses::One(status))
        };
        let status = if !names(BAD_REQUEST) && names(UNPROCESSABLE) {
            UNPROCESSABLE
        } else {
            BAD_REQUEST
        };
        self.refused(name, request, status, instead);
    }

    /// Adds a request that is refused with that status, or with one of those `instead`.
    fn refused(&mut self, name: String, request: Request, status: u16, instead: &[u16]) {
        if self.operation.response(status).is_some() {
            let statuses = [status].into_iter().chain(instead.iter().copied());
            self.add(name, request, Expected::any_of(statuses));
        } else {
            let reason = match status {
                BAD_REQUEST => "the operation documents neither 400 nor 422".to_owned(),
                _ => format!("the operation documents no {status}"),
            };
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{AtHand, Plan};
    use openapi::specification::Specification;

    /// Operations with little to say about themselves, under the given paths.
    fn plan(paths: &Value, with_token: bool) -> Plan {
        let scheme = json!({"type": "http", "scheme": "bearer"});
        let document = json!({
            "paths": paths,
            "components": {"securitySchemes": {"token": scheme}},
        });
        let at_hand = AtHand {
            customer_token: with_token,
            ..AtHand::default()
        };
        Plan::of(&Specification::of(&document).unwrap(), &at_hand)
    }

    fn lines(plan: &Plan) -> (Vec<String>, Vec<String>) {
        let probes = plan.probes.iter();
        let left_out = plan.not_probed.iter();
        (
            probes
                .map(|probe| format!("{}: {}", probe.name, probe.expected))
                .collect(),
            left_out
                .map(|one| format!("{}: {}", one.probe, one.reason))
                .collect(),
        )
    }

    #[test]
    fn all_rules_of_an_operation_are_broken_one_by_one() {
        let shop = json!({"type": "integer"});
        let plan = plan(
            &json!({"/shops/{shop}": {"put": {
                "operationId": "change",
                "x-par-content-type": "application/json",
                "security": [{"token": []}],
                "parameters": [
                    {"name": "shop", "in": "path", "required": true, "schema": shop, "example": 7},
                    {"name": "Key", "in": "header", "required": true, "schema": {"minLength": 1}, "example": "k"},
                    {"name": "Free", "in": "header", "schema": {}},
                    {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}},
                    {"name": "all", "in": "query", "required": true, "schema": {}, "example": "yes"},
                ],
                "responses": {"200": {}, "202": {}, "400": {}, "401": {}, "404": {}},
            }}}),
            true,
        );
        let (probes, left_out) = lines(&plan);
        let expected = [
            "documented call: 200 or 202",
            "header Key left out: 400",
            "query all left out: 400",
            "path shop that is not an integer: 400 or 404",
            "header Key empty: 400",
            "query page that is not an integer: 400",
            "query page below its minimum: 400",
            "header Content-Type left out: 200, 202, 400 or 415",
            "header Content-Type of another type: 400 or 415",
            "bearer token malformed: 401",
            "bearer token left out: 401",
            "unknown path: 404",
            "method GET: 405",
        ];
        assert_eq!(probes, expected);
        assert_eq!(left_out, [""; 0]);
        assert_eq!(plan.possible_successes(), 2);
        let mut names: Vec<&str> = plan
            .probes
            .iter()
            .map(|probe| probe.name.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), expected.len(), "the names are unique");
    }

    #[test]
    fn a_body_is_sent_as_documented_and_broken_rule_by_rule_up_to_a_bound() {
        let responses = json!({"200": {}, "400": {}});
        let body = |media_type: &str, schema: &Value, example: &Value| json!({"required": true, "content": {media_type: {"schema": schema, "example": example}}});
        let size = json!({"type": "object", "required": ["size"], "properties": {
            "size": {"type": "integer", "maximum": 7},
        }});
        let mut many = json!({"type": "object", "properties": {}});
        for number in 0..40 {
            many["properties"][format!("a{number}")] = json!({"type": "string"});
        }
        let broken = [
            "body left out: 400 or 415",
            "body of another type: 400 or 415",
            "body that is not JSON: 400",
            "body without /size: 400",
            "body that is not an object: 400",
            "body /size that is not an integer: 400",
            "body /size above its maximum: 400",
        ];
        let cases = [
            (
                body("application/json", &size, &json!({"size": 7})),
                r#"{"size":7}"#,
                broken.to_vec(),
            ),
            (
                body(
                    "application/x-www-form-urlencoded",
                    &size,
                    &json!({"size": 7}),
                ),
                "size=7",
                [&broken[..2], &broken[3..4], &broken[5..]].concat(),
            ),
            (
                body("text/plain", &json!({"type": "string"}), &json!("a b")),
                "a b",
                vec![broken[0]],
            ),
        ];
        for (body, sent, expected) in cases {
            let operation =
                json!({"operationId": "a", "requestBody": body, "responses": responses});
            let plan = plan(&json!({"/a": {"put": operation}}), false);
            let (probes, left_out) = lines(&plan);
            let of_body = probes.iter().filter(|line| line.starts_with("body "));
            assert_eq!(of_body.collect::<Vec<_>>(), expected);
            assert_eq!(left_out, [""; 0]);
            let documented = &plan.probes[0].request;
            assert_eq!(documented.body.as_deref(), Some(sent.as_bytes()));
        }
        let optional = |responses: &Value| {
            let mut body = body("application/json", &size, &json!({"size": 7}));
            body["required"] = json!(false);
            let operation =
                json!({"operationId": "a", "requestBody": body, "responses": responses});
            lines(&plan(&json!({"/a": {"put": operation}}), false))
        };
        let (probes, _) = optional(&json!({"200": {}, "422": {}}));
        let of_body = probes.iter().filter(|line| line.starts_with("body "));
        let expected = [
            "body left out: 200",
            "body of another type: 415 or 422",
            "body that is not JSON: 422",
            "body without /size: 422",
            "body that is not an object: 422",
            "body /size that is not an integer: 422",
            "body /size above its maximum: 422",
        ];
        assert_eq!(of_body.collect::<Vec<_>>(), expected);
        let (_, left_out) = optional(&json!({"200": {}}));
        let reason = "body without /size: the operation documents neither 400 nor 422";
        assert!(left_out.contains(&reason.to_owned()), "{left_out:?}");

        let body = body("application/json", &many, &json!({}));
        let operation = json!({"operationId": "a", "requestBody": body, "responses": responses});
        let (probes, left_out) = lines(&plan(&json!({"/a": {"put": operation}}), false));
        let of_schema = probes.iter().filter(|line| line.starts_with("body /"));
        assert_eq!(of_schema.count(), 31, "beside the one for the whole body");
        let expected = "further rules of the body: only 32 rules of a body are broken";
        assert_eq!(left_out, [expected]);
    }

    #[test]
    fn what_the_operation_says_nothing_of_is_not_probed_and_the_reason_is_told() {
        let required = json!([
            {"name": "Key", "in": "header", "required": true, "schema": {}, "example": "k"}
        ]);
        let plan = plan(
            &json!({
                "/bare": {"get": {"operationId": "bare", "parameters": required, "responses": {"404": {}}}},
                "/{any}": {"post": {
                    "operationId": "body",
                    "requestBody": {"required": true, "content": {"application/json": {"schema": {}}}},
                    "responses": {"200": {}},
                }},
                "/a/{any}/{thing}": {"post": {
                    "operationId": "nameless",
                    "parameters": [
                        {"name": "any", "in": "path", "required": true, "schema": {}},
                    ],
                    "responses": {"200": {}},
                }},
            }),
            false,
        );
        let (probes, left_out) = lines(&plan);
        assert_eq!(probes, ["unknown path: 404"]);
        let expected = [
            "all: the parameter any is required and has no example",
            "documented call: the operation documents no success",
            "header Key left out: the operation documents neither 400 nor 422",
            "another method: GET is documented, and no other method is safe to try",
            "all: the body is required and has no example",
        ];
        assert_eq!(left_out, expected);
        // Not the path that may be the other operation's.
        assert_eq!(plan.probes[0].request.path, "/bare/no-such-path");
    }

    #[test]
    fn a_body_is_left_out_and_is_sent_with_another_type_broken_and_without_each_part() {
        let plan = plan(
            &json!({"/orders": {"post": {
                "operationId": "order",
                "requestBody": {"required": true, "content": {"application/json": {
                    "schema": {"type": "object", "required": ["dish", "count"]},
                    "example": {"dish": "soup", "count": 1, "note": "hot"},
                }}},
                "responses": {"200": {}, "400": {}},
            }}}),
            false,
        );
        let bodies: Vec<(&str, Option<String>)> = plan
            .probes
            .iter()
            .filter(|probe| probe.name.contains("body") || probe.name == "documented call")
            .map(|probe| {
                let body = probe.request.body.clone();
                let body = body.map(|body| String::from_utf8(body).unwrap());
                (probe.name.as_str(), body)
            })
            .collect();
        let whole = || Some(r#"{"count":1,"dish":"soup","note":"hot"}"#.to_owned());
        let expected = [
            ("documented call", whole()),
            ("body left out", None),
            ("body of another type", whole()),
            ("body that is not JSON", Some("{".to_owned())),
            (
                "body without /dish",
                Some(r#"{"count":1,"note":"hot"}"#.to_owned()),
            ),
            (
                "body without /count",
                Some(r#"{"dish":"soup","note":"hot"}"#.to_owned()),
            ),
            (
                "body that is not an object",
                Some(r#""no-object""#.to_owned()),
            ),
        ];
        assert_eq!(bodies, expected);
    }

    #[test]
    fn a_path_is_of_the_most_concrete_template_alone() {
        let shop = json!([
            {"name": "shop", "in": "path", "required": true, "schema": {}, "example": "7"}
        ]);
        let plan = plan(
            &json!({
                "/shops/{shop}": {"put": {"operationId": "put", "parameters": shop, "responses": {"200": {}}}},
                "/shops/latest": {"post": {"operationId": "post", "responses": {"200": {}}}},
                "/{all}/latest": {"delete": {"operationId": "delete", "responses": {"200": {}}}},
            }),
            false,
        );
        let probes = plan.probes.iter();
        let allowed: Vec<_> = probes
            .filter(|probe| probe.name == "method GET")
            .map(|probe| (probe.operation.as_str(), &*probe.expected.allow))
            .collect();
        let expected = [
            ("post", &["POST".to_owned()][..]),
            ("put", &["PUT".to_owned()]),
            ("delete", &["DELETE".to_owned()]),
        ];
        assert_eq!(allowed, expected);
    }
}

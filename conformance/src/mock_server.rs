//! A server that answers from the specification's own examples and refuses what the specification does not
//! allow.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, AUTHORIZATION};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, Version};
use axum::serve::Listener;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::specification::{Operation, Position, Specification};
use crate::tls::{Identity, Protocol, TlsListener};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A running server; it stops when this is dropped.
pub struct MockServer {
    /// Scheme and authority of its URL.
    origin: String,
    state: Arc<ServerState>,
    /// Dropping it stops the server.
    _stop: oneshot::Sender<()>,
}

/// What a request that is allowed is answered with.
#[derive(Clone, Debug, Default)]
enum Answer {
    /// The first example of the success with the lowest status.
    #[default]
    Success,
    /// An example of the specification.
    Example { status: u16, name: Option<String> },
    /// Something that the specification does not say.
    Raw {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
}

struct ServerState {
    specification: Specification,
    answer: Mutex<Answer>,
    /// Protocol of the last request.
    protocol: Mutex<Option<Protocol>>,
    /// The only bearer token that is accepted, if one was named.
    accepted: Mutex<Option<String>>,
    /// How many calls carried another one.
    rejections: AtomicUsize,
}

impl MockServer {
    /// Starts on a free port of the loopback address.
    ///
    /// # Errors
    ///
    /// No port could be had.
    pub async fn start(specification: Specification) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        Ok(Self::serve(
            listener,
            format!("http://{address}"),
            specification,
        ))
    }

    /// Starts on a free port of the loopback address, with TLS, as `localhost`.
    ///
    /// # Errors
    ///
    /// No port could be had, or the identity is not one.
    pub async fn start_tls(
        specification: Specification,
        identity: &Identity,
        protocol: Protocol,
    ) -> io::Result<Self> {
        let tcp = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("https://localhost:{}", tcp.local_addr()?.port());
        let acceptor = identity.acceptor(protocol).map_err(io::Error::other)?;
        Ok(Self::serve(
            TlsListener { tcp, acceptor },
            url,
            specification,
        ))
    }

    fn serve<L>(listener: L, origin: String, specification: Specification) -> Self
    where
        L: Listener,
        L::Addr: std::fmt::Debug,
    {
        let state = Arc::new(ServerState {
            specification,
            answer: Mutex::default(),
            protocol: Mutex::default(),
            accepted: Mutex::default(),
            rejections: AtomicUsize::new(0),
        });
        let app = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&state));
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            let stopped = async move {
                // An error means that the sender is gone, which is the signal.
                let _ = stopped.await;
            };
            axum::serve(listener, app)
                .with_graceful_shutdown(stopped)
                .await
        });
        Self {
            origin,
            state,
            _stop: stop,
        }
    }

    /// The base URL of this server, with the path of the first server in the specification.
    #[must_use]
    pub fn url(&self) -> String {
        let base_path = self.state.specification.base_paths.first();
        format!("{}{}", self.origin, base_path.map_or("", String::as_str))
    }

    /// From now on answers with the success that the specification documents.
    pub fn answer_success(&self) {
        self.set(Answer::Success);
    }

    /// From now on answers with that status and that example, or the status' first.
    pub fn answer_example(&self, status: u16, name: Option<&str>) {
        self.set(Answer::Example {
            status,
            name: name.map(str::to_owned),
        });
    }

    /// From now on answers with these bytes, whatever the specification says.
    pub fn answer_raw(&self, status: u16, content_type: &str, body: impl Into<Vec<u8>>) {
        self.answer_with_headers(status, &[("content-type", content_type)], body);
    }

    /// From now on answers with these headers and these bytes, whatever the specification says. A header
    /// that can't be sent is left out.
    pub fn answer_with_headers(
        &self,
        status: u16,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        self.set(Answer::Raw {
            status,
            headers: headers.iter().map(owned).collect(),
            body: body.into(),
        });
    }

    /// From now on answers 401 to a call that does not carry this bearer token.
    pub fn accept_only(&self, token: &str) {
        *lock(&self.state.accepted) = Some(token.to_owned());
    }

    /// How many calls were answered 401 because of their token.
    #[must_use]
    pub fn rejections(&self) -> usize {
        self.state.rejections.load(Ordering::SeqCst)
    }

    /// The protocol of the last request, if there was one.
    #[must_use]
    pub fn protocol(&self) -> Option<Protocol> {
        *lock(&self.state.protocol)
    }

    fn set(&self, answer: Answer) {
        *lock(&self.state.answer) = answer;
    }
}

/// What a panic elsewhere left behind is as good as ever: each of these values is written at once.
fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(State(state): State<Arc<ServerState>>, request: Request) -> Response<Body> {
    *lock(&state.protocol) = Some(match request.version() {
        Version::HTTP_2 => Protocol::Http2,
        _ => Protocol::Http1,
    });
    let mut response = match state.find(request.method().as_str(), request.uri().path()) {
        Ok(operation) => {
            let violations = violations(operation, &request);
            if !state.accepts(&request) {
                state.rejections.fetch_add(1, Ordering::SeqCst);
                refusal(
                    StatusCode::UNAUTHORIZED,
                    "the token is not accepted",
                    &BTreeMap::new(),
                )
            } else if violations.is_empty() {
                let answer = lock(&state.answer);
                documented(operation, &answer)
            } else {
                refusal(
                    StatusCode::BAD_REQUEST,
                    "the request is not as documented",
                    &violations,
                )
            }
        }
        Err(allowed) if allowed.is_empty() => refusal(
            StatusCode::NOT_FOUND,
            "no operation has this path",
            &BTreeMap::new(),
        ),
        Err(allowed) => {
            let mut response = refusal(
                StatusCode::METHOD_NOT_ALLOWED,
                "no operation with this path has this method",
                &BTreeMap::new(),
            );
            if let Ok(allowed) = HeaderValue::try_from(allowed.join(", ")) {
                response.headers_mut().insert(ALLOW, allowed);
            }
            response
        }
    };
    if let Some(id) = request.headers().get(REQUEST_ID) {
        response.headers_mut().insert(REQUEST_ID, id.clone());
    }
    response
}

impl ServerState {
    fn accepts(&self, request: &Request) -> bool {
        let accepted = lock(&self.accepted);
        let Some(token) = &*accepted else {
            return true;
        };
        let expected = format!("Bearer {token}");
        request
            .headers()
            .get(AUTHORIZATION)
            .is_some_and(|value| value.as_bytes() == expected.as_bytes())
    }

    /// The operation, or else the methods that the path has.
    fn find(&self, method: &str, path: &str) -> Result<&Operation, Vec<&str>> {
        let mut allowed = Vec::new();
        let base_paths = self.specification.base_paths.iter().map(String::as_str);
        for base_path in base_paths.chain([""]) {
            let Some(path) = path.strip_prefix(base_path) else {
                continue;
            };
            for operation in &self.specification.operations {
                if matches_template(path, &operation.path) {
                    if operation.method == method {
                        return Ok(operation);
                    }
                    allowed.push(operation.method.as_str());
                }
            }
        }
        allowed.sort_unstable();
        allowed.dedup();
        Err(allowed)
    }
}

fn matches_template(path: &str, template: &str) -> bool {
    let mut segments = path.split('/');
    let mut parts = template.split('/');
    loop {
        match (segments.next(), parts.next()) {
            (None, None) => return true,
            (Some(segment), Some(part)) => {
                let is_parameter = part.starts_with('{') && part.ends_with('}');
                if segment != part && (!is_parameter || segment.is_empty()) {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// Rules that the request breaks, by the name of the parameter.
type Violations = BTreeMap<String, (&'static str, String)>;

fn violations(operation: &Operation, request: &Request) -> Violations {
    let mut violations = Violations::new();
    for parameter in operation
        .parameters
        .iter()
        .filter(|parameter| parameter.required)
    {
        if parameter.position == Position::Header {
            let mut values = request.headers().get_all(&parameter.name).iter();
            let problem = match (values.next(), values.next()) {
                (None, _) => Some(("required", "is required")),
                (Some(value), _) if value.is_empty() => Some(("required", "is empty")),
                (Some(_), Some(_)) => Some(("once", "is there more than once")),
                (Some(_), None) => None,
            };
            if let Some((rule, problem)) = problem {
                let message = format!("the header {} {problem}", parameter.name);
                violations.insert(parameter.name.to_lowercase(), (rule, message));
            }
        }
    }
    violations
}

fn documented(operation: &Operation, answer: &Answer) -> Response<Body> {
    let (status, name) = match answer {
        Answer::Raw {
            status,
            headers,
            body,
        } => return respond(*status, headers, body.clone()),
        Answer::Example { status, name } => (*status, name.as_deref()),
        Answer::Success => {
            let success = operation
                .responses
                .iter()
                .find(|response| response.status < 400);
            (success.map_or(500, |response| response.status), None)
        }
    };
    let Some(response) = operation.response(status) else {
        return refusal_without_violations(&format!("{} documents no {status}", operation.id));
    };
    let example = response
        .examples
        .iter()
        .find(|example| name.is_none_or(|name| example.name == name));
    match example {
        Some(example) => json_response(status, &example.value),
        None if !response.has_body => respond(status, &[], Vec::new()),
        None => refusal_without_violations(&format!("{} has no such example", response.place)),
    }
}

fn refusal_without_violations(message: &str) -> Response<Body> {
    refusal(StatusCode::INTERNAL_SERVER_ERROR, message, &BTreeMap::new())
}

/// The error envelope of the API.
fn refusal(status: StatusCode, message: &str, violations: &Violations) -> Response<Body> {
    let mut data = json!({"message": message});
    if !violations.is_empty() {
        let validations: BTreeMap<&String, Value> = violations
            .iter()
            .map(|(name, (rule, message))| (name, json!([{"rule": rule, "message": message}])))
            .collect();
        data["validations"] = json!(validations);
    }
    let reason = status.canonical_reason().unwrap_or_default();
    let envelope = json!({"status": reason, "code": status.as_u16(), "data": data});
    json_response(status.as_u16(), &envelope)
}

fn json_response(status: u16, value: &Value) -> Response<Body> {
    let headers = [("content-type".to_owned(), "application/json".to_owned())];
    respond(status, &headers, value.to_string())
}

fn respond(status: u16, headers: &[(String, String)], body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

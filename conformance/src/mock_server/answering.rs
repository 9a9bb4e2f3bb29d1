//! One request: route, treatment, body, checks, answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Version,
};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout};

use super::answer::{self, Answer, Choice, Chosen, choose};
use super::chance::{Chance, Purpose};
use super::finding::{Finding, Kind};
use super::media::Accept;
use super::misbehaviour::{self, Treatment};
use super::operation_check;
use super::operation_check::UncheckableError;
use super::preference::Preference;
use super::refusal::{INVALID_TOKEN, asking};
use super::request_log::Line;
use super::routing::{NoRoute, Route, Routes};
use super::settings::Settings;
use super::token_ages::TokenAges;
use super::{minting, payment_page, refusal};
use crate::tls::Protocol;
use openapi::document::Document;
use openapi::extension::ENVELOPE;
use openapi::ordered::Ordered;
use openapi::path_template::PathValues;
use openapi::secret::{self, SecretKind};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The header that names the problems of a request if the answer has no other place for them.
const VIOLATIONS: HeaderName = HeaderName::from_static("x-violations");

/// How many tokens are remembered.
const TOKENS: usize = 65_536;

/// How many bytes of a body that is too large are read: a client that is still sending would not see its refusal.
const DRAINED: usize = 1024 * 1024;

/// The connection is closed on purpose, without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed without an answer")]
pub(super) struct Closed;

/// Why a request is refused, and how if the specification does not say.
struct Refused {
    response: Response<Body>,
    findings: Vec<Finding>,
}

/// What all connections of a server share.
pub(super) struct Responder {
    /// Scheme and authority of the server's URL.
    pub origin: String,
    pub answer: Mutex<Answer>,
    /// Protocol of the last request.
    pub protocol: Mutex<Option<Protocol>>,
    /// The only bearer token that is accepted, if one is set.
    pub accepted: Mutex<Option<String>>,
    /// How many calls had another one.
    pub rejections: AtomicUsize,
    settings: Settings,
    routes: Routes,
    /// The document that schemas refer into.
    document: Arc<Document>,
    /// Whether the specification defines an envelope of errors, and perhaps its schema.
    envelope: Option<Option<String>>,
    token_ages: Mutex<TokenAges>,
    /// How many requests were for an operation.
    requests: AtomicU64,
}

/// A panic elsewhere does no harm: each of these values is written in one step.
pub(super) fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Responder {
    pub fn new(
        document: Arc<Document>,
        settings: Settings,
        origin: String,
    ) -> Result<Arc<Self>, UncheckableError> {
        Ok(Arc::new(Self {
            origin,
            answer: Mutex::default(),
            protocol: Mutex::default(),
            accepted: Mutex::default(),
            rejections: AtomicUsize::new(0),
            routes: Routes::new(&document)?,
            envelope: document.root().get(ENVELOPE).map(|envelope| {
                let schema = envelope["schema"].as_str();
                schema.map(str::to_owned)
            }),
            document,
            token_ages: Mutex::new(TokenAges::new(TOKENS)),
            requests: AtomicU64::new(0),
            settings,
        }))
    }

    /// The base URL of the server, with the path of one of the servers in the specification.
    pub fn url(&self) -> String {
        let base_path = self.routes.base_paths.first();
        format!("{}{}", self.origin, base_path.map_or("", String::as_str))
    }

    /// Answers one request, and writes to the log.
    pub async fn answer(&self, request: Request<Body>) -> Result<Response<Body>, Closed> {
        let begun = Instant::now();
        let (parts, body) = request.into_parts();
        *lock(&self.protocol) = Some(match parts.version {
            Version::HTTP_2 => Protocol::Http2,
            _ => Protocol::Http1,
        });
        let mut outcome = self.outcome(&parts, body).await;
        let request_id = parts.headers.get(REQUEST_ID);
        if let (Ok(response), Some(id)) = (&mut outcome, request_id) {
            response.headers_mut().insert(REQUEST_ID, id.clone());
        }
        if let Some(log) = &self.settings.log {
            log.tell(&Line {
                method: &parts.method,
                path: self.harmless_path(&parts),
                status: outcome
                    .as_ref()
                    .ok()
                    .map(|response| response.status().as_u16()),
                duration: begun.elapsed(),
                request_id,
            });
        }
        outcome
    }

    /// The path, or its template if a part of it is a secret. With a method that the path does not have, any template
    /// that fits may be the one that was meant.
    fn harmless_path<'a>(&'a self, parts: &'a Parts) -> &'a str {
        let path = parts.uri.path();
        let route = match self.routes.find(parts.method.as_str(), path) {
            Ok((route, _)) => Some(route).filter(|route| route.check.has_secret_in_path()),
            Err(_) => {
                let mut routes = self.routes.of_path(path);
                routes.find(|route| route.check.has_secret_in_path())
            }
        };
        route.map_or(path, |route| &route.path)
    }

    async fn outcome(&self, parts: &Parts, body: Body) -> Result<Response<Body>, Closed> {
        let (route, path) = match self.routes.find(parts.method.as_str(), parts.uri.path()) {
            Ok(found) => found,
            Err(no_route) => return Ok(self.without_route(parts, no_route)),
        };
        let number = self.requests.fetch_add(1, Ordering::SeqCst);
        let mut chance = Chance::of(self.settings.seed, number, Purpose::Misbehaviour);
        let treatment = Treatment::drawn(&self.settings, &mut chance);
        if !treatment.delay.is_zero() {
            sleep(treatment.delay).await;
        }
        if let Some(misbehaviour) = treatment.misbehaviour {
            return misbehaviour::answer(misbehaviour).ok_or(Closed);
        }
        let limit = self.settings.body_limit;
        let refused = |status, message| Ok(refusal::because(status, message));
        let body = match timeout(self.settings.head_timeout, read(body, limit)).await {
            Ok(Ok(body)) => body,
            Ok(Err(_)) => return refused(StatusCode::BAD_REQUEST, "the body can't be read"),
            Err(_) => {
                let message = "the body did not arrive in time";
                return refused(StatusCode::REQUEST_TIMEOUT, message);
            }
        };
        let query = parts.uri.query().unwrap_or_default();
        let (preference, unreadable) = match Preference::of(&parts.headers, query) {
            Ok(preference) => (preference, Vec::new()),
            Err(findings) => (Preference::default(), findings),
        };
        let accept = Accept::of(&parts.headers);
        let answer = lock(&self.answer).clone();
        let mut choice = choose(route, &answer, &preference, &accept);
        let mut findings = unreadable;
        if let Choice::NotAcceptable(finding) = &mut choice {
            findings.push(finding.clone());
        }
        let body = body.as_deref();
        let refused = self.refused(route, &path, parts, body, findings);
        let (chosen, refusal) = match (refused, choice) {
            (None, Choice::Documented(chosen)) => (chosen, None),
            (None, Choice::Other(response)) => return Ok(response),
            // This has a finding of its own.
            (None, Choice::NotAcceptable(finding)) => {
                let status = finding.kind.status();
                return Ok(refusal::of_findings(status, finding.kind, &[finding]));
            }
            (Some(refused), _) => {
                let status = refused.response.status().as_u16();
                // A preference is not part of the API, so the answer is not one of the API.
                let mut findings = refused.findings.iter();
                let is_of_api = findings.all(|finding| finding.kind != Kind::Preference);
                let has_envelope = match &self.envelope {
                    None => false,
                    Some(None) => true,
                    Some(Some(schema)) => route.responses.refer_to(status, schema),
                };
                let documented = (is_of_api && !has_envelope)
                    .then(|| answer::refusal(route, status, &preference, &accept));
                match documented.flatten() {
                    Some(Choice::Documented(chosen)) => (chosen, Some(refused)),
                    Some(Choice::Other(response)) => return Ok(response),
                    _ => return Ok(refused.response),
                }
            }
        };
        let mut response = self.documented(chosen, number, parts);
        if let Some(Refused {
            response: refused,
            findings,
        }) = refusal
        {
            let own = refused.headers().get(WWW_AUTHENTICATE).cloned();
            let headers = response.headers_mut();
            if let (Some(own), false) = (own, headers.contains_key(WWW_AUTHENTICATE)) {
                headers.insert(WWW_AUTHENTICATE, own);
            }
            if let Some(line) = refusal::in_a_line(&findings) {
                headers.insert(VIOLATIONS, line);
            }
        }
        Ok(response)
    }

    fn without_route(&self, parts: &Parts, NoRoute(allowed): NoRoute<'_>) -> Response<Body> {
        if !allowed.is_empty() {
            return refusal::of_method(allowed);
        }
        let query = parts.uri.query().unwrap_or_default();
        let has_page = self.settings.payment_page.is_some();
        let page = payment_page::page(parts.uri.path(), query).filter(|_| has_page);
        match page {
            Some(page) if [Method::GET, Method::HEAD].contains(&parts.method) => page,
            Some(_) => refusal::of_method(["GET", "HEAD"]),
            None => refusal::because(StatusCode::NOT_FOUND, "no operation has this path"),
        }
    }

    /// The refusal, if the request is not valid; `findings` are those that are known already.
    fn refused(
        &self,
        route: &Route,
        path: &PathValues,
        parts: &Parts,
        body: Option<&[u8]>,
        mut findings: Vec<Finding>,
    ) -> Option<Refused> {
        let of_token = |message: &str| Refused {
            response: asking(
                refusal::because(StatusCode::UNAUTHORIZED, message),
                INVALID_TOKEN,
            ),
            findings: Vec::new(),
        };
        if !self.accepts(&parts.headers) {
            self.rejections.fetch_add(1, Ordering::SeqCst);
            return Some(of_token("the token is not accepted"));
        }
        let (found, token) = route.check.findings(operation_check::Parts {
            path,
            query: parts.uri.query(),
            headers: &parts.headers,
            body,
        });
        findings.extend(found);
        let kind = findings.iter().map(|finding| finding.kind).min();
        let expired = token.is_some_and(|token| self.has_expired(token));
        if expired && kind.is_none_or(|kind| kind >= Kind::Credentials) {
            return Some(of_token("the token has expired"));
        }
        let kind = kind?;
        let status = match kind {
            // If only this one is documented, the API answers with it.
            Kind::Request if route.responses.names(422) && !route.responses.names(400) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            _ => kind.status(),
        };
        let mut response = refusal::of_findings(status, kind, &findings);
        // HTTP requires this header in every 401. If the documented 401 does not have it, neither does this answer.
        if status == StatusCode::UNAUTHORIZED
            && let Some(challenge) = route.check.credentials.challenge()
        {
            response = asking(response, &challenge);
        }
        Some(Refused { response, findings })
    }

    fn accepts(&self, headers: &HeaderMap) -> bool {
        let accepted = lock(&self.accepted);
        let Some(token) = &*accepted else {
            return true;
        };
        let expected = format!("Bearer {token}");
        headers
            .get(AUTHORIZATION)
            .is_some_and(|value| value.as_bytes() == expected.as_bytes())
    }

    fn has_expired(&self, token: &str) -> bool {
        let Some(lifetime) = self.settings.expire_after else {
            return false;
        };
        lock(&self.token_ages).age(token) > lifetime
    }

    /// A documented response with its headers and its body.
    fn documented(&self, chosen: Chosen<'_>, number: u64, parts: &Parts) -> Response<Body> {
        let fault = |message| refusal::because(StatusCode::INTERNAL_SERVER_ERROR, message);
        let mut response = Response::default();
        if let Some(body) = chosen.body {
            let Some(mut value) = body.content.value(body.example) else {
                return fault("no value can be made from the schema of the answer");
            };
            self.prepare(&mut value, body.content.schema(), number, parts);
            let Some(text) = body.content.written(&body.media_type, &value) else {
                return fault("a value of several parts can't be written in this media type");
            };
            *response.body_mut() = text.into();
            if let Ok(media_type) = HeaderValue::try_from(body.media_type) {
                response.headers_mut().insert(CONTENT_TYPE, media_type);
            }
        }
        let headers = chosen.response.headers().iter().cloned();
        response.headers_mut().extend(headers);
        let status = StatusCode::from_u16(chosen.status);
        *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response
    }

    /// Puts in new secrets and payment URLs of this server, if the settings say so.
    fn prepare(&self, value: &mut Ordered, schema: &Value, number: u64, parts: &Parts) {
        let settings = &self.settings;
        if !settings.mint && settings.payment_page.is_none() {
            return;
        }
        let mut chance = Chance::of(settings.seed, number, Purpose::Minting);
        let origin = self.origin_for(parts);
        let mut see = |text: &mut String, kind| {
            if settings.mint {
                *text = minting::fresh(text, kind, &mut chance);
            }
            if let (SecretKind::PaymentUrl, Some(page)) = (kind, &settings.payment_page) {
                *text = payment_page::redirected(text, &origin, page);
            }
        };
        secret::visit(&self.document, schema, &mut value.value, &mut see);
    }

    /// A server that listens on every address is reached at the address that the client knows.
    fn origin_for(&self, parts: &Parts) -> String {
        let of_header = || Authority::try_from(parts.headers.get(HOST)?.as_bytes()).ok();
        // HTTP/2 sends it beside the path, and HTTP/1 may.
        let host = parts.uri.authority().cloned().or_else(of_header);
        let host = host
            .filter(|_| self.settings.address.ip().is_unspecified())
            .filter(|host| !host.as_str().contains('@'));
        match host {
            Some(host) => format!("http://{host}"),
            None => self.origin.clone(),
        }
    }
}

/// The whole body, or `None` if it is larger than `limit`.
async fn read(mut body: Body, limit: usize) -> Result<Option<Bytes>, axum::Error> {
    let most = limit.saturating_add(DRAINED);
    if body.size_hint().lower() > most as u64 {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let mut count = 0;
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            count += data.len();
            if count <= limit {
                bytes.extend_from_slice(&data);
            } else if count > most {
                break;
            }
        }
    }
    Ok((count <= limit).then(|| bytes.into()))
}

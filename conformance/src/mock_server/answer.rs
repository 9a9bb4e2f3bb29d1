//! Which answer a valid request gets.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};

use super::finding::Finding;
use super::media::{Accept, not_acceptable};
use super::preference::Preference;
use super::refusal;
use super::responses::{Content, Documented};
use super::routing::Route;
use openapi::example::Example;

/// What the server was told to answer.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// As the specification says: the success with the lowest status and its first example, unless others are named.
    Documented {
        status: Option<u16>,
        name: Option<String>,
    },
    /// An answer that is not in the specification.
    Raw {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
}

impl Default for Answer {
    fn default() -> Self {
        Self::Documented {
            status: None,
            name: None,
        }
    }
}

/// The result.
pub(super) enum Choice<'a> {
    Documented(Chosen<'a>),
    /// The request does not accept it.
    NotAcceptable(Finding),
    Other(Response<Body>),
}

/// A documented answer.
pub(super) struct Chosen<'a> {
    pub status: u16,
    pub response: &'a Documented,
    /// `None` if there is no body.
    pub body: Option<ChosenBody<'a>>,
}

pub(super) struct ChosenBody<'a> {
    pub content: &'a Content,
    /// The name that is sent.
    pub media_type: String,
    /// Without an example, a value is made.
    pub example: Option<&'a Example>,
}

/// The answer of an operation. The preference of the request comes before the setting of the server, except a setting
/// that is not in the specification.
pub(super) fn choose<'a>(
    route: &'a Route,
    answer: &Answer,
    preference: &Preference,
    accept: &Accept,
) -> Choice<'a> {
    let (told, name) = match answer {
        Answer::Raw {
            status,
            headers,
            body,
        } => return Choice::Other(raw(*status, headers, body.clone())),
        Answer::Documented { status, name } => (*status, name.as_deref()),
    };
    let name = match preference.code {
        None => preference.example.as_deref().or(name),
        // The name belongs to another status.
        Some(_) => preference.example.as_deref(),
    };
    // As in Prism, a request that asks for something that does not exist gets 404. A server with such a setting is at
    // fault itself.
    let fault = if preference.is_none() {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        StatusCode::NOT_FOUND
    };
    let refused = |message: &str| Choice::Other(refusal::because(fault, message));
    let responses = &route.responses;
    let found = match preference.code.or(told) {
        Some(status) => responses.with_status(status).map(|one| (status, one)),
        None => responses.usual(),
    };
    let Some((status, response)) = found else {
        return refused(&format!(
            "{} does not document this status, only: {}",
            route.name,
            responses.codes()
        ));
    };
    let chosen = match chosen(status, response, name, accept) {
        Ok(chosen) => chosen,
        Err(finding) => return Choice::NotAcceptable(finding),
    };
    if name.is_none() || chosen.has_example() {
        return Choice::Documented(chosen);
    }
    // As in Prism, an example that only the success has counts more than the status.
    if preference.code.is_some()
        && let Some((status, response)) = responses.usual()
        && let Ok(chosen) = self::chosen(status, response, name, accept)
        && chosen.has_example()
    {
        return Choice::Documented(chosen);
    }
    Choice::Other(refusal::because(fault, &no_such_example(response)))
}

fn no_such_example(response: &Documented) -> String {
    let contents = response.contents.iter();
    let examples = contents.flat_map(|content| &content.examples);
    let names: Vec<&str> = examples.map(|one| one.name.as_str()).collect();
    let names = names.join(", ");
    format!("{} has no such example, only: {names}", response.place)
}

impl Chosen<'_> {
    fn has_example(&self) -> bool {
        self.body
            .as_ref()
            .is_some_and(|body| body.example.is_some())
    }
}

/// The response in the best of its media types, with the example of that name or with its first one.
fn chosen<'a>(
    status: u16,
    response: &'a Documented,
    name: Option<&str>,
    accept: &Accept,
) -> Result<Chosen<'a>, Finding> {
    let media_types = || response.contents.iter().map(|one| one.media_type.as_str());
    let best = accept.best(media_types());
    if best.is_none() && !response.contents.is_empty() {
        return Err(not_acceptable(media_types()));
    }
    let body = best.and_then(|(index, media_type)| {
        let content = response.contents.get(index)?;
        let mut examples = content.examples.iter();
        Some(ChosenBody {
            content,
            media_type,
            example: examples.find(|example| name.is_none_or(|name| example.name == name)),
        })
    });
    Ok(Chosen {
        status,
        response,
        body,
    })
}

/// The documented answer for a request that is refused with this status, if there is one: the preferred example if it
/// belongs to this status. What the request accepts only decides between several.
pub(super) fn refusal<'a>(
    route: &'a Route,
    status: u16,
    preference: &Preference,
    accept: &Accept,
) -> Option<Choice<'a>> {
    let response = route.responses.with_status(status)?;
    let name = preference.example.as_deref();
    let name = name.filter(|_| preference.code == Some(status));
    let chosen = chosen(status, response, name, accept)
        .or_else(|_| chosen(status, response, name, &Accept::anything()))
        .ok()?;
    if name.is_some() && !chosen.has_example() {
        let message = no_such_example(response);
        return Some(Choice::Other(refusal::because(
            StatusCode::NOT_FOUND,
            &message,
        )));
    }
    Some(Choice::Documented(chosen))
}

fn raw(status: u16, headers: &[(String, String)], body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

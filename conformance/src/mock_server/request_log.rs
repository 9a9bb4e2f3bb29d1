//! One line for each request, without possible secrets.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, Method};
use par_ordering::conformance::mask;

/// Who gets a line for each request.
#[derive(Clone)]
pub struct RequestLog(Arc<dyn Fn(&str) + Send + Sync>);

impl RequestLog {
    /// `tell` gets each line, without its end.
    pub fn new(tell: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    pub(super) fn tell(&self, line: &Line<'_>) {
        (self.0)(&line.to_string());
    }
}

impl fmt::Debug for RequestLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestLog")
    }
}

/// Longer methods are cut; a client may invent its own.
const METHOD_LENGTH: usize = 20;

/// What the log says about a request.
pub(super) struct Line<'a> {
    pub method: &'a Method,
    /// Without the query.
    pub path: &'a str,
    /// `None` if the connection was closed instead.
    pub status: Option<u16>,
    pub duration: Duration,
    pub request_id: Option<&'a HeaderValue>,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = mask(self.method.as_str(), None);
        // Each segment is masked separately: it has no spaces.
        let path = mask(&self.path.replace('/', " "), None).replace(' ', "/");
        write!(f, "{method:.METHOD_LENGTH$} {path} ")?;
        match self.status {
            Some(status) => write!(f, "{status}")?,
            None => f.write_str("closed")?,
        }
        write!(f, " {:.1}ms", self.duration.as_secs_f64() * 1000.0)?;
        match self.request_id.and_then(harmless) {
            Some(id) => write!(f, " {id}"),
            None => Ok(()),
        }
    }
}

/// An identifier that is short and has only the usual characters; anything else may be an attempt to deceive. It is
/// not masked, so that it can be found in a log.
fn harmless(id: &HeaderValue) -> Option<&str> {
    let id = id.to_str().ok()?;
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/+=".contains(&byte);
    let is_harmless = (1..=64).contains(&id.len()) && id.bytes().all(is_sign);
    is_harmless.then_some(id)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::{HeaderValue, Method};

    use super::Line;

    #[test]
    fn a_long_method_is_cut() {
        let method = Method::from_bytes(&[b'A'; 500]).unwrap();
        let line = Line {
            method: &method,
            path: "/a",
            status: Some(405),
            duration: Duration::from_micros(1500),
            request_id: None,
        };
        let expected = format!("{} /a 405 1.5ms", &method.as_str()[..20]);
        assert_eq!(line.to_string(), expected);
    }

    #[test]
    fn a_line_is_one_line_of_harmless_signs() {
        let long = format!("/{}", "a".repeat(500));
        let cases = [
            (
                "/a",
                Some(200),
                "mine-1",
                "GET /a 200 1.5ms mine-1".to_owned(),
            ),
            ("/a", None, "", "GET /a closed 1.5ms".to_owned()),
            ("/a", Some(200), "two words", "GET /a 200 1.5ms".to_owned()),
            ("/a", Some(200), "\u{e9}", "GET /a 200 1.5ms".to_owned()),
            (
                "/a\u{1b}[2J\n\u{e9}",
                Some(200),
                "x",
                "GET /a/[2J/\u{e9} 200 1.5ms x".to_owned(),
            ),
            (
                "/api/orders/e4c70c07aa/v5/4111-1111",
                Some(200),
                "x",
                "GET /api/orders/[masked] 200 1.5ms x".to_owned(),
            ),
            (
                &long,
                Some(404),
                "x",
                format!("GET {}… 404 1.5ms x", &long[..300]),
            ),
        ];
        for (path, status, id, expected) in cases {
            let id = HeaderValue::from_bytes(id.as_bytes()).unwrap();
            let line = Line {
                method: &Method::GET,
                path,
                status,
                duration: Duration::from_micros(1500),
                request_id: Some(&id),
            };
            assert_eq!(line.to_string(), expected);
        }
    }
}

//! The result of a request, without parts of the answer that are not needed.

use std::fmt;
use std::time::Duration;

use par_ordering::conformance::retry_after;
use reqwest::header::{ALLOW, CONTENT_TYPE, HeaderMap, HeaderName};

/// The limit of the body.
pub const LARGEST_BODY: usize = 1024 * 1024;

/// The result of a request.
#[derive(Debug)]
pub enum Came {
    Answer(Answer),
    Silence(Silence),
}

pub struct Answer {
    pub status: u16,
    pub content_type: Option<String>,
    pub allow: Option<String>,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
    pub body: Body,
    /// Why the sdk reads this answer as a failure although it is a documented success.
    pub refused_by_sdk: Option<String>,
}

/// The bytes of a body, if it is complete.
pub enum Body {
    Whole(Vec<u8>),
    TooLarge,
    BrokenOff(String),
}

/// No answer.
#[derive(Debug)]
pub struct Silence {
    pub cause: Cause,
    pub problem: String,
}

/// Shows nothing of its contents: there are secrets in it.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({})", self.status)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The server was not reached.
    NotConnected,
    TimedOut,
    Broken,
}

impl Came {
    pub fn silence(cause: Cause, problem: impl Into<String>) -> Self {
        let problem = problem.into();
        Self::Silence(Silence { cause, problem })
    }

    /// No answer arrived in that time.
    pub fn timed_out(timeout: Duration) -> Self {
        Self::silence(
            Cause::TimedOut,
            format!("no answer within {} s", timeout.as_secs_f64()),
        )
    }
}

impl Answer {
    /// Keeps only the headers that are checked.
    pub fn new(status: u16, headers: &HeaderMap, body: Body) -> Self {
        let text = |name: HeaderName| {
            let value = headers.get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        Self {
            status,
            content_type: text(CONTENT_TYPE),
            allow: text(ALLOW),
            retry_after: retry_after(headers),
            body,
            refused_by_sdk: None,
        }
    }
}

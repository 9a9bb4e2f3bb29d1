//! A failure of the runtime, before the operation's type of error is known.

use std::sync::Arc;

use super::error_kind::ErrorKind;
use super::header::InvalidHeader;
use super::raw::RawResponse;

/// How many characters of the server's message an error shows.
const MESSAGE_CHARACTERS: usize = 300;

/// What went wrong.
pub(crate) struct Failure(Box<Parts>);

struct Parts {
    kind: ErrorKind,
    /// In our own words; empty where the kind says it all.
    problem: String,
    message: Option<String>,
    response: Option<RawResponse>,
    source: Option<Cause>,
}

/// What is behind a failure.
#[derive(Debug)]
enum Cause {
    Http(reqwest::Error),
    Provider(Arc<dyn std::error::Error + Send + Sync>),
}

impl Failure {
    pub(crate) fn new(kind: ErrorKind, problem: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            kind,
            problem: problem.into(),
            message: None,
            response: None,
            source: None,
        }))
    }

    pub(crate) fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    pub(crate) fn problem(&self) -> &str {
        &self.0.problem
    }

    pub(crate) fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    pub(crate) fn response(&self) -> Option<&RawResponse> {
        self.0.response.as_ref()
    }

    pub(crate) fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.0.source.as_ref()? {
            Cause::Http(error) => Some(error),
            Cause::Provider(error) => Some(&**error),
        }
    }

    /// The URL is left out of the source: its query may hold secrets.
    pub(crate) fn caused_by(mut self, source: reqwest::Error) -> Self {
        self.0.source = Some(Cause::Http(source.without_url()));
        self
    }

    pub(crate) fn caused_by_provider(
        mut self,
        source: Arc<dyn std::error::Error + Send + Sync>,
    ) -> Self {
        self.0.source = Some(Cause::Provider(source));
        self
    }

    pub(crate) fn with_response(mut self, response: RawResponse) -> Self {
        self.0.response = Some(response);
        self
    }

    /// The server's own message, made presentable.
    pub(crate) fn with_message(mut self, message: Option<&str>) -> Self {
        self.0.message = message.map(presentable);
        self
    }
}

/// One line of bounded length, whatever the server sent.
fn presentable(message: &str) -> String {
    let mut text = String::new();
    for (count, character) in message.chars().enumerate() {
        if count == MESSAGE_CHARACTERS {
            text.push('…');
            break;
        }
        if character.is_control() {
            text.extend(character.escape_default());
        } else {
            text.push(character);
        }
    }
    text
}

impl From<InvalidHeader> for Failure {
    fn from(error: InvalidHeader) -> Self {
        let InvalidHeader { name, problem } = error;
        Self::new(
            ErrorKind::InvalidRequest,
            format!("the header {name} {problem}"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_just_the_limit_is_shown_whole() {
        let limit = "é".repeat(MESSAGE_CHARACTERS);
        assert_eq!(presentable(&limit), limit);
        assert_eq!(presentable(&format!("{limit}é")), format!("{limit}…"));
        assert_eq!(presentable("\u{0}a\u{7f}"), r"\u{0}a\u{7f}");
    }
}

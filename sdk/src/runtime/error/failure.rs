//! A failure of the runtime, before the operation's type of error is known.

use std::sync::{Arc, OnceLock};

use crate::runtime::error::kind::ErrorKind;
use crate::runtime::error::transport_error::TransportError;
use crate::runtime::response::Response;
use crate::runtime::response::raw::RawResponse;

/// What went wrong.
#[derive(Clone)]
pub(crate) struct Failure(Box<Parts>);

#[derive(Clone)]
struct Parts {
    kind: ErrorKind,
    /// In our own words; empty if the kind says everything.
    problem: String,
    answer: Option<Answer>,
    source: Option<Source>,
}

/// The answer of a failure.
#[derive(Clone)]
enum Answer {
    /// An answer whose message is not about the failure.
    Raw(Box<RawResponse>),
    /// An answer with a message of the server, which is masked when it is printed.
    Speaking {
        response: Response,
        message: OnceLock<Option<String>>,
    },
}

/// The source of a failure.
#[derive(Clone, Debug)]
enum Source {
    Transport(TransportError),
    /// An error of the caller's code.
    Callers(Arc<dyn std::error::Error + Send + Sync>),
}

impl Failure {
    #[cold]
    pub(crate) fn new(kind: ErrorKind, problem: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            kind,
            problem: problem.into(),
            answer: None,
            source: None,
        }))
    }

    pub(crate) fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What went wrong, in our own words, if the kind does not say everything.
    pub(crate) fn problem(&self) -> Option<&str> {
        Some(self.0.problem.as_str()).filter(|problem| !problem.is_empty())
    }

    /// The message of the server, masked.
    pub(crate) fn message(&self) -> Option<&str> {
        match self.0.answer.as_ref()? {
            Answer::Raw(_) => None,
            Answer::Speaking { response, message } => {
                message.get_or_init(|| response.message()).as_deref()
            }
        }
    }

    pub(crate) fn response(&self) -> Option<&RawResponse> {
        match self.0.answer.as_ref()? {
            Answer::Raw(response) => Some(response),
            Answer::Speaking { response, .. } => Some(&response.raw),
        }
    }

    pub(crate) fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.0.source.as_ref()? {
            Source::Transport(error) => Some(error),
            Source::Callers(error) => Some(&**error),
        }
    }

    /// Whether the connection failed because the server can't be trusted, and not because of the network.
    pub(crate) fn is_untrusted(&self) -> bool {
        !matches!(
            self.0.source,
            Some(Source::Transport(
                TransportError::Name(_) | TransportError::Io(_)
            ))
        )
    }

    /// Keeps only the parts of an error of the HTTP stack that contain no secret.
    pub(crate) fn caused_by(mut self, source: Option<TransportError>) -> Self {
        self.0.source = source.map(Source::Transport);
        self
    }

    pub(crate) fn caused_by_callers(
        mut self,
        source: Arc<dyn std::error::Error + Send + Sync>,
    ) -> Self {
        self.0.source = Some(Source::Callers(source));
        self
    }

    pub(crate) fn with_response(mut self, response: Box<RawResponse>) -> Self {
        self.0.answer = Some(Answer::Raw(response));
        self
    }

    /// Adds the answer to an earlier attempt, if the last one has none.
    pub(crate) fn with_earlier(mut self, answer: Option<Box<RawResponse>>) -> Self {
        self.0.answer = self.0.answer.or(answer.map(Answer::Raw));
        self
    }

    /// Adds the answer and the message of the server.
    pub(crate) fn with_answer(mut self, response: Response) -> Self {
        let message = OnceLock::new();
        self.0.answer = Some(Answer::Speaking { response, message });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::response::raw::{Headers, RawBody};

    #[test]
    fn the_words_of_a_provider_are_kept_as_the_source() {
        let failure = Failure::new(ErrorKind::Credentials, "no token");
        assert!(failure.source().is_none());
        let words: Box<dyn std::error::Error + Send + Sync> = "closed".into();
        let failure = failure.caused_by_callers(Arc::from(words));
        assert_eq!(failure.source().unwrap().to_string(), "closed");
        assert_eq!(
            (failure.kind(), failure.problem()),
            (ErrorKind::Credentials, Some("no token"))
        );
    }

    #[test]
    fn an_earlier_answer_is_kept_only_where_the_last_attempt_had_none() {
        let answer = |status| RawResponse::new(status, Headers::default(), RawBody::default());
        let status = |failure: &Failure| failure.response().map(|response| response.status);
        let (late, early) = (
            reqwest::StatusCode::BAD_GATEWAY,
            reqwest::StatusCode::CONFLICT,
        );
        let failure = || Failure::new(ErrorKind::Interrupted, "");
        assert_eq!(status(&failure().with_earlier(None)), None);
        assert_eq!(
            status(&failure().with_earlier(Some(answer(early)))),
            Some(early)
        );
        let answered = failure().with_response(answer(late));
        assert_eq!(
            status(&answered.with_earlier(Some(answer(early)))),
            Some(late)
        );
    }
}

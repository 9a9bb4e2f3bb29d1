//! A failure of the runtime, before the operation's type of error is known.

use std::sync::Arc;

use crate::runtime::error::kind::ErrorKind;
use crate::runtime::error::transport_error::TransportError;
use crate::runtime::response::Response;
use crate::runtime::response::raw::RawResponse;

/// How many characters of the server's message an error shows.
const MESSAGE_CHARACTERS: usize = 300;
/// How much of a message is looked at: the characters that are shown and one that is not, at their widest.
const MESSAGE_BYTES: usize = 4 * (MESSAGE_CHARACTERS + 1);

/// What went wrong.
pub(crate) struct Failure(Box<Parts>);

struct Parts {
    kind: ErrorKind,
    /// In our own words; empty where the kind says it all.
    problem: String,
    message: Option<String>,
    response: Option<RawResponse>,
    source: Option<Source>,
}

/// What is behind a failure.
#[derive(Debug)]
enum Source {
    Transport(TransportError),
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

    /// What went wrong, in our own words, where the kind does not say it all.
    pub(crate) fn problem(&self) -> Option<&str> {
        Some(self.0.problem.as_str()).filter(|problem| !problem.is_empty())
    }

    pub(crate) fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    pub(crate) fn response(&self) -> Option<&RawResponse> {
        self.0.response.as_ref()
    }

    pub(crate) fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.0.source.as_ref()? {
            Source::Transport(error) => Some(error),
            Source::Provider(error) => Some(&**error),
        }
    }

    /// Whether no connection was made for another reason than the network: the server can't be trusted.
    pub(crate) fn is_untrusted(&self) -> bool {
        !matches!(
            self.0.source,
            Some(Source::Transport(
                TransportError::Name(_) | TransportError::Io(_)
            ))
        )
    }

    /// Of the HTTP stack's own error no more is kept than is known to be harmless.
    pub(crate) fn caused_by(mut self, source: Option<TransportError>) -> Self {
        self.0.source = source.map(Source::Transport);
        self
    }

    pub(crate) fn caused_by_provider(
        mut self,
        source: Arc<dyn std::error::Error + Send + Sync>,
    ) -> Self {
        self.0.source = Some(Source::Provider(source));
        self
    }

    pub(crate) fn with_response(mut self, response: RawResponse) -> Self {
        self.0.response = Some(response);
        self
    }

    /// The answer to an earlier attempt, should the last one have had none.
    pub(crate) fn with_earlier(mut self, answer: Option<RawResponse>) -> Self {
        self.0.response = self.0.response.or(answer);
        self
    }

    /// The answer that this failure is about, with the server's own message.
    pub(crate) fn with_answer(mut self, answer: Response) -> Self {
        let message = answer.message(MESSAGE_BYTES);
        self.0.message = message.as_deref().map(presentable);
        self.with_response(answer.raw)
    }
}

/// One line of bounded length, whatever somebody else wrote.
pub(crate) fn presentable(message: &str) -> String {
    let mut text = String::new();
    for (count, character) in message.chars().enumerate() {
        if count == MESSAGE_CHARACTERS {
            text.push('…');
            break;
        }
        if character.is_control() || is_invisible(character) {
            text.extend(character.escape_default());
        } else {
            text.push(character);
        }
    }
    text
}

/// Characters that break a line or turn the direction of what follows without being seen.
pub(crate) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_just_the_limit_is_shown_whole() {
        let limit = "é".repeat(MESSAGE_CHARACTERS);
        assert_eq!(presentable(&limit), limit);
        assert_eq!(presentable(&format!("{limit}é")), format!("{limit}…"));
        assert_eq!(
            presentable("\u{0}a\n\u{202e}b\u{2028}é"),
            r"\u{0}a\n\u{202e}b\u{2028}é"
        );
    }

    #[test]
    fn the_words_of_a_provider_are_kept_as_the_source() {
        let failure = Failure::new(ErrorKind::Credentials, "no token");
        assert!(failure.source().is_none());
        let words: Box<dyn std::error::Error + Send + Sync> = "closed".into();
        let failure = failure.caused_by_provider(Arc::from(words));
        assert_eq!(failure.source().unwrap().to_string(), "closed");
        assert_eq!(
            (failure.kind(), failure.problem()),
            (ErrorKind::Credentials, Some("no token"))
        );
    }

    #[test]
    fn an_earlier_answer_is_kept_only_where_the_last_attempt_had_none() {
        let answer = |status| RawResponse {
            status,
            headers: Default::default(),
            body: Default::default(),
        };
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

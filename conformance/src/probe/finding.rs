//! What is not as documented.

use serde::Serialize;

/// What came of a probe, or of all of them; the later one is the graver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Conforms,
    /// The specification says nothing of it.
    Undocumented,
    /// The specification says otherwise.
    Deviates,
}

/// One thing that is not as documented. It holds no value that the server sent, only names and types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub kind: Kind,
    /// Path within the JSON of the body, `.` for all of it; none where it is not about the body.
    pub path: Option<String>,
    pub problem: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// No answer came, or not all of it.
    Answer,
    /// A documented status, but not of this request.
    Status,
    /// A status that is not documented.
    UndocumentedStatus,
    Header,
    /// The body as a whole: no JSON, or one where none is documented.
    Body,
    Missing,
    Type,
    /// The type is the documented one, the value breaks another rule.
    Value,
    /// The envelope says another status than the answer has.
    Code,
    Unknown,
    /// The sdk can't read what is as documented.
    Sdk,
}

impl Finding {
    /// About something else than the body.
    pub fn new(kind: Kind, problem: impl Into<String>) -> Self {
        let problem = problem.into();
        let path = None;
        Self {
            kind,
            path,
            problem,
        }
    }

    pub fn at(path: &str, kind: Kind, problem: impl Into<String>) -> Self {
        let path = Some(path.to_owned());
        Self {
            path,
            ..Self::new(kind, problem)
        }
    }

    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self.kind {
            Kind::UndocumentedStatus | Kind::Unknown => Verdict::Undocumented,
            _ => Verdict::Deviates,
        }
    }
}

impl Verdict {
    /// The gravest of them.
    #[must_use]
    pub fn of(findings: &[Finding]) -> Self {
        let verdicts = findings.iter().map(Finding::verdict);
        verdicts.max().unwrap_or(Self::Conforms)
    }

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conforms => "conforms",
            Self::Undocumented => "undocumented",
            Self::Deviates => "deviates",
        }
    }
}

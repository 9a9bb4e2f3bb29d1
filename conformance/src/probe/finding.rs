//! Differences from the documentation.

use serde::Serialize;

/// The result of a probe, or of all of them; a later one is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Conforms,
    /// The specification does not mention it.
    Undocumented,
    /// The specification says something else.
    Deviates,
}

/// One difference from the documentation. It contains no value that the server sent, only names and types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub kind: Kind,
    /// Path within the JSON of the body, `.` for all of it; `None` if it is not about the body.
    pub path: Option<String>,
    pub problem: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// There is no answer, or it is not complete.
    Answer,
    /// A documented status, but not for this request.
    Status,
    /// A status that is not documented.
    UndocumentedStatus,
    Header,
    /// The body as a whole: not JSON, or one that is not documented.
    Body,
    Missing,
    Type,
    /// The type is the documented one, but the value breaks another rule.
    Value,
    /// The code of the envelope is not the status of the answer.
    Code,
    Unknown,
    /// The sdk can't read a documented answer.
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
    /// The worst of them.
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

//! Which version the crate needs after a change, by the rules of Cargo.

use semver::Version;

use crate::report::{Finding, Severity};

/// How much the version must be raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    None,
    Compatible,
    Breaking,
}

impl Bump {
    pub fn of(findings: &[Finding]) -> Self {
        let bumps = findings.iter().map(|finding| match finding.severity {
            Severity::Compatible => Self::Compatible,
            Severity::Breaks { .. } => Self::Breaking,
            _ => Self::None,
        });
        bumps.max().unwrap_or(Self::None)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Compatible => "compatible",
            Self::Breaking => "breaking",
        }
    }

    /// The lowest version that is raised enough. Before 1.0.0 the minor version is raised for a breaking change, and
    /// before 0.1.0 the patch version.
    pub fn lowest(self, old: &Version) -> Version {
        match (self, old.major, old.minor) {
            (Self::None, ..) => old.clone(),
            (Self::Breaking, 0, 0) | (Self::Compatible, 0, _) => {
                Version::new(old.major, old.minor, old.patch + 1)
            }
            (Self::Breaking, 0, _) | (Self::Compatible, ..) => {
                Version::new(old.major, old.minor + 1, 0)
            }
            (Self::Breaking, ..) => Version::new(old.major + 1, 0, 0),
        }
    }

    /// Whether the version was raised enough. A pre-release counts as the version that it prepares.
    pub fn is_met(self, old: &Version, new: &Version) -> bool {
        let plain = |version: &Version| Version::new(version.major, version.minor, version.patch);
        self == Self::None || plain(new) >= self.lowest(&plain(old))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_raised_by_the_rules_of_cargo() {
        use Bump::{Breaking, Compatible, None};
        let cases = [
            (None, "0.1.0", "0.1.0", true),
            (Compatible, "0.1.0", "0.1.0", false),
            (Compatible, "0.1.0", "0.1.1", true),
            (Compatible, "0.1.0", "0.2.0", true),
            (Breaking, "0.1.0", "0.1.9", false),
            (Breaking, "0.1.0", "0.2.0", true),
            (Breaking, "0.1.3", "1.0.0", true),
            (Breaking, "0.1.0", "0.2.0-alpha.1", true),
            (Breaking, "0.2.0", "0.1.0", false),
            (Breaking, "0.0.3", "0.0.3", false),
            (Breaking, "0.0.3", "0.0.4", true),
            (Compatible, "0.0.3", "0.0.4", true),
            (Compatible, "1.2.3", "1.2.4", false),
            (Compatible, "1.2.3", "1.3.0", true),
            (Breaking, "1.2.3", "1.3.0", false),
            (Breaking, "1.2.3", "2.0.0", true),
        ];
        let mut failures = Vec::new();
        for (bump, old, new, expected) in cases {
            if bump.is_met(&old.parse().unwrap(), &new.parse().unwrap()) != expected {
                failures.push(format!("{bump:?} from {old} to {new}: not {expected}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}

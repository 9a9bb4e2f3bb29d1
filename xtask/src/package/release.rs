//! Whether the version of the crate, its changelog and the tag of a release agree.

use std::path::Path;
use std::process::Command;

use semver::Version;

/// Below the root of the workspace.
pub const CHANGELOG: &str = "sdk/CHANGELOG.md";
const MANIFEST: &str = "sdk/Cargo.toml";

const UNRELEASED: &str = "Unreleased";

/// What stands below a heading of the changelog.
struct Section<'a> {
    heading: &'a str,
    /// None is what has not been released.
    version: Option<Version>,
    is_empty: bool,
}

/// The tags of releases that the commit has which is checked out; or why they can't be known.
pub fn tags(root: &Path) -> Result<Vec<String>, String> {
    let git = Command::new("git")
        .args(["tag", "--points-at", "HEAD"])
        .current_dir(root)
        .output();
    let output = git.map_err(|error| format!("git does not start: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    let names = String::from_utf8_lossy(&output.stdout);
    let of_releases = names.lines().filter(|name| {
        let version = name.strip_prefix('v');
        version.is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()))
    });
    Ok(of_releases.map(str::to_owned).collect())
}

/// What does not agree, as sentences that say what to do.
///
/// Between two releases *Unreleased* says what the next one brings, and the version is that of the last release or already
/// that of the next. In the commit that is tagged the version has a heading with its date, the newest, and nothing is left
/// below *Unreleased*.
pub fn problems(version: &str, changelog: &str, tags: &[String]) -> Vec<String> {
    let version: Version = match version.parse() {
        Ok(version) => version,
        Err(error) => return vec![format!("the version of {MANIFEST} can't be read: {error}")],
    };
    let (sections, mut problems) = sections(changelog);
    problems.extend(order(&sections));
    let unreleased = sections.iter().find(|section| section.version.is_none());
    let has_unreleased = unreleased.is_some_and(|section| !section.is_empty);
    let newest = sections
        .iter()
        .filter_map(|section| section.version.as_ref())
        .max();

    match newest {
        Some(newest) if *newest > version => problems.push(format!(
            "{CHANGELOG} has a heading for {newest}, and {MANIFEST} the version {version}: raise the version"
        )),
        Some(newest) if *newest == version => {}
        _ if !tags.is_empty() => problems.push(format!(
            "{CHANGELOG} has no heading for {version}, which is tagged: give `## {UNRELEASED}` the version and the date, \
             as in `## {version} - 2026-01-31`"
        )),
        _ if !has_unreleased => problems.push(format!(
            "{CHANGELOG} says nothing of {version}: say below `## {UNRELEASED}` what it brings"
        )),
        _ => {}
    }
    for tag in tags {
        if *tag != format!("v{version}") {
            problems.push(format!(
                "the commit is tagged {tag}, and {MANIFEST} has the version {version}: tag it v{version}, or correct the \
                 version before it is tagged"
            ));
        }
    }
    if let Some(tag) = tags.first().filter(|_| has_unreleased) {
        problems.push(format!(
            "the commit is tagged {tag}, and `## {UNRELEASED}` in {CHANGELOG} is not empty: move what it says below the \
             heading of the release"
        ));
    }
    problems
}

/// The sections of a changelog, and what is wrong with each.
fn sections(changelog: &str) -> (Vec<Section<'_>>, Vec<String>) {
    let (mut sections, mut problems) = (Vec::new(), Vec::new());
    for text in changelog.split("\n## ").skip(1) {
        let (heading, text) = text.split_once('\n').unwrap_or((text, ""));
        let heading = heading.trim();
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        let is_empty = lines.all(|line| line.starts_with("### "));
        let version = match version_of(heading) {
            _ if heading == UNRELEASED => None,
            Some(version) => Some(version),
            None => {
                problems.push(format!(
                    "`## {heading}` in {CHANGELOG} names no release: write `## {UNRELEASED}`, or version and date as in \
                     `## 1.2.3 - 2026-01-31`"
                ));
                continue;
            }
        };
        if is_empty && version.is_some() {
            problems.push(format!(
                "`## {heading}` in {CHANGELOG} is empty: say what the release brings"
            ));
        }
        sections.push(Section {
            heading,
            version,
            is_empty,
        });
    }
    (sections, problems)
}

/// That of `1.2.3 - 2026-01-31`.
fn version_of(heading: &str) -> Option<Version> {
    let (version, date) = heading.split_once(" - ")?;
    let parts: Vec<&str> = date.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let numbers: Option<Vec<u32>> = parts.iter().map(|part| part.parse().ok()).collect();
    let is_date = lengths == [4, 2, 2]
        && matches!(numbers?[..], [_, month, day] if (1..=12).contains(&month) && (1..=31).contains(&day));
    version.parse().ok().filter(|_| is_date)
}

/// The newest stands first, and each once.
fn order(sections: &[Section<'_>]) -> Vec<String> {
    let pairs = sections.iter().zip(sections.iter().skip(1));
    let wrong = pairs.filter(|(above, below)| match (&above.version, &below.version) {
        (Some(above), Some(below)) => above <= below,
        (_, below) => below.is_none(),
    });
    wrong
        .map(|(above, below)| {
            format!(
                "`## {}` in {CHANGELOG} stands below `## {}`: the newest comes first, and each once",
                below.heading, above.heading
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const NEXT: &str = "## Unreleased\n\n### Added\n\n- A.\n";
    const EMPTY: &str = "## Unreleased\n\n### Added\n\n";
    const SECOND: &str = "## 0.2.0 - 2026-02-28\n\n- B.\n";
    const FIRST: &str = "## 0.1.0 - 2026-01-31\n\n### Fixed\n\n- C.\n";

    fn list(column: &str) -> Vec<&str> {
        let entries = column.split(';').map(str::trim);
        entries.filter(|entry| !entry.is_empty()).collect()
    }

    #[test]
    fn version_changelog_and_tag_agree_or_what_does_not_is_named() {
        // The version, the sections of the changelog, the tags, and how each thing that is said begins.
        let table = r"
# Before the first release, between two, about to be released, and released.
0.1.0      | NEXT                   |                |
0.2.0      | NEXT; FIRST            |                |
0.1.0      | NEXT; FIRST            |                |
0.1.0      | EMPTY; FIRST           |                |
0.2.0      | SECOND; FIRST          | v0.2.0         |
0.2.0      | EMPTY; SECOND; FIRST   | v0.2.0         |
0.1        | NEXT                   |                | the version of sdk/Cargo.toml can't be read
# The changelog by itself.
0.1.0      |                        |                | sdk/CHANGELOG.md says nothing of 0.1.0
0.2.0      | EMPTY; FIRST           |                | sdk/CHANGELOG.md says nothing of 0.2.0
0.1.0      | ## 0.1.0 - 2026-01-31\n |                | `## 0.1.0 - 2026-01-31` in sdk/CHANGELOG.md is empty
0.2.0      | FIRST; SECOND          |                | `## 0.2.0 - 2026-02-28` in sdk/CHANGELOG.md stands below
0.1.0      | FIRST; FIRST           |                | `## 0.1.0 - 2026-01-31` in sdk/CHANGELOG.md stands below
0.1.0      | FIRST; NEXT            |                | `## Unreleased` in sdk/CHANGELOG.md stands below
0.1.0      | NEXT; NEXT; FIRST      |                | `## Unreleased` in sdk/CHANGELOG.md stands below
0.2.0      | NEXT; ## 0.1.0\n\n- C.\n |                | `## 0.1.0` in sdk/CHANGELOG.md names no release
0.2.0      | NEXT; ## 0.1.0 - 2026-13-01\n\n- C.\n |                | `## 0.1.0 - 2026-13-01` in sdk/CHANGELOG.md names no release
0.2.0      | NEXT; ## unreleased\n\n- C.\n |                | `## unreleased` in sdk/CHANGELOG.md names no release
# The changelog and the version.
0.1.0      | SECOND; FIRST          |                | sdk/CHANGELOG.md has a heading for 0.2.0
0.1.0-rc.1 | NEXT; FIRST            |                | sdk/CHANGELOG.md has a heading for 0.1.0
# The tag.
0.1.0      | NEXT                   | v0.1.0         | sdk/CHANGELOG.md has no heading for 0.1.0, which is tagged; the commit is tagged v0.1.0, and `## Unreleased` in sdk/CHANGELOG.md is not empty
0.1.0      | EMPTY                  | v0.1.0         | sdk/CHANGELOG.md has no heading for 0.1.0, which is tagged
0.1.0      | FIRST                  | v0.2.0         | the commit is tagged v0.2.0, and sdk/Cargo.toml has the version 0.1.0
0.2.0      | SECOND; FIRST          | v0.1.0; v0.2.0 | the commit is tagged v0.1.0, and sdk/Cargo.toml has the version 0.2.0
0.1.0      | NEXT; FIRST            | v0.1.0         | the commit is tagged v0.1.0, and `## Unreleased`
";
        let mut failures = Vec::new();
        for row in table.trim().lines().filter(|row| !row.starts_with('#')) {
            let columns: Vec<_> = row.split(" |").map(list).collect();
            let [version, sections, tags, starts] = &columns[..] else {
                panic!("{row}");
            };
            let sections = sections.iter().map(|section| match *section {
                "NEXT" => NEXT.to_owned(),
                "EMPTY" => EMPTY.to_owned(),
                "FIRST" => FIRST.to_owned(),
                "SECOND" => SECOND.to_owned(),
                other => other.replace("\\n", "\n"),
            });
            let sections: Vec<String> = sections.collect();
            let changelog = format!("# Changelog\n\nAll changes.\n\n{}", sections.join("\n"));
            let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
            let found = problems(version[0], &changelog, &tags);
            let mut pairs = found.iter().zip(starts);
            if found.len() != starts.len() || !pairs.all(|(one, start)| one.starts_with(start)) {
                failures.push(format!("{row}:\n{changelog}\n{found:#?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn the_tags_are_those_of_releases_on_the_commit_that_is_checked_out() {
        let folder = tempfile::tempdir().unwrap();
        let git = |line: &str| {
            let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
            let output = Command::new("git")
                .args(identity)
                .args(line.split(' '))
                .current_dir(folder.path())
                .output()
                .unwrap();
            assert!(output.status.success(), "git {line}: {output:?}");
        };
        assert!(
            tags(folder.path())
                .unwrap_err()
                .contains("not a git repository")
        );
        git("init --quiet");
        fs::write(folder.path().join("a"), "a").unwrap();
        git("add a");
        for tag in ["v0.1.0", "v0.2.0", "version", "0.2.0", "v2-beta"] {
            git("-c commit.gpgsign=false commit --quiet --allow-empty --message m");
            git(&format!("tag {tag}"));
        }
        for tag in ["v0.3.0", "later", "vendor"] {
            git(&format!("tag {tag}"));
        }
        assert_eq!(tags(folder.path()).unwrap(), ["v0.3.0", "v2-beta"]);
    }
}

//! Rules for documents and for documentation: links and paths lead somewhere, the README is readable on a registry,
//! and documentation is readable in a browser.

use std::fs;
use std::path::{Path, PathBuf};

/// The documents of the repository, by their path from its root.
const DOCUMENTS: [&str; 6] = [
    ".github/ARCHITECTURE.md",
    ".github/CONTRIBUTING.md",
    ".github/SECURITY.md",
    "README.md",
    "conformance/README.md",
    "openapi/README.md",
];

/// The heading after which the README is about the repository, and no longer about the crate.
const REPOSITORY: &str = "\n# The repository\n";

/// Commands and folders that a package does not have.
const ONLY_IN_THE_REPOSITORY: [&str; 4] = ["xtask", "conformance", "openapi/", "cargo run"];

/// A longer line of an example scrolls sideways on docs.rs and crates.io.
const WIDEST: usize = 80;

/// Words about the source of a fact, which come after the first sentence.
const SOURCES: [&str; 5] = [
    "source:",
    "Source:",
    "reference page",
    "guides",
    "our inference",
];

fn root() -> &'static Path {
    Path::new("..")
}

fn read(document: &str) -> String {
    fs::read_to_string(root().join(document)).unwrap()
}

/// The targets of the links and images in Markdown, without those within code.
fn links(text: &str) -> Vec<String> {
    let prose: String = text.split("```").step_by(2).collect();
    let after_bracket = prose.split("](").skip(1);
    after_bracket
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.to_owned())
        .collect()
}

fn is_absolute(link: &str) -> bool {
    link.starts_with("https://")
}

/// The paths from the root that Markdown names in code spans, such as `sdk/src/lib.rs`.
fn paths(text: &str) -> Vec<String> {
    let prose: String = text.split("```").step_by(2).collect();
    let spans = prose.split('`').skip(1).step_by(2);
    let folders = [".github/", "conformance/", "openapi/", "sdk/", "xtask/"];
    spans
        .filter(|span| folders.iter().any(|folder| span.starts_with(folder)))
        .filter(|span| !span.contains(char::is_whitespace))
        .map(str::to_owned)
        .collect()
}

/// The lines of examples that are too wide, in Markdown. rustdoc hides lines that begin with `# `.
fn wide_lines(text: &str) -> Vec<String> {
    let examples = text.split("```").skip(1).step_by(2);
    let lines = examples.flat_map(str::lines);
    lines
        .filter(|line| !line.trim_start().starts_with("# "))
        .filter(|line| line.chars().count() > WIDEST)
        .map(str::to_owned)
        .collect()
}

/// The first sentence of a documentation.
fn first_sentence(text: &str) -> &str {
    let paragraph = text.trim_start().split("\n\n").next().unwrap_or_default();
    paragraph.split_inclusive(". ").next().unwrap_or_default()
}

/// Each documentation in Rust code, as Markdown.
fn documentation(code: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for line in code.lines().map(str::trim_start) {
        let text = line
            .strip_prefix("///")
            .or_else(|| line.strip_prefix("//!"));
        match (text, found.last_mut()) {
            (Some(text), Some(last)) => {
                last.push_str(text.strip_prefix(' ').unwrap_or(text));
                last.push('\n');
            }
            (None, Some(last)) if !last.is_empty() => found.push(String::new()),
            _ => {}
        }
    }
    found
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn every_link_and_every_path_in_a_document_leads_to_a_file() {
    let mut count = 0;
    let mut failures = Vec::new();
    for document in DOCUMENTS {
        let text = read(document);
        let folder = root().join(document).parent().unwrap().to_owned();
        let linked = links(&text).into_iter().filter(|link| !is_absolute(link));
        let linked = linked.map(|link| link.split('#').next().unwrap().to_owned());
        let linked = linked.map(|file| folder.join(file));
        let named = paths(&text).into_iter().map(|path| root().join(path));
        for path in linked.chain(named) {
            count += 1;
            if !path.exists() {
                failures.push(format!("{document}: {} does not exist", path.display()));
            }
        }
    }
    assert!(count > 20, "{count}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// docs.rs does not resolve relative links, and crates.io only those of a known repository.
#[test]
fn the_readme_has_no_relative_links_and_its_part_for_users_needs_nothing_but_the_package() {
    let readme = read("README.md");
    let (users, _) = readme.split_once(REPOSITORY).unwrap();
    let links = links(&readme);
    assert!(!links.is_empty());
    assert!(links.iter().all(|link| is_absolute(link)), "{links:?}");
    for word in ONLY_IN_THE_REPOSITORY {
        assert!(!users.contains(word), "the part for users says {word:?}");
    }
}

#[test]
fn no_example_in_the_documentation_scrolls_sideways() {
    let mut failures = Vec::new();
    let readme = read("README.md");
    let (users, _) = readme.split_once(REPOSITORY).unwrap();
    failures.extend(wide_lines(users));
    let files = rust_files(&root().join("sdk/src"));
    let mut examples = 0;
    for file in files {
        for text in documentation(&fs::read_to_string(&file).unwrap()) {
            examples += text.matches("```").count() / 2;
            let wide = wide_lines(&text).into_iter();
            failures.extend(wide.map(|line| format!("{}: {line}", file.display())));
        }
    }
    assert!(examples > 20, "{examples}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_source_of_a_fact_is_not_in_the_first_sentence_of_a_documentation() {
    let mut count = 0;
    let mut failures = Vec::new();
    for file in rust_files(&root().join("sdk/src")) {
        for text in documentation(&fs::read_to_string(&file).unwrap()) {
            count += SOURCES.iter().filter(|word| text.contains(**word)).count();
            let first = first_sentence(&text);
            if SOURCES.iter().any(|word| first.contains(word)) {
                failures.push(format!("{}: {first}", file.display()));
            }
        }
    }
    assert!(count > 20, "{count}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

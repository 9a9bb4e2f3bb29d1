//! What the commands say of a made-up API, `cases/base.yaml`, after one thing in it has changed: a table for each
//! command, and a paragraph for each case. For example:
//!
//! ```yaml
//! title missing:
//!   remove info.title:
//!   says: |
//!     error: info: is not valid OpenAPI: missing field `title`; … [not-openapi]
//!     exit 3
//! ```
//!
//! A change is one of those in `changes.rs`; or it is `write: TEXT`, and that text stands in place of the whole
//! document. A case may have several changes. The paragraph `base`, if there is one, is what its table changes in the
//! API beforehand.
//!
//! A case of `compat` also has the verdict, `breaks: CRATE, WIRE`: for code that calls the crate one of `compile`, `run`
//! and `nothing`, and then `wire` or `nothing`. Nothing writes that but you.
//!
//! To add a case write its name and its changes. `INSTA_UPDATE=always cargo test -p xtask --test commands` writes what
//! the commands say, here as in any other snapshot, into all tables. Only you know whether that is right.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use indexmap::IndexMap;
use openapi::document::Document;
use serde_json::Value;
use tempfile::TempDir;

use crate::changes::{Changes, changed};
use crate::{code, generated, page, run, text};

struct Table {
    name: &'static str,
    /// What the cases change: the API, or its published facts.
    file: &'static str,
    command: &'static [&'static str],
    /// The operations with published facts.
    published: &'static [&'static str],
}

const TABLES: [Table; 5] = [
    Table {
        name: "lint",
        file: "base.yaml",
        command: &["lint", "--spec", "changed.json"],
        published: &["get_order"],
    },
    Table {
        name: "drift",
        file: "base.yaml",
        command: &["drift", "--spec", "changed.json"],
        published: &["get_order", "set_order", "make_token"],
    },
    Table {
        name: "page",
        file: "get_order.json",
        command: &["drift", "--page", "page.txt", "--spec", "api.json"],
        published: &["get_order"],
    },
    Table {
        name: "compat",
        file: "base.yaml",
        command: &[
            "compat",
            "--base-spec",
            "base.json",
            "--spec",
            "changed.json",
        ],
        published: &["get_order"],
    },
    Table {
        name: "generate",
        file: "base.yaml",
        command: &["generate", "--spec", "changed.json", "--out", "crate"],
        published: &["get_order"],
    },
];

impl Table {
    fn path(&self) -> PathBuf {
        folder().join(format!("{}.yaml", self.name))
    }

    fn paragraphs(&self) -> Vec<String> {
        let text = read(&self.path());
        text.trim_end().split("\n\n").map(str::to_owned).collect()
    }

    fn base(&self) -> Value {
        let paragraphs = self.paragraphs();
        let cases = paragraphs.iter().filter_map(|paragraph| case(paragraph));
        let beforehand = cases.filter(|case| case.name == "base");
        let changes = beforehand.flat_map(|case| case.changes).collect();
        changed(&document(self.file), &changes)
    }
}

/// The API of the cases of `generate`.
pub fn api_to_generate_from() -> Value {
    let table = TABLES.iter().find(|table| table.name == "generate");
    table.unwrap().base()
}

struct Case {
    name: String,
    changes: Changes,
    /// The verdict of `compat`.
    breaks: Option<String>,
    says: String,
}

/// The case of a paragraph; `None` if it is only a comment.
fn case(paragraph: &str) -> Option<Case> {
    if paragraph.lines().all(|line| line.starts_with('#')) {
        return None;
    }
    let mut cases: IndexMap<String, Changes> = serde_saphyr::from_str(paragraph)
        .unwrap_or_else(|error| panic!("{error} in:\n{paragraph}"));
    let (name, mut changes) = cases.pop().unwrap();
    assert!(cases.is_empty(), "no empty line before `{name}`");
    let says = changes.shift_remove("says").unwrap_or_default();
    let breaks = changes.shift_remove("breaks");
    Some(Case {
        name,
        changes,
        breaks: breaks.and_then(|breaks| Some(breaks.as_str()?.to_owned())),
        says: says.as_str().unwrap_or_default().to_owned(),
    })
}

/// The line of a paragraph that begins the expected output.
const SAYS: &str = "\n  says: |\n";

/// The paragraph of a case, with another expectation.
fn expecting(paragraph: &str, said: &str) -> String {
    let (case, _) = paragraph.split_once(SAYS).unwrap_or((paragraph, ""));
    let lines: Vec<String> = said.lines().map(|line| format!("    {line}")).collect();
    format!("{case}{SAYS}{}", lines.join("\n"))
}

/// The verdict on the output of `compat`: the worst for callers, and whether anything breaks the wire.
fn verdict(said: &str) -> String {
    let any = |words: &[&str]| {
        let mut effects = said.lines().filter_map(|line| line.split(": ").next());
        effects.any(|effect| words.iter().all(|word| effect.contains(word)))
    };
    let callers = ["compile", "run"];
    let callers = callers
        .into_iter()
        .find(|stage| any(&["breaks callers", stage]));
    let wire = if any(&["breaks", "the wire"]) {
        "wire"
    } else {
        "nothing"
    };
    format!("{}, {wire}", callers.unwrap_or("nothing"))
}

fn folder() -> PathBuf {
    Path::new("tests").join("commands").join("cases")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

fn document(name: &str) -> Value {
    let document = Document::load(&folder().join(name)).unwrap();
    document.root().clone()
}

/// A folder with everything that the command of a table reads.
struct Bench<'a> {
    table: &'a Table,
    base: Value,
    folder: TempDir,
}

impl<'a> Bench<'a> {
    fn new(table: &'a Table) -> Self {
        let bench = Self {
            table,
            base: table.base(),
            folder: tempfile::tempdir().unwrap(),
        };
        for folder in ["published", "crate"] {
            fs::create_dir(bench.folder.path().join(folder)).unwrap();
        }
        bench.write("api.json", &document("base.yaml").to_string());
        bench.write("base.json", &bench.base.to_string());
        for id in table.published {
            let name = format!("{id}.json");
            bench.write(&format!("published/{name}"), &document(&name).to_string());
        }
        bench
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    /// The output of the command for the base with changes.
    fn say(&self, changes: &Changes) -> String {
        if let Some(text) = changes.get("write") {
            self.write("changed.json", text.as_str().unwrap());
        } else {
            let changed = changed(&self.base, changes);
            self.write("changed.json", &changed.to_string());
            self.write("page.txt", &page::of(&changed));
        }
        let crate_folder = self.folder.path().join("crate");
        let before = generated(&crate_folder);
        let mut said = self.run(&[]);
        if self.table.name == "generate" && !said.ends_with("exit 0\n") {
            if generated(&crate_folder) != before {
                said += "the generated files were touched\n";
            }
            let checked = self.run(&["--check"]);
            if checked != said {
                said += &format!("with --check it is\n{checked}");
            }
        }
        said
    }

    fn run(&self, more: &[&str]) -> String {
        let output = run(self.folder.path(), &[self.table.command, more].concat());
        let said = text(&output.stdout) + &text(&output.stderr);
        // Editors remove white space at the ends of lines too. The position in a file of one line means nothing to a
        // reader of the tables.
        let lines = said.lines().map(|line| {
            let (indent, rest) = line.split_at(line.len() - line.trim_start().len());
            let rest = match rest.split_once(": ") {
                Some((file, rest)) if file.starts_with("changed.json:1:") => rest,
                _ => rest,
            };
            format!("{indent}{}", rest.trim_end())
        });
        lines.map(|line| format!("{line}\n")).collect::<String>()
            + &format!("exit {}\n", code(&output))
    }
}

#[test]
fn the_base_against_itself_gives_nothing() {
    let mut failures = Vec::new();
    for table in &TABLES {
        let said = Bench::new(table).say(&Changes::new());
        // There are no published facts of `place_order`.
        let is_noted = |line: &&str| {
            line.starts_with("note: place_order has no published facts")
                || line.starts_with("generated ")
                || line.starts_with("checked ") && line.ends_with(": nothing found")
        };
        let found: Vec<&str> = said.lines().filter(|line| !is_noted(line)).collect();
        if found != ["exit 0"] {
            failures.push(format!("{} says of the base:\n{said}", table.name));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The tables that are tested, each by itself and together.
const TESTED: [&str; 5] = ["lint", "drift", "page", "compat", "generate"];

#[test]
fn no_table_is_forgotten() {
    assert_eq!(TABLES.each_ref().map(|table| table.name), TESTED);
}

#[test]
fn every_case_of_lint_says_what_is_written_down() {
    says_what_is_written_down("lint");
}

#[test]
fn every_case_of_drift_says_what_is_written_down() {
    says_what_is_written_down("drift");
}

#[test]
fn every_case_of_pages_says_what_is_written_down() {
    says_what_is_written_down("page");
}

#[test]
fn every_case_of_compat_says_what_is_written_down() {
    says_what_is_written_down("compat");
}

#[test]
fn every_case_of_generate_says_what_is_written_down() {
    says_what_is_written_down("generate");
}

fn says_what_is_written_down(name: &str) {
    let update = std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always");
    let table = TABLES.iter().find(|table| table.name == name).unwrap();
    let mut paragraphs = table.paragraphs();
    let mut names: Vec<String> = paragraphs
        .iter()
        .filter_map(|one| case(one))
        .map(|case| case.name)
        .collect();
    assert!(
        names.iter().any(|name| name != "base"),
        "{name} has no case"
    );
    names.sort();
    for pair in names.windows(2) {
        assert_ne!(pair[0], pair[1], "{name}: there are two of that name");
    }
    // No case needs another one.
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let part = paragraphs.len().div_ceil(threads);
    let differences: Vec<Differences> = thread::scope(|scope| {
        let parts = paragraphs.chunks_mut(part);
        let running: Vec<_> = parts
            .map(|part| scope.spawn(|| differences(table, part)))
            .collect();
        running
            .into_iter()
            .map(|part| part.join().unwrap())
            .collect()
    });
    if update {
        fs::write(table.path(), paragraphs.join("\n\n") + "\n").unwrap();
    }
    let (outputs, verdicts): (Vec<_>, Vec<_>) = differences
        .into_iter()
        .map(|part| (part.outputs, part.verdicts))
        .unzip();
    // The output of a command is rewritten on request; a verdict is not.
    let (outputs, verdicts) = (outputs.concat(), verdicts.concat());
    assert!(verdicts.is_empty(), "{}", verdicts.join("\n"));
    assert!(update || outputs.is_empty(), "{}", outputs.join("\n"));
}

/// What differs from what is written down.
#[derive(Default)]
struct Differences {
    outputs: Vec<String>,
    verdicts: Vec<String>,
}

/// Compares the cases of these paragraphs with what the command says, which is written into them.
fn differences(table: &Table, paragraphs: &mut [String]) -> Differences {
    let bench = Bench::new(table);
    bench.say(&Changes::new());
    let mut differences = Differences::default();
    for paragraph in paragraphs {
        let Some(case) = case(paragraph).filter(|case| case.name != "base") else {
            continue;
        };
        let name = format!("{}, {}", table.name, case.name);
        let said = bench.say(&case.changes);
        if said != case.says {
            let expected = &case.says;
            let difference = format!("{name}: expected\n{expected}but it said\n{said}");
            differences.outputs.push(difference);
        }
        let breaks = case.breaks.unwrap_or_default();
        if table.name == "compat" && breaks != verdict(&said) {
            let difference = format!("{name}: breaks {breaks}, but it said\n{said}");
            differences.verdicts.push(difference);
        }
        *paragraph = expecting(paragraph, &said);
    }
    differences
}

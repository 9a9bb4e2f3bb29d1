//! Pages of the vendor's portal, with its facts and in its layout; the prose is ours. All of them are drafted, added
//! to a copy of the specification, and accepted. Faults in them are reported, and a text that is not a page is
//! refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::LazyLock;

use openapi::document::Document;
use openapi::operation::Operation;
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::changes::pointer;
use crate::{code, run, text};

const SPECIFICATION: &str = "../openapi/par-ordering.yaml";

/// Parts that pages share: each has a file of its own, and a page names it in braces.
const PARTS: [&str; 3] = ["headers", "sample_headers", "end"];

fn folder() -> PathBuf {
    Path::new("tests").join("commands").join("pages")
}

fn part(name: &str) -> String {
    fs::read_to_string(folder().join(format!("{name}.txt"))).unwrap()
}

fn page(name: &str) -> String {
    PARTS.iter().fold(part(name), |page, name| {
        page.replace(&format!("{{{name}}}"), part(name).trim_end())
    })
}

/// The names of all pages.
fn pages() -> Vec<String> {
    let files = fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().path());
    let names = files.map(|file| file.file_stem().unwrap().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| !PARTS.contains(&&**name)).collect();
    names.sort();
    names
}

static BENCH: LazyLock<Bench> = LazyLock::new(Bench::new);

/// A folder with a specification that has an operation for each page, in which only the TODOs of the drafts were
/// replaced, and with the facts of all of them.
struct Bench {
    folder: PathBuf,
    drafted: Value,
    /// By the name of the page.
    operations: BTreeMap<String, String>,
}

impl Bench {
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(folder.join("published")).unwrap();
        let before = Document::load(Path::new(SPECIFICATION)).unwrap();
        let mut bench = Self {
            folder,
            drafted: before.root().clone(),
            operations: BTreeMap::new(),
        };
        bench.write("before.json", &bench.drafted.to_string());
        for name in pages() {
            bench.write(&name, &page(&name));
            let output = bench.run(&["drift", "--page", &name, "--draft", "--spec", "before.json"]);
            assert_eq!(code(&output), 0, "{name}: {output:?}");
            let draft = Document::parse(Path::new(&name), &output.stdout).unwrap();
            merge(&mut bench.drafted, draft.root());
        }
        let completed = completed(&bench.drafted);
        bench.write("completed.json", &completed.to_string());
        let known = fs::read_to_string("../openapi/published/generate_tokens.json").unwrap();
        bench.write("published/generate_tokens.json", &known);
        for name in pages() {
            let output = bench.drift(&page(&name), &["--accept", "--format", "json"]);
            assert_eq!(code(&output), 0, "{name}: {output:?}");
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            let id = report["operation"].as_str().unwrap().to_owned();
            bench.operations.insert(name, id);
        }
        bench
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.join(name), text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        run(&self.folder, arguments)
    }

    /// The findings about a page.
    fn drift(&self, page: &str, more: &[&str]) -> Output {
        let file = tempfile::NamedTempFile::new_in(&self.folder).unwrap();
        fs::write(&file, page).unwrap();
        let name = file.path().file_name().unwrap().to_string_lossy();
        let arguments = ["drift", "--page", &name, "--spec", "completed.json"];
        self.run(&[&arguments, more].concat())
    }

    /// All stored facts.
    fn stored(&self) -> Vec<(PathBuf, String)> {
        let files = fs::read_dir(self.folder.join("published")).unwrap();
        let files = files.map(|file| file.unwrap().path());
        let mut stored: Vec<(PathBuf, String)> = files
            .map(|file| (file.clone(), fs::read_to_string(file).unwrap()))
            .collect();
        stored.sort();
        stored
    }
}

fn merge(document: &mut Value, draft: &Value) {
    for (key, value) in draft.as_object().unwrap() {
        match &mut document[key] {
            known @ Value::Object(_) if value.is_object() => merge(known, value),
            other => *other = value.clone(),
        }
    }
}

/// With a text in place of each TODO.
fn completed(document: &Value) -> Value {
    match document {
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| match value.as_str() {
                Some("TODO") => (key.clone(), json!("What it is.")),
                _ => (key.clone(), completed(value)),
            });
            members.collect()
        }
        Value::Array(items) => items.iter().map(completed).collect(),
        scalar => scalar.clone(),
    }
}

fn said(output: &Output) -> String {
    text(&output.stdout) + &text(&output.stderr)
}

#[test]
fn what_is_drafted_of_all_pages_passes_lint_but_for_its_todos_and_generates() {
    let bench = &*BENCH;
    bench.write("drafted.json", &bench.drafted.to_string());
    let linted = text(&bench.run(&["lint", "--spec", "drafted.json"]).stdout);
    let others: Vec<&str> = linted
        .lines()
        .filter(|line| !line.ends_with("[todo]"))
        .collect();
    assert!(others.is_empty() && !linted.is_empty(), "{others:#?}");
    let linted = bench.run(&["lint", "--spec", "completed.json"]);
    let nothing = "checked completed.json: nothing found\n";
    assert_eq!((code(&linted), &*said(&linted)), (0, nothing));
    fs::create_dir(bench.folder.join("crate")).unwrap();
    let generated = bench.run(&["generate", "--spec", "completed.json", "--out", "crate"]);
    assert_eq!(code(&generated), 0, "{generated:?}");
    let document = Document::load(&bench.folder.join("completed.json")).unwrap();
    assert_eq!(Operation::all(&document).len(), pages().len() + 1);
}

#[test]
fn a_draft_says_what_its_page_says() {
    let drafted = r"
paths./customer-accounts/{customer_account_id}.put.operationId: customer_account_update
paths./customer-accounts/{customer_account_id}.put.security: [{customerToken: []}, {}]
paths./customer-accounts/{customer_account_id}.put.parameters.0: {name: customer_account_id, in: path, required: true, description: TODO, schema: {type: string, format: uuid}, example: f16a8522-662f-4393-a026-0076abea8517}
paths./customer-accounts/{customer_account_id}.put.parameters.1: {$ref: '#/components/parameters/ApiVersion'}
paths./customer-accounts/{customer_account_id}.put.parameters.5: {name: DLC-Authorization, in: header, description: TODO, schema: {type: string, format: password}}
paths./customer-accounts/{customer_account_id}.put.responses.404: {$ref: '#/components/responses/NotFound'}
components.schemas.CustomerAccountUpdateRequest.properties.demographics: {description: TODO, type: array, items: {type: object}}
components.schemas.VenueResponse.properties.data.properties.venue.properties.api_key.format: password
components.schemas.VenueResponse.properties.data.properties.venue.properties.table_token.properties.value.format: password
components.schemas.VenueResponse.properties.data.properties.venue.properties.proof.format: password
components.schemas.RegisterResponse.properties.data.properties.token.properties.value: {description: TODO, type: string, format: password}
paths./customers/register.post.responses.500.content.application/json.schema: {$ref: '#/components/schemas/ErrorEnvelope'}
paths./oauth/tokens.post.requestBody.content.application/x-www-form-urlencoded.examples.documented.value: {grant_type: client_credentials, scope: orders read}
paths./customers/{customer_account_id}/stored-payment-methods.get.x-par-content-type: application/json
components.schemas.CreateOrderRequest.required: [order_type, payment_info, menu_items]
components.schemas.CreateOrderRequest.properties.order_type.enum: [1, 2]
components.schemas.CreateOrderRequest.properties.pickup_at.nullable: true
components.schemas.CreateOrderRequest.properties.tip.default: 0
components.schemas.CreateOrderRequest.properties.payment_info.properties.cvv_token.format: password
components.schemas.CreateOrderRequest.properties.menu_items.items.properties.quantity.minimum: 1
components.schemas.CreateOrderRequest.properties.menu_items.items.properties.modifiers.items.required: [id]
components.schemas.ReceiptsResponse.properties.data.properties.receipts.items.properties.tax_rates: {description: TODO, type: object, additionalProperties: {type: integer, format: int64}}
paths./venues/{id}.get.parameters.5: {name: view, in: query, description: TODO, schema: {type: string, enum: [full, short]}, example: full}
paths./customer-accounts/{customer_account_id}.delete.responses.204: {description: TODO}
";
    let drafted: BTreeMap<String, Value> = serde_saphyr::from_str(drafted).unwrap();
    let mut failures = Vec::new();
    for (place, expected) in drafted {
        let found = BENCH.drafted.pointer(&pointer(&place));
        if found != Some(&expected) {
            failures.push(format!("{place} is {found:?}"));
        }
    }
    assert_eq!(
        BENCH
            .drafted
            .pointer("/paths/~1customer-accounts~1{customer_id}~1receipts/get/requestBody"),
        None
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn says_nothing_found(line: &str) -> bool {
    line.starts_with("checked ") && line.ends_with(": nothing found")
}

#[test]
fn the_pages_agree_with_what_was_drafted_of_them() {
    let bench = &*BENCH;
    let mut failures = Vec::new();
    for name in pages() {
        let output = bench.drift(&page(&name), &[]);
        let findings = said(&output);
        if code(&output) != 0
            || findings.lines().any(|line| {
                !line.starts_with("note: fault of the page") && !says_nothing_found(line)
            })
        {
            failures.push(format!("{name}: {findings}"));
        }
    }
    let output = bench.run(&["drift", "--spec", "completed.json"]);
    let findings = said(&output);
    if code(&output) != 0
        || findings
            .lines()
            .any(|line| !line.contains(": fault of the page: ") && !says_nothing_found(line))
    {
        failures.push(findings.clone());
    }
    let faults = [
        "header `Basic Authorization`: HTTP allows no space",
        "the description says application/json and the sample application/x-www-form-urlencoded",
        "HTTP defines no body for GET",
    ];
    let missing = faults.iter().filter(|fault| !findings.contains(**fault));
    failures.extend(missing.map(|fault| format!("it lacks {fault:?}")));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

const ACCOUNT: &str = "customer_account_update";

/// A case of `page_faults.yaml`.
#[derive(Deserialize)]
struct Fault {
    change: [String; 2],
    page: String,
    #[serde(default)]
    specification: String,
}

fn faults() -> Vec<(String, Fault)> {
    let table = include_str!("page_faults.yaml");
    let pages: BTreeMap<String, Vec<Fault>> = serde_saphyr::from_str(table).unwrap();
    let faults = pages
        .into_iter()
        .flat_map(|(page, faults)| faults.into_iter().map(move |fault| (page.clone(), fault)));
    faults.collect()
}

#[test]
fn faults_that_are_put_into_pages_are_reported() {
    let bench = &*BENCH;
    let mut failures = Vec::new();
    for (name, fault) in faults() {
        let [from, to] = &fault.change;
        let original = page(&name);
        assert!(original.contains(from), "{name} has no {from:?}");
        let faulty = original.replacen(from, to, 1);
        let facts = format!("{}.json", bench.operations[&name]);
        // Together with those of all others, which are not touched.
        let published = TempDir::new_in(&bench.folder).unwrap();
        let stored = bench.folder.join("published").join(&facts);
        fs::copy(stored, published.path().join(&facts)).unwrap();
        let published = published.path().to_string_lossy();
        let of_published = ["--published", &*published];
        // Says the same as without `--accept`, which exits with 3.
        let output = bench.drift(&faulty, &[&of_published[..], &["--accept"]].concat());
        if code(&output) != 0 || !said(&output).contains(&fault.page) {
            failures.push(format!("{name}, {from:?} as {to:?}: {}", said(&output)));
        }
        let output =
            bench.run(&[&["drift", "--spec", "completed.json"], &of_published[..]].concat());
        let is_drift = !fault.specification.is_empty();
        if code(&output) != if is_drift { 3 } else { 0 }
            || !said(&output).contains(&fault.specification)
        {
            failures.push(format!(
                "{name}, {from:?} as {to:?}, accepted: {}",
                said(&output)
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// A change of a page.
type Damage = fn(&str) -> String;

fn until(page: &str, text: &str) -> String {
    page[..page
        .find(text)
        .unwrap_or_else(|| panic!("there is no {text:?}"))]
        .to_owned()
}

fn without_lines(page: &str, begin: &str) -> String {
    let lines = page.lines().filter(|line| !line.starts_with(begin));
    lines.map(|line| format!("{line}\n")).collect()
}

const BROKEN: &[(&str, Damage)] = &[
    ("cut after its title", |page| until(page, "\n")),
    ("cut after a heading", |page| until(page, "  • Accept")),
    ("cut within the headers", |page| {
        until(page, "Type: string\n    required\n\n    Which API")
    }),
    ("cut before the answers", |page| until(page, "Responses")),
    ("cut within the answers", |page| until(page, "  • 40")),
    ("cut before the sample", |page| until(page, "curl")),
    ("cut within the sample", |page| {
        until(page, "X-Request-ID: c10b")
    }),
    ("cut within the example", |page| until(page, "\"code\"")),
    ("cut before its last line", |page| until(page, "Copyright")),
    ("without its title", |page| {
        page.split_once('\n').unwrap().1.to_owned()
    }),
    ("with the title of another", |page| {
        format!("PATCH {}", page.split_once(' ').unwrap().1)
    }),
    ("without the heading of the headers", |page| {
        without_lines(page, "Headers")
    }),
    ("without the heading of the answers", |page| {
        without_lines(page, "Responses")
    }),
    ("without its sample", |page| without_lines(page, "curl")),
    ("without the heading of the sample", |page| {
        without_lines(page, "Request Example")
    }),
    ("without the name of a header", |page| {
        without_lines(page, "  • API-VERSION")
    }),
    ("without types", |page| without_lines(page, "    Type:")),
    ("without the heading of values", |page| {
        without_lines(page, "    values")
    }),
    ("without the first line of the example", |page| {
        page.replacen("\n{\n", "\n", 1)
    }),
    ("without the label of the example", |page| {
        without_lines(page, "Example response")
    }),
    ("with a label and no example", |page| {
        let end = &page[page.find("\nExample response").unwrap()..];
        until(page, "\n{\n  \"") + end
    }),
    ("with other dots", |page| page.replace('•', "*")),
    ("less indented", |page| page.replace("\n    ", "\n  ")),
    ("with tabs", |page| page.replace("    ", "\t")),
    ("in one line", |page| page.replace('\n', " ")),
    ("with headings in capitals", |page| {
        page.replace("Headers\n", "HEADERS\n")
    }),
    ("as Markdown", |page| {
        page.replace("Headers\n", "## Headers\n")
            .replace("Responses\n", "## Responses\n")
    }),
    ("with other words", |page| page.replace("Type: ", "Kind: ")),
    ("with one more attribute", |page| {
        page.replace("    required\n", "    required\n    secret\n")
    }),
    ("with a header twice", |page| {
        page.replacen("• Authorization", "• Accept", 1)
    }),
    ("with an answer that is not a status", |page| {
        page.replacen("  • 40", "  • E40", 1)
    }),
    ("with a section that nobody knows", |page| {
        page.replacen("Responses\n", "Callbacks\n  • a\nResponses\n", 1)
    }),
    ("with a sample in another language", |page| {
        page.replace("curl ", "fetch ")
    }),
    ("with an open quote", |page| {
        page.replacen("true'", "true", 1)
    }),
    ("with an option that nobody knows", |page| {
        page.replacen("--header", "--proxy-header", 1)
    }),
    ("with an example that is not JSON", |page| {
        page.replacen("\"status\": \"OK\"", "\"status\": OK", 1)
    }),
    ("with a key twice", |page| {
        page.replacen("\"status\"", "\"code\": 1,\n  \"status\"", 1)
    }),
    ("with another page behind it", |page| {
        format!("{page}\n{page}")
    }),
    ("upside down", |page| {
        page.lines().rev().map(|line| format!("{line}\n")).collect()
    }),
    ("as HTML", |page| {
        format!("<html><body><pre>{page}</pre></body></html>")
    }),
    ("as JSON", |page| json!({ "page": page }).to_string()),
    ("as an essay", |_| {
        fs::read_to_string("../README.md").unwrap()
    }),
];

#[test]
fn what_is_no_page_or_a_broken_one_is_refused_in_one_line_and_stores_nothing() {
    let bench = &*BENCH;
    let before = bench.stored();
    let mut failures = Vec::new();
    for name in [ACCOUNT, "register", "stored_payment_methods"] {
        for (damage, change) in BROKEN {
            let whole = page(name);
            let broken = change(&whole);
            assert_ne!(broken, whole, "{name} {damage}");
            let output = bench.drift(&broken, &["--accept"]);
            let message = text(&output.stderr);
            let is_clear = message.starts_with("error: failed to read the page ")
                && message.trim_end().lines().count() == 1;
            if code(&output) != 1 || !is_clear || bench.stored() != before {
                failures.push(format!("{name} {damage}: {output:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

//! The command that probes a server: what it prints, what it refuses, and how it ends.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use conformance::mock_server::{MockServer, Settings};
use conformance::probe::target::CUSTOMER_TOKEN;
use conformance::testing::message::authority;
use conformance::testing::script::{ScriptedServer, Step};
use conformance::workspace;
use openapi::specification::Specification;
use openapi::workspace::SPECIFICATION;
use serde_json::Value;
use tempfile::TempDir;

use crate::mock_server_with;

/// The variable of the one setting without a default.
const APPLICATION: &str = "PAR_ORDERING_APPLICATION";

/// A small specification, so that there are few requests.
const SHOP: &str = "
openapi: 3.0.3
info: {title: Shop, version: '2.1'}
servers: [{url: 'https://shop.example.com/v2'}]
x-par-envelope: {code: /code}
paths:
  /items/{id}:
    get:
      operationId: get_item
      security: [{token: []}, {}]
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}, example: 7}
        - name: Key
          in: header
          required: true
          x-par-default-from: {setting: application}
          schema: {type: string, format: password, minLength: 1}
          example: some-key
      responses:
        '200':
          content:
            application/json:
              schema:
                type: object
                required: [code, name]
                properties:
                  code: {type: integer}
                  name: {type: string}
              example: {code: 200, name: 7, colour: red}
        '400': &error
          content:
            application/json:
              schema: {type: object, properties: {}, additionalProperties: true}
              example: {code: 400}
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
";

/// A name of this machine that is not a loopback name; nobody listens there.
const STRANGER: &str = "https://[::ffff:127.0.0.1]:1/api";

pub struct Ended {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs the command with an application's key.
async fn probe(arguments: &[&str]) -> Ended {
    probe_with(arguments, &[(APPLICATION, "some-key")]).await
}

pub async fn probe_with(arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conformance"));
    command
        .arg("probe")
        .args(arguments)
        .env_remove(APPLICATION)
        .env_remove(CUSTOMER_TOKEN)
        // Nobody listens there: a request that used this proxy would fail.
        .env("http_proxy", "http://127.0.0.1:1")
        .env("all_proxy", "http://127.0.0.1:1")
        .envs(variables.iter().copied());
    let Output {
        status,
        stdout,
        stderr,
    } = tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .unwrap();
    Ended {
        status: status.code(),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

fn shop() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.yaml");
    std::fs::write(&path, SHOP).unwrap();
    (folder, path)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test]
async fn a_server_that_conforms_ends_it_with_0_and_one_that_does_not_with_3() {
    let server = mock_server_with(Settings::default()).await;
    let url = server.url();
    let host = authority(&url);
    let ended = probe(&["--base-url", &url]).await;
    assert_eq!(ended.status, Some(0), "{}{}", ended.stdout, ended.stderr);
    assert!(ended.stdout.contains("\nconforms: "), "{}", ended.stdout);
    let announced = format!(" calls to {host}, at most 5 at once. ");
    assert!(ended.stderr.contains(&announced), "{}", ended.stderr);
    assert!(
        ended
            .stderr
            .contains("PAR_ORDERING_CUSTOMER_TOKEN is not set"),
        "{}",
        ended.stderr
    );
    assert!(
        !ended.stderr.contains(['\r', '\u{1b}']),
        "progress is for terminals: {}",
        ended.stderr
    );

    server.answer_raw(418, "text/html", "<html>");
    let variables = [(APPLICATION, "some-key"), (CUSTOMER_TOKEN, "some-token")];
    let ended = probe_with(&["--base-url", &url, "--format", "json"], &variables).await;
    assert_eq!(ended.status, Some(3), "{}{}", ended.stdout, ended.stderr);
    assert!(!ended.stderr.contains("is not set"), "{}", ended.stderr);
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(report["verdict"], "undocumented");
    assert_eq!(report["customer_token"], true);
}

#[tokio::test]
async fn a_server_that_gives_no_answer_ends_it_with_1() {
    let (_folder, spec) = shop();
    let silent = [
        (
            "closed",
            vec![Step::Read, Step::Reset],
            "failed to get any answer: ",
        ),
        (
            "stalled",
            vec![Step::Read, Step::Stall],
            "failed to get any answer: no answer within 1 s",
        ),
        (
            "garbage",
            vec![Step::Read, Step::Write(b"no HTTP\r\n\r\n".to_vec())],
            "failed to get any answer: ",
        ),
    ];
    let mut failures = Vec::new();
    for (name, script, said) in silent {
        let server = ScriptedServer::start(vec![script]).await.unwrap();
        let arguments = [
            "--base-url",
            &server.url(),
            "--timeout",
            "1",
            "--spec",
            text(&spec),
        ];
        let ended = probe(&arguments).await;
        if ended.status != Some(1)
            || !ended.stderr.contains(said)
            || !ended.stdout.contains("no answer  deviates")
        {
            failures.push(format!(
                "{name}: {:?} {}{}",
                ended.status, ended.stdout, ended.stderr
            ));
        }
    }
    let ended = probe(&["--base-url", "http://127.0.0.1:1"]).await;
    if ended.status != Some(1) || !ended.stderr.contains("failed to reach 127.0.0.1:1: ") {
        failures.push(format!("refused: {:?} {}", ended.status, ended.stderr));
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[tokio::test]
async fn answers_that_are_no_documented_ones_are_reported() {
    let (_folder, spec) = shop();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    let write = |text: String| Step::Write(text.into_bytes());
    let cases = [
        (
            "HTML",
            vec![
                Step::Read,
                write("HTTP/1.1 502 Bad\r\ncontent-length: 6\r\n\r\n<html>".to_owned()),
            ],
            "the operation does not document 502",
        ),
        (
            "cut",
            vec![
                Step::Read,
                write(format!("{head}content-length: 99\r\n\r\n{{\"code\":")),
            ],
            "the body ended too early: ",
        ),
        (
            "endless",
            vec![
                Step::Read,
                write(format!("{head}transfer-encoding: chunked\r\n\r\n")),
                Step::WriteForEver([b"8000\r\n".as_slice(), &[b' '; 0x8000], b"\r\n"].concat()),
            ],
            "the body is larger than 1048576 bytes",
        ),
        (
            "a redirect",
            vec![
                Step::Read,
                write("HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n".to_owned()),
            ],
            "the operation does not document 302",
        ),
    ];
    let mut failures = Vec::new();
    for (name, script, said) in cases {
        let server = ScriptedServer::start(vec![script]).await.unwrap();
        let ended = probe(&["--base-url", &server.url(), "--spec", text(&spec)]).await;
        if ended.status != Some(3) || !ended.stdout.contains(said) {
            failures.push(format!(
                "{name}: {:?} {}{}",
                ended.status, ended.stdout, ended.stderr
            ));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[tokio::test]
async fn what_can_not_be_carried_out_is_refused_with_1_and_a_sentence() {
    let (folder, _) = shop();
    let strict = folder.path().join("strict.yaml");
    std::fs::write(&strict, SHOP.replace("[{token: []}, {}]", "[{token: []}]")).unwrap();
    let server = ScriptedServer::start(vec![]).await.unwrap();
    let url = server.url();
    let key = [(APPLICATION, "some-key")];
    type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], &'a str);
    let cases: [Case; 13] = [
        (
            &["--base-url", &url],
            &[],
            "can't be called: set PAR_ORDERING_APPLICATION",
        ),
        (
            &["--base-url", &url],
            &[(APPLICATION, "")],
            "can't be called: set PAR_ORDERING_APPLICATION",
        ),
        (
            &["--base-url", &url],
            &[(APPLICATION, "two\nlines")],
            "the setting `application` contains a character",
        ),
        (
            &["--base-url", &url],
            &[(APPLICATION, "some-key"), (CUSTOMER_TOKEN, "two words")],
            "PAR_ORDERING_CUSTOMER_TOKEN contains a character",
        ),
        (
            &["--base-url", &url, "--spec", text(&strict)],
            &key,
            "get_item can't be called: set PAR_ORDERING_CUSTOMER_TOKEN",
        ),
        (
            &["--base-url", STRANGER],
            &key,
            "refused to call [::ffff:7f00:1]:1, which is not this machine: repeat the command with --yes",
        ),
        (
            &["--base-url", "http://shop.example.com", "--yes"],
            &key,
            "plain http would reveal the credentials",
        ),
        (
            &["--base-url", "https://user:pass@shop.example.com", "--yes"],
            &key,
            "set credentials by their own settings",
        ),
        (
            &["--base-url", &url, "--spec", "nowhere.yaml"],
            &key,
            "failed to read nowhere.yaml",
        ),
        (&["--base-url", &url, "--timeout", "0"], &key, "--timeout"),
        (
            &["--base-url", &url, "--application", "some-key"],
            &key,
            "unexpected argument '--application'",
        ),
        (
            &["--base-url", &url, "--customer-token", "some-token"],
            &key,
            "unexpected argument '--customer-token'",
        ),
        (&[], &key, "--base-url <URL>"),
    ];
    let mut failures = Vec::new();
    for (arguments, variables, said) in cases {
        let ended = probe_with(arguments, variables).await;
        if ended.status != Some(1) || !ended.stderr.contains(said) || !ended.stdout.is_empty() {
            failures.push(format!(
                "{arguments:?}: {:?} {}{}",
                ended.status, ended.stdout, ended.stderr
            ));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
    assert_eq!(server.connections(), 0, "nothing was sent");
}

#[tokio::test]
async fn another_machine_is_called_after_a_yes_only_and_what_is_going_to_be_sent_is_said_before() {
    let (_folder, spec) = shop();
    let arguments = ["--base-url", STRANGER, "--spec", text(&spec), "--yes"];
    for (arguments, error) in [
        (&arguments[..4], "error: refused to call "),
        (&arguments[..], "error: failed to reach [::ffff:7f00:1]:1: "),
    ] {
        let ended = probe(arguments).await;
        assert_eq!(ended.status, Some(1));
        let said = ended
            .stderr
            .find("5 calls to [::ffff:7f00:1]:1, at most 5 at once. ");
        assert_eq!(said, Some(0), "{}", ended.stderr);
        assert!(ended.stderr.contains(error), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn a_call_that_is_put_off_is_repeated_through_the_sdk_and_without() {
    let (_folder, spec) = shop();
    let workspace = workspace::root().unwrap().join(SPECIFICATION);
    let answer = |head: &str| Step::Write(format!("HTTP/1.1 {head}\r\n\r\n").into_bytes());
    let later = answer("503 Later\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close");
    let empty = answer("204 Empty\r\nconnection: close");
    let scripts = vec![vec![Step::Read, later], vec![Step::Read, empty]];
    for spec in [&spec, &workspace] {
        let server = ScriptedServer::start(scripts.clone()).await.unwrap();
        let ended = probe(&[
            "--base-url",
            &server.url(),
            "--spec",
            text(spec),
            "--format",
            "json",
        ])
        .await;
        let report: Value = serde_json::from_str(&ended.stdout).unwrap();
        let first = &report["probes"][0];
        assert_eq!(first["probe"], "documented call");
        assert_eq!(first["attempts"], 2, "{first}");
        let pause = "The server asks for a pause of 1 s.";
        assert_eq!(ended.stderr.matches(pause).count(), 1, "{}", ended.stderr);
        assert_eq!(first["came"]["status"], 204, "{first}");
        assert_eq!(report["probes"][1]["attempts"], 1);
        let probes = report["probes"].as_array().unwrap();
        assert_eq!(server.requests(), probes.len() + 1);
    }
}

#[tokio::test]
async fn the_help_has_an_example() {
    let ended = probe(&["--help"]).await;
    assert_eq!(ended.status, Some(0));
    assert!(
        ended.stdout.contains("Example: PAR_ORDERING_APPLICATION="),
        "{}",
        ended.stdout
    );
}

#[tokio::test]
async fn the_report_for_machines_has_these_members() {
    let (_folder, spec) = shop();
    let server = MockServer::start(Specification::load(&spec).unwrap())
        .await
        .unwrap();
    let ended = probe(&[
        "--base-url",
        &server.url(),
        "--spec",
        text(&spec),
        "--format",
        "json",
    ])
    .await;
    assert_eq!(ended.status, Some(3), "{}{}", ended.stdout, ended.stderr);
    // Removes what differs from run to run.
    let lines = ended.stdout.lines().map(|line| match line.split_once(':') {
        Some((start, _)) if start.ends_with("\"milliseconds\"") => format!("{start}: 0,"),
        Some((start, _)) if start.ends_with("\"base_url\"") => format!("{start}: \"…\","),
        _ => line.to_owned(),
    });
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_description("The report of a probe for machines");
    let report = lines.collect::<Vec<_>>().join("\n");
    settings.bind(|| insta::assert_snapshot!("report", report));
}

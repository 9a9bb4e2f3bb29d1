//! The mock server as a program: what it prints, what it answers, how it stops, and what it says when it can't
//! start.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use conformance::descriptors;
use conformance::testing::documented_answer::documented_answer;
use conformance::testing::message::{Message, authority, request, send};
use openapi::workspace::SPECIFICATION;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::{HEADERS, PATH, documented_head, made_up};

/// A running program; it is killed when this is dropped.
struct Program {
    child: Child,
    /// Its output after the address.
    out: Option<JoinHandle<String>>,
    url: String,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conformance"));
    command.arg("serve").args(arguments);
    command
}

fn start(arguments: &[&str]) -> Program {
    started(command(&[&["--port", "0"], arguments].concat()))
}

fn started(mut command: Command) -> Program {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let Some(url) = line.strip_prefix("listening on ") else {
        let mut error = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut error)
            .unwrap();
        panic!("{line}{error}");
    };
    let url = url.trim_end().to_owned();
    let out = thread::spawn(move || {
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        rest
    });
    Program {
        child,
        out: Some(out),
        url,
    }
}

impl Program {
    /// Sends a signal, waits for the end, and returns the exit code with the rest of both streams.
    fn end(mut self, signal: &str) -> (Option<i32>, String, String) {
        let pid = self.child.id().to_string();
        let script = ["-c", "kill -s \"$0\" \"$1\"", signal, &pid];
        let killed = Command::new("sh").args(script).status().unwrap();
        assert!(killed.success());
        let out = self.out.take().unwrap().join().unwrap();
        let mut error = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut error).unwrap();
        (self.child.wait().unwrap().code(), out, error)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The command of the reference page with its blanks filled in, as the bytes that curl sends.
#[tokio::test]
async fn the_documented_command_gets_the_documented_answer() {
    let program = start(&[]);
    let bytes = format!(
        "POST {PATH} HTTP/1.1\r\n\
         Host: {}\r\n\
         User-Agent: curl/8.14.1\r\n\
         Accept: application/json\r\n\
         Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl\r\n\
         Content-Type: application/json\r\n\
         API-VERSION: 5.0.0\r\n\
         Application: f3a90488ffee32c3acb6fcd0ca417cf6\r\n\
         X-Request-ID: c10b4a70-6274-490d-80a0-03e7bb826937 \r\n\
         X-QB-Enabled: true\r\n\
         Connection: close\r\n\r\n",
        authority(&program.url)
    );
    let answer = send(&program.url, bytes.as_bytes()).await.unwrap();
    assert_eq!(
        (answer.status, answer.json()),
        (200, documented_answer().unwrap())
    );
    let id = "c10b4a70-6274-490d-80a0-03e7bb826937";
    assert_eq!(answer.header("x-request-id"), Some(id));
}

#[tokio::test]
async fn it_prints_its_address_and_the_requests_and_stops_cleanly_on_both_signals() {
    for signal in ["INT", "TERM"] {
        let program = start(&[]);
        assert!(
            program.url.starts_with("http://127.0.0.1:"),
            "{}",
            program.url
        );
        assert!(program.url.ends_with("/api"), "{}", program.url);
        let url = program.url.clone();
        // An idle connection does not keep the program running.
        let mut kept = TcpStream::connect(authority(&url)).await.unwrap();
        kept.write_all(b"GET /kept HTTP/1.1\r\nHost: a\r\n\r\n")
            .await
            .unwrap();
        let mut some = [0; 1024];
        assert_ne!(kept.read(&mut some).await.unwrap(), 0);
        let secret = [&HEADERS[..], &[("Authorization", "Bearer canary")]].concat();
        let path = format!("{PATH}?page=canary");
        request(&url, "POST", &path, &secret).await.unwrap();
        let (code, out, mut error) = program.end(signal);
        // With a low limit of open files, it says so.
        if error.starts_with("note: this process may open ") && error.lines().count() == 1 {
            error.clear();
        }
        assert_eq!((code, error.as_str()), (Some(0), ""), "{signal}");
        let lines: Vec<&str> = out.lines().collect();
        let [first, second] = lines[..] else {
            panic!("{out}");
        };
        assert!(first.starts_with("GET /kept 404 "), "{out}");
        assert!(second.starts_with(&format!("POST {PATH} 400 ")), "{out}");
        assert!(second.ends_with("ms mine"), "{out}");
        assert!(!out.contains("canary"), "{out}");
    }
}

#[tokio::test]
async fn a_request_that_runs_is_answered_before_it_stops() {
    let program = start(&[]);
    let url = program.url.clone();
    let mut stream = TcpStream::connect(authority(&program.url)).await.unwrap();
    // If the server asks for the body, the request is running.
    let head = documented_head() + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut asked = [0; 25];
    stream.read_exact(&mut asked).await.unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    let ended = tokio::task::spawn_blocking(move || program.end("INT"));
    // If nobody listens any more, the server is stopping.
    while TcpStream::connect(authority(&url)).await.is_ok() {
        tokio::task::yield_now().await;
    }
    stream.write_all(b"{}").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert_eq!(ended.await.unwrap().0, Some(0));
}

#[tokio::test]
async fn it_holds_2000_connections_at_once() {
    const CONNECTIONS: usize = 2000;
    let files = descriptors::raise(CONNECTIONS + 100).unwrap();
    assert!(
        files >= CONNECTIONS + 100,
        "this process may open {files} files only: raise `ulimit -Hn`"
    );
    let program = start(&[]);
    let request = documented_head() + "\r\n";
    let mut streams = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut stream = TcpStream::connect(authority(&program.url)).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        streams.push(stream);
    }
    // All are open, and each is answered; then once more on the same connections.
    for round in 0..2 {
        for (number, stream) in streams.iter_mut().enumerate() {
            // A connection without a place would wait for ever.
            let answered = timeout(Duration::from_secs(60), Message::read(stream)).await;
            let status = answered.map(|answer| answer.unwrap().status);
            assert_eq!(status, Ok(200), "connection {number}");
        }
        if round == 0 {
            for stream in &mut streams {
                stream.write_all(request.as_bytes()).await.unwrap();
            }
        }
    }
    drop(streams);
    let (code, out, _) = program.end("TERM");
    assert_eq!((code, out.lines().count()), (Some(0), 2 * CONNECTIONS));
}

#[tokio::test]
async fn the_seed_that_it_tells_repeats_what_it_did() {
    async fn token(program: &Program) -> String {
        let answer = request(&program.url, "POST", PATH, &HEADERS).await.unwrap();
        answer.json()["data"]["tokens"][0]["token"].to_string()
    }
    let first = start(&["--mint"]);
    let tokens = [token(&first).await, token(&first).await];
    assert_ne!(tokens[0], tokens[1]);
    let (_, _, error) = first.end("TERM");
    let seed = error.strip_prefix("note: the seed is ").unwrap();
    let seed = seed.split(';').next().unwrap();
    let second = start(&["--mint", "--seed", seed]);
    assert_eq!(tokens, [token(&second).await, token(&second).await]);
}

#[tokio::test]
async fn each_option_reaches_the_server() {
    let stored = "http://127.0.0.1:3000/stored";
    let program = start(&[
        "--payment-page",
        "--success-url",
        stored,
        "--expire-after",
        "0s",
    ]);
    let answer = request(&program.url, "POST", PATH, &HEADERS).await.unwrap();
    let body = answer.json();
    let url = body["data"]["tokens"][0]["actions"]["url"]
        .as_str()
        .unwrap();
    let origin = program.url.strip_suffix("/api").unwrap();
    assert!(url.starts_with(&format!("{origin}/payment-page?")), "{url}");
    assert!(
        url.contains(&format!(
            "&successUrl={stored}&failUrl={origin}/payment-page/fail&"
        )),
        "{url}"
    );
    let with_token = [&HEADERS[..], &[("Authorization", "Bearer a")]].concat();
    let statuses = [
        request(&program.url, "POST", PATH, &with_token)
            .await
            .unwrap()
            .status,
        request(&program.url, "POST", PATH, &with_token)
            .await
            .unwrap()
            .status,
    ];
    assert_eq!(statuses, [200, 401]);

    let failing = start(&["--fail-rate", "1", "--seed", "3"]);
    for _ in 0..10 {
        let answer = request(&failing.url, "POST", PATH, &HEADERS).await;
        let is_good = answer.is_ok_and(|answer| answer.status == 200 && answer.json().is_object());
        assert!(!is_good);
    }
    let other = start(&["--spec", made_up().to_str().unwrap()]);
    assert!(other.url.ends_with("/other/base"), "{}", other.url);
    let path = "/v1/shelves/top/books/7.json";
    assert_eq!(
        request(&other.url, "GET", path, &[]).await.unwrap().status,
        200
    );
}

fn output(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

#[test]
fn what_keeps_it_from_starting_is_said_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let missing = folder
        .path()
        .join("missing.yaml")
        .to_str()
        .unwrap()
        .to_owned();
    let not_yaml = file("not.yaml", "paths: [");
    let empty = file("empty.yaml", "openapi: 3.0.3\n");
    let old = file("old.yaml", "swagger: '2.0'\npaths: {/a: {get: {}}}");
    let of_body = |schema: &str| {
        let media_type = format!("{{application/json: {{schema: {schema}}}}}");
        format!(
            "paths: {{/a: {{put: {{requestBody: {{content: {media_type}}}, responses: {{}}}}}}}}"
        )
    };
    let elsewhere = file("elsewhere.yaml", &of_body("{$ref: 'other.yaml#/a'}"));
    let no_pattern = file("no_pattern.yaml", &of_body("{type: string, pattern: (}"));
    let rows: [(&[&str], i32, &[&str]); 14] = [
        (
            &["--port", &port],
            1,
            &["127.0.0.1", &port, "another program", "--port"],
        ),
        (
            &["--port", "0", "--spec", &missing],
            1,
            &["failed to read", "missing.yaml"],
        ),
        (
            &["--port", "0", "--spec", &not_yaml],
            1,
            &["failed to read", "not.yaml", "as YAML"],
        ),
        (
            &["--port", "0", "--spec", &empty],
            1,
            &["no operation", "is it the right file?"],
        ),
        (
            &["--port", "0", "--spec", &old],
            1,
            &["old.yaml", "OpenAPI 2", "convert it to OpenAPI 3.0"],
        ),
        (
            &["--port", "0", "--spec", &elsewhere],
            1,
            &["paths./a.put", "other.yaml#/a"],
        ),
        (
            &["--port", "0", "--spec", &no_pattern],
            1,
            &[
                "paths./a.put.requestBody.content.application/json.schema",
                "(",
            ],
        ),
        (
            &["--host", "192.0.2.1"],
            1,
            &["failed to listen on 192.0.2.1:4010"],
        ),
        (&["--port", "65536"], 1, &["--port"]),
        (&["--latency", "200"], 1, &["--latency", "write 200ms"]),
        (&["--latency", "2s..1s"], 1, &["--latency", "longer"]),
        (&["--fail-rate", "2"], 1, &["--fail-rate", "from 0 to 1"]),
        (
            &["--success-url", "http://a.example/"],
            1,
            &["--payment-page"],
        ),
        (
            &["--payment-page", "--fail-url", "javascript:x"],
            1,
            &["--fail-url", "http or https"],
        ),
    ];
    let mut failures = Vec::new();
    for (arguments, code, said) in rows {
        let Output {
            status,
            stdout,
            stderr,
        } = output(arguments);
        let error = String::from_utf8_lossy(&stderr);
        let is_said = said.iter().all(|part| error.contains(part));
        if status.code() != Some(code) || !stdout.is_empty() || !is_said {
            failures.push(format!("{arguments:?}: {status}\n{error}"));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

/// Checkouts that share a target folder share the program.
#[tokio::test]
async fn each_checkout_is_served_its_own_specification_by_the_same_program() {
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| folder.path().join(name);
    for checkout in ["one", "other"] {
        for part in ["conformance", "openapi"] {
            std::fs::create_dir_all(here(checkout).join(part)).unwrap();
        }
        std::fs::write(here(checkout).join("Cargo.toml"), "[workspace]\n").unwrap();
        let specification = format!(
            "paths: {{/a: {{get: {{operationId: a, responses: {{'200': {{content: {{application/json: \
             {{example: {checkout}}}}}}}}}}}}}}}"
        );
        std::fs::write(here(checkout).join(SPECIFICATION), specification).unwrap();
    }
    for checkout in ["one", "other"] {
        // As cargo runs it, and directly, somewhere in the checkout.
        let mut by_cargo = command(&["--port", "0"]);
        by_cargo.env("CARGO_MANIFEST_DIR", here(checkout).join("conformance"));
        let mut alone = command(&["--port", "0"]);
        alone
            .env_remove("CARGO_MANIFEST_DIR")
            .current_dir(here(checkout).join("openapi"));
        for command in [by_cargo, alone] {
            let program = started(command);
            let answer = request(&program.url, "GET", "/a", &[]).await.unwrap();
            assert_eq!(answer.json(), checkout);
        }
    }
    let nowhere = command(&["--port", "0"])
        .env_remove("CARGO_MANIFEST_DIR")
        .current_dir(folder.path())
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&nowhere.stderr);
    let starts = error.starts_with("error: failed to find the workspace: could not find");
    assert_eq!((nowhere.status.code(), starts), (Some(1), true), "{error}");
    assert!(
        error.contains("name a specification with --spec"),
        "{error}"
    );
}

#[test]
fn its_help_has_an_example_that_it_understands() {
    let help = output(&["--help"]);
    let help = String::from_utf8_lossy(&help.stdout);
    let (_, example) = help
        .split_once("Example: cargo run -p conformance -- serve")
        .unwrap();
    let mut arguments: Vec<&str> = example.split_whitespace().collect();
    let port = arguments.iter().position(|word| *word == "--port").unwrap();
    arguments.drain(port..port + 2);
    drop(start(&arguments));
}

//! The mock server as a program.

use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::descriptors;
use crate::line_printer::print_to;
use crate::mock_server::{
    MockServer, PaymentPageSettings, RequestLog, ReturnUrl, Settings, StartError, fresh_seed,
};
use crate::workspace::{self, NoSpecification};
use openapi::document::Document;
use openapi::operation::Operation;

/// How many connections are served at once, if the operating system allows it.
const CONNECTIONS: usize = 4096;

/// Files besides connections: the terminal, those of the runtime, the listener, and some spare ones.
const OTHER_FILES: usize = 64;

/// How long the last lines may take to be read.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// The arguments of the program.
#[derive(Args, Clone, Debug)]
pub struct Arguments {
    /// Port to listen on; 0 is any free one
    #[arg(long, default_value_t = 4010, value_name = "N")]
    port: u16,
    /// Address to listen on; any other than a loopback address can be reached by others
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_name = "ADDRESS")]
    host: IpAddr,
    /// Specification to answer from [default: that of this workspace]
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// Give fresh tokens and other secrets in each answer
    #[arg(long)]
    mint: bool,
    /// How long each answer takes at least, such as 200ms or 50ms..300ms
    #[arg(long, value_name = "DURATION", value_parser = latency)]
    latency: Option<RangeInclusive<Duration>>,
    /// Part of the requests that fails as gateways and networks do, from 0 to 1
    #[arg(long, default_value_t = 0.0, value_name = "PART", value_parser = part)]
    fail_rate: f64,
    /// Repeat what an earlier server with this seed did [default: told on standard error]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Answer 401 to a bearer token that was first seen longer ago, such as 90s or 24m
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    expire_after: Option<Duration>,
    /// Let payment URLs lead to a stand-in for the payment page, on this server
    #[arg(long)]
    payment_page: bool,
    /// Where the stand-in leads when the card was stored [default: a page of this server]
    #[arg(long, value_name = "URL", requires = "payment_page")]
    success_url: Option<ReturnUrl>,
    /// Where the stand-in leads when the card was not stored [default: a page of this server]
    #[arg(long, value_name = "URL", requires = "payment_page")]
    fail_url: Option<ReturnUrl>,
}

/// Why the program can't serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    Specification(#[from] NoSpecification),
    #[error("failed to serve {}: it has no operation (paths); is it the right file?", path.display())]
    NoOperation { path: PathBuf },
    #[error(
        "failed to serve {}: it is written in OpenAPI 2; convert it to OpenAPI 3.0",
        path.display()
    )]
    Version { path: PathBuf },
    #[error(
        "failed to listen on {0}: another program uses the port; choose another one with --port, or 0 for any free one"
    )]
    PortInUse(SocketAddr),
    #[error(transparent)]
    Start(StartError),
    #[error("failed to wait for a signal: {0}")]
    Signal(io::Error),
}

impl From<StartError> for ServeError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Listen { address, source } if source.kind() == io::ErrorKind::AddrInUse => {
                Self::PortInUse(address)
            }
            other => Self::Start(other),
        }
    }
}

/// Serves until Ctrl-C or SIGTERM. The first line on standard output is `listening on URL`, and each further one is
/// about a request. Notes for people go to standard error.
///
/// # Errors
///
/// The specification can't be read or served, or the server can't listen on the address.
pub async fn run(arguments: Arguments) -> Result<(), ServeError> {
    let document = workspace::named_or_own_document(arguments.spec.as_deref())?;
    check(&document)?;
    // Before the line that says that the server is ready: a program that reads it may send a signal.
    let signal = stop_signal().map_err(ServeError::Signal)?;
    let (mut settings, notes) = settings(&arguments);
    for note in notes {
        // If this fails, there is nobody to tell.
        let _ = writeln!(io::stderr(), "note: {note}");
    }
    let (printer, printed) = print_to(io::stdout());
    let log = printer.clone();
    // Lines that nobody reads are dropped.
    settings.log = Some(RequestLog::new(move |line| {
        drop(log.try_send(line.to_owned()))
    }));
    let server = MockServer::start_with(document, settings).await?;
    let _ = printer.try_send(format!("listening on {}", server.url()));
    signal.await;
    // The log ends with the server.
    server.stop().await;
    drop(printer);
    let _ = printed.recv_timeout(LAST_WAIT);
    Ok(())
}

/// Checks that there is something to serve.
fn check(document: &Document) -> Result<(), ServeError> {
    let path = || document.path().to_owned();
    if document.root().get("swagger").is_some() {
        return Err(ServeError::Version { path: path() });
    }
    if Operation::all(document).is_empty() {
        return Err(ServeError::NoOperation { path: path() });
    }
    Ok(())
}

/// The settings, and notes for people about them.
fn settings(arguments: &Arguments) -> (Settings, Vec<String>) {
    let mut notes = Vec::new();
    let has_chance = arguments.mint || arguments.fail_rate > 0.0 || arguments.latency.is_some();
    let seed = arguments.seed.unwrap_or_else(fresh_seed);
    if has_chance && arguments.seed.is_none() {
        notes.push(format!("the seed is {seed}; `--seed {seed}` repeats this"));
    }
    if !arguments.host.is_loopback() {
        let text =
            "other machines can reach this server, and it has no TLS: send it no real secrets";
        notes.push(text.to_owned());
    }
    let (connections, note) = connections(descriptors::raise(CONNECTIONS + OTHER_FILES));
    notes.extend(note);
    let settings = Settings {
        address: SocketAddr::new(arguments.host, arguments.port),
        mint: arguments.mint,
        latency: arguments.latency.clone(),
        fail_rate: arguments.fail_rate,
        seed,
        expire_after: arguments.expire_after,
        payment_page: arguments.payment_page.then(|| PaymentPageSettings {
            success_url: arguments.success_url.clone(),
            fail_url: arguments.fail_url.clone(),
        }),
        connections,
        ..Settings::default()
    };
    (settings, notes)
}

/// The number of connections that the limit of open files allows, and what to do if it is low.
fn connections(files: Option<usize>) -> (usize, Option<String>) {
    let Some(files) = files else {
        return (CONNECTIONS, None);
    };
    let connections = files.saturating_sub(OTHER_FILES).clamp(1, CONNECTIONS);
    let note = (connections < CONNECTIONS).then(|| {
        format!(
            "this process may open {files} files, so it serves {connections} connections at once and lets others wait; `ulimit -n {}` before the start allows more",
            CONNECTIONS + OTHER_FILES
        )
    });
    (connections, note)
}

#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}

/// A duration, or two of them with `..` between.
fn latency(text: &str) -> Result<RangeInclusive<Duration>, String> {
    let duration = |text: &str| {
        humantime::parse_duration(text)
            .map_err(|error| format!("{error}; write 200ms or 50ms..300ms"))
    };
    let (shortest, longest) = text.split_once("..").unwrap_or((text, text));
    let range = duration(shortest)?..=duration(longest)?;
    if range.is_empty() {
        return Err("the first duration is longer than the second".to_owned());
    }
    Ok(range)
}

fn part(text: &str) -> Result<f64, String> {
    let part = text.parse().ok();
    part.filter(|part| (0.0..=1.0).contains(part))
        .ok_or_else(|| "write a number from 0 to 1, such as 0.1".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, Command, FromArgMatches as _};

    use super::{Arguments, connections, latency, part, settings};

    fn notes(arguments: &[&str]) -> Vec<String> {
        let command = Arguments::augment_args(Command::new("serve").no_binary_name(true));
        let matches = command.try_get_matches_from(arguments).unwrap();
        settings(&Arguments::from_arg_matches(&matches).unwrap()).1
    }

    #[test]
    fn a_human_is_told_of_a_seed_of_no_ones_choice_and_of_strangers() {
        let cases: [(&[&str], &[&str]); 7] = [
            (&[], &[]),
            (&["--seed", "7", "--mint"], &[]),
            (&["--mint"], &["the seed is "]),
            (&["--fail-rate", "0.1"], &["the seed is "]),
            (&["--host", "::1"], &[]),
            (
                &["--host", "0.0.0.0"],
                &["other machines can reach this server"],
            ),
            (
                &["--host", "192.0.2.1", "--mint"],
                &["the seed is ", "other machines can reach this server"],
            ),
        ];
        for (arguments, expected) in cases {
            let mut notes = notes(arguments);
            notes.retain(|note| !note.starts_with("this process may open"));
            let is_so = notes.len() == expected.len()
                && notes
                    .iter()
                    .zip(expected)
                    .all(|(note, start)| note.starts_with(start));
            assert!(is_so, "{arguments:?}: {notes:?}");
        }
    }

    #[test]
    fn few_files_mean_few_connections_and_a_human_is_told() {
        let cases = [
            (None, 4096, false),
            (Some(1_000_000), 4096, false),
            (Some(4160), 4096, false),
            (Some(4159), 4095, true),
            (Some(1024), 960, true),
            (Some(10), 1, true),
        ];
        for (files, expected, is_told) in cases {
            let (connections, note) = connections(files);
            assert_eq!(
                (connections, note.is_some()),
                (expected, is_told),
                "{files:?}"
            );
        }
    }

    #[test]
    fn durations_and_parts_are_read_or_refused() {
        let good = [
            ("200ms", (200, 200)),
            ("50ms..300ms", (50, 300)),
            ("1s..1s", (1000, 1000)),
        ];
        for (text, (shortest, longest)) in good {
            let range = latency(text).unwrap();
            let millis = (range.start().as_millis(), range.end().as_millis());
            assert_eq!(millis, (shortest, longest), "{text}");
        }
        for text in ["", "200", "2s..1s", "..", "-1s", "1s..", "fast"] {
            assert!(latency(text).is_err(), "{text}");
        }
        for (text, expected) in [("0", 0.0), ("0.25", 0.25), ("1", 1.0)] {
            assert_eq!(part(text), Ok(expected));
        }
        for text in ["-0.1", "1.1", "NaN", "inf", "", "10%"] {
            assert!(part(text).is_err(), "{text}");
        }
    }
}

//! The mock server as a program.

use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::descriptors;
use crate::mock_server::{
    MockServer, PaymentPageSettings, RequestLog, Settings, StartError, Target, fresh_seed,
};
use crate::specification::{Specification, SpecificationError};

/// So many connections are held at once, if the operating system lets them.
const CONNECTIONS: usize = 4096;

/// Files besides connections: the terminal, the runtime's own, the listener, and some to spare.
const OTHER_FILES: usize = 64;

/// What the program can be told.
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
    success_url: Option<Target>,
    /// Where the stand-in leads when the card was not stored [default: a page of this server]
    #[arg(long, value_name = "URL", requires = "payment_page")]
    fail_url: Option<Target>,
}

/// What keeps the program from serving.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    Specification(#[from] SpecificationError),
    #[error("failed to answer {operation}: {problem} ({place}); {remedy}")]
    Unanswerable {
        operation: String,
        place: String,
        problem: &'static str,
        remedy: &'static str,
    },
    #[error(
        "failed to listen on {0}: another program has the port; choose another one with --port, or 0 for any free one"
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

/// Serves until Ctrl-C or SIGTERM. The first line on standard output is `listening on URL`, each further one
/// tells of a request; what a human should know besides goes to standard error.
///
/// # Errors
///
/// The specification can't be read or served, or the address can't be had.
pub async fn run(arguments: Arguments) -> Result<(), ServeError> {
    let specification = match &arguments.spec {
        Some(path) => Specification::load(path)?,
        None => Specification::of_workspace()?,
    };
    check(&specification)?;
    // Before the line that says that the server is ready: whoever reads that may send a signal.
    let signal = stop_signal().map_err(ServeError::Signal)?;
    let settings = settings(&arguments);
    let server = MockServer::start_with(specification, settings).await?;
    print_line(&format!("listening on {}", server.url()));
    signal.await;
    server.stop().await;
    Ok(())
}

/// Each operation can be answered without anything being preferred.
fn check(specification: &Specification) -> Result<(), ServeError> {
    if specification.operations.is_empty() {
        return Err(ServeError::Unanswerable {
            operation: "any request".to_owned(),
            place: "paths".to_owned(),
            problem: "the specification has no operation",
            remedy: "is it the right file?",
        });
    }
    for operation in &specification.operations {
        let unanswerable = |place: &str, problem, remedy| ServeError::Unanswerable {
            operation: operation.id.clone(),
            place: place.to_owned(),
            problem,
            remedy,
        };
        let success = operation.success().ok_or_else(|| {
            let place = format!("paths.{}", operation.path);
            let problem = "it documents no success";
            unanswerable(&place, problem, "add a response with a status below 400")
        })?;
        if success.has_body && success.examples.is_empty() {
            let problem = "its success has no example";
            return Err(unanswerable(
                &success.place,
                problem,
                "add one under `examples`",
            ));
        }
    }
    Ok(())
}

fn settings(arguments: &Arguments) -> Settings {
    let has_chance = arguments.mint || arguments.fail_rate > 0.0 || arguments.latency.is_some();
    let seed = arguments.seed.unwrap_or_else(fresh_seed);
    if has_chance && arguments.seed.is_none() {
        advise(&format!("the seed is {seed}; --seed {seed} repeats this"));
    }
    if !arguments.host.is_loopback() {
        advise(
            "others can reach this server, without TLS: let them send it nothing that is secret",
        );
    }
    Settings {
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
        connections: connections(),
        log: Some(RequestLog::new(print_line)),
        ..Settings::default()
    }
}

/// As many connections as there may be open files for.
fn connections() -> usize {
    let Some(files) = descriptors::raise(CONNECTIONS + OTHER_FILES) else {
        return CONNECTIONS;
    };
    let connections = files.saturating_sub(OTHER_FILES).clamp(1, CONNECTIONS);
    if connections < CONNECTIONS {
        advise(&format!(
            "this process may open {files} files, so it holds {connections} connections at once and lets \
             others wait; `ulimit -n {}` allows more",
            CONNECTIONS + OTHER_FILES
        ));
    }
    connections
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

/// Writes a line at once; who no longer reads it does not stop the server.
fn print_line(line: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn advise(text: &str) {
    let _ = writeln!(io::stderr(), "note: {text}");
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
    use super::{latency, part};

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

//! How a mock server behaves, apart from answering as documented.

use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

use super::payment_page::PaymentPageSettings;
use super::request_log::RequestLog;

/// All settings. The default is a silent server on a free port of the loopback address that never misbehaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen; port 0 means any free port.
    pub address: SocketAddr,
    /// Whether each answer has new secrets.
    pub mint: bool,
    /// How long each answer takes at least; a value in the range for each answer.
    pub latency: Option<RangeInclusive<Duration>>,
    /// The part of the requests that fails, from 0 to 1.
    pub fail_rate: f64,
    /// Decides about the above: with the same seed, the same behaviour for the same number of a request.
    pub seed: u64,
    /// How long a bearer token is accepted after it was first seen.
    pub expire_after: Option<Duration>,
    /// Whether payment URLs lead to a page of this server, and where that leads.
    pub payment_page: Option<PaymentPageSettings>,
    /// How many bytes the body of a request may have.
    pub body_limit: usize,
    /// How long the head of a request may take to arrive.
    pub head_timeout: Duration,
    /// How many connections are served at once; further ones wait.
    pub connections: usize,
    /// How long running requests may take to finish when the server stops.
    pub grace: Duration,
    /// Who gets a line for each request.
    pub log: Option<RequestLog>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            mint: false,
            latency: None,
            fail_rate: 0.0,
            seed: 0,
            expire_after: None,
            payment_page: None,
            // The default limit of the sdk.
            body_limit: 1024 * 1024,
            head_timeout: Duration::from_secs(30),
            connections: 4096,
            grace: Duration::from_secs(5),
            log: None,
        }
    }
}

//! One exchange over HTTP: sent once, answered whole, within its time and the size limit.

use std::error::Error as StdError;
use std::future::Future;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use reqwest::{Request, StatusCode};
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use super::error_kind::ErrorKind;
use super::failure::Failure;
use super::raw::RawResponse;
use super::retry::Cause;

/// Sends the request. The head of the answer must come within `timeout`, all of it before `deadline`.
pub(crate) async fn send(
    client: &reqwest::Client,
    request: Request,
    deadline: Option<Instant>,
    timeout: Option<Duration>,
    max_body: usize,
) -> Result<RawResponse, (Failure, Cause)> {
    let end_of_attempt = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let end = [deadline, end_of_attempt].into_iter().flatten().min();
    let response = match within(end, client.execute(request)).await {
        Some(Ok(response)) => response,
        Some(Err(error)) => return Err(not_answered(error)),
        None if end == deadline => {
            let failure = Failure::new(ErrorKind::DeadlineExceeded, "no answer in time");
            return Err((failure, Cause::Final));
        }
        None => {
            let problem = "no answer within the time of one attempt";
            let failure = Failure::new(ErrorKind::DeadlineExceeded, problem);
            return Err((failure, Cause::AttemptTimeout));
        }
    };
    read(response, deadline, max_body)
        .await
        .map_err(|failure| (failure, Cause::Final))
}

/// For a request whose body can be sent only once; the requests of this crate are not of that kind.
pub(crate) fn not_repeatable() -> (Failure, Cause) {
    let failure = Failure::new(ErrorKind::InvalidRequest, "the body can't be sent twice");
    (failure, Cause::Final)
}

async fn read(
    mut response: reqwest::Response,
    deadline: Option<Instant>,
    max_body: usize,
) -> Result<RawResponse, Failure> {
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    let mut body = Zeroizing::new(Vec::new());
    loop {
        let failure = match within(deadline, response.chunk()).await {
            Some(Ok(Some(chunk))) => match append(&mut body, &chunk, max_body) {
                Ok(()) => continue,
                Err(failure) => failure,
            },
            Some(Ok(None)) => return Ok(raw(status, headers, body)),
            Some(Err(error)) => {
                Failure::new(ErrorKind::Interrupted, "the answer broke off").caused_by(error)
            }
            None => Failure::new(
                ErrorKind::DeadlineExceeded,
                "the answer did not arrive whole in time",
            ),
        };
        return Err(failure.with_response(raw(status, headers, body)));
    }
}

/// What comes of `work` before `end`. When the end has come already, the work is not begun.
pub(crate) async fn within<F: Future>(end: Option<Instant>, work: F) -> Option<F::Output> {
    match end {
        Some(end) if end <= Instant::now() => None,
        Some(end) => timeout_at(end, work).await.ok(),
        None => Some(work.await),
    }
}

fn append(body: &mut Zeroizing<Vec<u8>>, chunk: &Bytes, max_body: usize) -> Result<(), Failure> {
    let size = body.len().saturating_add(chunk.len());
    if size > max_body {
        return Err(Failure::new(
            ErrorKind::BodyTooLarge,
            format!("the answer is larger than {max_body} bytes"),
        ));
    }
    if size > body.capacity() {
        // Growing in place would leave a copy of the secret bytes behind, not zeroed.
        let mut larger = Zeroizing::new(Vec::with_capacity(size.max(body.capacity() * 2)));
        larger.extend_from_slice(body);
        *body = larger;
    }
    body.extend_from_slice(chunk);
    Ok(())
}

fn raw(status: StatusCode, headers: HeaderMap, body: Zeroizing<Vec<u8>>) -> RawResponse {
    RawResponse {
        status,
        headers: headers.into(),
        body: body.into(),
    }
}

fn not_answered(error: reqwest::Error) -> (Failure, Cause) {
    let (kind, problem, cause) = if error.is_builder() {
        (
            ErrorKind::InvalidRequest,
            "the request can't be sent",
            Cause::Final,
        )
    } else if error.is_connect() && error.is_timeout() {
        (
            ErrorKind::ConnectTimeout,
            "no connection in time",
            Cause::NeverSent,
        )
    } else if error.is_connect() && is_of_the_network(&error) {
        (ErrorKind::NotConnected, "no connection", Cause::NeverSent)
    } else if error.is_connect() {
        (
            ErrorKind::NotConnected,
            "no secure connection",
            Cause::Final,
        )
    } else if is_refused_stream(&error) {
        let problem = "the server refused the request before handling it";
        (ErrorKind::Refused, problem, Cause::NeverSent)
    } else {
        let problem = "the connection broke before an answer came";
        (ErrorKind::Interrupted, problem, Cause::Final)
    };
    (Failure::new(kind, problem).caused_by(error), cause)
}

/// Whether connecting failed in the network, and not in the handshake of TLS: that fails again. Errors of
/// rustls come as invalid data, those of other libraries not as errors of input and output at all.
fn is_of_the_network(error: &reqwest::Error) -> bool {
    let mut kinds = sources(error)
        .filter_map(|source| source.downcast_ref::<io::Error>())
        .map(io::Error::kind)
        .peekable();
    kinds.peek().is_some() && kinds.all(|kind| kind != io::ErrorKind::InvalidData)
}

/// Whether a server said over HTTP/2 that it did not handle the request.
fn is_refused_stream(error: &reqwest::Error) -> bool {
    sources(error)
        .filter_map(|source| source.downcast_ref::<h2::Error>())
        .any(|error| error.is_remote() && error.reason() == Some(h2::Reason::REFUSED_STREAM))
}

/// What is behind an error, layer by layer.
fn sources(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let source = next?;
        next = match source
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            // Its own `source` would pass over the error within.
            Some(within) => Some(within),
            None => source.source(),
        };
        Some(source)
    })
}

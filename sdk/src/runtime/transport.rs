//! One exchange over HTTP: sent once, answered whole, within its time and the size limit.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use reqwest::{Request, StatusCode};
use tokio::time::{Instant, timeout_at};

use super::client::Http;
use super::error_kind::ErrorKind;
use super::failure::Failure;
use super::raw::RawResponse;
use super::retry::Cause;
use super::transport_error::TransportError;
use super::zeroizing::Zeroizing;

/// Sends the request. The head of the answer must come within `timeout`, all of it before `deadline`.
pub(crate) async fn send(
    client: &Http,
    request: Request,
    deadline: Option<Instant>,
    timeout: Option<Duration>,
    max_body: usize,
) -> Result<RawResponse, (Failure, Cause)> {
    let end_of_attempt = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let end = [deadline, end_of_attempt].into_iter().flatten().min();
    // Even to call `execute` is half of its work, which nobody waits for when the time is over.
    let answer = async { client.client.execute(request).await };
    let response = match within(end, answer).await {
        Some(Ok(response)) => response,
        Some(Err(error)) => return Err(not_answered(&error, client)),
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
    let announced = response.content_length().map(usize::try_from);
    let room = announced.and_then(Result::ok).unwrap_or(0).min(max_body);
    let headers = std::mem::take(response.headers_mut());
    let mut body = Zeroizing::new(Vec::with_capacity(room));
    loop {
        let failure = match within(deadline, response.chunk()).await {
            Some(Ok(Some(chunk))) => match append(&mut body, &chunk, max_body) {
                Ok(()) => continue,
                Err(failure) => failure,
            },
            Some(Ok(None)) => return Ok(raw(status, headers, body)),
            Some(Err(error)) if error.is_timeout() => Failure::new(
                ErrorKind::DeadlineExceeded,
                "the answer did not arrive whole within the time that the HTTP client allows",
            ),
            Some(Err(error)) => {
                Failure::new(ErrorKind::Interrupted, "the answer broke off").caused_by(&error)
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
        let room = size.max(max_body.min(body.capacity().saturating_mul(2)));
        let mut larger = Zeroizing::new(Vec::with_capacity(room));
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

fn not_answered(error: &reqwest::Error, client: &Http) -> (Failure, Cause) {
    let behind = TransportError::of(error);
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
    } else if error.is_connect() && matches!(behind, Some(TransportError::Io(_))) {
        (ErrorKind::NotConnected, "no connection", Cause::NeverSent)
    } else if error.is_connect() {
        // A certificate that is not trusted does not get better by trying again.
        (
            ErrorKind::NotConnected,
            "no secure connection",
            Cause::Final,
        )
    } else if TransportError::is_refused_stream(error) {
        (
            ErrorKind::Refused,
            "the server refused the request before handling it",
            Cause::NeverSent,
        )
    } else if error.is_timeout() {
        (
            ErrorKind::DeadlineExceeded,
            "no answer within the time that the HTTP client allows",
            Cause::Final,
        )
    } else {
        (
            ErrorKind::Interrupted,
            "the connection broke before an answer came",
            Cause::Final,
        )
    };
    // A caller's own client may have followed a redirect, or tried again, before it failed to connect.
    let cause = if client.is_ours { cause } else { Cause::Final };
    (Failure::new(kind, problem).caused_by(error), cause)
}

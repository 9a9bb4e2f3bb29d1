//! One exchange over HTTP: sent once, answered whole, within the deadline and the size limit.

use std::future::Future;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use reqwest::{Request, StatusCode};
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use super::error::{ErrorKind, Failure};
use super::raw::{Headers, RawBody};

/// An answer as it came.
#[derive(Clone, Debug)]
pub(crate) struct RawResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: Headers,
    /// As much of it as arrived.
    pub(crate) body: RawBody,
}

pub(crate) async fn send(
    client: &reqwest::Client,
    request: Request,
    deadline: Option<Instant>,
    max_body: usize,
) -> Result<RawResponse, Failure> {
    let mut response = match within(deadline, client.execute(request)).await {
        Some(Ok(response)) => response,
        Some(Err(error)) => return Err(not_answered(error)),
        None => {
            return Err(Failure::new(
                ErrorKind::DeadlineExceeded,
                "no answer in time",
            ));
        }
    };
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

async fn within<F: Future>(deadline: Option<Instant>, work: F) -> Option<F::Output> {
    match deadline {
        Some(deadline) => timeout_at(deadline, work).await.ok(),
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

fn not_answered(error: reqwest::Error) -> Failure {
    let (kind, problem) = if error.is_builder() {
        (ErrorKind::InvalidRequest, "the request can't be sent")
    } else if error.is_connect() && error.is_timeout() {
        (ErrorKind::ConnectTimeout, "no connection in time")
    } else if error.is_connect() {
        (ErrorKind::NotConnected, "no connection")
    } else {
        (
            ErrorKind::Interrupted,
            "the connection broke before an answer came",
        )
    };
    Failure::new(kind, problem).caused_by(error)
}

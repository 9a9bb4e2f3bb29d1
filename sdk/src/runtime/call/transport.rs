//! One exchange over HTTP: the request is sent once, and the whole answer is read, within a time and a size limit.

use std::future::{Future, pending};
use std::pin::{Pin, pin};
use std::time::Duration;

use bytes::Bytes;
use reqwest::Url;
use reqwest::header::HeaderMap;
use tokio::task::yield_now;
use tokio::time::Instant;

use crate::runtime::call::request::Request;
use crate::runtime::call::time_limit::{TimeLimit, keep, time_limit};
use crate::runtime::client::Http;
use crate::runtime::error::failure::Failure;
use crate::runtime::error::kind::ErrorKind;
use crate::runtime::error::transport_error::TransportError;
use crate::runtime::response::raw::RawResponse;
use crate::runtime::retry::Cause;
use crate::runtime::secret::zeroizing::{NoRoom, Zeroizing};

/// Sends a copy of the request, so that it can be sent again, with the headers `added`. The head of the answer must
/// arrive before `timeout`, all of it before `deadline`.
#[allow(
    clippy::manual_async_fn,
    reason = "an `async fn` contains its arguments twice"
)]
pub(crate) fn send<'a>(
    client: &'a Http,
    request: &'a Request,
    added: Option<Box<HeaderMap>>,
    deadline: Option<Instant>,
    timeout: Option<Duration>,
    max_body: usize,
) -> impl Future<Output = Result<Box<RawResponse>, (Failure, Cause)>> + Send + 'a {
    async move {
        let end_of_attempt = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let end = [deadline, end_of_attempt].into_iter().flatten().min();
        let mut limit = pin!(time_limit(end));
        let answered = if end.is_some_and(|end| end <= Instant::now()) {
            None
        } else {
            let mut copy = request.copy();
            if let Some(added) = added {
                copy.headers_mut().extend(*added);
            }
            // Sends nothing before it is polled.
            let answering = client.client.execute(copy);
            // First lets the runtime check its sockets. Without this, if the thread was busy or asleep since the last
            // call, bytes that a server sent on an idle connection would be read after the request was sent, as the
            // answer to it. The timer is set before that: a timer set right after the check would wake the runtime
            // again.
            keep(limit.as_mut(), async {
                yield_now().await;
                if end.is_some_and(|end| end <= Instant::now()) {
                    // Another task took all the time. Now only the timer may end this.
                    pending::<()>().await;
                }
                answering.await
            })
            .await
        };
        let response = match answered {
            Some(Ok(response)) => response,
            Some(Err(error)) => return Err(not_answered(&error, client, &request.url)),
            None if end == deadline => {
                let failure = Failure::new(ErrorKind::DeadlineExceeded, "no answer in time");
                return Err((failure, Cause::Final));
            }
            None => {
                let problem = "no answer within the timeout of an attempt";
                let failure = Failure::new(ErrorKind::DeadlineExceeded, problem);
                return Err((failure, Cause::Unanswered));
            }
        };
        if end != deadline {
            limit.set(time_limit(deadline));
        }
        read(response, limit, max_body)
            .await
            .map_err(|failure| (failure, Cause::Final))
    }
}

/// The initial capacity if a server announces a length. The buffer grows only when more arrives: the announced bytes
/// may never be sent, and the whole buffer is zeroed in the end.
const ANNOUNCED: usize = 64 * 1024;

#[allow(
    clippy::manual_async_fn,
    reason = "an `async fn` contains its arguments twice"
)]
fn read(
    mut response: reqwest::Response,
    limit: Pin<&mut TimeLimit>,
    max_body: usize,
) -> impl Future<Output = Result<Box<RawResponse>, Failure>> + Send {
    async move {
        let announced = response.content_length().map(usize::try_from);
        let room = announced.and_then(Result::ok).unwrap_or(0);
        let mut body = Zeroizing::new(Vec::with_capacity(room.min(ANNOUNCED).min(max_body)));
        let read = keep(limit, read_into(&mut body, &mut response, max_body)).await;
        let headers = std::mem::take(response.headers_mut());
        let raw = RawResponse::new(response.status(), headers, body);
        match read {
            Some(Ok(())) => Ok(raw),
            Some(Err(failure)) => Err(failure.with_response(raw)),
            None => {
                let problem = "the answer was not complete in time";
                let failure = Failure::new(ErrorKind::DeadlineExceeded, problem);
                Err(failure.with_response(raw))
            }
        }
    }
}

/// Appends to `body` what arrives, until the answer ends or fails.
async fn read_into(
    body: &mut Zeroizing<Vec<u8>>,
    response: &mut reqwest::Response,
    max_body: usize,
) -> Result<(), Failure> {
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => append(body, &chunk, max_body)?,
            Ok(None) => return Ok(()),
            Err(error) if error.is_timeout() => {
                let problem = "the answer was not complete within the timeout of the HTTP client";
                return Err(Failure::new(ErrorKind::DeadlineExceeded, problem));
            }
            Err(error) => {
                let failure = Failure::new(
                    ErrorKind::Interrupted,
                    "the connection broke before the answer was complete",
                );
                return Err(failure.caused_by(TransportError::of(&error)));
            }
        }
    }
}

fn append(body: &mut Zeroizing<Vec<u8>>, chunk: &Bytes, max_body: usize) -> Result<(), Failure> {
    body.append(chunk, max_body).map_err(|NoRoom| {
        let problem = format!("the answer is larger than {max_body} bytes");
        Failure::new(ErrorKind::BodyTooLarge, problem)
    })
}

/// What it means that there is no answer from that server.
#[cold]
fn not_answered(error: &reqwest::Error, client: &Http, server: &Url) -> (Failure, Cause) {
    let behind = TransportError::of(error);
    let (kind, problem, cause) = if error.is_builder() {
        (
            ErrorKind::InvalidRequest,
            "the request can't be sent".to_owned(),
            Cause::Final,
        )
    } else if error.is_connect() {
        let (host, port) = (server.host_str(), server.port_or_known_default());
        let (host, port) = (host.unwrap_or_default(), port.unwrap_or_default());
        let (kind, what, cause) = match behind {
            _ if error.is_timeout() => {
                let what = "no connection in time";
                (ErrorKind::ConnectTimeout, what, Cause::NeverSent)
            }
            Some(TransportError::Name(_) | TransportError::Io(_)) => {
                (ErrorKind::NotConnected, "no connection", Cause::NeverSent)
            }
            // Trying again does not make a certificate trusted.
            _ => (
                ErrorKind::NotConnected,
                "no secure connection",
                Cause::Final,
            ),
        };
        let problem = match &behind {
            Some(behind) => format!("{what} to {host}:{port}: {behind}"),
            None => format!("{what} to {host}:{port}"),
        };
        (kind, problem, cause)
    } else if TransportError::is_refused_stream(error) {
        // The server may have sent an interim answer before, as one that is working does. The HTTP stack does not
        // say.
        (
            ErrorKind::Refused,
            "the server says that it did not handle the request".to_owned(),
            Cause::Unanswered,
        )
    } else if error.is_timeout() {
        (
            ErrorKind::DeadlineExceeded,
            "no answer within the timeout of the HTTP client".to_owned(),
            Cause::Final,
        )
    } else {
        (
            ErrorKind::Interrupted,
            "the connection broke before an answer came".to_owned(),
            Cause::Final,
        )
    };
    let cause = match cause {
        // It may have followed a redirect, or tried again, before it failed to connect.
        Cause::NeverSent if !client.is_ours => Cause::Unanswered,
        cause => cause,
    };
    (Failure::new(kind, problem).caused_by(behind), cause)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use reqwest::Method;

    use super::*;

    #[test]
    fn an_attempt_whose_time_passes_while_another_task_runs_is_not_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let request = Request {
            method: &Method::GET,
            url: format!("http://{}", listener.local_addr().unwrap())
                .parse()
                .unwrap(),
            headers: HeaderMap::new(),
            body: None,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        let second = Duration::from_secs(1);
        let outcome = runtime.block_on(async {
            let client = Http {
                client: reqwest::Client::builder().no_proxy().build().unwrap(),
                is_ours: true,
            };
            let deadline = Instant::now() + second;
            let sending = send(&client, &request, None, Some(deadline), None, 1_000);
            tokio::join!(sending, tokio::time::advance(2 * second)).0
        });
        let failure = outcome.map_err(|(failure, _)| failure.kind()).unwrap_err();
        assert_eq!(failure, ErrorKind::DeadlineExceeded);
        assert!(listener.accept().is_err(), "a connection was made");
    }
}

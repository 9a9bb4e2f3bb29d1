//! How fast requests go out: a few at once, and none while the server asks for a pause.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use tokio::task::JoinSet;
use tokio::time::{Duration, Instant, sleep_until};

use super::answer::{Answer, Came, Cause};

/// As many requests are under way together.
pub const AT_ONCE: usize = 5;
/// As often a request is sent that the server asks to repeat later.
pub const ATTEMPTS: u32 = 3;
/// The longest pause that is made when the server asks for one.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(60);

const TOO_MANY_REQUESTS: u16 = 429;
const SERVICE_UNAVAILABLE: u16 = 503;

/// What came of one request, in the end.
pub struct Paced {
    pub came: Came,
    /// Of the last attempt.
    pub elapsed: Duration,
    /// How often it was sent.
    pub attempts: u32,
}

/// Why a request was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// The server asked for a pause that is too long.
    Pause(Duration),
    /// The first request did not reach the server.
    NotConnected,
}

/// Sends `count` requests, by their numbers. The first goes alone: if it does not reach the server, the
/// others are not sent. `done` is told of each that is through.
///
/// A server that answers 429, or 503 with `Retry-After`, is left alone for as long as it says, or for a
/// second and then two; after that the request is sent again.
pub async fn send_all<S, F>(
    count: usize,
    send: S,
    mut done: impl FnMut(usize),
) -> Vec<Result<Paced, Unsent>>
where
    S: Fn(usize) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Came> + Send,
{
    let pause = Arc::new(Mutex::new(Pause::default()));
    let mut results: Vec<Result<Paced, Unsent>> = Vec::new();
    results.resize_with(count, || Err(Unsent::NotConnected));
    let mut waiting = 0..count;
    let mut running = JoinSet::new();
    let mut at_once = 1;
    loop {
        while running.len() < at_once
            && let Some(number) = waiting.next()
        {
            let (send, pause) = (send.clone(), Arc::clone(&pause));
            running.spawn(async move { (number, paced(|| send(number), &pause).await) });
        }
        match running.join_next().await {
            None => return results,
            Some(Ok((number, result))) => {
                done(number);
                let is_reached = !matches!(
                    &result,
                    Ok(Paced { came: Came::Silence(silence), .. })
                        if silence.cause == Cause::NotConnected
                );
                results[number] = result;
                if at_once == 1 && !is_reached {
                    return results;
                }
                at_once = AT_ONCE;
            }
            Some(Err(broken)) => std::panic::resume_unwind(broken.into_panic()),
        }
    }
}

/// What the server asked of all requests.
#[derive(Default)]
struct Pause {
    until: Option<Instant>,
    too_long: Option<Duration>,
}

async fn paced<F>(send: impl Fn() -> F, pause: &Mutex<Pause>) -> Result<Paced, Unsent>
where
    F: Future<Output = Came>,
{
    let mut attempts = 0;
    loop {
        if let Err(unsent) = wait(pause).await {
            return Err(unsent);
        }
        attempts += 1;
        let start = Instant::now();
        let came = send().await;
        let elapsed = start.elapsed();
        let paced = Paced {
            came,
            elapsed,
            attempts,
        };
        let Some(asked) = asked_pause(&paced.came, attempts, SystemTime::now()) else {
            return Ok(paced);
        };
        let mut pause = pause.lock().unwrap_or_else(PoisonError::into_inner);
        if asked > LONGEST_PAUSE {
            pause.too_long = Some(asked);
            return Ok(paced);
        }
        let until = Instant::now() + asked;
        pause.until = Some(pause.until.map_or(until, |other| other.max(until)));
        if attempts == ATTEMPTS {
            return Ok(paced);
        }
    }
}

/// Waits until no pause is asked for any more; meanwhile another may be.
async fn wait(pause: &Mutex<Pause>) -> Result<(), Unsent> {
    loop {
        let until = {
            let pause = pause.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(asked) = pause.too_long {
                return Err(Unsent::Pause(asked));
            }
            pause.until.filter(|until| *until > Instant::now())
        };
        match until {
            Some(until) => sleep_until(until).await,
            None => return Ok(()),
        }
    }
}

/// How long the server asks to wait, if it does.
fn asked_pause(came: &Came, attempts: u32, now: SystemTime) -> Option<Duration> {
    let Came::Answer(Answer {
        status,
        retry_after,
        ..
    }) = came
    else {
        return None;
    };
    let asked = retry_after.as_deref().and_then(|text| {
        let text = text.trim();
        match text.parse() {
            Ok(seconds) => Some(Duration::from_secs(seconds)),
            Err(_) => {
                let date = httpdate::parse_http_date(text).ok()?;
                Some(date.duration_since(now).unwrap_or_default())
            }
        }
    });
    match *status {
        TOO_MANY_REQUESTS => Some(asked.unwrap_or(Duration::from_secs(u64::from(attempts)))),
        SERVICE_UNAVAILABLE => asked,
        _ => None,
    }
}

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
/// So long after the first request no pause is made any more that would go on beyond.
pub const PATIENCE: Duration = Duration::from_secs(300);

const TOO_MANY_REQUESTS: u16 = 429;
const SERVICE_UNAVAILABLE: u16 = 503;

/// What came of one request, in the end.
#[derive(Debug)]
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
    /// The server asked for one pause after the other.
    Pauses,
    /// The first request did not reach the server.
    NotConnected,
}

/// Sends `count` requests, by their numbers. The first goes alone: if it does not reach the server, the
/// others are not sent. `done` is told of each that is through, and `pausing` of each pause that begins.
///
/// A server that answers 429, or 503 with `Retry-After`, is left alone for as long as it says, or for a
/// second and then two; after that the request is sent again.
pub async fn send_all<S, F>(
    count: usize,
    send: S,
    mut done: impl FnMut(usize),
    pausing: impl Fn(Duration) + Copy + Send + Sync + 'static,
) -> Vec<Result<Paced, Unsent>>
where
    S: Fn(usize) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Came> + Send,
{
    let pause = Arc::new(Mutex::new(Pause {
        until: None,
        refused: None,
        last: Instant::now() + PATIENCE,
    }));
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
            running.spawn(async move { (number, paced(|| send(number), &pause, pausing).await) });
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
struct Pause {
    until: Option<Instant>,
    /// Why nothing is sent any more.
    refused: Option<Unsent>,
    /// When the last pause has to be over.
    last: Instant,
}

impl Pause {
    /// Notes that the server asks for a pause; whether it is made.
    fn ask(&mut self, asked: Duration, pausing: impl Fn(Duration)) -> bool {
        let now = Instant::now();
        if asked > LONGEST_PAUSE {
            self.refused = Some(Unsent::Pause(asked));
            return false;
        }
        let until = now + asked;
        if until > self.last {
            self.refused = Some(Unsent::Pauses);
            return false;
        }
        // Those who were under way when it began ask for the same pause.
        if until > now && self.until.is_none_or(|other| other <= now) {
            pausing(asked);
        }
        self.until = Some(self.until.map_or(until, |other| other.max(until)));
        true
    }
}

async fn paced<F>(
    send: impl Fn() -> F,
    pause: &Mutex<Pause>,
    pausing: impl Fn(Duration),
) -> Result<Paced, Unsent>
where
    F: Future<Output = Came>,
{
    let mut attempts = 0;
    loop {
        wait(pause).await?;
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
        if !pause.ask(asked, &pausing) || attempts == ATTEMPTS {
            return Ok(paced);
        }
    }
}

/// Waits until no pause is asked for any more; meanwhile another may be.
async fn wait(pause: &Mutex<Pause>) -> Result<(), Unsent> {
    loop {
        let until = {
            let pause = pause.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(refused) = &pause.refused {
                return Err(refused.clone());
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    use reqwest::header::HeaderMap;
    use tokio::time::{Duration, Instant, sleep};

    use super::{ATTEMPTS, PATIENCE, Paced, Unsent, send_all};
    use crate::probe::answer::{Answer, Body, Came, Cause};

    fn answer(status: u16, retry_after: Option<&str>) -> Came {
        let mut headers = HeaderMap::new();
        if let Some(text) = retry_after {
            headers.insert("retry-after", text.parse().unwrap());
        }
        Came::Answer(Answer::new(status, &headers, Body::Whole(Vec::new())))
    }

    fn status(paced: &Paced) -> Option<u16> {
        match &paced.came {
            Came::Answer(answer) => Some(answer.status),
            Came::Silence(_) => None,
        }
    }

    /// When each request was sent, in seconds, and what came of each number in the end.
    async fn play(
        count: usize,
        answers: fn(number: usize, sent_before: usize) -> Came,
    ) -> (Vec<u64>, Vec<Result<Paced, Unsent>>) {
        let start = Instant::now();
        let sent: Arc<Mutex<Vec<(usize, u64)>>> = Arc::default();
        let log = Arc::clone(&sent);
        let send = move |number| {
            let log = Arc::clone(&log);
            async move {
                let mut log = log.lock().unwrap();
                let before = log.iter().filter(|(other, _)| *other == number).count();
                log.push((number, start.elapsed().as_secs()));
                answers(number, before)
            }
        };
        let results = send_all(count, send, |_| {}, |_| {}).await;
        let times = sent.lock().unwrap().iter().map(|(_, time)| *time).collect();
        (times, results)
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_goes_alone_and_then_five_at_once() {
        let under_way = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(Mutex::new(Vec::new()));
        let (counter, log) = (Arc::clone(&under_way), Arc::clone(&most));
        let send = move |_| {
            let (counter, log) = (Arc::clone(&counter), Arc::clone(&log));
            async move {
                let now = counter.fetch_add(1, Ordering::SeqCst) + 1;
                log.lock().unwrap().push(now);
                sleep(Duration::from_secs(1)).await;
                counter.fetch_sub(1, Ordering::SeqCst);
                answer(200, None)
            }
        };
        let start = Instant::now();
        let mut done = Vec::new();
        let results = send_all(21, send, |number| done.push(number), |_| {}).await;
        assert!(results.iter().all(Result::is_ok));
        let most = most.lock().unwrap();
        assert_eq!(most[0], 1);
        assert_eq!(most.iter().max(), Some(&5));
        assert_eq!(most[1..6], [1, 2, 3, 4, 5]);
        assert_eq!(start.elapsed(), Duration::from_secs(5));
        assert_eq!(done[0], 0);
        done.sort_unstable();
        assert_eq!(done, (0..21).collect::<Vec<_>>());
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_asks_for_a_pause_gets_it_from_all() {
        type Answers = fn(usize, usize) -> Came;
        let cases: [(&str, Answers, &[u64], u32, u16); 6] = [
            (
                "429 with seconds",
                |number, before| match (number, before) {
                    (0, 0) => answer(429, Some("7")),
                    _ => answer(200, None),
                },
                &[0, 7, 7],
                2,
                200,
            ),
            (
                "503 with seconds",
                |number, before| match (number, before) {
                    (0, 0) => answer(503, Some(" 60 ")),
                    _ => answer(200, None),
                },
                &[0, 60, 60],
                2,
                200,
            ),
            (
                "503 without",
                |number, _| match number {
                    0 => answer(503, None),
                    _ => answer(200, None),
                },
                &[0, 0],
                1,
                503,
            ),
            (
                "a date that is past",
                |number, before| match (number, before) {
                    (0, 0) => answer(429, Some("Sun, 22 Nov 2020 08:01:30 GMT")),
                    _ => answer(200, None),
                },
                &[0, 0, 0],
                2,
                200,
            ),
            (
                "429 without, again and again",
                |number, _| match number {
                    0 => answer(429, Some("soon")),
                    _ => answer(200, None),
                },
                // The other request waits for the last pause as well.
                &[0, 1, 3, 6],
                ATTEMPTS,
                429,
            ),
            (
                "an error of another kind",
                |_, _| answer(500, Some("7")),
                &[0, 0],
                1,
                500,
            ),
        ];
        let mut failures = Vec::new();
        for (name, answers, expected, attempts, last) in cases {
            let (times, results) = play(2, answers).await;
            let first = results[0].as_ref().unwrap();
            let found = (times.as_slice(), first.attempts, status(first));
            if found != (expected, attempts, Some(last)) {
                failures.push(format!("{name}: {found:?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_pause_that_is_too_long_nothing_is_sent() {
        let (times, results) = play(9, |_, _| answer(429, Some("61"))).await;
        assert_eq!(times, [0]);
        assert_eq!(results[0].as_ref().map(status), Ok(Some(429)));
        let too_long = Unsent::Pause(Duration::from_secs(61));
        for result in &results[1..] {
            assert_eq!(result.as_ref().err(), Some(&too_long));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_without_end_are_not_made() {
        let start = Instant::now();
        let (times, results) = play(9, |_, _| answer(503, Some("45"))).await;
        assert!(start.elapsed() <= PATIENCE, "{:?}", start.elapsed());
        assert_eq!(times.iter().max(), Some(&270));
        assert_eq!(results[0].as_ref().map(status), Ok(Some(503)));
        assert_eq!(results[8].as_ref().err(), Some(&Unsent::Pauses));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_told_of_once_when_it_begins() {
        static TOLD: Mutex<Vec<Duration>> = Mutex::new(Vec::new());
        let sent = Arc::new(AtomicUsize::new(0));
        let send = move |_| {
            let before = sent.fetch_add(1, Ordering::SeqCst);
            async move {
                sleep(Duration::from_secs(1)).await;
                match before {
                    0 => answer(429, Some("0")),
                    1 => answer(429, Some("9")),
                    3..8 => answer(429, Some("7")),
                    _ => answer(200, None),
                }
            }
        };
        let pausing = |pause| TOLD.lock().unwrap().push(pause);
        let results = send_all(6, send, |_| {}, pausing).await;
        assert!(results.iter().all(Result::is_ok));
        let told = TOLD.lock().unwrap();
        assert_eq!(*told, [9, 7].map(Duration::from_secs));
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_is_not_reached_is_tried_once() {
        let (times, results) = play(9, |_, _| Came::silence(Cause::NotConnected, "refused")).await;
        assert_eq!(times, [0]);
        assert!(results[0].is_ok());
        assert_eq!(results[8].as_ref().err(), Some(&Unsent::NotConnected));
        // One that does not answer may answer something else.
        let (times, _) = play(9, |_, _| Came::silence(Cause::TimedOut, "late")).await;
        assert_eq!(times.len(), 9);
    }
}

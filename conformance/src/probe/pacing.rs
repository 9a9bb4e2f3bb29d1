//! How fast requests are sent: a few at once, and none while the server asks for a pause.

use std::cell::Cell;

use futures_util::stream::{self, StreamExt as _};
use tokio::time::{Duration, Instant, sleep_until};

use super::answer::{Came, Cause};

/// How many requests run at once.
pub const AT_ONCE: usize = 5;
/// How often a request is sent if the server asks to repeat it later.
pub const ATTEMPTS: u32 = 3;
/// The longest pause that is made when the server asks for one.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// After this time, no pause is made that would last longer.
pub const PATIENCE: Duration = Duration::from_secs(300);

const TOO_MANY_REQUESTS: u16 = 429;
const SERVICE_UNAVAILABLE: u16 = 503;

/// The final result of one request.
#[derive(Debug)]
pub struct Paced {
    pub came: Came,
    /// Of the last attempt.
    pub elapsed: Duration,
    /// How often it was sent.
    pub attempts: u32,
}

/// Why a request was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsent {
    #[error("the server asked for a pause of {} s", .0.as_secs())]
    Pause(Duration),
    #[error("the server asked for pauses that go on beyond {} s", PATIENCE.as_secs())]
    Pauses,
    #[error("the first request did not reach the server")]
    NotConnected,
}

/// Sends `count` requests, by their numbers. The first is sent alone: if it does not reach the server, the others are
/// not sent. `done` is called after each, and `pausing` when a pause begins.
///
/// If a server answers 429, or 503 with `Retry-After`, nothing is sent for as long as it says, or for a second and
/// then two; after that the request is sent again.
pub async fn send_all<F: Future<Output = Came>>(
    count: usize,
    send: impl Fn(usize) -> F,
    mut done: impl FnMut(usize),
    pausing: impl Fn(Duration),
) -> Vec<Result<Paced, Unsent>> {
    let start = Instant::now();
    let pause = Pause {
        until: Cell::new(start),
        last: start + PATIENCE,
        refused: Cell::new(None),
        pausing,
    };
    let mut results: Vec<Result<Paced, Unsent>> = Vec::new();
    results.resize_with(count, || Err(Unsent::NotConnected));
    for (numbers, at_once) in [(0..count.min(1), 1), (1..count, AT_ONCE)] {
        let mut ended = stream::iter(numbers)
            .map(|number| paced(number, &send, &pause))
            .buffer_unordered(at_once);
        while let Some((number, result)) = ended.next().await {
            done(number);
            results[number] = result;
        }
        if let Some(Ok(Paced {
            came: Came::Silence(silence),
            ..
        })) = results.first()
            && silence.cause == Cause::NotConnected
        {
            break;
        }
    }
    results
}

/// What the server asked for, for all requests.
struct Pause<P> {
    until: Cell<Instant>,
    /// When the last pause must end.
    last: Instant,
    /// Why nothing is sent any more.
    refused: Cell<Option<Unsent>>,
    pausing: P,
}

impl<P: Fn(Duration)> Pause<P> {
    /// Notes that the server asks for a pause. Returns whether it is made.
    fn ask(&self, asked: Duration) -> bool {
        let now = Instant::now();
        if asked > LONGEST_PAUSE {
            self.refused.set(Some(Unsent::Pause(asked)));
        } else if now + asked > self.last {
            self.refused.set(Some(Unsent::Pauses));
        } else {
            // Requests that were running when it began ask for the same pause.
            if !asked.is_zero() && self.until.get() <= now {
                (self.pausing)(asked);
            }
            self.until.set(self.until.get().max(now + asked));
            return true;
        }
        false
    }

    /// Waits until there is no pause; another one may begin meanwhile.
    async fn end(&self) -> Result<(), Unsent> {
        loop {
            match self.refused.get() {
                Some(refused) => return Err(refused),
                None if self.until.get() <= Instant::now() => return Ok(()),
                None => sleep_until(self.until.get()).await,
            }
        }
    }
}

async fn paced<F: Future<Output = Came>>(
    number: usize,
    send: impl Fn(usize) -> F,
    pause: &Pause<impl Fn(Duration)>,
) -> (usize, Result<Paced, Unsent>) {
    let mut attempts = 0;
    loop {
        if let Err(unsent) = pause.end().await {
            return (number, Err(unsent));
        }
        attempts += 1;
        let start = Instant::now();
        let came = send(number).await;
        let asked = asked_pause(&came, attempts);
        if !asked.is_some_and(|asked| pause.ask(asked)) || attempts == ATTEMPTS {
            let elapsed = start.elapsed();
            return (
                number,
                Ok(Paced {
                    came,
                    elapsed,
                    attempts,
                }),
            );
        }
    }
}

/// How long the server asks to wait, if it does.
fn asked_pause(came: &Came, attempts: u32) -> Option<Duration> {
    let Came::Answer(answer) = came else {
        return None;
    };
    match answer.status {
        TOO_MANY_REQUESTS => Some(
            answer
                .retry_after
                .unwrap_or(Duration::from_secs(attempts.into())),
        ),
        SERVICE_UNAVAILABLE => answer.retry_after,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

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

    /// When each request was sent, in seconds, and what came of each number in the end. What the answer is
    /// depends on the number and on how often it was sent before.
    async fn play(
        count: usize,
        answers: impl Fn(usize, usize) -> Came,
    ) -> (Vec<u64>, Vec<Result<Paced, Unsent>>) {
        let start = Instant::now();
        let sent: RefCell<Vec<(usize, u64)>> = RefCell::default();
        let send = async |number| {
            let mut sent = sent.borrow_mut();
            let before = sent.iter().filter(|(other, _)| *other == number).count();
            sent.push((number, start.elapsed().as_secs()));
            answers(number, before)
        };
        let results = send_all(count, send, |_| {}, |_| {}).await;
        let times = sent.borrow().iter().map(|(_, time)| *time).collect();
        (times, results)
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_goes_alone_and_then_five_at_once() {
        let under_way = Cell::new(0);
        let most = RefCell::new(Vec::new());
        let send = async |_| {
            under_way.set(under_way.get() + 1);
            most.borrow_mut().push(under_way.get());
            sleep(Duration::from_secs(1)).await;
            under_way.set(under_way.get() - 1);
            answer(200, None)
        };
        let start = Instant::now();
        let mut done = Vec::new();
        let results = send_all(21, send, |number| done.push(number), |_| {}).await;
        assert!(results.iter().all(Result::is_ok));
        let most = most.into_inner();
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
        type Answers = &'static [(u16, Option<&'static str>)];
        const PAST: &str = "Sun, 22 Nov 2020 08:01:30 GMT";
        // The answers to the first request, one after the other; the other request succeeds.
        let cases: [(&str, Answers, &[u64], u32, u16); 6] = [
            (
                "429 with seconds",
                &[(429, Some("7")), (200, None)],
                &[0, 7, 7],
                2,
                200,
            ),
            (
                "503 with seconds",
                &[(503, Some(" 60 ")), (200, None)],
                &[0, 60, 60],
                2,
                200,
            ),
            ("503 without", &[(503, None)], &[0, 0], 1, 503),
            (
                "a date that is past",
                &[(429, Some(PAST)), (200, None)],
                &[0, 0, 0],
                2,
                200,
            ),
            // The other request waits for the last pause as well.
            (
                "429 without, again and again",
                &[(429, Some("soon")); 3],
                &[0, 1, 3, 6],
                ATTEMPTS,
                429,
            ),
            (
                "an error of another kind",
                &[(500, Some("7"))],
                &[0, 0],
                1,
                500,
            ),
        ];
        let mut failures = Vec::new();
        for (name, answers, expected, attempts, last) in cases {
            let (times, results) = play(2, |number, before| match number {
                0 => answer(answers[before].0, answers[before].1),
                _ => answer(200, None),
            })
            .await;
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
        let told = RefCell::new(Vec::new());
        let sent = Cell::new(0);
        let send = async |_| {
            let before = sent.replace(sent.get() + 1);
            sleep(Duration::from_secs(1)).await;
            match before {
                0 => answer(429, Some("0")),
                1 => answer(429, Some("9")),
                3..8 => answer(429, Some("7")),
                _ => answer(200, None),
            }
        };
        let results = send_all(6, send, |_| {}, |pause| told.borrow_mut().push(pause)).await;
        assert!(results.iter().all(Result::is_ok));
        let told = told.into_inner();
        assert_eq!(told, [9, 7].map(Duration::from_secs));
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

//! Failures on purpose, as gateways and networks produce them. The seed and the number of a request decide.

use std::io;
use std::ops::RangeInclusive;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse as _;
use futures_util::stream::{self, StreamExt as _};
use serde_json::json;
use tokio::task::yield_now;

use super::chance::Chance;
use super::refusal;
use super::settings::Settings;

/// One way to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misbehaviour {
    /// 503 with `Retry-After`.
    BusyUntil,
    /// 503 without it.
    Busy,
    /// 500 with the page of a gateway.
    ErrorPage,
    /// 502 without a body.
    NoBody,
    /// The connection is closed without an answer.
    NoAnswer,
    /// The connection is closed during the answer.
    HalfAnAnswer,
}

const ALL: [Misbehaviour; 6] = [
    Misbehaviour::BusyUntil,
    Misbehaviour::Busy,
    Misbehaviour::ErrorPage,
    Misbehaviour::NoBody,
    Misbehaviour::NoAnswer,
    Misbehaviour::HalfAnAnswer,
];

/// How one request is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Treatment {
    pub delay: Duration,
    pub misbehaviour: Option<Misbehaviour>,
}

impl Treatment {
    pub fn drawn(settings: &Settings, chance: &mut Chance) -> Self {
        // Always drawn in this order, so that one setting does not change the effect of another.
        let fails = chance.happens(settings.fail_rate);
        let way = chance.one_of(&ALL).copied();
        Self {
            delay: settings
                .latency
                .as_ref()
                .map_or(Duration::ZERO, |latency| within(latency, chance)),
            misbehaviour: way.filter(|_| fails),
        }
    }
}

fn within(range: &RangeInclusive<Duration>, chance: &mut Chance) -> Duration {
    let span = range.end().saturating_sub(*range.start());
    let micros = u64::try_from(span.as_micros()).unwrap_or(u64::MAX - 1);
    *range.start() + Duration::from_micros(chance.below(micros + 1))
}

/// The answer of a request that fails in this way, or `None` if it gets none.
pub(super) fn answer(misbehaviour: Misbehaviour) -> Option<Response<Body>> {
    let unavailable = || refusal::because(StatusCode::SERVICE_UNAVAILABLE, "fails on purpose");
    Some(match misbehaviour {
        Misbehaviour::BusyUntil => ([(RETRY_AFTER, "1")], unavailable()).into_response(),
        Misbehaviour::Busy => unavailable(),
        Misbehaviour::ErrorPage => {
            let page = "<html><body><h1>500 Internal Server Error</h1></body></html>\n";
            let html = [(CONTENT_TYPE, "text/html")];
            (StatusCode::INTERNAL_SERVER_ERROR, html, page).into_response()
        }
        Misbehaviour::NoBody => StatusCode::BAD_GATEWAY.into_response(),
        Misbehaviour::HalfAnAnswer => {
            let whole = json!({"status": "OK", "code": 200, "data": {}}).to_string();
            let headers = [
                (CONTENT_TYPE, "application/json".to_owned()),
                (CONTENT_LENGTH, whole.len().to_string()),
            ];
            (headers, cut(&whole[..whole.len() / 2])).into_response()
        }
        Misbehaviour::NoAnswer => return None,
    })
}

/// A body that ends after this part.
fn cut(part: &str) -> Body {
    let parts = [
        Ok(part.to_owned()),
        Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
    ];
    Body::from_stream(stream::iter(parts).then(async |part| {
        // The bytes that were passed on are flushed while this waits for its next turn.
        yield_now().await;
        part
    }))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::Duration;

    use super::{ALL, Treatment};
    use crate::mock_server::chance::{Chance, Purpose};
    use crate::mock_server::settings::Settings;

    fn treatments(settings: &Settings) -> Vec<Treatment> {
        let drawn = |number| {
            let mut chance = Chance::of(settings.seed, number, Purpose::Misbehaviour);
            Treatment::drawn(settings, &mut chance)
        };
        (0..1000).map(drawn).collect()
    }

    #[test]
    fn the_same_seed_fails_the_same_requests_in_the_same_way() {
        let settings = Settings {
            fail_rate: 0.3,
            latency: Some(Duration::from_millis(50)..=Duration::from_millis(300)),
            seed: 7,
            ..Settings::default()
        };
        let seen = treatments(&settings);
        assert_eq!(seen, treatments(&settings));
        let other_seed = Settings {
            seed: 8,
            ..settings.clone()
        };
        assert_ne!(seen, treatments(&other_seed));

        let failed: Vec<_> = seen.iter().filter_map(|one| one.misbehaviour).collect();
        assert!((250..350).contains(&failed.len()), "{}", failed.len());
        assert!(ALL.iter().all(|way| failed.contains(way)), "{failed:?}");
        let delays: HashSet<Duration> = seen.iter().map(|one| one.delay).collect();
        assert!(delays.len() > 900);
        let allowed = settings.latency.unwrap();
        assert!(delays.iter().all(|delay| allowed.contains(delay)));
    }

    #[test]
    fn a_delay_or_its_absence_does_not_change_what_fails() {
        let quick = Settings {
            fail_rate: 0.5,
            ..Settings::default()
        };
        let slow = Settings {
            latency: Some(Duration::from_millis(5)..=Duration::from_millis(5)),
            ..quick.clone()
        };
        let ways = |settings| {
            let treatments = treatments(settings).into_iter();
            treatments.map(|one| one.misbehaviour).collect::<Vec<_>>()
        };
        assert_eq!(ways(&quick), ways(&slow));
        assert!(
            treatments(&slow)
                .iter()
                .all(|one| one.delay == Duration::from_millis(5))
        );
    }

    #[test]
    fn never_and_always_are_exact() {
        for (fail_rate, expected) in [(0.0, 0), (1.0, 1000)] {
            let settings = Settings {
                fail_rate,
                ..Settings::default()
            };
            let failed = treatments(&settings).into_iter();
            assert_eq!(failed.filter_map(|one| one.misbehaviour).count(), expected);
        }
    }
}

//! Times as ratios within one run: contestants that do the same work take turns, so that other load on the machine
//! affects all of them.
//!
//! The usual harnesses measure one contestant after the other and compare two absolute times. On a machine that is
//! shared or warms up, their difference is larger than the difference to be measured. This one reports the median of
//! the ratios of neighbouring turns with their quartiles, and needs no dependency.

use std::fmt;
use std::time::Duration;

/// Something to measure: one turn does its share of the work and returns how long it took.
pub struct Contestant<'a> {
    turn: Box<dyn FnMut() -> Duration + 'a>,
}

impl<'a> Contestant<'a> {
    pub fn new(turn: impl FnMut() -> Duration + 'a) -> Self {
        Self {
            turn: Box::new(turn),
        }
    }
}

/// The times of all turns, by contestant.
pub struct Turns(Vec<Vec<Duration>>);

impl Turns {
    /// Makes each contestant take that many turns, after one that does not count. The order changes from round to
    /// round.
    #[must_use]
    pub fn take(rounds: usize, mut contestants: Vec<Contestant<'_>>) -> Self {
        let mut times = vec![Vec::with_capacity(rounds); contestants.len()];
        for contestant in &mut contestants {
            (contestant.turn)();
        }
        for round in 0..rounds {
            for place in 0..contestants.len() {
                let index = (round + place) % contestants.len();
                times[index].push((contestants[index].turn)());
            }
        }
        Self(times)
    }

    /// The median time of a contestant's turns.
    #[must_use]
    pub fn median(&self, contestant: usize) -> Duration {
        let mut times = self.0[contestant].clone();
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    }

    /// How many times as long the first took as the second.
    #[must_use]
    pub fn ratio(&self, subject: usize, baseline: usize) -> Spread {
        let pairs = self.0[subject].iter().zip(&self.0[baseline]);
        Spread::of(
            pairs
                .map(|(subject, baseline)| subject.as_secs_f64() / baseline.as_secs_f64())
                .collect(),
        )
    }
}

/// The median of several ratios, and the quartiles around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub lower: f64,
    pub median: f64,
    pub upper: f64,
}

impl Spread {
    fn of(mut ratios: Vec<f64>) -> Self {
        ratios.sort_unstable_by(f64::total_cmp);
        let at = |part: usize| {
            let index = ratios.len() * part / 4;
            ratios.get(index).copied().unwrap_or(f64::NAN)
        };
        Self {
            lower: at(1),
            median: at(2),
            upper: at(3),
        }
    }

    /// The ratio the other way round, as throughput is to time.
    #[must_use]
    pub fn inverse(self) -> Self {
        Self {
            lower: self.upper.recip(),
            median: self.median.recip(),
            upper: self.lower.recip(),
        }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            lower,
            median,
            upper,
        } = self;
        write!(f, "{median:.3} ({lower:.3} to {upper:.3})")
    }
}

/// The goal of a median. A missed goal is only printed, because times depend on the machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    AtMost(f64),
    AtLeast(f64),
    Below(f64),
    /// There is no goal; the figure is for information.
    None,
}

impl Goal {
    fn is_met_by(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
            Self::Below(limit) => value < limit,
            Self::None => true,
        }
    }

    /// The goal, and whether the value meets it, as two cells of a table.
    #[must_use]
    pub fn judge(self, value: f64) -> String {
        let (sign, limit) = match self {
            Self::AtMost(limit) => ("≤", limit),
            Self::AtLeast(limit) => ("≥", limit),
            Self::Below(limit) => ("<", limit),
            Self::None => return "none | ".to_owned(),
        };
        let is_met = if self.is_met_by(value) { "yes" } else { "no" };
        format!("{sign} {limit} | {is_met}")
    }
}

/// Whether `cargo bench` runs this program. A test run only builds it.
#[must_use]
pub fn is_asked_for() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// The head of the table for the README; [`row`] adds rows.
#[must_use]
pub fn head() -> &'static str {
    "| measured | crate | baseline | ratio (quartiles) | goal | met |\n|---|---|---|---|---|---|"
}

/// One line of the table: the first contestant against another. Each turn does the work `repeated` times.
#[must_use]
pub fn row(what: &str, turns: &Turns, baseline: usize, repeated: u32, goal: Goal) -> String {
    let ratio = match goal {
        Goal::AtLeast(_) => turns.ratio(0, baseline).inverse(),
        Goal::AtMost(_) | Goal::Below(_) | Goal::None => turns.ratio(0, baseline),
    };
    let each = |contestant| turns.median(contestant) / repeated;
    let judged = goal.judge(ratio.median);
    format!(
        "| {what} | {:.2?} | {:.2?} | {ratio} | {judged} |",
        each(0),
        each(baseline)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_contestant_takes_its_turns_and_the_median_ratio_is_told() {
        let times = [[100, 300, 200, 400], [100, 100, 100, 100]];
        let contestants = times
            .iter()
            .map(|times| {
                // The first turn does not count.
                let mut left = [7].iter().chain(times);
                Contestant::new(move || {
                    Duration::from_micros(left.next().copied().unwrap_or_default())
                })
            })
            .collect();
        let turns = Turns::take(4, contestants);
        assert_eq!(turns.median(0), Duration::from_micros(300));
        let ratio = turns.ratio(0, 1);
        assert_eq!(ratio.to_string(), "3.000 (2.000 to 4.000)");
        assert_eq!(ratio.inverse().to_string(), "0.333 (0.250 to 0.500)");
        assert_eq!(
            row("work", &turns, 1, 10, Goal::AtMost(3.0)),
            "| work | 30.00µs | 10.00µs | 3.000 (2.000 to 4.000) | ≤ 3 | yes |"
        );
    }

    #[test]
    fn a_goal_is_met_up_to_its_limit() {
        let cases = [
            (Goal::AtMost(1.15), 1.15, "≤ 1.15 | yes"),
            (Goal::AtMost(1.15), 1.16, "≤ 1.15 | no"),
            (Goal::AtLeast(0.95), 0.95, "≥ 0.95 | yes"),
            (Goal::AtLeast(0.95), 0.94, "≥ 0.95 | no"),
            (Goal::Below(1.0), 0.99, "< 1 | yes"),
            (Goal::Below(1.0), 1.0, "< 1 | no"),
            (Goal::AtMost(1.0), f64::NAN, "≤ 1 | no"),
            (Goal::None, 7.0, "none | "),
        ];
        for (goal, value, expected) in cases {
            assert_eq!(goal.judge(value), expected);
        }
    }
}

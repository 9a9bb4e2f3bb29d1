//! Rules of the specification that are checked before a value is sent. A value that was received is never checked:
//! losing an answer would be worse than a value out of bounds.

pub(crate) mod format;
pub(crate) mod limit;
pub(crate) mod pattern;

use std::cmp::Ordering::{self, Equal, Greater, Less};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::hash::{DefaultHasher, Hasher as _};
use std::io;

use serde::Serialize;
use serde_json::ser::Formatter;

use crate::runtime::{Number, OpaqueValue, PaymentUrl, Secret};
use format::Format;
use limit::{Limit, Measured};
use pattern::Pattern;

/// One rule of a schema.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule {
    /// Counted in characters.
    MinLength(usize),
    MaxLength(usize),
    MinItems(usize),
    MaxItems(usize),
    UniqueItems,
    Minimum {
        limit: Limit,
        exclusive: bool,
    },
    Maximum {
        limit: Limit,
        exclusive: bool,
    },
    MultipleOf(Limit),
    /// One of these numbers.
    OneOf(&'static [Limit]),
    /// This flag alone.
    Flag(bool),
    /// The rules of each entry of a list or a map.
    Each(&'static [Rule]),
    Format(Format),
    Pattern(&'static Pattern),
}

/// A rule that a value breaks, and the place within the value.
#[derive(Debug, PartialEq)]
pub(crate) struct Breach {
    /// Field names, the outermost first.
    place: String,
    problem: String,
}

impl Breach {
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self {
            place: String::new(),
            problem: problem.into(),
        }
    }

    pub(crate) fn within(mut self, name: &str) -> Self {
        let separator = match self.place.chars().next() {
            None | Some('[') => "",
            Some(_) => ".",
        };
        self.place.insert_str(0, separator);
        self.place.insert_str(0, name);
        self
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.place, self.problem)
    }
}

/// A value that can be checked before it is sent. A type knows the rules of its own fields; the rules of the field
/// that contains the value are an argument.
pub(crate) trait Check {
    fn check(&self, rules: &'static [Rule]) -> Result<(), Breach>;

    /// Removes what only the server may send, so that a value from an answer can be sent.
    fn leave_out_read_only(&mut self) {}
}

fn length(count: usize, rules: &[Rule], unit: &str) -> Result<(), Breach> {
    for rule in rules {
        let problem = match *rule {
            Rule::MinLength(1) | Rule::MinItems(1) if count == 0 => "must not be empty".to_owned(),
            Rule::MinLength(least) | Rule::MinItems(least) if count < least => {
                format!("must have at least {least} {unit}")
            }
            Rule::MaxLength(most) | Rule::MaxItems(most) if count > most => {
                format!("must have at most {most} {unit}")
            }
            _ => continue,
        };
        return Err(Breach::new(problem));
    }
    Ok(())
}

/// Checks how many fields of an object are sent: of those with a name, and of others.
pub(crate) fn count(are_sent: &[bool], others: usize, rules: &[Rule]) -> Result<(), Breach> {
    let named = are_sent.iter().filter(|is_sent| **is_sent).count();
    length(named + others, rules, "fields")
}

fn flag(value: bool, rules: &[Rule]) -> Result<(), Breach> {
    let other = |rule: &Rule| matches!(rule, Rule::Flag(only) if *only != value);
    if rules.iter().any(other) {
        return Err(Breach::new(format!("must be {}", !value)));
    }
    Ok(())
}

fn text(text: &str, rules: &[Rule]) -> Result<(), Breach> {
    if rules.is_empty() {
        return Ok(());
    }
    length(text.chars().count(), rules, "characters")?;
    for rule in rules {
        let problem = match rule {
            Rule::Format(format) if !format.fits(text) => format!("must be {}", format.name()),
            Rule::Pattern(pattern) if !pattern.matches(text) => {
                format!("must match {}", pattern.source)
            }
            _ => continue,
        };
        return Err(Breach::new(problem));
    }
    Ok(())
}

fn number(value: &impl Measured, rules: &[Rule]) -> Result<(), Breach> {
    let is = |limit: Limit, orders: &[Ordering]| {
        let order = value.compare(limit);
        order.is_some_and(|order| orders.contains(&order))
    };
    for rule in rules {
        let problem = match *rule {
            Rule::Minimum {
                limit,
                exclusive: false,
            } if is(limit, &[Less]) => {
                format!("must be at least {limit}")
            }
            Rule::Minimum {
                limit,
                exclusive: true,
            } if is(limit, &[Less, Equal]) => {
                format!("must be more than {limit}")
            }
            Rule::Maximum {
                limit,
                exclusive: false,
            } if is(limit, &[Greater]) => {
                format!("must be at most {limit}")
            }
            Rule::Maximum {
                limit,
                exclusive: true,
            } if is(limit, &[Greater, Equal]) => {
                format!("must be less than {limit}")
            }
            Rule::MultipleOf(unit) if !value.is_multiple_of(unit) => {
                format!("must be a multiple of {unit}")
            }
            Rule::OneOf(values) if !values.iter().any(|one| is(*one, &[Equal])) => {
                let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
                format!("must be one of {}", values.join(", "))
            }
            _ => continue,
        };
        return Err(Breach::new(problem));
    }
    Ok(())
}

/// JSON has no other numbers: they would be written as `null`.
fn finite(value: &Number) -> Result<(), Breach> {
    match value.is_finite() {
        true => Ok(()),
        false => Err(Breach::new("must be a finite number")),
    }
}

/// Writes numbers of the same value in the same way: `1.0` as `1`.
struct OneSpelling;

impl Formatter for OneSpelling {
    fn write_raw_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        json: &str,
    ) -> io::Result<()> {
        match json.parse::<Number>() {
            Ok(number) => writer.write_all(number.canonical().as_bytes()),
            Err(_) => writer.write_all(json.as_bytes()),
        }
    }
}

/// Whether two of the values are the same JSON. Only a hash of each is kept, because some are secrets.
fn has_twins<'a, T: Serialize + 'a>(values: impl Iterator<Item = &'a T>) -> bool {
    struct Sum(DefaultHasher);

    impl io::Write for Sum {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let mut seen = BTreeSet::new();
    let mut sums = values.filter_map(|value| {
        let mut sum = Sum(DefaultHasher::new());
        let mut serializer = serde_json::Serializer::with_formatter(&mut sum, OneSpelling);
        value.serialize(&mut serializer).ok()?;
        Some(sum.0.finish())
    });
    sums.any(|sum| !seen.insert(sum))
}

fn each<'a, K, T: Check + 'a>(
    values: impl ExactSizeIterator<Item = (K, &'a T)>,
    rules: &'static [Rule],
    name: impl Fn(K) -> String,
) -> Result<(), Breach> {
    length(values.len(), rules, "entries")?;
    let of_each = rules.iter().find_map(|rule| match rule {
        Rule::Each(rules) => Some(*rules),
        _ => None,
    });
    let of_each = of_each.unwrap_or_default();
    for (key, value) in values {
        // Most values break no rule, so a place is built only when one does.
        value
            .check(of_each)
            .map_err(|breach| breach.within(&name(key)))?;
    }
    Ok(())
}

macro_rules! checked {
    ($($ty:ty: |$value:ident, $rules:ident| $check:expr),* $(,)?) => {
        $(
            impl Check for $ty {
                fn check(&self, $rules: &'static [Rule]) -> Result<(), Breach> {
                    let $value = self;
                    $check
                }
            }
        )*
    };
}

checked! {
    String: |value, rules| text(value, rules),
    Secret: |value, rules| text(value.expose_secret(), rules),
    PaymentUrl: |value, rules| text(value.expose_secret(), rules),
    bool: |value, rules| flag(*value, rules),
    OpaqueValue: |_value, _rules| Ok(()),
    bytes::Bytes: |value, rules| length(value.len(), rules, "bytes"),
    Number: |value, rules| finite(value).and_then(|()| number(value, rules)),
    i8: |value, rules| number(value, rules),
    i16: |value, rules| number(value, rules),
    i32: |value, rules| number(value, rules),
    i64: |value, rules| number(value, rules),
    u8: |value, rules| number(value, rules),
    u16: |value, rules| number(value, rules),
    u32: |value, rules| number(value, rules),
    u64: |value, rules| number(value, rules),
    serde_json::Value: |_value, _rules| Ok(()),
    serde_json::Map<String, serde_json::Value>: |_value, _rules| Ok(()),
}

impl<T: Check> Check for Option<T> {
    fn check(&self, rules: &'static [Rule]) -> Result<(), Breach> {
        self.as_ref().map_or(Ok(()), |value| value.check(rules))
    }

    fn leave_out_read_only(&mut self) {
        if let Some(value) = self {
            value.leave_out_read_only();
        }
    }
}

impl<T: Check> Check for Box<T> {
    fn check(&self, rules: &'static [Rule]) -> Result<(), Breach> {
        T::check(self, rules)
    }

    fn leave_out_read_only(&mut self) {
        T::leave_out_read_only(self);
    }
}

impl<T: Check + Serialize> Check for Vec<T> {
    fn check(&self, rules: &'static [Rule]) -> Result<(), Breach> {
        each(self.iter().enumerate(), rules, |index| format!("[{index}]"))?;
        let must_differ = rules.iter().any(|rule| matches!(rule, Rule::UniqueItems));
        if must_differ && has_twins(self.iter()) {
            return Err(Breach::new("must not contain the same entry twice"));
        }
        Ok(())
    }

    fn leave_out_read_only(&mut self) {
        self.iter_mut().for_each(T::leave_out_read_only);
    }
}

impl<T: Check> Check for BTreeMap<String, T> {
    fn check(&self, rules: &'static [Rule]) -> Result<(), Breach> {
        each(self.iter(), rules, |key| format!("[{key:?}]"))
    }

    fn leave_out_read_only(&mut self) {
        self.values_mut().for_each(T::leave_out_read_only);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(value: &impl Check, rules: &'static [Rule]) -> String {
        match value.check(rules) {
            Ok(()) => String::new(),
            Err(breach) => breach.within("it").to_string(),
        }
    }

    #[test]
    fn a_value_that_breaks_a_rule_is_named_by_its_place() {
        let text = |text: &str| text.to_owned();
        assert_eq!(said(&1, &[]), "");
        let rows: &[(String, &str)] = &[
            (
                said(&text(""), &[Rule::MinLength(1)]),
                "it must not be empty",
            ),
            (
                said(&text("é"), &[Rule::MinLength(2)]),
                "it must have at least 2 characters",
            ),
            (said(&text("éé"), &[Rule::MaxLength(2)]), ""),
            (
                said(&text("abc"), &[Rule::MaxLength(2)]),
                "it must have at most 2 characters",
            ),
            (
                said(&Secret::from("abc"), &[Rule::MaxLength(2)]),
                "it must have at most 2 characters",
            ),
            (
                said(&Some(text("abc")), &[Rule::MaxLength(2)]),
                "it must have at most 2 characters",
            ),
            (said(&None::<String>, &[Rule::MinLength(2)]), ""),
            (
                said(&vec![1, 2], &[Rule::MaxItems(1)]),
                "it must have at most 1 entries",
            ),
            (
                said(
                    &vec![text("a"), text("")],
                    &[Rule::Each(&[Rule::MinLength(1)])],
                ),
                "it[1] must not be empty",
            ),
            (
                said(
                    &BTreeMap::from([(text("k"), 0)]),
                    &[Rule::Each(&[Rule::Maximum {
                        limit: Limit::Whole(0),
                        exclusive: true,
                    }])],
                ),
                "it[\"k\"] must be less than 0",
            ),
            (
                said(
                    &Number::from(0.5),
                    &[Rule::Minimum {
                        limit: Limit::Fraction(0.5),
                        exclusive: true,
                    }],
                ),
                "it must be more than 0.5",
            ),
            (
                said(
                    &2,
                    &[Rule::Maximum {
                        limit: Limit::Whole(1),
                        exclusive: false,
                    }],
                ),
                "it must be at most 1",
            ),
        ];
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let value = Number::from(value);
            assert_eq!(said(&value, &[]), "it must be a finite number");
            assert_eq!(
                said(&vec![Some(value)], &[]),
                "it[0] must be a finite number"
            );
        }
        let least = said(
            &0,
            &[Rule::Minimum {
                limit: Limit::Whole(1),
                exclusive: false,
            }],
        );
        assert_eq!(least, "it must be at least 1");
        for (said, expected) in rows {
            assert_eq!(said, expected);
        }
    }

    #[test]
    fn a_flag_of_which_only_one_value_is_listed_is_that_one() {
        assert_eq!(said(&true, &[Rule::Flag(true)]), "");
        assert_eq!(said(&false, &[Rule::Flag(true)]), "it must be true");
        assert_eq!(said(&Some(true), &[Rule::Flag(false)]), "it must be false");
    }

    #[test]
    fn an_integer_of_64_bits_is_compared_digit_by_digit() {
        let most: &[Rule] = &[Rule::Maximum {
            limit: Limit::Whole(9_223_372_036_854_775_806),
            exclusive: false,
        }];
        assert_eq!(said(&(i64::MAX - 1), most), "");
        assert_eq!(
            said(&i64::MAX, most),
            "it must be at most 9223372036854775806"
        );
    }

    #[test]
    fn further_rules_are_named_as_they_are_broken() {
        let text = |text: &str| text.to_owned();
        let unique: &[Rule] = &[Rule::UniqueItems];
        assert_eq!(said(&vec![text("a"), text("b")], unique), "");
        assert_eq!(
            said(&vec![text("a"), text("a")], unique),
            "it must not contain the same entry twice"
        );
        let number = |text: &str| text.parse::<Number>().unwrap();
        for (one, other, expected) in [
            ("1", "1.5", ""),
            ("1e30", "1e31", ""),
            ("1", "1.0", "it must not contain the same entry twice"),
            ("-0.0", "0", "it must not contain the same entry twice"),
            (
                "0.5e31",
                "5E+30",
                "it must not contain the same entry twice",
            ),
        ] {
            assert_eq!(
                said(&vec![number(one), number(other)], unique),
                expected,
                "{one}, {other}"
            );
        }
        let half: &[Rule] = &[Rule::MultipleOf(Limit::Fraction(0.5))];
        assert_eq!(said(&Number::from(1.5), half), "");
        assert_eq!(
            said(&Number::from(1.7), half),
            "it must be a multiple of 0.5"
        );
        let few: &[Rule] = &[Rule::OneOf(&[Limit::Fraction(0.5), Limit::Whole(1)])];
        assert_eq!(said(&Number::from(1), few), "");
        assert_eq!(said(&Number::from(2), few), "it must be one of `0.5`, `1`");
        let date: &[Rule] = &[Rule::Format(Format::Date)];
        assert_eq!(said(&text("2024-02-29"), date), "");
        assert_eq!(
            said(&text("canary"), date),
            "it must be a date such as 2024-02-29"
        );
        let pattern: &[Rule] = &[Rule::Pattern(&Pattern {
            source: "^a$",
            steps: &[
                pattern::Step::Start,
                pattern::Step::Any(&[('a', 'a')]),
                pattern::Step::End,
                pattern::Step::Match,
            ],
        })];
        assert_eq!(said(&text("a"), pattern), "");
        assert_eq!(said(&text("canary"), pattern), "it must match ^a$");
    }
}

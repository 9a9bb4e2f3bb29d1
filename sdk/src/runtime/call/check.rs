//! Rules of the specification that are checked before a value is sent. A value that was received is never checked: an
//! answer is worth more than its bounds.

use std::collections::BTreeMap;
use std::fmt;

use crate::runtime::{OpaqueValue, PaymentUrl, Secret};

/// One rule of a schema.
#[derive(Clone, Copy, Debug)]
#[allow(dead_code, reason = "which of them occur depends on the specification")]
pub(crate) enum Rule {
    /// In characters.
    MinLength(usize),
    MaxLength(usize),
    MinItems(usize),
    MaxItems(usize),
    Minimum {
        limit: f64,
        exclusive: bool,
    },
    Maximum {
        limit: f64,
        exclusive: bool,
    },
    /// The rules of each entry of a list or a map.
    Each(&'static [Rule]),
    Uuid,
    Email,
}

/// A rule that a value breaks, and where in the value.
#[derive(Debug, PartialEq)]
pub(crate) struct Breach {
    /// Field names from the outside in.
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

/// A value that can be checked before it is sent. The rules of a type's own fields are known to the type; those of
/// the field that holds it are given.
pub(crate) trait Check {
    fn check(&self, rules: &'static [Rule]) -> Result<(), Breach>;
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

fn text(text: &str, rules: &[Rule]) -> Result<(), Breach> {
    if rules.is_empty() {
        return Ok(());
    }
    length(text.chars().count(), rules, "characters")?;
    for rule in rules {
        let problem = match rule {
            Rule::Uuid if !is_uuid(text) => "must be a UUID",
            Rule::Email if !is_email(text) => "must be an e-mail address",
            _ => continue,
        };
        return Err(Breach::new(problem));
    }
    Ok(())
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

/// What no mail server could take: the full grammar is for the server to know.
fn is_email(text: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control())
    };
    text.rsplit_once('@')
        .is_some_and(|(name, domain)| is_plain(name) && is_plain(domain) && !domain.contains('@'))
}

fn number(value: f64, rules: &[Rule]) -> Result<(), Breach> {
    // JSON has no such numbers: it would be written as `null`.
    if !value.is_finite() {
        return Err(Breach::new("must be a finite number"));
    }
    for rule in rules {
        let problem = match *rule {
            Rule::Minimum {
                limit,
                exclusive: false,
            } if value < limit => {
                format!("must be at least {limit}")
            }
            Rule::Minimum {
                limit,
                exclusive: true,
            } if value <= limit => {
                format!("must be more than {limit}")
            }
            Rule::Maximum {
                limit,
                exclusive: false,
            } if value > limit => {
                format!("must be at most {limit}")
            }
            Rule::Maximum {
                limit,
                exclusive: true,
            } if value >= limit => {
                format!("must be less than {limit}")
            }
            _ => continue,
        };
        return Err(Breach::new(problem));
    }
    Ok(())
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
        // Most values break no rule, so that a place is named only where one does.
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
    bool: |_value, _rules| Ok(()),
    OpaqueValue: |_value, _rules| Ok(()),
    bytes::Bytes: |value, rules| length(value.len(), rules, "bytes"),
    f32: |value, rules| number(f64::from(*value), rules),
    f64: |value, rules| number(*value, rules),
    i8: |value, rules| number(f64::from(*value), rules),
    i16: |value, rules| number(f64::from(*value), rules),
    i32: |value, rules| number(f64::from(*value), rules),
    i64: |value, rules| number(*value as f64, rules),
    u8: |value, rules| number(f64::from(*value), rules),
    u16: |value, rules| number(f64::from(*value), rules),
    u32: |value, rules| number(f64::from(*value), rules),
    u64: |value, rules| number(*value as f64, rules),
    serde_json::Value: |_value, _rules| Ok(()),
    serde_json::Map<String, serde_json::Value>: |_value, _rules| Ok(()),
}

impl<T: Check> Check for Option<T> {
    fn check(&self, rules: &'static [Rule]) -> Result<(), Breach> {
        self.as_ref().map_or(Ok(()), |value| value.check(rules))
    }
}

impl<T: Check> Check for Box<T> {
    fn check(&self, rules: &'static [Rule]) -> Result<(), Breach> {
        T::check(self, rules)
    }
}

impl<T: Check> Check for Vec<T> {
    fn check(&self, rules: &'static [Rule]) -> Result<(), Breach> {
        each(self.iter().enumerate(), rules, |index| format!("[{index}]"))
    }
}

impl<T: Check> Check for BTreeMap<String, T> {
    fn check(&self, rules: &'static [Rule]) -> Result<(), Breach> {
        each(self.iter(), rules, |key| format!("[{key:?}]"))
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
                        limit: 0.0,
                        exclusive: true,
                    }])],
                ),
                "it[\"k\"] must be less than 0",
            ),
            (
                said(
                    &0.5,
                    &[Rule::Minimum {
                        limit: 0.5,
                        exclusive: true,
                    }],
                ),
                "it must be more than 0.5",
            ),
            (
                said(
                    &2,
                    &[Rule::Maximum {
                        limit: 1.0,
                        exclusive: false,
                    }],
                ),
                "it must be at most 1",
            ),
        ];
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(said(&value, &[]), "it must be a finite number");
            let value = value as f32;
            assert_eq!(
                said(&vec![Some(value)], &[]),
                "it[0] must be a finite number"
            );
        }
        let least = said(
            &0,
            &[Rule::Minimum {
                limit: 1.0,
                exclusive: false,
            }],
        );
        assert_eq!(least, "it must be at least 1");
        for (said, expected) in rows {
            assert_eq!(said, expected);
        }
    }

    #[test]
    fn texts_of_a_format_are_told_from_others() {
        let cases = [
            (Rule::Uuid, "8e5b0340-42bd-4eb8-b06a-836f28fb1f73", true),
            (Rule::Uuid, "8E5B0340-42BD-4EB8-B06A-836F28FB1F73", true),
            (Rule::Uuid, "8e5b034042bd4eb8b06a836f28fb1f73", false),
            (Rule::Uuid, "{8e5b0340-42bd-4eb8-b06a-836f28fb1f73}", false),
            (Rule::Uuid, "", false),
            (Rule::Email, "ivan@example.com", true),
            (Rule::Email, "\"a@b\"@example.com", true),
            (Rule::Email, "ivan", false),
            (Rule::Email, "ivan@", false),
            (Rule::Email, "ivan @example.com", false),
        ];
        for (rule, value, expected) in cases {
            let rules: &'static [Rule] = match rule {
                Rule::Uuid => &[Rule::Uuid],
                _ => &[Rule::Email],
            };
            assert_eq!(value.to_owned().check(rules).is_ok(), expected, "{value}");
        }
    }
}

//! Limits of rules, compared exactly: a floating-point number can't hold every 64-bit integer.

use std::cmp::Ordering;
use std::fmt;

use crate::runtime::Number;

/// A limit, or the value that is compared with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Limit {
    Whole(i128),
    Fraction(f64),
}

impl Limit {
    /// Whether it is a multiple of another number, as exactly as decimal fractions allow.
    pub(crate) fn is_multiple_of(self, unit: Self) -> bool {
        if let (Self::Whole(value), Self::Whole(unit)) = (self, unit) {
            return unit == 0 || value % unit == 0;
        }
        let quotient = self.approximately() / unit.approximately();
        // A quotient that is too large has no fraction.
        let is_off = (quotient - quotient.round()).abs() > 1e-9 * quotient.abs().max(1.0);
        !is_off || !quotient.is_finite()
    }

    #[allow(
        clippy::cast_precision_loss,
        reason = "for what is compared with a fraction"
    )]
    fn approximately(self) -> f64 {
        match self {
            Self::Whole(value) => value as f64,
            Self::Fraction(value) => value,
        }
    }
}

impl PartialOrd for Limit {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (*self, *other) {
            (Self::Whole(one), Self::Whole(other)) => Some(one.cmp(&other)),
            (Self::Fraction(one), Self::Fraction(other)) => one.partial_cmp(&other),
            (Self::Whole(one), Self::Fraction(other)) => compare(one, other),
            (Self::Fraction(one), Self::Whole(other)) => compare(other, one).map(Ordering::reverse),
        }
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "what has no fraction and is within the limits is kept as it is"
)]
fn compare(whole: i128, fraction: f64) -> Option<Ordering> {
    let floor = fraction.floor();
    if fraction.is_nan() {
        None
    } else if floor >= i128::MAX as f64 {
        Some(Ordering::Less)
    } else if floor < i128::MIN as f64 {
        Some(Ordering::Greater)
    } else {
        let order = whole.cmp(&(floor as i128));
        Some(if fraction > floor {
            order.then(Ordering::Less)
        } else {
            order
        })
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(value) => value.fmt(f),
            Self::Fraction(value) => value.fmt(f),
        }
    }
}

macro_rules! whole {
    ($($ty:ty)*) => {
        $(
            impl From<$ty> for Limit {
                fn from(value: $ty) -> Self {
                    Self::Whole(value.into())
                }
            }
        )*
    };
}

whole!(i8 i16 i32 i64 u8 u16 u32 u64);

impl From<&Number> for Limit {
    fn from(value: &Number) -> Self {
        match value.as_str().parse() {
            Ok(whole) => Self::Whole(whole),
            // Beyond all limits is as far as it goes.
            Err(_) => Self::Fraction(value.to_f64().clamp(f64::MIN, f64::MAX)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Limit;
    use Limit::{Fraction, Whole};

    #[test]
    fn numbers_are_compared_exactly() {
        let far = i128::from(i64::MAX);
        let ascending = [
            Fraction(f64::NEG_INFINITY),
            Fraction(-1e300),
            Whole(-1),
            Fraction(-0.5),
            Whole(0),
            Fraction(0.5),
            Whole(far - 1),
            Whole(far),
            Fraction(9_223_372_036_854_775_808.0),
            Whole(far + 2),
            Fraction(1e300),
        ];
        for (index, one) in ascending.iter().enumerate() {
            for (other_index, other) in ascending.iter().enumerate() {
                assert_eq!(
                    one.partial_cmp(other),
                    Some(index.cmp(&other_index)),
                    "{one} and {other}"
                );
            }
        }
        assert_eq!(
            Whole(1).partial_cmp(&Fraction(1.0)),
            Some(std::cmp::Ordering::Equal)
        );
        assert_eq!(Whole(1).partial_cmp(&Fraction(f64::NAN)), None);
    }

    #[test]
    fn a_multiple_is_told_from_another_number() {
        for (value, unit, expected) in [
            (Whole(9), Whole(3), true),
            (Whole(10), Whole(3), false),
            (Whole(i128::from(i64::MAX)), Whole(2), false),
            (Fraction(0.3), Fraction(0.1), true),
            (Fraction(19.99), Fraction(0.01), true),
            (Fraction(19.995), Fraction(0.01), false),
            (Fraction(7.0), Whole(7), true),
            (Fraction(7.5), Whole(1), false),
            (Whole(3), Fraction(0.5), true),
        ] {
            assert_eq!(value.is_multiple_of(unit), expected, "{value} of {unit}");
        }
    }
}

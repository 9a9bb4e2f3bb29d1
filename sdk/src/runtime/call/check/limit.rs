//! Limits of rules, compared exactly: a floating-point number can't hold every 64-bit integer.

use std::cmp::Ordering;
use std::fmt;

use crate::runtime::Number;

/// A limit, or an integer that is compared with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Limit {
    Whole(i128),
    Fraction(f64),
}

/// A value that is compared with limits.
pub(crate) trait Measured {
    fn compare(&self, limit: Limit) -> Option<Ordering>;

    fn is_multiple_of(&self, unit: Limit) -> bool;
}

impl<T: Copy + Into<Limit>> Measured for T {
    fn compare(&self, limit: Limit) -> Option<Ordering> {
        (*self).into().partial_cmp(&limit)
    }

    fn is_multiple_of(&self, unit: Limit) -> bool {
        match ((*self).into(), unit) {
            (Limit::Whole(value), Limit::Whole(unit)) => unit == 0 || value % unit == 0,
            (value, unit) => Number::from(value).is_multiple_of(&unit.into()),
        }
    }
}

impl Measured for Number {
    fn compare(&self, limit: Limit) -> Option<Ordering> {
        self.partial_cmp(&Self::from(limit))
    }

    fn is_multiple_of(&self, unit: Limit) -> bool {
        Self::is_multiple_of(self, &Self::from(unit))
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

impl From<Limit> for Number {
    fn from(limit: Limit) -> Self {
        match limit {
            Limit::Whole(whole) => Self::whole(whole),
            Limit::Fraction(fraction) => fraction.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Limit, Measured as _};
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
    fn an_integer_is_a_multiple_of_a_whole_number_or_of_a_fraction() {
        for (value, unit, expected) in [
            (9, Whole(3), true),
            (10, Whole(3), false),
            (i64::MAX, Whole(2), false),
            (i64::MAX, Whole(0), true),
            (3, Fraction(0.5), true),
            (3, Fraction(2.5), false),
        ] {
            assert_eq!(value.is_multiple_of(unit), expected, "{value} of {unit}");
        }
    }
}

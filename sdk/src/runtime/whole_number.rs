//! JSON does not tell `7.0` from `7`.

/// Below this limit, every whole number has its own floating-point number.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A number without a fraction as an integer, if it is known to be that one.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "a number that is changed on the way is none of those that are taken"
)]
#[inline]
pub(crate) fn whole(value: f64) -> Option<i64> {
    let whole = value as i64;
    (whole as f64 == value && value.abs() < EXACT).then_some(whole)
}

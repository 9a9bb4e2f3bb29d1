//! Numbers of a schema: zero if that is allowed, or else the nearest one.

use serde_json::{Number, Value};

use super::Shape;

/// Up to this number, a floating-point number can hold every integer.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Larger integers are not made.
const FAR: f64 = 1e20;

/// A bound, and whether the number on it is excluded.
type Bound = Option<(f64, bool)>;

/// Integers of the schema, the best first.
pub(super) fn integer(shape: &Shape<'_>, turn: usize) -> Vec<Value> {
    let is_small = shape.texts("format").any(|format| format == "int32");
    let (least, most) = if is_small {
        (i32::MIN.into(), i32::MAX.into())
    } else {
        (i64::MIN.into(), i64::MAX.into())
    };
    let whole = |value: &Value, up: bool| -> Option<i128> {
        let number = value.as_number()?;
        let exact = number.as_i64().map(i128::from);
        let exact = exact.or_else(|| number.as_u64().map(i128::from));
        exact.or_else(|| {
            let float = number.as_f64()?;
            let rounded = if up { float.ceil() } else { float.floor() };
            // Far beyond all numbers that are made, and far from the end of these.
            let rounded = rounded.clamp(-FAR, FAR);
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a bound beyond all numbers is as good as the last of them"
            )]
            Some(rounded as i128)
        })
    };
    // An exclusive bound is written in one of two ways: OpenAPI 3.0 has a flag, 3.1 a number.
    let lower = shape.schemas.iter().flat_map(|schema| {
        let exclusive = &schema.value["exclusiveMinimum"];
        let own = whole(&schema.value["minimum"], true);
        let is_excluded = *exclusive == true && is_whole(&schema.value["minimum"]);
        let own = own.map(|bound| bound + i128::from(is_excluded));
        own.into_iter()
            .chain(whole(exclusive, false).map(|bound| bound + 1))
    });
    let upper = shape.schemas.iter().flat_map(|schema| {
        let exclusive = &schema.value["exclusiveMaximum"];
        let own = whole(&schema.value["maximum"], false);
        let is_excluded = *exclusive == true && is_whole(&schema.value["maximum"]);
        let own = own.map(|bound| bound - i128::from(is_excluded));
        own.into_iter()
            .chain(whole(exclusive, true).map(|bound| bound - 1))
    });
    let (lower, upper) = (lower.fold(least, i128::max), upper.fold(most, i128::min));
    let step = shape.all("multipleOf").filter_map(Value::as_f64);
    let step = step.filter_map(whole_step).fold(1, least_common_multiple);
    let start = if lower > 0 {
        (lower + step - 1).div_euclid(step) * step
    } else if upper < 0 {
        upper.div_euclid(step) * step
    } else {
        0
    };
    let turn = i128::try_from(turn).unwrap_or_default() * step;
    let in_turn = [start + turn, start - turn, start];
    let number = in_turn
        .into_iter()
        .find(|one| (lower..=upper).contains(one));
    let number = number.unwrap_or(start);
    let small = i64::try_from(number).map(Value::from);
    vec![small.unwrap_or_else(|_| u64::try_from(number).unwrap_or_default().into())]
}

/// The smallest whole number that is a multiple of this one.
fn whole_step(of: f64) -> Option<i128> {
    let whole = (1..=1000).map(|count| f64::from(count) * of);
    let mut whole =
        whole.filter(|one| (one - one.round()).abs() < 1e-9 && (1.0..FAR).contains(one));
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is whole, and one that is too large fits nothing"
    )]
    whole.next().map(|one| one.round() as i128)
}

fn least_common_multiple(one: i128, other: i128) -> i128 {
    let (mut a, mut b) = (one, other);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    // Beyond all numbers that are made, the distance does not matter.
    (one / a).saturating_mul(other).min(1 << 100)
}

fn is_whole(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// Numbers of the schema, the best first.
pub(super) fn number(shape: &Shape<'_>, turn: usize) -> Vec<Value> {
    let bound = |keyword: &str, exclusive: &str, is_tighter: fn(f64, f64) -> bool| -> Bound {
        let mut tightest: Bound = None;
        for schema in &shape.schemas {
            let flag = &schema.value[exclusive];
            let own = schema.value[keyword]
                .as_f64()
                .map(|own| (own, *flag == true));
            for (number, is_excluded) in own.into_iter().chain(flag.as_f64().map(|own| (own, true)))
            {
                if tightest.is_none_or(|(other, was_excluded)| {
                    is_tighter(number, other) || number == other && is_excluded && !was_excluded
                }) {
                    tightest = Some((number, is_excluded));
                }
            }
        }
        tightest
    };
    let lower = bound("minimum", "exclusiveMinimum", |one, other| one > other);
    let upper = bound("maximum", "exclusiveMaximum", |one, other| one < other);
    let is_within = |number: &f64| {
        let is_above =
            |(bound, is_excluded): (f64, bool)| *number > bound || *number == bound && !is_excluded;
        let is_below =
            |(bound, is_excluded): (f64, bool)| *number < bound || *number == bound && !is_excluded;
        lower.is_none_or(is_above) && upper.is_none_or(is_below)
    };
    let steps: Vec<f64> = shape.all("multipleOf").filter_map(Value::as_f64).collect();
    let step = steps.iter().copied().fold(f64::NAN, f64::max);
    let step = if step > 0.0 { step } else { 1.0 };
    let nearest = if is_within(&0.0) {
        0.0
    } else if let Some((lower, _)) = lower.filter(|(lower, _)| *lower >= 0.0) {
        (lower / step).ceil()
    } else {
        upper.map_or(0.0, |(upper, _)| (upper / step).floor())
    };
    #[expect(
        clippy::cast_precision_loss,
        reason = "nobody asks for so many numbers"
    )]
    let turn = turn as f64;
    let away = if nearest < 0.0 { -1.0 } else { 1.0 };
    // Several steps must be met at once: one of the next hundred multiples may be a multiple of all of them.
    let multiples = (0..100).flat_map(|number| {
        let count = f64::from(number) + turn;
        [nearest + away * count, nearest - count].map(|count| times(count, step))
    });
    let bounds = [lower, upper].into_iter().flatten().map(|(bound, _)| bound);
    let between = lower.zip(upper).map(|((lower, _), (upper, _))| {
        let part = (turn + 1.0) / (turn + 2.0);
        lower + (upper - lower) * part
    });
    let is_multiple = |number: &f64| {
        let mut steps = steps.iter();
        steps.all(|step| ((number / step) - (number / step).round()).abs() < 1e-9)
    };
    let mut found: Vec<Value> = multiples
        .chain(between)
        .chain(bounds)
        .filter(|number| is_within(number) && is_multiple(number))
        .take(if steps.len() > 1 { 2 } else { 1 })
        .map(value)
        .collect();
    if found.is_empty() {
        found.push(value(times(nearest, step)));
    }
    found
}

/// A multiple of a step, with no more digits after the point than the step has.
fn times(count: f64, step: f64) -> f64 {
    let product = count * step;
    let digits = step
        .to_string()
        .split_once('.')
        .map_or(0, |(_, digits)| digits.len());
    format!("{product:.digits$}").parse().unwrap_or(product)
}

/// A number without a fraction is written as an integer.
fn value(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
        return Value::from(number as i64);
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

//! Differences between two JSON values, each with its path.

use serde_json::{Number, Value};

use crate::agreement::finding::Finding;
use crate::json_path::{item, member};

/// What must change in `actual` to get `expected`.
#[must_use]
pub fn differences(expected: &Value, actual: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    compare(".", expected, actual, &mut findings);
    findings
}

fn compare(path: &str, expected: &Value, actual: &Value, findings: &mut Vec<Finding>) {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            for key in actual.keys().filter(|key| !expected.contains_key(*key)) {
                findings.push(Finding::at(member(path, key), format!("`{key}` was added")));
            }
            for (key, expected) in expected {
                let path = member(path, key);
                match actual.get(key) {
                    Some(actual) => compare(&path, expected, actual, findings),
                    None => findings.push(Finding::at(path, format!("`{key}` was lost"))),
                }
            }
        }
        (Value::Array(expected), Value::Array(actual)) => {
            if expected.len() != actual.len() {
                let problem = format!("{} items became {}", expected.len(), actual.len());
                findings.push(Finding::at(path, problem));
            }
            for (index, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                compare(&item(path, index), expected, actual, findings);
            }
        }
        _ if expected == actual => {}
        (Value::Number(expected), Value::Number(actual)) if is_same(expected, actual) => {}
        _ => findings.push(Finding::at(path, format!("{expected} became {actual}"))),
    }
}

/// Whether two numbers are the same in JSON, as `7` and `7.0` are. Above 2^53, a floating-point number is not the
/// integer that it was made from.
fn is_same(one: &Number, other: &Number) -> bool {
    let exact = |number: &Number| {
        let number = number.as_f64()?;
        (number.abs() < 9_007_199_254_740_992.0).then_some(number)
    };
    exact(one).is_some() && exact(one) == exact(other)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::differences;

    #[test]
    fn each_difference_is_named_with_its_path() {
        let same = json!({"a": [1, {"b": null}], "c": 1.5});
        let cases = [
            (same.clone(), same, vec![]),
            (json!(1), json!(2), vec![". 1 became 2"]),
            (json!(1), json!(1.0), vec![]),
            (
                json!(9_007_199_254_740_993_i64),
                json!(9_007_199_254_740_992.0),
                vec![". 9007199254740993 became 9007199254740992.0"],
            ),
            (json!([]), json!({}), vec![". [] became {}"]),
            (json!({"a": null}), json!({}), vec!["a `a` was lost"]),
            (json!({}), json!({"a": null}), vec!["a `a` was added"]),
            (
                json!({"a": [{"b": 1, "c": 2}]}),
                json!({"a": [{"b": "1", "d": 2}]}),
                vec![
                    "a[0].d `d` was added",
                    "a[0].b 1 became \"1\"",
                    "a[0].c `c` was lost",
                ],
            ),
            (
                json!([1, 2]),
                json!([3]),
                vec![". 2 items became 1", "[0] 1 became 3"],
            ),
        ];
        for (expected, actual, problems) in cases {
            let found: Vec<String> = differences(&expected, &actual)
                .into_iter()
                .map(|finding| format!("{} {}", finding.path, finding.problem))
                .collect();
            assert_eq!(found, problems, "{expected} and {actual}");
        }
    }
}

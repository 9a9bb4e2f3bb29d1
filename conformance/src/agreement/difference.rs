//! Differences between two JSON values, each with its path.

use std::fmt::Display;

use serde_json::Value;

/// What is different, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// JSON path, `.` for the value itself.
    pub path: String,
    pub problem: String,
}

/// Whatever has to change in `actual` to make `expected` of it.
#[must_use]
pub fn differences(expected: &Value, actual: &Value) -> Vec<Difference> {
    let mut differences = Vec::new();
    compare(".", expected, actual, &mut differences);
    differences
}

fn compare(path: &str, expected: &Value, actual: &Value, differences: &mut Vec<Difference>) {
    let mut differ = |path: String, problem: String| {
        differences.push(Difference { path, problem });
    };
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            for key in actual.keys().filter(|key| !expected.contains_key(*key)) {
                differ(member(path, key), format!("`{key}` was added"));
            }
            for (key, expected) in expected {
                let path = member(path, key);
                match actual.get(key) {
                    Some(actual) => compare(&path, expected, actual, differences),
                    None => differences.push(Difference {
                        path,
                        problem: format!("`{key}` was lost"),
                    }),
                }
            }
        }
        (Value::Array(expected), Value::Array(actual)) => {
            if expected.len() != actual.len() {
                let problem = format!("{} items became {}", expected.len(), actual.len());
                differ(path.to_owned(), problem);
            }
            for (index, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                compare(&item(path, index), expected, actual, differences);
            }
        }
        _ if expected == actual => {}
        _ => differ(path.to_owned(), format!("{expected} became {actual}")),
    }
}

/// The path of a member of the object at `path`.
#[must_use]
pub fn member(path: &str, key: &str) -> String {
    match path {
        "." => key.to_owned(),
        _ => format!("{path}.{key}"),
    }
}

/// The path of an item of the array at `path`.
#[must_use]
pub fn item(path: &str, index: impl Display) -> String {
    match path {
        "." => format!("[{index}]"),
        _ => format!("{path}[{index}]"),
    }
}

/// The path that a JSON pointer stands for.
#[must_use]
pub fn path_of_pointer(pointer: &str) -> String {
    let tokens = pointer.split('/').skip(1);
    tokens.fold(".".to_owned(), |path, token| match token.parse::<usize>() {
        Ok(index) => item(&path, index),
        Err(_) => member(&path, &token.replace("~1", "/").replace("~0", "~")),
    })
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
            (json!(1), json!(1.0), vec![". 1 became 1.0"]),
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
                .map(|difference| format!("{} {}", difference.path, difference.problem))
                .collect();
            assert_eq!(found, problems, "{expected} and {actual}");
        }
    }
}

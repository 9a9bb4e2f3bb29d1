//! Paths within a JSON value, such as `data.tokens[0].url`; `.` is the value itself.

use std::fmt::Display;

use openapi::schema_check::Step;

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

/// The path of the part that these steps lead to; `name` decides how names are shown.
#[must_use]
pub fn of_steps(steps: &[Step], name: impl Fn(&str) -> String) -> String {
    steps.iter().fold(".".to_owned(), |path, step| match step {
        Step::Member(key) => member(&path, &name(key)),
        Step::Item(index) => item(&path, index),
    })
}

/// A name as a token of a JSON pointer.
#[must_use]
pub fn pointer_token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The path that a JSON pointer stands for.
#[must_use]
pub fn of_pointer(pointer: &str) -> String {
    let tokens = pointer.split('/').skip(1);
    tokens.fold(".".to_owned(), |path, token| match token.parse::<usize>() {
        Ok(index) => item(&path, index),
        Err(_) => member(&path, &token.replace("~1", "/").replace("~0", "~")),
    })
}

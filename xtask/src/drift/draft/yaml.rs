//! Writes a part of a document as YAML, with members in the order in which they were added.

use std::fmt::{self, Write as _};

use serde_json::Value;

#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A text, a number, a flag or nothing.
    Scalar(Value),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    pub fn map() -> Self {
        Self::Map(Vec::new())
    }

    /// The map with one more member.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Node>) -> Self {
        self.add(key, value);
        self
    }

    /// Adds a member to a map.
    pub fn add(&mut self, key: &str, value: impl Into<Node>) {
        if let Self::Map(members) = self {
            members.push((key.to_owned(), value.into()));
        }
    }

    pub fn is_empty(&self) -> bool {
        match self {
            Self::Scalar(_) => false,
            Self::List(items) => items.is_empty(),
            Self::Map(members) => members.is_empty(),
        }
    }

    /// The same without an order.
    pub fn value(&self) -> Value {
        match self {
            Self::Scalar(value) => value.clone(),
            Self::List(items) => items.iter().map(Self::value).collect(),
            Self::Map(members) => {
                let members = members.iter();
                members
                    .map(|(key, value)| (key.clone(), value.value()))
                    .collect()
            }
        }
    }

    fn write(&self, out: &mut String, indentation: usize) -> fmt::Result {
        match self {
            Self::Map(members) if !members.is_empty() => {
                for (index, (key, value)) in members.iter().enumerate() {
                    // The first is in the line that has begun already.
                    if index > 0 {
                        write!(out, "{:indentation$}", "")?;
                    }
                    write!(out, "{}:", Scalar(&Value::from(key.as_str())))?;
                    match value {
                        Self::Map(members) if !members.is_empty() => {
                            write!(out, "\n{:1$}", "", indentation + 2)?;
                            value.write(out, indentation + 2)?;
                        }
                        Self::List(items) if !items.is_empty() => {
                            write!(out, "\n{:1$}", "", indentation + 2)?;
                            value.write(out, indentation + 2)?;
                        }
                        _ => {
                            out.push(' ');
                            value.write(out, indentation)?;
                        }
                    }
                }
                Ok(())
            }
            Self::List(items) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        write!(out, "{:indentation$}", "")?;
                    }
                    out.push_str("- ");
                    item.write(out, indentation + 2)?;
                }
                Ok(())
            }
            Self::Map(_) => out.write_str("{}\n"),
            Self::List(_) => out.write_str("[]\n"),
            Self::Scalar(value) => writeln!(out, "{}", Scalar(value)),
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.write(&mut out, 0)?;
        f.write_str(&out)
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Scalar(text.into())
    }
}

impl From<bool> for Node {
    fn from(flag: bool) -> Self {
        Self::Scalar(flag.into())
    }
}

impl From<&Value> for Node {
    fn from(value: &Value) -> Self {
        match value {
            Value::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            Value::Object(members) => {
                let members = members.iter();
                Self::Map(
                    members
                        .map(|(key, value)| (key.clone(), value.into()))
                        .collect(),
                )
            }
            scalar => Self::Scalar(scalar.clone()),
        }
    }
}

/// Quotes a text that YAML would read as something else: in single quotes if they can contain it in one line,
/// otherwise in double quotes, in which YAML reads what JSON writes.
struct Scalar<'a>(&'a Value);

impl fmt::Display for Scalar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::String(text) if is_plain(text) => f.write_str(text),
            Value::String(text) if !text.contains(|c: char| c == '\'' || c.is_control()) => {
                write!(f, "'{text}'")
            }
            other => write!(f, "{other}"),
        }
    }
}

fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    text.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '/' | '$'))
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || " _-./{}@$,".contains(c))
        && !text.ends_with(' ')
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read_back_with_its_members_in_order() {
        let odd = json!([
            "", " a", "a ", "a: b", "# a", "no", "Null", "1", "1e5", "0x1", "a\nb", "'a'", "\"a\"", "{a}", "é", "-",
            "~", "2020-01-01", "/a/{b}", "$ref", null, true, 1.5, [], {}, [[1], [{"b": [{}]}]],
        ]);
        let node = Node::map()
            .with("z", "plain text")
            .with("a b: c", &odd)
            .with(
                "200",
                Node::List(vec![
                    Node::map().with("v", true).with("x", &json!([1, {"w": 2}])),
                ]),
            );
        let written = node.to_string();
        let read: Value = serde_saphyr::from_str(&written).unwrap();
        assert_eq!(read, node.value(), "{written}");
        assert!(
            written.ends_with("'200':\n  - v: true\n    x:\n      - 1\n      - w: 2\n"),
            "{written}"
        );
        assert!(written.starts_with("z: plain text\n"), "{written}");
    }
}

//! Paths with parameters in them, such as `/orders/{order_id}`.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

/// Things by the templates of their paths.
pub struct ByPath<T>(Vec<(PathTemplate, T)>);

/// The path of an operation, taken apart.
pub struct PathTemplate {
    segments: Vec<Vec<Piece>>,
}

enum Piece {
    Literal(String),
    Parameter(String),
}

/// The values of a path's parameters as they were sent, still percent-encoded.
pub type PathValues = BTreeMap<String, String>;

/// A path without the names of its parameters: they are not sent.
#[must_use]
pub fn unnamed(path: &str) -> String {
    let mut pieces = path.split('{');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |path, piece| {
        let rest = piece.split_once('}').map_or("", |(_, rest)| rest);
        path + "{}" + rest
    })
}

impl<T> ByPath<T> {
    #[must_use]
    pub fn new<'a>(all: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let all = all.into_iter();
        Self(
            all.map(|(path, one)| (PathTemplate::new(path), one))
                .collect(),
        )
    }

    /// Those whose template fits a path.
    pub fn fitting(&self, path: &str) -> impl Iterator<Item = &T> {
        let fitting = self
            .0
            .iter()
            .filter(move |(template, _)| template.values(path).is_some());
        fitting.map(|(_, one)| one)
    }

    /// Those of the template that a path belongs to: OpenAPI prefers the one with fewer parameters.
    pub fn meant(&self, path: &str) -> Vec<(&T, PathValues)> {
        let fitting = self.0.iter().filter_map(|(template, one)| {
            let values = template.values(path)?;
            Some((template.rank(), one, values))
        });
        let fitting: Vec<_> = fitting.collect();
        let most_concrete = fitting.iter().map(|(rank, ..)| rank.clone()).min();
        let meant = fitting
            .into_iter()
            .filter(|(rank, ..)| Some(rank) == most_concrete.as_ref());
        meant.map(|(_, one, values)| (one, values)).collect()
    }
}

impl PathTemplate {
    #[must_use]
    pub fn new(path: &str) -> Self {
        Self {
            segments: path.split('/').map(pieces).collect(),
        }
    }

    /// The values of the parameters, if the path fits this template. A parameter is never empty and contains no `/`
    /// unless it is encoded.
    #[must_use]
    pub fn values(&self, path: &str) -> Option<PathValues> {
        let mut values = PathValues::new();
        let mut segments = path.split('/');
        for pieces in &self.segments {
            fill(pieces, segments.next()?, &mut values)?;
        }
        segments.next().is_none().then_some(values)
    }

    /// Which segments have a parameter: the fewer, the more concrete.
    fn rank(&self) -> Vec<bool> {
        self.segments
            .iter()
            .map(|pieces| {
                pieces
                    .iter()
                    .any(|piece| matches!(piece, Piece::Parameter(_)))
            })
            .collect()
    }
}

fn pieces(segment: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = segment;
    while let Some((literal, after)) = rest.split_once('{')
        && let Some((name, after)) = after.split_once('}')
    {
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal.to_owned()));
        }
        pieces.push(Piece::Parameter(name.to_owned()));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest.to_owned()));
    }
    pieces
}

fn fill(pieces: &[Piece], segment: &str, values: &mut PathValues) -> Option<()> {
    let [first, others @ ..] = pieces else {
        return segment.is_empty().then_some(());
    };
    match first {
        Piece::Literal(literal) if others.is_empty() => {
            let is_same = percent_decode_str(segment).eq(literal.bytes());
            is_same.then_some(())
        }
        Piece::Literal(literal) => fill(others, segment.strip_prefix(literal.as_str())?, values),
        Piece::Parameter(name) => {
            let end = match others.first() {
                Some(Piece::Literal(literal)) if others.len() > 1 => {
                    1 + segment.get(1..)?.find(literal.as_str())?
                }
                Some(Piece::Literal(literal)) => segment.len().checked_sub(literal.len())?,
                _ => segment.len(),
            };
            let (value, rest) = segment.split_at_checked(end)?;
            if value.is_empty() {
                return None;
            }
            values.insert(name.clone(), value.to_owned());
            fill(others, rest, values)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PathTemplate;

    #[test]
    fn a_path_is_of_a_template_or_not() {
        type Values = Option<&'static [(&'static str, &'static str)]>;
        let cases: [(&str, &str, Values); 16] = [
            ("/a", "/a", Some(&[])),
            ("/a", "/%61", Some(&[])),
            ("/a", "/a/", None),
            ("/a", "/b", None),
            ("/a", "/A", None),
            ("/a/b", "/a%2Fb", None),
            ("/a/{id}", "/a/7", Some(&[("id", "7")])),
            ("/a/{id}", "/a/b%2Fc", Some(&[("id", "b%2Fc")])),
            ("/a/{id}", "/a", None),
            ("/a/{id}", "/a/", None),
            ("/a/{id}", "/a/7/8", None),
            ("/a/{id}.json", "/a/7.json", Some(&[("id", "7")])),
            ("/a/{id}.json", "/a/.json", None),
            ("/a/{id}.json", "/a/7.xml", None),
            (
                "/{from}-{to}/x",
                "/1-2-3/x",
                Some(&[("from", "1"), ("to", "2-3")]),
            ),
            ("/v{number}", "/v2", Some(&[("number", "2")])),
        ];
        let mut failures = Vec::new();
        for (template, path, expected) in cases {
            let found = PathTemplate::new(template).values(path);
            let found: Option<Vec<(&str, &str)>> = found.as_ref().map(|values| {
                let pairs = values.iter();
                pairs
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect()
            });
            if found.as_deref() != expected {
                failures.push(format!("{path} of {template}: {found:?}"));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}

//! How a page changed since its facts were stored.

use std::collections::BTreeSet;

use super::change::{Change, Kind, Subject};
use super::shape;
use crate::report::Finding;
use openapi::published::{Body, Facts, Field, Response, Sample, SampleHeader};

pub fn findings(old: &Facts, new: &Facts) -> Vec<Finding> {
    let mut changes = Changes(Vec::new());
    changes.replaced(Subject::Method, &old.method, &new.method);
    changes.replaced(Subject::Path, &old.path, &new.path);
    let groups = [
        ("path parameter", &old.path_parameters, &new.path_parameters),
        (
            "query parameter",
            &old.query_parameters,
            &new.query_parameters,
        ),
        ("cookie", &old.cookies, &new.cookies),
        ("header", &old.headers, &new.headers),
    ];
    for (group, old, new) in groups {
        changes.fields(group, "", old, new);
    }
    changes.body(old.body.as_ref(), new.body.as_ref());
    let (listed, lists) = (numbered(&old.media_types), numbered(&new.media_types));
    for pair in pairs(&listed, &lists, String::clone) {
        changes.kept(pair, |name| Subject::MediaType(name.clone()));
    }
    changes.responses(&old.responses, &new.responses);
    changes.sample(&old.sample, &new.sample);
    let examples = (old.example.as_ref(), new.example.as_ref());
    if let Some((old, new)) = changes.kept(examples, |_| Subject::Example(String::new())) {
        for (path, change) in shape::changes(old, new) {
            changes.add(Subject::Example(path), Kind::Shape(change));
        }
    }
    changes.0
}

/// An item of the old side, of the new side, or of both.
type Pair<'a, T> = (Option<&'a T>, Option<&'a T>);

/// Pairs the items that have the same key on both sides, and lists the others: first the old ones, then the new ones.
fn pairs<'a, T>(old: &'a [T], new: &'a [T], key: impl Fn(&T) -> String) -> Vec<Pair<'a, T>> {
    let find = |all: &'a [T], one: &T| all.iter().find(|other| key(other) == key(one));
    let before = old.iter().map(|one| (Some(one), find(new, one)));
    let added = new.iter().filter(|one| find(old, one).is_none());
    before.chain(added.map(|one| (None, Some(one)))).collect()
}

fn kind(field: &Field) -> String {
    let kind = field.kind.clone().unwrap_or_default();
    field
        .items
        .as_ref()
        .map_or(kind.clone(), |items| format!("{kind} {items}[]"))
}

/// A page may name the same item several times: the second is then another item.
fn numbered(names: &[String]) -> Vec<String> {
    let count = |index: usize| {
        names[..index]
            .iter()
            .filter(|name| **name == names[index])
            .count()
    };
    let numbered = names
        .iter()
        .enumerate()
        .map(|(index, name)| match count(index) {
            0 => name.clone(),
            before => format!("{name} ({} times)", before + 1),
        });
    numbered.collect()
}

/// Upper and lower case make no difference in the name of a header. In other names they make none for people.
fn name(field: &Field) -> String {
    field.name.to_ascii_lowercase()
}

struct Changes(Vec<Finding>);

impl Changes {
    fn add(&mut self, subject: Subject, kind: Kind) {
        self.0.push(Change { subject, kind }.finding());
    }

    fn replaced(&mut self, subject: Subject, old: &str, new: &str) {
        if old != new {
            let shown = |text: &str| if text.is_empty() { "(none)" } else { text }.to_owned();
            let (old, new) = (shown(old), shown(new));
            self.add(subject, Kind::Replaced { old, new });
        }
    }

    /// Both sides of a pair. An item of one side only was added or removed.
    fn kept<'a, T>(
        &mut self,
        pair: Pair<'a, T>,
        subject: impl Fn(&T) -> Subject,
    ) -> Option<(&'a T, &'a T)> {
        match pair {
            (Some(old), Some(new)) => return Some((old, new)),
            (Some(old), None) => self.add(subject(old), Kind::Removed),
            (None, Some(new)) => self.add(subject(new), Kind::Added { required: None }),
            (None, None) => {}
        }
        None
    }

    fn fields(&mut self, group: &'static str, owner: &str, old: &[Field], new: &[Field]) {
        let subject = |field: &Field| Subject::Field {
            group,
            name: format!("{owner}{}", field.name),
        };
        for pair in pairs(old, new, name) {
            if let (None, Some(new)) = pair {
                let required = Some(new.required);
                self.add(subject(new), Kind::Added { required });
            } else if let Some((old, new)) = self.kept(pair, subject) {
                self.field(&subject(old), old, new);
                let owner = format!("{owner}{}.", old.name);
                self.fields(group, &owner, &old.fields, &new.fields);
            }
        }
    }

    fn field(&mut self, subject: &Subject, old: &Field, new: &Field) {
        // Only upper and lower case differ: the same header, but another text.
        self.replaced(subject.clone(), &old.name, &new.name);
        if old.required != new.required {
            self.add(subject.clone(), Kind::Required(new.required));
        }
        if kind(old) != kind(new) && old.values.is_empty() == new.values.is_empty() {
            self.replaced(subject.clone(), &kind(old), &kind(new));
        }
        self.rule(subject, "format", old.format.as_ref(), new.format.as_ref());
        let keywords: BTreeSet<&String> = old.rules.keys().chain(new.rules.keys()).collect();
        for keyword in keywords {
            self.rule(
                subject,
                keyword,
                old.rules.get(keyword),
                new.rules.get(keyword),
            );
        }
        if old.values.is_empty() != new.values.is_empty() {
            let listed = !new.values.is_empty();
            return self.add(subject.clone(), Kind::ValuesListed(listed));
        }
        for pair in pairs(&old.values, &new.values, String::clone) {
            match pair {
                (Some(old), None) => self.add(subject.clone(), Kind::ValueRemoved(old.clone())),
                (None, Some(new)) => self.add(subject.clone(), Kind::ValueAdded(new.clone())),
                _ => {}
            }
        }
    }

    fn rule(
        &mut self,
        subject: &Subject,
        keyword: &str,
        old: Option<&String>,
        new: Option<&String>,
    ) {
        if old != new {
            let shown = |text: Option<&String>| text.map_or("(none)", String::as_str).to_owned();
            let (old, new) = (shown(old), shown(new));
            let keyword = keyword.to_owned();
            self.add(subject.clone(), Kind::Rule { keyword, old, new });
        }
    }

    fn body(&mut self, old: Option<&Body>, new: Option<&Body>) {
        if let (None, Some(new)) = (old, new) {
            let required = new.required || new.fields.iter().any(|field| field.required);
            let required = Some(required);
            self.add(Subject::Body, Kind::Added { required });
        } else if let Some((old, new)) = self.kept((old, new), |_| Subject::Body) {
            if old.required != new.required {
                self.add(Subject::Body, Kind::Required(new.required));
            }
            if old.empty != new.empty {
                let shown = |body: &Body| if body.empty { "none" } else { "(not said)" }.to_owned();
                let (keyword, old, new) = ("fields".to_owned(), shown(old), shown(new));
                self.add(Subject::Body, Kind::Rule { keyword, old, new });
            }
            let media_type = |body: &Body| body.media_type.clone().unwrap_or_default();
            self.replaced(Subject::BodyMediaType, &media_type(old), &media_type(new));
            self.fields("body field", "", &old.fields, &new.fields);
            let subject = |body: &Body| Subject::BodyAs(media_type(body));
            for pair in pairs(&old.others, &new.others, media_type) {
                if let Some((old, new)) = self.kept(pair, subject) {
                    self.fields("body field", "", &old.fields, &new.fields);
                }
            }
        }
    }

    fn responses(&mut self, old: &[Response], new: &[Response]) {
        let subject = |response: &Response| Subject::Response(response.status.clone());
        let title = |response: &Response| response.title.clone().unwrap_or_default();
        for pair in pairs(old, new, |response| response.status.clone()) {
            if let Some((old, new)) = self.kept(pair, subject) {
                self.replaced(subject(old), &title(old), &title(new));
            }
        }
    }

    fn sample(&mut self, old: &Sample, new: &Sample) {
        self.replaced(Subject::SampleMethod, &old.method, &new.method);
        self.replaced(Subject::SampleUrl, &old.url, &new.url);
        let subject = |header: &SampleHeader| Subject::SampleHeader(header.name.clone());
        let name = |header: &SampleHeader| header.name.to_ascii_lowercase();
        for pair in pairs(&old.headers, &new.headers, name) {
            if let Some((old, new)) = self.kept(pair, subject) {
                self.replaced(subject(old), &old.value, &new.value);
            }
        }
        let bodies = (old.body.as_ref(), new.body.as_ref());
        if let Some((old, new)) = self.kept(bodies, |_| Subject::SampleBody) {
            self.replaced(Subject::SampleBody, old, new);
        }
    }
}

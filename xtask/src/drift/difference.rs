//! How a page changed since its facts were stored.

use super::change::{Change, Kind, Subject};
use super::shape;
use crate::report::Finding;
use openapi::published::{Body, Facts, Field, Response, Sample};

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
        changes.fields(group, old, new);
    }
    changes.body(old.body.as_ref(), new.body.as_ref());
    let media_type = |name: &String| Subject::MediaType(name.clone());
    changes.names(&old.media_types, &new.media_types, media_type);
    changes.responses(&old.responses, &new.responses);
    changes.sample(&old.sample, &new.sample);
    for (path, change) in shape::changes(&old.example, &new.example) {
        changes.add(Subject::Example(path), Kind::Shape(change));
    }
    changes.0
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

    fn names(&mut self, old: &[String], new: &[String], subject: impl Fn(&String) -> Subject) {
        for name in old.iter().filter(|name| !new.contains(name)) {
            self.add(subject(name), Kind::Removed);
        }
        for name in new.iter().filter(|name| !old.contains(name)) {
            self.add(subject(name), Kind::Added { required: None });
        }
    }

    fn fields(&mut self, group: &'static str, old: &[Field], new: &[Field]) {
        let subject = |field: &Field| Subject::Field {
            group,
            name: field.name.clone(),
        };
        for field in old {
            match find(new, &field.name) {
                None => self.add(subject(field), Kind::Removed),
                Some(other) => self.field(&subject(field), field, other),
            }
        }
        for field in new {
            if find(old, &field.name).is_none() {
                let required = Some(field.required);
                self.add(subject(field), Kind::Added { required });
            }
        }
    }

    fn field(&mut self, subject: &Subject, old: &Field, new: &Field) {
        // Only in capitals or small letters: the same header, but another text.
        self.replaced(subject.clone(), &old.name, &new.name);
        if old.required != new.required {
            self.add(subject.clone(), Kind::Required(new.required));
        }
        let kind = |field: &Field| field.kind.clone().unwrap_or_default();
        if old.kind != new.kind && old.values.is_empty() == new.values.is_empty() {
            self.replaced(subject.clone(), &kind(old), &kind(new));
        }
        if old.values.is_empty() != new.values.is_empty() {
            let listed = !new.values.is_empty();
            self.add(subject.clone(), Kind::ValuesListed(listed));
            return;
        }
        for value in old
            .values
            .iter()
            .filter(|value| !new.values.contains(value))
        {
            self.add(subject.clone(), Kind::ValueRemoved(value.clone()));
        }
        for value in new
            .values
            .iter()
            .filter(|value| !old.values.contains(value))
        {
            self.add(subject.clone(), Kind::ValueAdded(value.clone()));
        }
    }

    fn body(&mut self, old: Option<&Body>, new: Option<&Body>) {
        match (old, new) {
            (None, None) => {}
            (None, Some(new)) => {
                let required = new.required || new.fields.iter().any(|field| field.required);
                let required = Some(required);
                self.add(Subject::Body, Kind::Added { required });
            }
            (Some(_), None) => self.add(Subject::Body, Kind::Removed),
            (Some(old), Some(new)) => {
                if old.required != new.required {
                    self.add(Subject::Body, Kind::Required(new.required));
                }
                let media_type = |body: &Body| body.media_type.clone().unwrap_or_default();
                self.replaced(Subject::BodyMediaType, &media_type(old), &media_type(new));
                self.fields("body field", &old.fields, &new.fields);
            }
        }
    }

    fn responses(&mut self, old: &[Response], new: &[Response]) {
        let subject = |response: &Response| Subject::Response(response.status.clone());
        let find = |all: &[Response], status: &str| {
            all.iter()
                .find(|response| response.status == status)
                .cloned()
        };
        for response in old {
            match find(new, &response.status) {
                None => self.add(subject(response), Kind::Removed),
                Some(other) => self.replaced(
                    subject(response),
                    response.title.as_deref().unwrap_or_default(),
                    other.title.as_deref().unwrap_or_default(),
                ),
            }
        }
        for response in new {
            if find(old, &response.status).is_none() {
                self.add(subject(response), Kind::Added { required: None });
            }
        }
    }

    fn sample(&mut self, old: &Sample, new: &Sample) {
        self.replaced(Subject::SampleMethod, &old.method, &new.method);
        self.replaced(Subject::SampleUrl, &old.url, &new.url);
        let subject = |name: &str| Subject::SampleHeader(name.to_owned());
        let find = |sample: &Sample, name: &str| {
            let mut headers = sample.headers.iter();
            let header = headers.find(|header| header.name.eq_ignore_ascii_case(name));
            header.map(|header| header.value.clone())
        };
        for header in &old.headers {
            match find(new, &header.name) {
                None => self.add(subject(&header.name), Kind::Removed),
                Some(value) => self.replaced(subject(&header.name), &header.value, &value),
            }
        }
        for header in &new.headers {
            if find(old, &header.name).is_none() {
                self.add(subject(&header.name), Kind::Added { required: None });
            }
        }
        match (&old.body, &new.body) {
            (None, Some(_)) => self.add(Subject::SampleBody, Kind::Added { required: None }),
            (Some(_), None) => self.add(Subject::SampleBody, Kind::Removed),
            (Some(old), Some(new)) => self.replaced(Subject::SampleBody, old, new),
            (None, None) => {}
        }
    }
}

/// Names of headers are the same in capitals and small letters; so are other names, to people.
fn find<'a>(fields: &'a [Field], name: &str) -> Option<&'a Field> {
    fields
        .iter()
        .find(|field| field.name.eq_ignore_ascii_case(name))
}

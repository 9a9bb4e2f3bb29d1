//! The facts of a published reference page, and the files in which they are stored: `<operationId>.json` in the
//! folder `published` beside the specification. They contain nothing of the page's prose.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::iter;
use std::ops::Not;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a reference page says of one operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// In upper case.
    pub method: String,
    /// Template, below the server's URL.
    pub path: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path_parameters: Vec<Field>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub query_parameters: Vec<Field>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cookies: Vec<Field>,
    pub headers: Vec<Field>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// Media types that the page names among the responses, without a status, as often as it names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media_types: Vec<String>,
    pub responses: Vec<Response>,
    pub sample: Sample,
    /// The example response; absent if the page shows none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<Value>,
}

/// A parameter, a header or a field of the body.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    pub name: String,
    /// Absent if the page lists values instead.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Type of the entries of a list, if the page names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<String>,
    /// Absent if the page names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    pub required: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Other limits of a value, by the keyword of OpenAPI, such as `minimum`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<String, String>,
    /// The fields of an object, or of each entry of a list; `None` if the page does not list them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
}

/// A section on the body of the request. If a page shows the body in several media types, the first is here, and the
/// others follow it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    pub required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// `None` if the page does not list them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// Whether the page says that there are no fields.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub empty: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Body>,
}

impl Body {
    /// The body in each of its media types.
    pub fn all(&self) -> impl Iterator<Item = &Body> {
        iter::once(self).chain(&self.others)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    pub status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// The sample request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// In upper case.
    pub method: String,
    pub url: String,
    pub headers: Vec<SampleHeader>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleHeader {
    pub name: String,
    pub value: String,
}

#[derive(Debug, thiserror::Error)]
pub enum PublishedError {
    #[error("failed to {action} {}: {source}", path.display())]
    Io {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error(
        "failed to read {} as facts of a page: {message}; remove the file and store them anew by `cargo xtask drift --page FILE --accept`",
        path.display()
    )]
    Malformed { path: PathBuf, message: String },
    #[error(
        "failed to store facts under the operationId `{id}`: it is not a file name; use letters, digits, `_`, `-` and `.`"
    )]
    Name { id: String },
}

/// The folder with the facts.
pub struct Published(PathBuf);

impl Published {
    pub fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// The folder for the specification at that path.
    pub fn beside(specification: &Path) -> Self {
        Self(specification.with_file_name("published"))
    }

    /// All facts by the identifier of their operation; empty if the folder does not exist.
    pub fn all(&self) -> Result<BTreeMap<String, Facts>, PublishedError> {
        let mut all = BTreeMap::new();
        let entries = match fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(all),
            Err(error) => return Err(failed("read", &self.0)(error)),
        };
        for entry in entries {
            let path = entry.map_err(failed("read", &self.0))?.path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let bytes = fs::read(&path).map_err(failed("read", &path))?;
            let facts = serde_json::from_slice(&bytes).map_err(|error| {
                let (path, message) = (path.clone(), error.to_string());
                PublishedError::Malformed { path, message }
            })?;
            let id = path.file_stem().unwrap_or_default().to_string_lossy();
            all.insert(id.into_owned(), facts);
        }
        Ok(all)
    }

    /// The file with the facts of an operation.
    pub fn path(&self, operation_id: &str) -> PathBuf {
        self.0.join(format!("{operation_id}.json"))
    }

    /// Stores facts: afterwards the file is either complete or unchanged.
    pub fn store(&self, operation_id: &str, facts: &Facts) -> Result<(), PublishedError> {
        let is_file_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if !operation_id.starts_with(|first: char| first.is_ascii_alphabetic())
            || !operation_id.chars().all(is_file_name)
        {
            let id = operation_id.to_owned();
            return Err(PublishedError::Name { id });
        }
        let path = self.path(operation_id);
        let failed = || failed("write", &path);
        let mut text = serde_json::to_string_pretty(facts)
            .map_err(io::Error::from)
            .map_err(failed())?;
        text.push('\n');
        fs::create_dir_all(&self.0).map_err(failed())?;
        // In the same folder, so that moving it is a rename. It is removed on failure.
        let staging = tempfile::Builder::new()
            .prefix(".published-")
            .tempdir_in(&self.0)
            .map_err(failed())?;
        let new = staging.path().join("new");
        fs::write(&new, text).map_err(failed())?;
        fs::rename(&new, &path).map_err(failed())
    }
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> PublishedError {
    let path = path.to_owned();
    move |source| PublishedError::Io {
        action,
        path,
        source,
    }
}

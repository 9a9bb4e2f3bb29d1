//! The file with the capture of a page.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::{Page, PageError, parse};

/// A captured page has a few kilobytes: a larger file is something else.
const LARGEST: u64 = 1 << 20;

#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("failed to read the page {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error(
        "failed to read the page {}: it is larger than {LARGEST} bytes; a text capture of one reference page is expected",
        path.display()
    )]
    TooLarge { path: PathBuf },
    #[error(
        "failed to read the page {}: it is not a text, as byte {offset} shows; a text capture in UTF-8 is expected",
        path.display()
    )]
    NotText { path: PathBuf, offset: usize },
    #[error("failed to read the page {}: {problem}", path.display())]
    Page { path: PathBuf, problem: PageError },
}

/// Reads a page from a file.
pub fn read(path: &Path) -> Result<Page, SourceError> {
    let owned = || path.to_owned();
    let failed = |source| SourceError::Read {
        path: owned(),
        source,
    };
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        return Err(SourceError::TooLarge { path: owned() });
    }
    let not_text = |offset| SourceError::NotText {
        path: owned(),
        offset,
    };
    let text = std::str::from_utf8(&bytes).map_err(|error| not_text(error.valid_up_to()))?;
    if let Some(offset) = text.find('\0') {
        return Err(not_text(offset));
    }
    parse(text).map_err(|problem| SourceError::Page {
        path: owned(),
        problem,
    })
}

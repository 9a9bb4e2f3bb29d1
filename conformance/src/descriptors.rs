//! How many files, and so how many connections, this process may have open.

/// Raises the limit of this process to `wanted`, as far as the system allows it, and returns the limit. `None` if
/// there is no limit, or if it can't be read.
#[cfg(unix)]
#[must_use]
pub fn raise(wanted: usize) -> Option<usize> {
    let (limit, _) = rlimit::Resource::NOFILE.get().ok()?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if limit >= wanted {
        return Some(limit);
    }
    let raised = rlimit::increase_nofile_limit(wanted as u64);
    raised.map_or(Some(limit), |raised| usize::try_from(raised).ok())
}

#[cfg(not(unix))]
#[must_use]
pub fn raise(_wanted: usize) -> Option<usize> {
    None
}

//! Which operation a request is for.

use super::operation_check::{OperationCheck, UncheckableError};
use crate::path_template::{PathTemplate, PathValues};
use openapi::specification::{Operation, Specification};

/// The operations of a specification by their paths: below the paths of its servers, and without them.
pub(super) struct Routes {
    base_paths: Vec<String>,
    routes: Vec<Route>,
}

/// One operation, and what it takes to tell whether a request is for it and as documented.
pub(super) struct Route {
    pub operation: Operation,
    pub check: OperationCheck,
    template: PathTemplate,
}

/// Why no operation was found.
pub(super) enum NoRoute {
    Path,
    /// The methods that the path has.
    Method(Vec<String>),
}

impl Routes {
    pub fn new(specification: &Specification) -> Result<Self, UncheckableError> {
        let mut base_paths = specification.base_paths.clone();
        base_paths.push(String::new());
        let operations = specification.operations.iter();
        let routes: Result<Vec<Route>, UncheckableError> = operations
            .map(|operation| {
                Ok(Route {
                    check: OperationCheck::new(specification, operation)?,
                    template: PathTemplate::new(&operation.path),
                    operation: operation.clone(),
                })
            })
            .collect();
        let mut routes = routes?;
        routes.sort_by_cached_key(|route| route.template.rank());
        Ok(Self { base_paths, routes })
    }

    /// Those whose template fits the path, whatever their methods are.
    pub fn of_path<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a Route> {
        let bases = self.base_paths.iter();
        let paths = bases.filter_map(move |base_path| path.strip_prefix(base_path.as_str()));
        paths.flat_map(|path| {
            let routes = self.routes.iter();
            routes.filter(move |route| route.template.values(path).is_some())
        })
    }

    pub fn find(&self, method: &str, path: &str) -> Result<(&Route, PathValues), NoRoute> {
        let mut allowed = Vec::new();
        for base_path in &self.base_paths {
            let Some(path) = path.strip_prefix(base_path.as_str()) else {
                continue;
            };
            let mut decided = None;
            for route in &self.routes {
                let Some(values) = route.template.values(path) else {
                    continue;
                };
                // The most concrete template that fits is the one that is meant, whatever its methods are.
                let rank = route.template.rank();
                if *decided.get_or_insert_with(|| rank.clone()) != rank {
                    break;
                }
                if route.operation.method == method {
                    return Ok((route, values));
                }
                allowed.push(route.operation.method.clone());
            }
        }
        if allowed.is_empty() {
            return Err(NoRoute::Path);
        }
        allowed.sort_unstable();
        allowed.dedup();
        Err(NoRoute::Method(allowed))
    }
}

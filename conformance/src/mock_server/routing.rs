//! Which operation a request is for.

use std::collections::BTreeSet;

use super::operation_check::{OperationCheck, UncheckableError};
use openapi::path_template::{ByPath, PathValues};
use openapi::specification::{Operation, Specification};

/// The operations of a specification by their paths: below the paths of its servers, and without them.
pub(super) struct Routes {
    base_paths: Vec<String>,
    routes: ByPath<Route>,
}

/// One operation, and what it takes to tell whether a request for it is as documented.
pub(super) struct Route {
    pub operation: Operation,
    pub check: OperationCheck,
}

/// No operation was found: the methods that the path has, none if no operation has it.
pub(super) struct NoRoute<'a>(pub BTreeSet<&'a str>);

impl Routes {
    pub fn new(specification: &Specification) -> Result<Self, UncheckableError> {
        let mut base_paths = specification.base_paths.clone();
        base_paths.push(String::new());
        let routes = specification.operations.iter().map(|operation| {
            let route = Route {
                check: OperationCheck::new(specification, operation)?,
                operation: operation.clone(),
            };
            Ok((operation.path.as_str(), route))
        });
        let routes: Vec<_> = routes.collect::<Result<_, UncheckableError>>()?;
        let routes = ByPath::new(routes);
        Ok(Self { base_paths, routes })
    }

    /// Those whose template fits the path, whatever their methods are.
    pub fn of_path(&self, path: &str) -> impl Iterator<Item = &Route> {
        let below = self.below_bases(path);
        below.flat_map(|path| self.routes.fitting(path))
    }

    /// The most concrete template that fits is the one that is meant, whatever its methods are.
    pub fn find(&self, method: &str, path: &str) -> Result<(&Route, PathValues), NoRoute<'_>> {
        let mut allowed = BTreeSet::new();
        for path in self.below_bases(path) {
            for (route, values) in self.routes.meant(path) {
                if route.operation.method == method {
                    return Ok((route, values));
                }
                allowed.insert(route.operation.method.as_str());
            }
        }
        Err(NoRoute(allowed))
    }

    /// The path below each of the servers' that it is below.
    fn below_bases<'a>(&self, path: &'a str) -> impl Iterator<Item = &'a str> {
        let bases = self.base_paths.iter();
        bases.filter_map(move |base_path| path.strip_prefix(base_path.as_str()))
    }
}

//! Which operation a request is for.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::operation_check::{OperationCheck, UncheckableError};
use super::responses::Responses;
use openapi::document::Document;
use openapi::operation::Operation;
use openapi::path_template::{ByPath, PathValues};

/// The operations of a specification by their paths, with and without the paths of its servers before them.
pub(super) struct Routes {
    pub base_paths: Vec<String>,
    routes: ByPath<Route>,
}

/// One operation: what is needed to check a request for it, and to answer.
pub(super) struct Route {
    /// Its id, or a replacement.
    pub name: String,
    /// In upper case.
    pub method: String,
    /// Template, such as `/orders/{order_id}`.
    pub path: String,
    pub check: OperationCheck,
    pub responses: Responses,
}

/// No operation was found: the methods of the path, none if no operation has the path.
pub(super) struct NoRoute<'a>(pub BTreeSet<&'a str>);

impl Routes {
    pub fn new(document: &Arc<Document>) -> Result<Self, UncheckableError> {
        let operations = Operation::all(document);
        let routes = operations.iter().map(|operation| {
            let method = operation.method.to_uppercase();
            let route = Route {
                name: match operation.id() {
                    Some(id) => id.to_owned(),
                    None => format!("{method} {}", operation.path),
                },
                method,
                path: operation.path.to_owned(),
                check: OperationCheck::new(document, operation)?,
                responses: Responses::of(document, operation),
            };
            Ok((operation.path, route))
        });
        let routes: Vec<_> = routes.collect::<Result<_, UncheckableError>>()?;
        Ok(Self {
            base_paths: base_paths(document.root()),
            routes: ByPath::new(routes),
        })
    }

    /// The operations whose template fits the path, with any method.
    pub fn of_path(&self, path: &str) -> impl Iterator<Item = &Route> {
        let below = self.below_bases(path);
        below.flat_map(|path| self.routes.fitting(path))
    }

    /// The template that fits and has the fewest parameters, with any method.
    pub fn find(&self, method: &str, path: &str) -> Result<(&Route, PathValues), NoRoute<'_>> {
        let mut allowed = BTreeSet::new();
        for path in self.below_bases(path) {
            for (route, values) in self.routes.meant(path) {
                if route.method == method {
                    return Ok((route, values));
                }
                allowed.insert(route.method.as_str());
            }
        }
        Err(NoRoute(allowed))
    }

    /// The rest of the path after each server's path that it begins with.
    fn below_bases<'a>(&self, path: &'a str) -> impl Iterator<Item = &'a str> {
        let bases = self.base_paths.iter().map(String::as_str).chain([""]);
        bases.filter_map(move |base_path| path.strip_prefix(base_path))
    }
}

/// The paths of the servers' URLs, such as `/api`, wherever the specification names a server; empty for a server
/// without a path.
fn base_paths(root: &Value) -> Vec<String> {
    let items = root["paths"].as_object().into_iter().flatten();
    let below = items.flat_map(|(_, item)| {
        let operations = item.as_object().into_iter().flatten();
        [item].into_iter().chain(operations.map(|(_, one)| one))
    });
    let holders = [root].into_iter().chain(below);
    let servers = holders.filter_map(|holder| holder.get("servers")?.as_array());
    let paths = servers.flatten().filter_map(base_path);
    let paths: BTreeSet<String> = paths.collect();
    paths.into_iter().collect()
}

fn base_path(server: &Value) -> Option<String> {
    let mut url = server["url"].as_str()?.to_owned();
    for (name, variable) in server["variables"].as_object().into_iter().flatten() {
        let default = variable["default"].as_str().unwrap_or_default();
        url = url.replace(&format!("{{{name}}}"), default);
    }
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |start| &rest[start..]),
        // Relative to the document, which is at the root here.
        None => &url,
    };
    let path = path.trim_matches('/');
    Some(if path.is_empty() {
        String::new()
    } else {
        format!("/{path}")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::base_paths;

    #[test]
    fn the_paths_of_all_servers_are_found() {
        let root = json!({
            "servers": [
                {"url": "https://a.example/v1/"},
                {"url": "https://a.example"},
                {"url": "/relative"},
                {"url": "https://{host}/{base}/x", "variables": {"host": {"default": "b"}, "base": {"default": "c/d"}}},
                {"description": "none"},
            ],
            "paths": {"/a": {
                "servers": [{"url": "https://a.example/of/path"}],
                "get": {"servers": [{"url": "https://a.example/v1"}, {"url": "https://a.example/of/operation"}]},
            }},
        });
        let expected = [
            "",
            "/c/d/x",
            "/of/operation",
            "/of/path",
            "/relative",
            "/v1",
        ];
        assert_eq!(base_paths(&root), expected);
    }
}

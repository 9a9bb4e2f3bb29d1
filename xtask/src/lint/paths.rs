//! Checks that the parameters in a path and those that are described are the same.

use super::{Findings, Problem};
use openapi::operation::Operation;
use openapi::place::Place;

pub fn check(operation: &Operation<'_>, findings: &mut Findings) {
    if !has_pairs_of_braces(operation.path) {
        findings.add(operation.place.clone(), Problem::PathBraces);
        return;
    }
    let in_path: Vec<&str> = operation
        .path
        .split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0))
        .collect();
    let parameters = operation.parameters();
    let described: Vec<(&str, &Place)> = parameters
        .iter()
        .filter(|parameter| parameter.value["in"] == "path")
        .map(|parameter| {
            let name = parameter.value["name"].as_str().unwrap_or_default();
            (name, &parameter.place)
        })
        .collect();
    for name in &in_path {
        if !described.iter().any(|(other, _)| other == name) {
            let name = (*name).to_owned();
            findings.add(
                operation.place.clone(),
                Problem::PathParameterMissing { name },
            );
        }
    }
    for (name, place) in described {
        if !in_path.contains(&name) {
            let name = name.to_owned();
            findings.add(place.clone(), Problem::PathParameterUnused { name });
        }
    }
}

fn has_pairs_of_braces(path: &str) -> bool {
    let mut open = false;
    for character in path.chars() {
        match character {
            '{' | '}' if open == (character == '{') => return false,
            '{' | '}' => open = !open,
            _ => {}
        }
    }
    !open
}

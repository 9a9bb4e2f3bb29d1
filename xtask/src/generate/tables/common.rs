//! What all operations share, which is also used for undeclared calls, and the names that belong to the client.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use crate::generate::tables::operations::{self, accepted, credential, header, table};
use openapi::credential::{Carrier, Credential};
use openapi::document::{Document, Part};
use openapi::extension::DefaultFrom;
use openapi::operation::Operation;

pub fn common(document: &Document, operations: &[Operation<'_>]) -> TokenStream {
    let headers = table(headers(document, operations));
    let security = operations::ways(ways(operations));
    let (of_client, query_of_client) = names_of_client(operations);
    quote! {
        /// Headers that every operation is filled in with.
        pub(crate) static HEADERS_OF_ALL: &[Header] = #headers;

        /// What proves who calls where the specification has no operation: the customer's token, and what all
        /// operations are sent.
        pub(crate) static SECURITY_OF_ALL: &[&[Credential]] = #security;

        /// Headers that are credentials or settings of the client.
        pub(crate) const HEADERS_OF_CLIENT: &[&str] = &[#(#of_client),*];

        /// Query parameters that are credentials.
        pub(crate) const QUERY_OF_CLIENT: &[&str] = &[#(#query_of_client),*];
    }
}

/// The headers with the same origin in all operations, and the common media types.
fn headers(document: &Document, operations: &[Operation<'_>]) -> Vec<TokenStream> {
    let Some((first, others)) = operations.split_first() else {
        return Vec::new();
    };
    let mut headers = Vec::new();
    for part in headers_of(first) {
        let origin = DefaultFrom::of(part.value);
        let alike = others.iter().filter_map(|other| {
            let mut parameters = headers_of(other).into_iter();
            parameters.find(|one| name(one) == name(&part) && DefaultFrom::of(one.value) == origin)
        });
        let alike: Vec<Part<'_>> = alike.collect();
        if matches!(origin, Ok(Some(_))) && alike.len() == others.len() {
            let mut all = alike.iter().chain([&part]);
            let required = all.all(|one| one.value["required"] == true);
            headers.push(header(document, part.value, required));
        }
    }
    let accepted: BTreeSet<String> = operations.iter().filter_map(accepted).collect();
    let accept = match accepted.first() {
        Some(one) if accepted.len() == 1 => one,
        _ => "*/*",
    };
    headers.push(quote! {
        Header {
            name: ::reqwest::header::ACCEPT,
            required: false,
            secret: false,
            default_from: Some(DefaultFrom::Constant(HeaderValue::from_static(#accept))),
        }
    });
    headers
}

/// With the customer's token first, in the view of a customer; each alternative is followed by the same one without
/// the optional credentials.
fn ways(operations: &[Operation<'_>]) -> Vec<Vec<TokenStream>> {
    let all: Vec<Credential> = credentials(operations).collect();
    let mut of_all: Vec<&Credential> = Vec::new();
    for one in &all {
        let is_sent_by = |operation: &Operation<'_>| is_in_all_ways(operation, one);
        if one.carrier != Carrier::Bearer
            && !of_all.contains(&one)
            && operations.iter().all(is_sent_by)
        {
            of_all.push(one);
        }
    }
    let of_customer = all.iter().find(|one| one.carrier == Carrier::Bearer);
    let of_customer = of_customer.map(credential);
    let of_all: Vec<TokenStream> = of_all.into_iter().map(credential).collect();
    let mut ways = Vec::new();
    let mut known = BTreeSet::new();
    for others in [of_all, Vec::new()] {
        let customer = of_customer.clone().into_iter();
        let with_customer: Vec<TokenStream> = customer.chain(others.iter().cloned()).collect();
        for way in [with_customer, others] {
            if known.insert(quote!(#(#way),*).to_string()) {
                ways.push(way);
            }
        }
    }
    ways
}

fn is_in_all_ways(operation: &Operation<'_>, one: &Credential) -> bool {
    let ways = operation.credentials();
    let mut named = ways.iter().filter(|way| !way.is_empty()).peekable();
    named.peek().is_some() && named.all(|way| way.contains(one))
}

/// Whether every operation needs this setting.
pub fn is_needed(operations: &[Operation<'_>], setting: &str) -> bool {
    let needs = |operation: &Operation<'_>| {
        let is_required = headers_of(operation).iter().any(|header| {
            header.value["required"] == true
                && DefaultFrom::of(header.value) == Ok(Some(DefaultFrom::Setting(setting)))
        });
        let ways = operation.credentials();
        let has = |way: &Vec<Credential>| {
            let mut way = way.iter();
            way.any(|one| one.carrier.setting() == Some(setting))
        };
        is_required || !ways.is_empty() && ways.iter().all(has)
    };
    !operations.is_empty() && operations.iter().all(needs)
}

/// Names of headers, in lower case, and of query parameters.
fn names_of_client(operations: &[Operation<'_>]) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut headers, mut query) = (BTreeSet::new(), BTreeSet::new());
    for credential in credentials(operations) {
        match credential.carrier {
            Carrier::Bearer | Carrier::Basic { .. } => {}
            Carrier::Header { name, .. } => {
                headers.insert(name.to_lowercase());
            }
            Carrier::Query { name, .. } => {
                query.insert(name);
            }
        }
    }
    for header in operations.iter().flat_map(headers_of) {
        if let Ok(Some(DefaultFrom::Setting(_))) = DefaultFrom::of(header.value) {
            headers.insert(name(&header));
        }
    }
    (headers, query)
}

fn credentials(operations: &[Operation<'_>]) -> impl Iterator<Item = Credential> {
    let ways = operations.iter().flat_map(Operation::credentials);
    ways.flatten()
}

fn headers_of<'a>(operation: &Operation<'a>) -> Vec<Part<'a>> {
    let parameters = operation.parameters().into_iter();
    parameters
        .filter(|parameter| parameter.value["in"] == "header")
        .collect()
}

fn name(parameter: &Part<'_>) -> String {
    let name = parameter.value.get("name").and_then(Value::as_str);
    name.unwrap_or_default().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header that is the same in each operation, one that differs in the second, one that only the first has, and
    /// one that the call must set.
    const OPERATIONS: &str = "
        paths:
          /a:
            get:
              security: [{key: [], customer: []}, {key: []}]
              parameters:
                - {in: header, name: Same, required: true, x-par-default-from: {constant: a}}
                - {in: header, name: Often, required: true, x-par-default-from: {setting: often}}
                - {in: header, name: Other, required: true, x-par-default-from: {constant: a}}
                - {in: header, name: One, required: true, x-par-default-from: {setting: one}}
                - {in: header, name: Own, required: true}
              responses: {'200': {description: d, content: {application/json: {schema: {}}}}}
          /b:
            get:
              security: [{machine: [], key: []}, {}]
              parameters:
                - {in: header, name: SAME, required: true, x-par-default-from: {constant: a}}
                - {in: header, name: often, x-par-default-from: {setting: often}}
                - {in: header, name: Other, required: true, x-par-default-from: {constant: b}}
                - {in: header, name: Own, required: true}
              responses: {'200': {description: d, content: {application/json: {schema: {}}}}}
        components:
          securitySchemes:
            customer: {type: http, scheme: bearer}
            key: {type: apiKey, in: header, name: X-Key}
            machine: {type: apiKey, in: query, name: machine}";

    fn document(text: &str) -> Document {
        Document::parse("spec.yaml".as_ref(), text.as_bytes()).unwrap()
    }

    #[test]
    fn calls_that_are_not_declared_get_what_all_operations_have_in_common() {
        let document = document(OPERATIONS);
        let code: syn::File = syn::parse2(common(&document, &Operation::all(&document))).unwrap();
        let code = prettyplease::unparse(&code);
        let places = |word: &str| code.matches(word).count();
        for (word, expected) in [
            ("HeaderName::from_static(\"same\")", 1),
            ("HeaderName::from_static(\"often\")", 1),
            ("required: true", 1),
            ("ACCEPT", 1),
            ("HeaderValue::from_static(\"application/json\")", 1),
            ("\"other\"", 0),
            ("\"own\"", 0),
            // With the customer's token and without, and the other way round.
            ("Credential::Customer", 2),
            ("Credential::Header", 2),
            ("Credential::Query", 0),
            ("static WAY: [Credential; 0usize]", 1),
            (
                "HEADERS_OF_CLIENT: &[&str] = &[\"often\", \"one\", \"x-key\"]",
                1,
            ),
            ("QUERY_OF_CLIENT: &[&str] = &[\"machine\"]", 1),
        ] {
            assert_eq!(places(word), expected, "{word} in\n{code}");
        }
    }

    #[test]
    fn a_setting_is_needed_where_no_operation_can_do_without_it() {
        let document = document(OPERATIONS);
        let operations = Operation::all(&document);
        let (first, both) = (&operations[..1], &operations[..]);
        for (operations, setting, expected) in [
            (first, "often", true),
            (both, "often", false),
            (first, "one", true),
            (both, "one", false),
            (first, "key", true),
            (both, "key", false),
            (&operations[..0], "key", false),
        ] {
            let needed = is_needed(operations, setting);
            assert_eq!(needed, expected, "{setting} of {}", operations.len());
        }
    }
}

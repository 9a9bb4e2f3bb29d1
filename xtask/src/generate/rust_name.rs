//! Names in Rust as the generator makes them; its own function is not public.

use std::collections::BTreeSet;

use heck::{ToPascalCase as _, ToSnakeCase as _};

/// Name of a type or a variant.
pub fn type_name(name: &str) -> String {
    sanitize(name, |name| name.to_pascal_case())
}

/// Name of a field, a method or a module.
pub fn value_name(name: &str) -> String {
    sanitize(name, |name| name.to_snake_case())
}

/// The first free name of these: `Kind`, `Kind2`, `Kind3`.
pub fn free(name: &str, taken: &BTreeSet<String>) -> String {
    let mut candidate = name.to_owned();
    let mut number = 1;
    while taken.contains(&candidate) {
        number += 1;
        candidate = format!("{name}{number}");
    }
    candidate
}

fn sanitize(name: &str, to_case: fn(&str) -> String) -> String {
    let name = match name {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        _ => {
            let plain = name.replace('\'', "");
            to_case(&plain.replace(|c| !unicode_ident::is_xid_continue(c), "-"))
        }
    };
    let name = match name.chars().next() {
        None => to_case("x"),
        Some(first) if unicode_ident::is_xid_start(first) => name,
        Some(_) => format!("{}{name}", to_case("x")),
    };
    if is_keyword(&name) { name + "_" } else { name }
}

fn is_keyword(name: &str) -> bool {
    // Most names need not be parsed: no keyword is longer.
    const LONGEST: usize = "abstract".len();
    // Reserved in the 2024 edition too, which a check by an older edition misses.
    name == "gen" || name.len() <= LONGEST && syn::parse_str::<syn::Ident>(name).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_generator() {
        for (name, as_type, as_value) in [
            ("order", "Order", "order"),
            ("X-Request-ID", "XRequestId", "x_request_id"),
            ("per_page", "PerPage", "per_page"),
            ("HTTPError", "HttpError", "http_error"),
            ("type", "Type", "type_"),
            ("self", "Self_", "self_"),
            ("gen", "Gen", "gen_"),
            ("abstract", "Abstract", "abstract_"),
            ("2nd", "X2nd", "x2nd"),
            ("it's", "Its", "its"),
            ("+1", "plus1", "plus1"),
            ("", "X", "x"),
            ("a.b", "AB", "a_b"),
        ] {
            assert_eq!(
                (type_name(name), value_name(name)),
                (as_type.into(), as_value.into())
            );
        }
    }
}

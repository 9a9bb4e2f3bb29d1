//! What the answers of all operations share: how the code in the envelope is read from a decoded success, and how the
//! errors of operations convert into the common error. If a type has no integer field for the code, the runtime reads
//! it from the text of the body.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};

use crate::generate::builders::Call;
use crate::generate::outcome::Typed;
use crate::generate::rewrite::{json_key, last_segment};
use openapi::body::Encoding;
use openapi::document::Document;
use openapi::extension::ENVELOPE;

pub fn answers(
    document: &Document,
    calls: &[Call<'_>],
    types: &syn::File,
    default: &syn::Type,
) -> syn::File {
    let pointer = document.root()[ENVELOPE]["code"].as_str();
    let structs = Structs::of(types);
    let mut accessors = BTreeMap::new();
    let successes = calls.iter().flat_map(|call| &call.outcome.success.answers);
    for one in successes.filter(|one| one.encoding() == Some(Encoding::Json)) {
        let ty = &one.ty;
        let code = pointer.and_then(|pointer| structs.code(ty, pointer));
        let function = code.map(|code| {
            quote! {
                fn code(&self) -> Option<i64> {
                    #code
                }
            }
        });
        let accessor: syn::ItemImpl = syn::parse_quote! {
            impl crate::runtime::contract::EnvelopeCode for #ty { #function }
        };
        accessors.insert(ty.to_token_stream().to_string(), accessor);
    }
    let accessors = accessors.values();
    let conversions = conversions(calls, default);
    syn::parse_quote! {
        //! What answers have in common: the code in the envelope of each type of a success, and the error that every
        //! other becomes.

        #[allow(unused_imports, reason = "not every answer has a type of its own")]
        use super::types;
        #[allow(unused_imports, reason = "all operations may have the same error")]
        use crate::runtime::Error;

        /// What an error holds unless another type is named.
        pub type DefaultError = #default;

        #(#accessors)*

        #(#conversions)*
    }
}

/// Makes `?` work for the error of every operation.
fn conversions(calls: &[Call<'_>], default: &syn::Type) -> Vec<syn::ItemImpl> {
    let text = |ty: &syn::Type| ty.to_token_stream().to_string();
    let mut conversions = BTreeMap::new();
    for side in calls.iter().map(|call| &call.outcome.error) {
        let ty = &side.ty;
        if text(ty) == text(default) {
            continue;
        }
        // A variant with the default type keeps it.
        let kept = side
            .answers
            .iter()
            .filter(|one| text(&one.ty) == text(default) && one.encoding().is_some());
        let kept: Vec<syn::Ident> = match &side.enumeration {
            Some(_) => kept.map(Typed::variant).collect(),
            None => Vec::new(),
        };
        let arms = match kept.as_slice() {
            [] => quote!(|_| None),
            kept => quote! {
                |envelope| match envelope {
                    #(#ty::#kept(envelope) => Some(envelope),)*
                    #[allow(unreachable_patterns, reason = "all of them may be that")]
                    _ => None,
                }
            },
        };
        let conversion: syn::ItemImpl = syn::parse_quote! {
            /// The documented error itself is lost where it has a type of its own.
            impl From<Error<#ty>> for Error {
                fn from(error: Error<#ty>) -> Self {
                    error.with_envelope(#arms)
                }
            }
        };
        conversions.insert(text(ty), conversion);
    }
    conversions.into_values().collect()
}

/// The structs of a module by name.
struct Structs<'a>(BTreeMap<String, &'a syn::ItemStruct>);

impl<'a> Structs<'a> {
    fn of(types: &'a syn::File) -> Self {
        let structs = types.items.iter().filter_map(|item| match item {
            syn::Item::Struct(item) => Some((item.ident.to_string(), item)),
            _ => None,
        });
        Self(structs.collect())
    }

    /// Reads the integer at `pointer` from `self`, which has that type; it may be in optional parts.
    fn code(&self, ty: &syn::Type, pointer: &str) -> Option<TokenStream> {
        let mut code = quote!(self);
        let mut is_optional = false;
        let mut name = last_segment(ty)?.0;
        for step in pointer.strip_prefix('/')?.split('/') {
            if is_optional {
                code = quote!(#code.as_ref()?);
            }
            let fields = &self.0.get(&name)?.fields;
            let field = fields
                .iter()
                .find(|field| json_key(field).as_deref() == Some(step))?;
            let ident = &field.ident;
            code = quote!(#code.#ident);
            let (mut inner, mut argument) = last_segment(&field.ty)?;
            is_optional = inner == "Option";
            // A type that contains itself does so in a box.
            while matches!(inner.as_str(), "Option" | "Box") {
                (inner, argument) = last_segment(&argument?)?;
            }
            name = inner;
        }
        match (name.as_str(), is_optional) {
            ("i64", true) => Some(code),
            ("i64", false) => Some(quote!(Some(#code))),
            _ if !self.is_named_integer(&name) => None,
            (_, true) => Some(quote!(#code.as_ref().map(|code| code.0))),
            (_, false) => Some(quote!(Some(#code.0))),
        }
    }

    /// Whether the type stands for a named schema that is an integer: `struct Name(pub i64)`.
    fn is_named_integer(&self, name: &str) -> bool {
        let fields = self.0.get(name).map(|item| &item.fields);
        matches!(fields, Some(syn::Fields::Unnamed(fields)) if fields.unnamed.len() == 1
            && last_segment(&fields.unnamed[0].ty).is_some_and(|(of, _)| of == "i64"))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use openapi::operation::Operation;
    use syn::parse_quote;

    use super::*;
    use crate::generate::lower::lower;
    use crate::generate::{builders, generator, signature};

    /// The code for operations with these answers, each with the type of its named schema.
    fn generated(root: &str, operations: &[&str], types: &syn::File) -> String {
        let responses = operations.iter().enumerate();
        let paths: String = responses
            .map(|(number, one)| {
                format!("  /{number}: {{get: {{operationId: op{number}, responses: {{{one}}}}}}}\n")
            })
            .collect();
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\n{root}\npaths:\n{paths}components: {{schemas: {{A: {{type: \
             object, properties: {{a: {{type: string}}}}}}, B: {{type: object, properties: {{a: {{type: string}}}}}}}}}}\n"
        );
        let document = Document::parse(Path::new("spec.yaml"), text.as_bytes()).unwrap();
        let lowered = lower(&document).unwrap_or_else(|error| panic!("{error} in {text}"));
        let client = generator::generate(&lowered).unwrap();
        let signatures = signature::read(&client).unwrap();
        let operations = Operation::all(&document);
        let mut taken = Default::default();
        let calls = builders::calls(
            &document,
            &operations,
            &signatures,
            &lowered.answers,
            &mut taken,
        );
        let file = answers(&document, &calls.unwrap(), types, &parse_quote!(types::A));
        file.to_token_stream().to_string()
    }

    fn json(schema: &str) -> String {
        format!("{{description: d, content: {{application/json: {{schema: {schema}}}}}}}")
    }

    fn accessors(code: &str) -> String {
        let types: syn::File = parse_quote! {
                pub struct A {
                    pub text: String,
                    pub code: i64,
                    #[serde(rename = "type")]
                    pub type_: i64,
                    pub large: u64,
                    pub half: f64,
                    pub list: Vec<i64>,
                    pub map: BTreeMap<String, i64>,
                    pub newtype: Newtype,
                    pub absent_newtype: Option<Newtype>,
                    pub texts: Texts,
                    pub variant: Variant,
                    pub absent: ::std::option::Option<i64>,
                    pub inner: Inner,
                    pub other: ::std::option::Option<::std::boxed::Box<Inner>>,
                }
                pub struct Flaw { pub message: String }
                pub struct Inner { pub code: i64, pub absent: Option<i64>, pub itself: Option<Box<Inner>> }
                pub struct Newtype(pub i64);
                pub struct Texts(pub Vec<String>);
                pub enum Variant { Number(i64) }
        };
        let [answer, list] = [
            "{$ref: '#/components/schemas/A'}",
            "{type: array, items: {type: integer}}",
        ]
        .map(json);
        let [answer, list] = [format!("'200': {answer}"), format!("'200': {list}")];
        let envelope = format!("x-par-envelope: {{{code}}}");
        generated(
            &envelope,
            &[&answer, &list, "'204': {description: d}"],
            &types,
        )
    }

    /// The accessors. Only that of the answer finds its code, if it can.
    fn expected(code: Option<syn::Expr>) -> [String; 2] {
        let code = code.map(|code| quote!(fn code(&self) -> Option<i64> { #code }));
        let both: [syn::ItemImpl; 2] = [
            parse_quote! { impl crate::runtime::contract::EnvelopeCode for ::std::vec::Vec<i64> {} },
            parse_quote! { impl crate::runtime::contract::EnvelopeCode for types::A { #code } },
        ];
        both.map(|item| item.to_token_stream().to_string())
    }

    fn check(pointer: &str, code: Option<syn::Expr>) {
        let found = accessors(pointer);
        for expected in expected(code) {
            assert!(
                found.contains(&expected),
                "{pointer}: {expected} is not in {found}"
            );
        }
        assert_eq!(found.matches("impl").count(), 2 + 1, "{found}");
    }

    #[test]
    fn every_error_becomes_the_one_of_all_and_keeps_what_is_of_its_type() {
        let [a, b] =
            ["A", "B"].map(|name| json(&format!("{{$ref: '#/components/schemas/{name}'}}")));
        let found = generated(
            "",
            &[
                &format!("'204': {{description: d}}, '400': {a}"),
                &format!("'204': {{description: d}}, '400': {b}"),
                &format!(
                    "'204': {{description: d}}, '400': {a}, '404': {{description: d}}, default: {a}"
                ),
                &format!("'204': {{description: d}}, '400': {a}, '422': {b}"),
            ],
            &parse_quote!(),
        );
        let conversion = |ty: syn::Type, change: syn::Expr| {
            let item: syn::ItemImpl = parse_quote! {
                impl From<Error<#ty>> for Error {
                    fn from(error: Error<#ty>) -> Self {
                        error.with_envelope(#change)
                    }
                }
            };
            item.to_token_stream().to_string()
        };
        let all: syn::Attribute = parse_quote! {
            #[allow(unreachable_patterns, reason = "all of them may be that")]
        };
        for expected in [
            conversion(parse_quote!(types::B), parse_quote!(|_| None)),
            conversion(
                parse_quote!(types::Op2Error),
                parse_quote!(|envelope| match envelope {
                    types::Op2Error::BadRequest(envelope) => Some(envelope),
                    types::Op2Error::Default(envelope) => Some(envelope),
                    #all
                    _ => None,
                }),
            ),
            conversion(
                parse_quote!(types::Op3Error),
                parse_quote!(|envelope| match envelope {
                    types::Op3Error::BadRequest(envelope) => Some(envelope),
                    #all
                    _ => None,
                }),
            ),
        ] {
            assert!(found.contains(&expected), "{expected} is not in {found}");
        }
        assert_eq!(found.matches("impl From").count(), 3, "{found}");
    }

    #[test]
    fn each_success_tells_the_integer_that_its_type_has_at_the_pointer_and_nothing_else() {
        let found: [(&str, syn::Expr); 8] = [
            ("code: /code", parse_quote!(Some(self.code))),
            ("code: /type", parse_quote!(Some(self.type_))),
            ("code: /absent", parse_quote!(self.absent)),
            ("code: /newtype", parse_quote!(Some(self.newtype.0))),
            (
                "code: /absent_newtype",
                parse_quote!(self.absent_newtype.as_ref().map(|code| code.0)),
            ),
            ("code: /inner/code", parse_quote!(Some(self.inner.code))),
            (
                "code: /other/code",
                parse_quote!(Some(self.other.as_ref()?.code)),
            ),
            (
                "code: /other/itself/absent",
                parse_quote!(self.other.as_ref()?.itself.as_ref()?.absent),
            ),
        ];
        for (pointer, code) in found {
            check(pointer, Some(code));
        }
        let not_found = [
            "",
            "code: ''",
            "code: /",
            "code: /text",
            "code: /type_",
            "code: /large",
            "code: /half",
            "code: /list",
            "code: /list/0",
            "code: /map",
            "code: /map/code",
            "code: /newtype/0",
            "code: /texts",
            "code: /variant",
            "code: /variant/Number",
            "code: /inner",
            "code: /code/code",
            "code: /unknown",
        ];
        for pointer in not_found {
            check(pointer, None);
        }
    }
}

//! How the code in the envelope is read from a decoded answer, for each type that answers are decoded into. Where the
//! type has no integer there, the runtime looks into the text of the body instead.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};

use crate::generate::rewrite::{json_key, last_segment};
use crate::generate::signature::Signature;
use openapi::document::Document;
use openapi::extension::ENVELOPE;

pub fn envelope(document: &Document, signatures: &[Signature], types: &syn::File) -> syn::File {
    let pointer = document.root()[ENVELOPE]["code"].as_str();
    let structs = Structs::of(types);
    let mut accessors = BTreeMap::new();
    let answers = signatures.iter().flat_map(|one| [&one.success, &one.error]);
    // An answer that says nothing is not decoded.
    for ty in answers.filter(|ty| !matches!(ty, syn::Type::Tuple(_))) {
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
    syn::parse_quote! {
        //! The code in the envelope of each type that answers are decoded into.

        #[allow(unused_imports, reason = "not every answer has a type of its own")]
        use super::types;

        #(#accessors)*
    }
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

    /// Reads the integer at `pointer` from `self`, which is of that type; it may be in optional parts.
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
            // What holds itself does so in a box.
            while matches!(inner.as_str(), "Option" | "Box") {
                (inner, argument) = last_segment(&argument?)?;
            }
            name = inner;
        }
        match (name.as_str(), is_optional) {
            ("i64", true) => Some(code),
            ("i64", false) => Some(quote!(Some(#code))),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use syn::parse_quote;

    use super::*;

    fn accessors(code: &str) -> String {
        let text = format!("x-par-envelope: {{{code}}}");
        let document = Document::parse(Path::new("spec.yaml"), text.as_bytes()).unwrap();
        let signature = |success, error| Signature {
            method: parse_quote!(call),
            builder: parse_quote!(Call),
            success,
            error,
            arguments: Vec::new(),
        };
        let signatures = [
            signature(parse_quote!(types::Answer), parse_quote!(types::Flaw)),
            signature(parse_quote!(Vec<i64>), parse_quote!(types::Flaw)),
            signature(parse_quote!(()), parse_quote!(())),
        ];
        let types: syn::File = parse_quote! {
                pub struct Answer {
                    pub text: String,
                    pub code: i64,
                    #[serde(rename = "type")]
                    pub type_: i64,
                    pub large: u64,
                    pub half: f64,
                    pub list: Vec<i64>,
                    pub map: BTreeMap<String, i64>,
                    pub newtype: Newtype,
                    pub variant: Variant,
                    pub absent: ::std::option::Option<i64>,
                    pub inner: Inner,
                    pub other: ::std::option::Option<::std::boxed::Box<Inner>>,
                }
                pub struct Flaw { pub message: String }
                pub struct Inner { pub code: i64, pub absent: Option<i64>, pub itself: Option<Box<Inner>> }
                pub struct Newtype(i64);
                pub enum Variant { Number(i64) }
        };
        let file = envelope(&document, &signatures, &types);
        file.to_token_stream().to_string()
    }

    /// The accessors, of which only that of the answer finds its code, if it does.
    fn expected(code: Option<syn::Expr>) -> String {
        let code = code.map(|code| quote!(fn code(&self) -> Option<i64> { #code }));
        let file: syn::File = parse_quote! {
            //! The code in the envelope of each type that answers are decoded into.

            #[allow(unused_imports, reason = "not every answer has a type of its own")]
            use super::types;

            impl crate::runtime::contract::EnvelopeCode for Vec<i64> {}
            impl crate::runtime::contract::EnvelopeCode for types::Answer { #code }
            impl crate::runtime::contract::EnvelopeCode for types::Flaw {}
        };
        file.to_token_stream().to_string()
    }

    #[test]
    fn each_answer_tells_the_integer_that_its_type_has_at_the_pointer_and_nothing_else() {
        let found: [(&str, syn::Expr); 6] = [
            ("code: /code", parse_quote!(Some(self.code))),
            ("code: /type", parse_quote!(Some(self.type_))),
            ("code: /absent", parse_quote!(self.absent)),
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
            assert_eq!(accessors(pointer), expected(Some(code)), "{pointer}");
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
            "code: /newtype",
            "code: /variant",
            "code: /variant/Number",
            "code: /inner",
            "code: /code/code",
            "code: /unknown",
        ];
        for pointer in not_found {
            assert_eq!(accessors(pointer), expected(None), "{pointer}");
        }
    }
}

//! How the code in the envelope is read from a decoded answer, for each type that answers are decoded into. Where the
//! type has no integer there, the runtime looks into the text of the body instead.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};

use super::conformance::outcome_types;
use crate::generate::rewrite::{RewriteError, json_key, last_segment};
use openapi::document::Document;
use openapi::extension::ENVELOPE;

pub fn envelope(
    document: &Document,
    builder: &syn::ItemMod,
    types: &syn::ItemMod,
) -> Result<syn::File, RewriteError> {
    let pointer = document.root()[ENVELOPE]["code"].as_str();
    let structs = Structs::of(types);
    let mut accessors = BTreeMap::new();
    for ty in answers(builder) {
        let code = pointer.and_then(|pointer| structs.code(&ty, pointer));
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
    Ok(syn::parse_quote! {
        //! The code in the envelope of each type that answers are decoded into.

        #[allow(unused_imports, reason = "not every answer has a type of its own")]
        use super::types;

        #(#accessors)*
    })
}

/// The types that answers are decoded into, as often as operations name them.
fn answers(builder: &syn::ItemMod) -> Vec<syn::Type> {
    let items = builder.content.iter().flat_map(|(_, items)| items);
    let members = items.filter_map(|item| match item {
        syn::Item::Impl(item) => Some(&item.items),
        _ => None,
    });
    members
        .flatten()
        .filter_map(|member| match member {
            syn::ImplItem::Fn(function) if function.sig.ident == "send" => {
                outcome_types(&function.sig.output)
            }
            _ => None,
        })
        .flat_map(|(success, error)| [success, error])
        // An answer that says nothing is not decoded.
        .filter(|ty| !matches!(ty, syn::Type::Tuple(_)))
        .collect()
}

/// The structs of a module by name.
struct Structs<'a>(BTreeMap<String, &'a syn::ItemStruct>);

impl<'a> Structs<'a> {
    fn of(types: &'a syn::ItemMod) -> Self {
        let items = types.content.iter().flat_map(|(_, items)| items);
        let structs = items.filter_map(|item| match item {
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
        let builder: syn::ItemMod = parse_quote! {
            mod builder {
                impl Get { pub async fn send(self) -> Result<ResponseValue<types::Answer>, Error<types::Flaw>> {} }
                impl Put { pub async fn send(self) -> Result<ResponseValue<Vec<i64>>, Error<types::Flaw>> {} }
                impl Delete { pub async fn send(self) -> Result<ResponseValue<()>, Error<()>> {} }
            }
        };
        let types: syn::ItemMod = parse_quote! {
            mod types {
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
            }
        };
        let file = envelope(&document, &builder, &types).unwrap();
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

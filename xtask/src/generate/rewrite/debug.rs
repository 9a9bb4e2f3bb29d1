//! Rule: no type derives `Debug`. The generated implementation shows every part through the runtime, which masks the
//! texts of others. Of keys that no schema names, it shows only how many there are.

use quote::{format_ident, quote};
use syn::ext::IdentExt as _;
use syn::punctuated::Punctuated;

use super::{has_serde_argument, items};

pub fn apply(types: &mut syn::ItemMod) {
    let mut shown: Vec<syn::ItemImpl> = Vec::new();
    for item in items(types) {
        let (attributes, name, arms) = match item {
            syn::Item::Struct(item) => {
                let arm = arm(&quote!(Self), &item.ident, &item.fields);
                (&mut item.attrs, &item.ident, vec![arm])
            }
            syn::Item::Enum(item) => {
                let arms = item.variants.iter().map(|variant| {
                    let name = &variant.ident;
                    arm(&quote!(Self::#name), name, &variant.fields)
                });
                let arms = arms.collect();
                (&mut item.attrs, &item.ident, arms)
            }
            syn::Item::Mod(module) => {
                apply(module);
                continue;
            }
            _ => continue,
        };
        if takes_debug_out(attributes) {
            shown.extend(implementations(name, &arms));
        }
    }
    items(types).extend(shown.into_iter().map(syn::Item::Impl));
}

/// Whether it was derived.
fn takes_debug_out(attributes: &mut [syn::Attribute]) -> bool {
    let is_debug = |path: &syn::Path| {
        let last = path.segments.last();
        last.is_some_and(|last| last.ident == "Debug")
    };
    for attribute in attributes {
        if !attribute.path().is_ident("derive") {
            continue;
        }
        let derived = attribute
            .parse_args_with(Punctuated::<syn::Path, syn::Token![,]>::parse_terminated)
            .unwrap_or_default();
        let (debug, others): (Vec<_>, Vec<_>) = derived.into_iter().partition(is_debug);
        if !debug.is_empty() {
            *attribute = syn::parse_quote!(#[derive(#(#others),*)]);
            return true;
        }
    }
    false
}

fn member(index: usize, field: &syn::Field) -> syn::Member {
    match &field.ident {
        Some(name) => syn::Member::Named(name.clone()),
        None => syn::Member::Unnamed(index.into()),
    }
}

/// The match arm that shows the parts of a value with this pattern.
fn arm(
    pattern: &proc_macro2::TokenStream,
    name: &syn::Ident,
    fields: &syn::Fields,
) -> proc_macro2::TokenStream {
    let name = name.unraw().to_string();
    let bindings = fields.iter().enumerate().map(|(index, field)| {
        let (member, part) = (member(index, field), format_ident!("part_{index}"));
        quote!(#member: #part)
    });
    let parts = fields.iter().enumerate().map(|(index, field)| {
        let part = format_ident!("part_{index}");
        let shown = if has_serde_argument(field, "flatten") {
            quote!(&crate::runtime::contract::Keys(#part.len()))
        } else {
            quote!(&crate::runtime::contract::Shown(#part))
        };
        match &field.ident {
            Some(name) => {
                let name = name.unraw().to_string();
                quote!(#name, #shown)
            }
            None => shown,
        }
    });
    let body = match fields {
        syn::Fields::Named(_) => quote!(f.debug_struct(#name)#(.field(#parts))*.finish()),
        syn::Fields::Unnamed(_) => quote!(f.debug_tuple(#name)#(.field(#parts))*.finish()),
        syn::Fields::Unit => quote!(f.write_str(#name)),
    };
    quote!(#pattern { #(#bindings),* } => #body,)
}

fn implementations(name: &syn::Ident, arms: &[proc_macro2::TokenStream]) -> [syn::ItemImpl; 2] {
    [
        syn::parse_quote! {
            impl ::std::fmt::Debug for #name {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    match self { #(#arms)* }
                }
            }
        },
        syn::parse_quote!(impl crate::runtime::contract::Show for #name {}),
    ]
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use syn::parse_quote;

    use super::*;

    #[test]
    fn parts_are_shown_by_the_runtime_and_unknown_keys_counted() {
        let mut types: syn::ItemMod = parse_quote! {
            mod types {
                #[derive(Clone, Debug)]
                pub struct Order {
                    pub r#type: String,
                    #[serde(flatten)]
                    pub extra: BTreeMap<String, Value>,
                }
                #[derive(Clone)]
                pub struct Silent;
                mod builder {
                    #[derive(::std::fmt::Debug)]
                    pub enum Kind { Visa, Unknown(String), Other { name: String } }
                }
            }
        };
        apply(&mut types);
        let expected: syn::ItemMod = parse_quote! {
            mod types {
                #[derive(Clone)]
                pub struct Order {
                    pub r#type: String,
                    #[serde(flatten)]
                    pub extra: BTreeMap<String, Value>,
                }
                #[derive(Clone)]
                pub struct Silent;
                mod builder {
                    #[derive()]
                    pub enum Kind { Visa, Unknown(String), Other { name: String } }
                    impl ::std::fmt::Debug for Kind {
                        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                            match self {
                                Self::Visa {} => f.write_str("Visa"),
                                Self::Unknown { 0: part_0 } => f
                                    .debug_tuple("Unknown")
                                    .field(&crate::runtime::contract::Shown(part_0))
                                    .finish(),
                                Self::Other { name: part_0 } => f
                                    .debug_struct("Other")
                                    .field("name", &crate::runtime::contract::Shown(part_0))
                                    .finish(),
                            }
                        }
                    }
                    impl crate::runtime::contract::Show for Kind {}
                }
                impl ::std::fmt::Debug for Order {
                    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        match self {
                            Self { r#type: part_0, extra: part_1 } => f.debug_struct("Order")
                                .field("type", &crate::runtime::contract::Shown(part_0))
                                .field("extra", &crate::runtime::contract::Keys(part_1.len()))
                                .finish(),
                        }
                    }
                }
                impl crate::runtime::contract::Show for Order {}
            }
        };
        let text = |module: &syn::ItemMod| module.to_token_stream().to_string();
        assert_eq!(text(&types), text(&expected));
    }
}

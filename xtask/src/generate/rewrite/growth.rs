//! Rule: types can grow without breaking callers. Whatever could be written as a literal outside of the crate, or
//! matched to the last variant, is `#[non_exhaustive]`, so a new field or variant breaks nobody.

use super::items;

pub fn apply(types: &mut syn::ItemMod) {
    for item in items(types) {
        let (vis, attributes) = match item {
            syn::Item::Enum(item) => (&item.vis, &mut item.attrs),
            syn::Item::Struct(item) if item.fields.iter().all(|field| is_public(&field.vis)) => {
                (&item.vis, &mut item.attrs)
            }
            syn::Item::Mod(module) => {
                apply(module);
                continue;
            }
            _ => continue,
        };
        let is_marked = |attribute: &syn::Attribute| attribute.path().is_ident("non_exhaustive");
        if is_public(vis) && !attributes.iter().any(is_marked) {
            attributes.push(syn::parse_quote!(#[non_exhaustive]));
        }
    }
}

fn is_public(vis: &syn::Visibility) -> bool {
    matches!(vis, syn::Visibility::Public(_))
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use syn::parse_quote;

    use super::*;

    #[test]
    fn whatever_a_caller_could_write_out_or_match_to_the_end_may_grow() {
        let mut types: syn::ItemMod = parse_quote! {
            mod types {
                #[derive(Clone)]
                pub struct Order { pub id: String }
                pub struct Nothing {}
                pub struct Unit;
                pub struct List(pub Vec<String>);
                pub enum Kind { Visa }
                pub mod builder {
                    pub struct Order { id: String }
                    pub enum Kind { One }
                }
                struct Known { id: String }
                enum Hidden { One }
                impl Order {
                    fn order() {
                        struct Local;
                    }
                }
            }
        };
        apply(&mut types);
        let expected: syn::ItemMod = parse_quote! {
            mod types {
                #[derive(Clone)]
                #[non_exhaustive]
                pub struct Order { pub id: String }
                #[non_exhaustive]
                pub struct Nothing {}
                #[non_exhaustive]
                pub struct Unit;
                #[non_exhaustive]
                pub struct List(pub Vec<String>);
                #[non_exhaustive]
                pub enum Kind { Visa }
                pub mod builder {
                    pub struct Order { id: String }
                    #[non_exhaustive]
                    pub enum Kind { One }
                }
                struct Known { id: String }
                enum Hidden { One }
                impl Order {
                    fn order() {
                        struct Local;
                    }
                }
            }
        };
        let text = |module: &syn::ItemMod| module.to_token_stream().to_string();
        assert_eq!(text(&types), text(&expected));
    }
}

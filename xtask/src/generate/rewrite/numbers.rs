//! Rule: what is made of a number of the runtime is made of a floating-point number as well.

use quote::ToTokens as _;

use super::items;

pub fn apply(types: &mut syn::ItemMod) {
    let of_number = ":: std :: convert :: From < crate :: runtime :: Number >";
    let all = items(types);
    let conversions = all.iter().filter_map(|item| {
        let syn::Item::Impl(item) = item else {
            return None;
        };
        let (path, _) = item.trait_.as_ref()?;
        let made = &item.self_ty;
        (path.to_token_stream().to_string() == of_number).then(|| -> syn::Item {
            syn::parse_quote! {
                impl ::std::convert::From<f64> for #made {
                    fn from(value: f64) -> Self {
                        Self::from(crate::runtime::Number::from(value))
                    }
                }
            }
        })
    });
    let conversions: Vec<syn::Item> = conversions.collect();
    all.extend(conversions);
}

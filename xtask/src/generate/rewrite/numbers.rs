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

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn what_is_made_of_a_number_is_made_of_a_float_and_nothing_else_is() {
        let mut types: syn::ItemMod = parse_quote! {
            mod types {
                impl ::std::convert::From<crate::runtime::Number> for Price {
                    fn from(value: crate::runtime::Number) -> Self {
                        Self(value)
                    }
                }
                impl ::std::convert::From<Price> for crate::runtime::Number {
                    fn from(value: Price) -> Self {
                        value.0
                    }
                }
                impl ::std::convert::From<Number> for Tables {
                    fn from(value: Number) -> Self {
                        Self(value)
                    }
                }
            }
        };
        apply(&mut types);
        let made: Vec<String> = items(&mut types)
            .iter()
            .filter_map(|item| match item {
                syn::Item::Impl(item) => Some(item.to_token_stream().to_string()),
                _ => None,
            })
            .filter(|text| text.contains("f64"))
            .collect();
        assert_eq!(made.len(), 1, "{made:?}");
        assert!(made[0].contains("From < f64 > for Price"), "{made:?}");
    }
}

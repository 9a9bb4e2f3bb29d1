//! Rule: the generator's client, which anybody may construct around the checks of a builder, gives way
//! to the runtime's. What remains of it are the methods, one for each operation.

use super::RewriteError;

const CLIENT: &str = "Client";

pub fn apply(file: &mut syn::File) -> Result<(), RewriteError> {
    take(
        file,
        "struct `Client`",
        |item| matches!(item, syn::Item::Struct(item) if item.ident == CLIENT),
    )?;
    take(file, "constructor of `Client`", |item| {
        matches!(item, syn::Item::Impl(item)
            if item.trait_.is_none() && is_client(item) && has_function(item, "new"))
    })?;
    take(
        file,
        "trait implemented for `Client`",
        |item| matches!(item, syn::Item::Impl(item) if item.trait_.is_some() && is_client(item)),
    )?;
    take(
        file,
        "assertion that `Client` has hooks",
        |item| matches!(item, syn::Item::Const(item) if item.ident == "_"),
    )?;
    take(
        file,
        "prelude",
        |item| matches!(item, syn::Item::Mod(item) if item.ident == "prelude"),
    )?;
    file.items.insert(
        0,
        syn::parse_quote!(
            use crate::runtime::Client;
        ),
    );
    Ok(())
}

fn take(
    file: &mut syn::File,
    missing: &str,
    matches: impl Fn(&syn::Item) -> bool,
) -> Result<(), RewriteError> {
    let before = file.items.len();
    file.items.retain(|item| !matches(item));
    if file.items.len() == before {
        return Err(RewriteError {
            rule: "client",
            missing: missing.to_owned(),
        });
    }
    Ok(())
}

fn is_client(item: &syn::ItemImpl) -> bool {
    matches!(&*item.self_ty, syn::Type::Path(path) if path.path.is_ident(CLIENT))
}

fn has_function(item: &syn::ItemImpl, name: &str) -> bool {
    item.items
        .iter()
        .any(|item| matches!(item, syn::ImplItem::Fn(function) if function.sig.ident == name))
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use syn::parse_quote;

    use super::*;

    fn generated() -> syn::File {
        parse_quote! {
            pub struct Client { baseurl: String }
            impl Client { pub fn new(baseurl: &str) -> Self { Self { baseurl: baseurl.to_string() } } }
            impl ClientInfo<()> for Client {}
            const _: () = ();
            impl Client { pub fn ping(&self) -> builder::Ping<'_> { builder::Ping::new(self) } }
            pub mod builder {}
            pub mod prelude { pub use self::super::Client; }
        }
    }

    #[test]
    fn only_the_methods_of_operations_remain_on_the_client_of_the_runtime() {
        let mut file = generated();
        apply(&mut file).unwrap();
        let expected: syn::File = parse_quote! {
            use crate::runtime::Client;
            impl Client { pub fn ping(&self) -> builder::Ping<'_> { builder::Ping::new(self) } }
            pub mod builder {}
        };
        assert_eq!(
            file.to_token_stream().to_string(),
            expected.to_token_stream().to_string()
        );
    }

    #[test]
    fn each_part_of_the_generators_client_must_be_there_to_be_taken_out() {
        let parts = generated().items.len();
        // The methods and the builders are the ones that stay.
        for part in (0..parts).filter(|part| !matches!(part, 4 | 5)) {
            let mut file = generated();
            file.items.remove(part);
            let error = apply(&mut file).unwrap_err();
            assert_eq!(error.rule, "client", "without part {part}: {error}");
        }
    }
}

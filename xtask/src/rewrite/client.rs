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

//! Rule: the support code of the generator gives way to the crate's own runtime.

use syn::visit_mut::{self, VisitMut};

use super::RewriteError;

const SUPPORT_CRATE: &str = "progenitor_client";

/// Names of the support crate that the runtime does without: streams, form bodies, and the traits
/// behind the generator's own client.
const NOT_NEEDED: [&str; 4] = [
    "ByteStream",
    "ClientHooks",
    "ClientInfo",
    "RequestBuilderExt",
];

pub fn apply(file: &mut syn::File) -> Result<(), RewriteError> {
    let mut rule = RuntimePath::default();
    rule.visit_file_mut(file);
    if rule.replaced == 0 {
        return Err(RewriteError {
            rule: "runtime path",
            missing: format!("path into `{SUPPORT_CRATE}`"),
        });
    }
    Ok(())
}

/// The typed mock imports the whole crate for its types; it is told where they are instead.
pub fn remove_glob_imports(file: &mut syn::File) -> Result<(), RewriteError> {
    struct Rule {
        replaced: usize,
    }
    impl VisitMut for Rule {
        fn visit_item_use_mut(&mut self, item: &mut syn::ItemUse) {
            if let syn::UseTree::Path(path) = &item.tree
                && matches!(*path.tree, syn::UseTree::Glob(_))
            {
                self.replaced += 1;
                *item = syn::parse_quote!(
                    use crate::generated::types;
                );
            }
        }
    }
    let mut rule = Rule { replaced: 0 };
    rule.visit_file_mut(file);
    if rule.replaced == 0 {
        return Err(RewriteError {
            rule: "runtime path",
            missing: "import of the crate in the typed mock".to_owned(),
        });
    }
    Ok(())
}

/// What callers see is part of the runtime itself; what generated code alone needs is part of its contract.
#[derive(Default)]
struct RuntimePath {
    replaced: usize,
    /// Whether an import is visited that callers see.
    is_public: bool,
}

impl VisitMut for RuntimePath {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        visit_mut::visit_path_mut(self, path);
        if path
            .segments
            .first()
            .is_some_and(|first| first.ident == SUPPORT_CRATE)
        {
            let rest = path.segments.iter().skip(1);
            *path = syn::parse_quote!(crate::runtime::contract::#(#rest)::*);
            self.replaced += 1;
        }
    }

    fn visit_item_use_mut(&mut self, item: &mut syn::ItemUse) {
        self.is_public = matches!(item.vis, syn::Visibility::Public(_));
        visit_mut::visit_item_use_mut(self, item);
    }

    fn visit_use_tree_mut(&mut self, tree: &mut syn::UseTree) {
        visit_mut::visit_use_tree_mut(self, tree);
        if let syn::UseTree::Group(group) = tree {
            group.items = std::mem::take(&mut group.items)
                .into_iter()
                .filter(|item| {
                    !matches!(item, syn::UseTree::Name(name)
                        if NOT_NEEDED.iter().any(|unneeded| name.ident == unneeded))
                })
                .collect();
        }
        if let syn::UseTree::Path(path) = tree
            && path.ident == SUPPORT_CRATE
        {
            let rest = &path.tree;
            let item: syn::ItemUse = if self.is_public {
                syn::parse_quote!(use crate::runtime::#rest;)
            } else {
                syn::parse_quote!(use crate::runtime::contract::#rest;)
            };
            *tree = item.tree;
            self.replaced += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use syn::parse_quote;

    use super::*;

    #[test]
    fn paths_and_imports_lead_to_the_runtime_and_what_it_lacks_is_not_imported() {
        let mut file: syn::File = parse_quote! {
            pub use progenitor_client::{ByteStream, Error};
            use progenitor_client::{ClientHooks, OperationInfo};
            mod builder {
                use super::{ClientHooks, encode_path};
                fn query() { send(&progenitor_client::QueryParam::new("a", &a)); }
            }
        };
        apply(&mut file).unwrap();
        let expected: syn::File = parse_quote! {
            pub use crate::runtime::{Error};
            use crate::runtime::contract::{OperationInfo};
            mod builder {
                use super::{encode_path};
                fn query() { send(&crate::runtime::contract::QueryParam::new("a", &a)); }
            }
        };
        let text = |file: &syn::File| file.to_token_stream().to_string().replace(" ,", "");
        assert_eq!(text(&file), text(&expected));
    }

    #[test]
    fn code_without_the_support_crate_is_not_what_the_generator_makes() {
        let mut file: syn::File = parse_quote!(
            use other_client::Error;
        );
        assert_eq!(apply(&mut file).unwrap_err().rule, "runtime path");
        assert_eq!(
            remove_glob_imports(&mut file).unwrap_err().rule,
            "runtime path"
        );
    }
}

//! The public interface of the generated code: every public item with its signature, one in each line, so that a
//! review shows what a change of the specification does to users.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use conformance::workspace;
use par_ordering::conformance::{TYPES, WRITTEN_TYPES};
use syn::{ImplItem, Item, TraitItem, UseTree, Visibility};

use crate::snapshots::described;

/// Generated files that users can reach; the others are private.
const FILES: [&str; 6] = [
    "builder",
    "environment",
    "httpmock",
    "mod",
    "operations",
    "types",
];

/// Paths of the standard library that a reader does not need.
const PRELUDE: [&str; 9] = [
    "::std::collections::",
    "::std::convert::",
    "::std::default::",
    "::std::fmt::",
    "::std::num::",
    "::std::option::",
    "::std::result::",
    "::std::string::",
    "::std::vec::",
];

#[test]
fn the_generated_public_surface_is_as_recorded() {
    let folder = workspace::root().unwrap().join("sdk/src/generated");
    let mut surface = Surface::default();
    for name in FILES {
        let text = fs::read_to_string(folder.join(name).with_extension("rs")).unwrap();
        let file = syn::parse_file(&text).unwrap();
        // The methods of the client are at the root.
        let path = if name == "mod" { "" } else { name };
        surface.items(path, &file.items);
    }
    let lines: Vec<String> = surface.0.into_iter().collect();
    described("Every public item of the generated code", || {
        insta::assert_snapshot!("generated", lines.join("\n"));
    });
}

/// All public types can be sent to another thread, and values can be copied and compared: the tables compile only if
/// that is so. This tests that the tables are complete.
#[test]
fn every_public_type_is_asked_whether_it_can_be_shared() {
    let sources = workspace::root().unwrap().join("sdk/src");
    let parsed = |path: &Path| syn::parse_file(&fs::read_to_string(path).unwrap()).unwrap();
    let mut types = Types::default();
    for name in ["builder", "types"] {
        let path = sources.join("generated").join(name).with_extension("rs");
        types.add(name, &parsed(&path).items);
    }
    let asked: BTreeSet<_> = TYPES.iter().map(|one| one.name.to_owned()).collect();
    assert_eq!(asked, types.0);

    let mut written = Types::default();
    let mut folders = vec![sources.join("runtime"), sources.join("generated")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                written.add("", &parsed(&path).items);
            }
        }
    }
    // The other exports are from another crate, or not types.
    let exported = exports(&parsed(&sources.join("lib.rs")).items);
    let exported: BTreeSet<_> = exported.intersection(&written.0).cloned().collect();
    let asked: BTreeSet<_> = WRITTEN_TYPES
        .iter()
        .map(|one| one.name.to_owned())
        .collect();
    assert_eq!(asked, exported);
}

/// The public types of some modules, by their paths.
#[derive(Default)]
struct Types(BTreeSet<String>);

impl Types {
    fn add(&mut self, module: &str, items: &[Item]) {
        for item in items {
            match item {
                Item::Struct(item) if is_public(&item.vis) => {
                    self.0.insert(join(module, &item.ident));
                }
                Item::Enum(item) if is_public(&item.vis) => {
                    self.0.insert(join(module, &item.ident));
                }
                Item::Mod(item) if is_public(&item.vis) => {
                    if let Some((_, items)) = &item.content {
                        self.add(&join(module, &item.ident), items);
                    }
                }
                _ => {}
            }
        }
    }
}

/// The names that a file exports from elsewhere, in modules of its own as well.
fn exports(items: &[Item]) -> BTreeSet<String> {
    fn add(tree: &UseTree, names: &mut BTreeSet<String>) {
        match tree {
            UseTree::Path(path) => add(&path.tree, names),
            UseTree::Group(group) => group.items.iter().for_each(|tree| add(tree, names)),
            UseTree::Name(name) => {
                names.insert(name.ident.to_string());
            }
            _ => panic!("nothing is exported under another name"),
        }
    }
    let mut names = BTreeSet::new();
    for item in items {
        match item {
            Item::Use(item) if is_public(&item.vis) => add(&item.tree, &mut names),
            Item::Mod(item) if is_public(&item.vis) => {
                if let Some((_, items)) = &item.content {
                    names.append(&mut exports(items));
                }
            }
            _ => {}
        }
    }
    names
}

#[derive(Default)]
struct Surface(BTreeSet<String>);

impl Surface {
    fn add(&mut self, path: &str, what: &str) {
        let line = if path.is_empty() {
            what.to_owned()
        } else {
            format!("{path}: {what}")
        };
        self.0.insert(line);
    }

    fn items(&mut self, path: &str, items: &[Item]) {
        for item in items {
            self.item(path, item);
        }
    }

    fn item(&mut self, path: &str, item: &Item) {
        match item {
            Item::Mod(item) if is_public(&item.vis) => {
                if let Some((_, items)) = &item.content {
                    self.items(&join(path, &item.ident), items);
                }
            }
            Item::Struct(item) if is_public(&item.vis) => {
                let path = join(path, &item.ident);
                self.attributes(&path, &item.attrs);
                let generics = &item.generics;
                let name = &item.ident;
                self.add(
                    &path,
                    &one_line(syn::parse_quote!(pub struct #name #generics;)),
                );
                let fields = item.fields.iter().enumerate();
                for (index, field) in fields.filter(|(_, field)| is_public(&field.vis)) {
                    let name = match &field.ident {
                        Some(name) => name.to_string(),
                        None => index.to_string(),
                    };
                    let ty = &field.ty;
                    let alias = one_line(syn::parse_quote!(type T = #ty;));
                    let ty = alias.replacen("type T = ", "", 1);
                    self.add(&path, &format!("pub {name}: {}", ty.trim_end_matches(';')));
                }
            }
            Item::Enum(item) if is_public(&item.vis) => {
                let path = join(path, &item.ident);
                self.attributes(&path, &item.attrs);
                self.add(&path, &format!("pub enum {}", item.ident));
                for variant in &item.variants {
                    let fields = &variant.fields;
                    let fields = quote::quote!(#fields).to_string();
                    self.add(&path, &format!("{}{fields}", variant.ident));
                }
            }
            Item::Trait(item) if is_public(&item.vis) => {
                let path = join(path, &item.ident);
                self.add(&path, &format!("pub trait {}", item.ident));
                for member in &item.items {
                    if let TraitItem::Fn(function) = member {
                        self.function(&path, &Visibility::Inherited, &function.sig);
                    }
                }
            }
            Item::Impl(item) => self.implementation(path, item),
            Item::Fn(item) if is_public(&item.vis) => self.function(path, &item.vis, &item.sig),
            Item::Const(item) if is_public(&item.vis) => {
                self.add(path, &one_line(Item::Const(item.clone())));
            }
            Item::Type(item) if is_public(&item.vis) => {
                self.add(path, &one_line(Item::Type(item.clone())));
            }
            Item::Use(item) if is_public(&item.vis) => {
                self.add(path, &one_line(Item::Use(item.clone())));
            }
            _ => {}
        }
    }

    fn implementation(&mut self, path: &str, item: &syn::ItemImpl) {
        if item.trait_.is_some() {
            let mut head = item.clone();
            head.items.clear();
            let line = one_line(Item::Impl(head));
            self.add(path, &line);
            return;
        }
        let owner = &item.self_ty;
        let owner = quote::quote!(#owner).to_string().replace(' ', "");
        let path = join(path, &owner);
        for member in &item.items {
            match member {
                ImplItem::Fn(function) if is_public(&function.vis) => {
                    self.function(&path, &function.vis, &function.sig);
                }
                ImplItem::Const(member) if is_public(&member.vis) => {
                    let (name, ty, value) = (&member.ident, &member.ty, &member.expr);
                    let line = one_line(syn::parse_quote!(pub const #name: #ty = #value;));
                    self.add(&path, &line);
                }
                _ => {}
            }
        }
    }

    fn function(&mut self, path: &str, vis: &Visibility, sig: &syn::Signature) {
        let line = one_line(syn::parse_quote!(#vis #sig {}));
        self.add(path, &line);
    }

    fn attributes(&mut self, path: &str, attributes: &[syn::Attribute]) {
        for attribute in attributes {
            let name = attribute.path();
            if ["derive", "cfg_attr", "non_exhaustive"]
                .iter()
                .any(|one| name.is_ident(one))
            {
                let line = quote::quote!(#attribute).to_string().replace(' ', "");
                self.add(path, &line);
            }
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn join(path: &str, name: impl ToString) -> String {
    let name = name.to_string();
    if path.is_empty() {
        name
    } else {
        format!("{path}::{name}")
    }
}

/// An item without documentation and attributes, on one line.
fn one_line(mut item: Item) -> String {
    let attributes = match &mut item {
        Item::Struct(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Const(item) => &mut item.attrs,
        Item::Type(item) => &mut item.attrs,
        Item::Use(item) => &mut item.attrs,
        Item::Fn(item) => &mut item.attrs,
        _ => &mut Vec::new(),
    };
    attributes.clear();
    let text = prettyplease::unparse(&syn::File {
        shebang: None,
        frontmatter: None,
        attrs: Vec::new(),
        items: vec![item],
    });
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for path in PRELUDE {
        line = line.replace(path, "").replace(&path[2..], "");
    }
    // Traces of the lines that were joined.
    for (broken, whole) in [("( ", "("), (", )", ")"), ("< ", "<"), (", >", ">")] {
        line = line.replace(broken, whole);
    }
    line.trim_end_matches(" {}")
        .trim_end_matches(',')
        .to_owned()
}

//! Types that we write because those of the generator would lose or refuse values of a server: one file for each kind
//! of schema.

pub mod enumeration;

use serde_json::Value;
use syn::visit_mut::{self, VisitMut};

use enumeration::Enumeration;

/// Their path within the sdk.
const MODULE: [&str; 3] = ["crate", "generated", "types"];

/// A schema whose type we write.
pub struct Written {
    /// The name of the type.
    pub name: String,
    /// The description in the specification.
    pub description: Option<String>,
    pub content: Content,
}

#[derive(PartialEq)]
pub enum Content {
    Enumeration(Enumeration),
}

impl Written {
    /// Whether we write the type of a schema.
    pub fn is_of(schema: &Value) -> bool {
        Enumeration::of(schema).is_some()
    }

    /// The type of a schema, if we write it.
    pub fn of(name: &str, schema: &Value) -> Option<Self> {
        let content = Content::Enumeration(Enumeration::of(schema)?);
        Some(Self {
            name: name.to_owned(),
            description: schema["description"].as_str().map(str::to_owned),
            content,
        })
    }

    /// Its path, for the generator.
    pub fn path(&self) -> String {
        format!("{}::{}", MODULE.join("::"), self.name)
    }

    /// The type and its implementations.
    pub fn items(&self) -> Vec<syn::Item> {
        let description = self.description.as_deref().map(str::trim);
        match &self.content {
            Content::Enumeration(values) => values.items(&self.name, description),
        }
    }
}

/// Makes the generated code name our types as it names its own.
pub fn name_as_others(file: &mut syn::File) {
    struct Rule {
        is_within: bool,
    }
    impl VisitMut for Rule {
        fn visit_item_mod_mut(&mut self, module: &mut syn::ItemMod) {
            let outside = self.is_within;
            self.is_within = module.ident == "types";
            visit_mut::visit_item_mod_mut(self, module);
            self.is_within = outside;
        }

        fn visit_path_mut(&mut self, path: &mut syn::Path) {
            visit_mut::visit_path_mut(self, path);
            let segments = path.segments.iter();
            if path.segments.len() > MODULE.len()
                && segments
                    .zip(MODULE)
                    .all(|(segment, name)| segment.ident == name)
            {
                let skipped = if self.is_within { 3 } else { 2 };
                path.segments = std::mem::take(&mut path.segments)
                    .into_iter()
                    .skip(skipped)
                    .collect();
            }
        }
    }
    Rule { is_within: false }.visit_file_mut(file);
}

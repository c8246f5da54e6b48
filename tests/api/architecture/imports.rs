//! What a file imports, by whichever way: `use` trees, paths in the middle of code, and paths in macros.

use std::collections::BTreeSet;
use std::fmt;

use syn::visit::{self, Visit};

/// The crates that some room may not use.
const WATCHED: [&str; 4] = ["actix_web", "actix_http", "reqwest", "moka"];

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Import {
    /// Something of this crate, by its path below the root.
    Ours { path: Vec<String> },
    /// A crate that is watched.
    Foreign { name: String },
}

impl fmt::Display for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ours { path } => write!(f, "crate::{}", path.join("::")),
            Self::Foreign { name } => f.write_str(name),
        }
    }
}

/// What `file` imports outside of its tests, being the module `module` (`room/part`, or `room/mod`).
pub(super) fn imports_of(module: &str, file: &syn::File) -> Vec<Import> {
    let place = module.split('/').filter(|part| *part != "mod");
    let mut finder = Finder {
        place: place.map(str::to_owned).collect(),
        found: BTreeSet::new(),
        names: BTreeSet::new(),
    };
    finder.visit_file(file);
    finder.found.into_iter().collect()
}

/// Every name that `file` mentions outside of its tests.
pub(super) fn names_of(file: &syn::File) -> BTreeSet<String> {
    let mut finder = Finder { place: Vec::new(), found: BTreeSet::new(), names: BTreeSet::new() };
    finder.visit_file(file);
    finder.names
}

struct Finder {
    /// The path of the module below the root.
    place: Vec<String>,
    found: BTreeSet<Import>,
    names: BTreeSet<String>,
}

impl Finder {
    /// Notes a path as it is written, if it leads to the crate's root or to a watched crate.
    fn note(&mut self, path: &[String]) {
        let Some(first) = path.first().map(String::as_str) else {
            return;
        };
        if WATCHED.contains(&first) {
            let name = first.to_owned();
            self.found.insert(Import::Foreign { name });
            return;
        }
        let path = match first {
            "crate" | "flagward" => path[1..].to_vec(),
            "self" | "super" => {
                let steps = path.iter().take_while(|part| *part == "super").count();
                let rest = path.iter().skip_while(|part| *part == "super" || *part == "self");
                let kept = self.place.len().saturating_sub(steps);
                self.place[..kept].iter().chain(rest).cloned().collect()
            }
            _ => return,
        };
        self.found.insert(Import::Ours { path });
    }

    fn tree(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |ident: &syn::Ident| {
            let mut path = before.to_vec();
            let name = ident.to_string();
            // `use crate::{self}` is the path before it.
            if name != "self" || before.is_empty() {
                path.push(name);
            }
            path
        };
        match tree {
            syn::UseTree::Path(path) => self.tree(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) => self.note(&with(&name.ident)),
            syn::UseTree::Rename(renamed) => self.note(&with(&renamed.ident)),
            syn::UseTree::Glob(_) => self.note(before),
            syn::UseTree::Group(group) => {
                for one in &group.items {
                    self.tree(before, one);
                }
            }
        }
    }

    /// Paths in a macro's tokens, which no parser knows: every `crate::…` with what follows it.
    fn tokens(&mut self, tokens: &str) {
        let words = tokens.replace("::", " :: ");
        let words: Vec<_> = words.split_whitespace().collect();
        for (n, word) in words.iter().enumerate() {
            let is_name = |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == '_');
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
            if is_name(bare) {
                self.names.insert(bare.to_owned());
            }
            let starts = ["crate", "super", "flagward"].contains(&bare) || WATCHED.contains(&bare);
            if !starts || words.get(n + 1) != Some(&"::") {
                continue;
            }
            let mut path = vec![bare.to_owned()];
            let mut rest = words[n + 1..].iter();
            while let (Some(&"::"), Some(next)) = (rest.next(), rest.next()) {
                path.push(next.trim_matches(|c: char| !c.is_alphanumeric() && c != '_').to_owned());
            }
            self.note(&path);
        }
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if !is_for_tests(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.place.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.place.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&[], &item.tree);
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        let name = item.ident.to_string();
        let path = if name == "self" { "crate".to_owned() } else { name };
        self.note(&[path]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<_> = path.segments.iter().map(|one| one.ident.to_string()).collect();
        if parts.len() > 1 {
            self.note(&parts);
        }
        visit::visit_path(self, path);
    }

    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {
        // `pub(in crate::room)` shows something, and imports nothing.
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.tokens(&call.tokens.to_string());
        visit::visit_macro(self, call);
    }

    fn visit_ident(&mut self, ident: &'ast syn::Ident) {
        self.names.insert(ident.to_string());
    }
}

fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|one| {
        let is_test = |list: &syn::MetaList| list.tokens.to_string() == "test";
        one.path().is_ident("cfg") && one.meta.require_list().is_ok_and(is_test)
    })
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "what is seldom for tests alone is held to the map like the rest"
)]
fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Fn(one) => &one.attrs,
        syn::Item::Impl(one) => &one.attrs,
        syn::Item::Mod(one) => &one.attrs,
        syn::Item::Use(one) => &one.attrs,
        syn::Item::Struct(one) => &one.attrs,
        syn::Item::Const(one) => &one.attrs,
        syn::Item::Enum(one) => &one.attrs,
        syn::Item::Static(one) => &one.attrs,
        syn::Item::Trait(one) => &one.attrs,
        syn::Item::Type(one) => &one.attrs,
        syn::Item::Macro(one) => &one.attrs,
        _ => &[],
    }
}

//! Which file of a crate uses which, read with a Rust parser.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, File, Item, ItemMod, ItemUse, UseTree, Visibility};

/// The files of one crate, and the names by which they know each other.
pub struct Crate {
    /// By module path, `[]` being the root.
    modules: BTreeMap<Vec<String>, Module>,
}

struct Module {
    /// Below `src/`, with slashes.
    file: String,
    /// What the module hands on under its own name: the name, and the path behind it.
    exports: BTreeMap<String, Vec<String>>,
    /// Modules of which everything is handed on.
    globs: Vec<Vec<String>>,
    /// The paths that its code names, absolute within the crate.
    paths: BTreeSet<Vec<String>>,
}

impl Crate {
    /// Reads every file below `src`, whose root is `lib.rs`, or `main.rs` where there is no library.
    pub fn read(src: &Path) -> Self {
        let root = if src.join("lib.rs").exists() { "lib.rs" } else { "main.rs" };
        let mut modules = BTreeMap::new();
        for path in files(src) {
            let file = path.strip_prefix(src).unwrap().to_str().unwrap().replace('\\', "/");
            let Some(module) = module_of(&file, root) else { continue };
            let syntax = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
            modules.insert(module.clone(), Module::read(file, &module, &syntax));
        }
        Self { modules }
    }

    /// File by file, the other files that it uses.
    pub fn uses(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let uses = |module: &Module| {
            let found = module.paths.iter().filter_map(|path| self.resolve(path, 0));
            found.filter(|file| *file != module.file).collect()
        };
        self.modules.values().map(|module| (module.file.as_str(), uses(module))).collect()
    }

    /// Files that use each other by way of themselves: each group is one circle, or several that meet.
    pub fn circles(&self) -> Vec<BTreeSet<&str>> {
        let uses = self.uses();
        let reach: BTreeMap<&str, BTreeSet<&str>> =
            uses.keys().map(|file| (*file, reachable(&uses, file))).collect();
        let mut circles = BTreeSet::new();
        for (file, there) in &reach {
            let back: BTreeSet<&str> =
                there.iter().copied().filter(|other| reach[other].contains(file)).collect();
            if !back.is_empty() {
                circles.insert(back);
            }
        }
        circles.into_iter().collect()
    }

    /// The file that defines what `path` names, through everything that is handed on.
    fn resolve(&self, path: &[String], depth: usize) -> Option<&str> {
        assert!(depth < 20, "{path:?} leads in a circle");
        let known = (0..=path.len()).rev().find(|end| self.modules.contains_key(&path[..*end]))?;
        let module = &self.modules[&path[..known]];
        let Some(name) = path.get(known) else { return Some(&module.file) };
        // A macro is handed on by the name that it has here.
        let behind = module.exports.get(name).filter(|behind| behind[..] != path[..=known]);
        if let Some(behind) = behind {
            let whole: Vec<String> = behind.iter().chain(&path[known + 1..]).cloned().collect();
            return self.resolve(&whole, depth + 1);
        }
        let by_glob = module.globs.iter().find_map(|glob| {
            let target = self.modules.get(glob)?;
            target.exports.contains_key(name).then(|| [glob.clone(), path[known..].to_vec()].concat())
        });
        by_glob.map_or(Some(&module.file), |whole| self.resolve(&whole, depth + 1))
    }
}

impl Module {
    fn read(file: String, module: &[String], syntax: &File) -> Self {
        let child = |item: &Item| match item {
            Item::Mod(item) => Some(item.ident.to_string()),
            _ => None,
        };
        let children = syntax.items.iter().filter_map(child).collect();
        let mut reader = Reader {
            module,
            children,
            inner: Vec::new(),
            exports: BTreeMap::new(),
            globs: Vec::new(),
            paths: BTreeSet::new(),
        };
        reader.visit_file(syntax);
        Self { file, exports: reader.exports, globs: reader.globs, paths: reader.paths }
    }
}

struct Reader<'m> {
    module: &'m [String],
    children: BTreeSet<String>,
    /// Which module within the file is being read.
    inner: Vec<String>,
    exports: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
    paths: BTreeSet<Vec<String>>,
}

impl Reader<'_> {
    /// The path within the crate; `None` for what comes from another crate or is a name of the file's own.
    fn absolute(&self, path: &[String]) -> Option<Vec<String>> {
        let mut base = [self.module, &self.inner].concat();
        let mut rest = path;
        match rest.first().map(String::as_str)? {
            "crate" => base.clear(),
            "self" => {}
            "super" => {
                while rest.first().is_some_and(|word| word == "super") {
                    base.pop()?;
                    rest = &rest[1..];
                }
                return Some([base, rest.to_vec()].concat());
            }
            _ => return None,
        }
        Some([base, rest[1..].to_vec()].concat())
    }

    fn names(&mut self, path: &[String]) {
        self.paths.extend(self.absolute(path));
    }

    fn use_tree(&mut self, tree: &UseTree, before: &[String], is_public: bool) {
        let here = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.use_tree(&path.tree, &here(&path.ident), is_public),
            UseTree::Group(group) => {
                group.items.iter().for_each(|item| self.use_tree(item, before, is_public));
            }
            UseTree::Glob(_) if is_public => self.globs.extend(self.child_or_absolute(before)),
            UseTree::Glob(_) => self.names(before),
            UseTree::Name(name) if name.ident == "self" => self.imported(before, before.last(), is_public),
            UseTree::Name(name) => {
                self.imported(&here(&name.ident), Some(&name.ident.to_string()), is_public)
            }
            UseTree::Rename(name) => {
                self.imported(&here(&name.ident), Some(&name.rename.to_string()), is_public);
            }
        }
    }

    /// Handing something on is no use of it; a private import is, and hands it on to the module's children.
    fn imported(&mut self, path: &[String], name: Option<&String>, is_public: bool) {
        let Some(path) = self.child_or_absolute(path) else { return };
        if !is_public {
            self.paths.insert(path.clone());
        }
        if self.inner.is_empty() {
            self.exports.extend(name.map(|name| (name.clone(), path)));
        }
    }

    /// `use child::Name` of a module's own child needs no `self::`; any other name is that of a package.
    fn child_or_absolute(&self, path: &[String]) -> Option<Vec<String>> {
        let is_child = path.first().is_some_and(|name| self.children.contains(name));
        if is_child { Some([self.module, path].concat()) } else { self.absolute(path) }
    }

    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Punct(punct) if punct.as_char() == ':' && !path.is_empty() => {
                    colons += 1;
                    continue;
                }
                TokenTree::Ident(ident) if colons == 2 || path.is_empty() => {
                    path.push(ident.to_string());
                    colons = 0;
                    continue;
                }
                _ => {}
            }
            self.names(&path);
            (path, colons) = (Vec::new(), 0);
        }
        self.names(&path);
    }
}

impl Visit<'_> for Reader<'_> {
    fn visit_item(&mut self, item: &Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    /// `pub(super)` names nobody who is used.
    fn visit_visibility(&mut self, _: &Visibility) {}

    fn visit_item_mod(&mut self, item: &ItemMod) {
        self.inner.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.inner.pop();
    }

    fn visit_item_use(&mut self, item: &ItemUse) {
        let is_public = !matches!(item.vis, Visibility::Inherited);
        self.use_tree(&item.tree, &[], is_public);
    }

    fn visit_path(&mut self, path: &syn::Path) {
        let words: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.names(&words);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &syn::Macro) {
        self.tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Mod(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    let is_test = |attribute: &Attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string() == "test")
    };
    attributes.iter().any(is_test)
}

fn reachable<'f>(uses: &BTreeMap<&'f str, BTreeSet<&'f str>>, from: &'f str) -> BTreeSet<&'f str> {
    let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(file) = next.pop() {
        next.extend(uses[file].iter().copied().filter(|other| seen.insert(*other)));
    }
    seen
}

/// `None` for a root that is not the crate's: `main.rs` beside a library.
fn module_of(file: &str, root: &str) -> Option<Vec<String>> {
    if file == root {
        return Some(Vec::new());
    }
    let name = file.strip_suffix(".rs")?;
    let name = name.strip_suffix("/mod").unwrap_or(name);
    (!matches!(name, "main" | "lib")).then(|| name.split('/').map(str::to_owned).collect())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

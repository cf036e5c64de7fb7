//! Circles of files: of two files that import each other, directly or by way of others, neither can be read first.

use super::code::{is_part, without_tests};
use super::imports::tree;
use super::{Fault, Source};
use std::collections::{BTreeMap, BTreeSet};

/// Crates, or parts of them, whose files must not know each other in a circle, and the names before theirs in a path.
const HELD: [(&str, &[&str]); 2] = [("core/src/gateway/", &["gateway"]), ("cli/src/", &[])];

/// A file's module, as the names in a path that begins with `crate::`.
type Module = Vec<String>;

/// Each file that stands in a circle, with a shortest way round.
pub(super) fn check(sources: &[Source]) -> Vec<Fault> {
    let held = HELD.iter();
    held.flat_map(|(folder, names)| check_folder(sources, folder, names))
        .collect()
}

fn check_folder(sources: &[Source], folder: &str, names: &[&str]) -> Vec<Fault> {
    let mut files = BTreeMap::new();
    for source in sources {
        let Some(path) = source.path.strip_prefix(folder) else {
            continue;
        };
        if let Some(path) = path.strip_suffix(".rs") {
            files.insert(module(names, path), source);
        }
    }
    let graph: BTreeMap<&Module, BTreeSet<&Module>> = files
        .iter()
        .map(|(module, source)| (module, imported(module, source, &files)))
        .collect();
    let circles = files
        .iter()
        .filter_map(|(module, source)| Some((source, way_round(&graph, module)?)));
    circles
        .map(|(source, way)| {
            let way: Vec<String> = way.iter().map(|module| module.join("::")).collect();
            source.fault(1, format!("a circle of imports: {}", way.join(" -> ")))
        })
        .collect()
}

fn module(names: &[&str], path: &str) -> Module {
    let path = path.strip_suffix("/mod").unwrap_or(path);
    let names = names.iter().copied();
    names
        .chain(path.split('/'))
        .filter(|name| !["mod", "lib", "main"].contains(name))
        .map(str::to_owned)
        .collect()
}

/// Whether a file only declares and re-exports others.
fn is_face(source: &Source) -> bool {
    let code = without_tests(&source.code);
    let mut words = code.split(|c| !is_part(c));
    !words.any(|word| ["fn", "struct", "enum", "impl", "trait", "const", "type"].contains(&word))
}

/// The modules that a file's paths lead to.
fn imported<'m>(
    own: &Module,
    source: &Source,
    files: &'m BTreeMap<Module, &Source>,
) -> BTreeSet<&'m Module> {
    if is_face(source) {
        return BTreeSet::new();
    }
    let code = without_tests(&source.code);
    let is_folder = source.path.ends_with("/mod.rs");
    let mut paths = Vec::new();
    for (at, begin) in code
        .match_indices("crate::")
        .chain(code.match_indices("super::"))
    {
        let (before, rest) = code.split_at_checked(at).unwrap_or_default();
        // `pub(in crate::gateway)` says who may know the file.
        if before.ends_with(|c| is_part(c) || c == ':') || before.ends_with("(in ") {
            continue;
        }
        let above = match begin {
            "crate::" => Vec::new(),
            // The file of a module is named by its folder, and every other one lies in the folder.
            _ => own
                .get(..own.len().saturating_sub(1))
                .unwrap_or_default()
                .to_vec(),
        };
        let rest = rest.strip_prefix(begin).unwrap_or_default();
        tree(rest, &above, &mut paths);
    }
    if is_folder {
        let children = files.keys().filter(|module| {
            module.len() > own.len()
                && module.starts_with(own)
                && uses_child(code, module.get(own.len()).map_or("", String::as_str))
        });
        paths.extend(children.cloned());
    }
    let found = paths.into_iter().filter_map(|path| longest(&path, files));
    found.filter(|module| *module != own).collect()
}

/// Whether a file of a folder names something in a child by a path.
fn uses_child(code: &str, child: &str) -> bool {
    let path = format!("{child}::");
    code.match_indices(&path).any(|(at, _)| {
        let before = code.get(..at).unwrap_or_default();
        !before.ends_with(|c| is_part(c) || c == ':')
    })
}

/// The file that holds what a path leads to.
fn longest<'m>(path: &[String], files: &'m BTreeMap<Module, &Source>) -> Option<&'m Module> {
    let mut path: Vec<String> = path.to_vec();
    while path.first().is_some_and(|name| name == "super") {
        path.remove(0);
    }
    loop {
        if let Some((module, _)) = files.get_key_value(&path) {
            return Some(module);
        }
        path.pop()?;
    }
}

/// A shortest way from a module back to itself.
fn way_round<'m>(
    graph: &BTreeMap<&'m Module, BTreeSet<&'m Module>>,
    from: &'m Module,
) -> Option<Vec<&'m Module>> {
    let mut ways: Vec<Vec<&Module>> = vec![vec![from]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let next = way.last().and_then(|last| graph.get(last));
            for module in next.into_iter().flatten() {
                let way = [way.as_slice(), &[*module]].concat();
                if *module == from {
                    return Some(way);
                }
                if seen.insert(*module) {
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circles(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<Source> = files
            .iter()
            .map(|(path, text)| Source::new(path, text))
            .collect();
        let faults = check(&sources);
        faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn files_that_know_each_other_are_named() {
        let a = ("cli/src/a.rs", "use crate::b::x; pub fn y() {}");
        let b = ("cli/src/b.rs", "use crate::{c::z, d}; pub fn x() {}");
        assert_eq!(circles(&[a, b, ("cli/src/c.rs", "pub fn z() {}")]).len(), 0);
        let c = ("cli/src/c.rs", "use super::a::y; pub fn z() {}");
        let found = circles(&[a, b, c]);
        assert_eq!(found.len(), 3);
        assert_eq!(
            found[0],
            "cli/src/a.rs:1: a circle of imports: a -> b -> c -> a"
        );
        let elsewhere = ("xtask/src/a.rs", "use crate::a::x; fn y() {}");
        assert_eq!(circles(&[elsewhere]).len(), 0);
    }

    #[test]
    fn a_folder_and_what_lies_in_it_are_files_of_their_own() {
        let mine = ("core/src/gateway/x/mod.rs", "mod one; fn f() { one::g() }");
        let one = ("core/src/gateway/x/one.rs", "pub fn g() { super::f() }");
        assert_eq!(circles(&[mine, one]).len(), 2);
        let alone = ("core/src/gateway/x/one.rs", "pub fn g() {}");
        assert_eq!(circles(&[mine, alone]).len(), 0);
        // A folder's face knows nothing.
        let face = ("core/src/gateway/x/mod.rs", "mod one; pub use one::g;");
        let two = ("core/src/gateway/x/two.rs", "use super::g; pub fn h() {}");
        let one = (
            "core/src/gateway/x/one.rs",
            "use crate::gateway::x::two; pub fn g() {}",
        );
        assert_eq!(circles(&[face, one, two]).len(), 0);
    }

    #[test]
    fn tests_and_comments_know_whom_they_like() {
        let a = ("cli/src/a.rs", "use crate::b::x; pub fn y() {}");
        for text in [
            "pub fn x() {}\n#[cfg(test)]\nmod tests {\n    use crate::a::y;\n}",
            "// crate::a::y\npub fn x() {}",
            "pub(in crate::a) fn x() {}",
        ] {
            assert_eq!(circles(&[a, ("cli/src/b.rs", text)]).len(), 0, "{text}");
        }
    }
}

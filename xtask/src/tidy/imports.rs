//! The order of imports in the core: each module knows those above it, as ARCHITECTURE.md lists them.
//!
//! A row names modules, or `module/file` where a file stands above the rest of its module. `|` stands between
//! modules of one row that do not know each other, `+` between those that do.

use super::code::{is_part, word};
use super::{Fault, Source};
use std::collections::BTreeMap;

const END: &str = "```";

/// The modules whose order a block of ARCHITECTURE.md states.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Among {
    /// Those of the core, in the block `imports`.
    Core,
    /// The rooms of its gateway, in the block `rooms`.
    Gateway,
}

impl Among {
    /// Both.
    pub(super) const ALL: [Self; 2] = [Self::Core, Self::Gateway];

    const fn begin(self) -> &'static str {
        match self {
            Self::Core => "```imports",
            Self::Gateway => "```rooms",
        }
    }

    /// Where their files are.
    const fn folder(self) -> &'static str {
        match self {
            Self::Core => "core/src/",
            Self::Gateway => "core/src/gateway/",
        }
    }

    /// The file that holds them all, and knows each.
    const fn root(self) -> &'static str {
        match self {
            Self::Core => "lib",
            Self::Gateway => "mod",
        }
    }

    /// The name of the module and of its file in a path that begins with `crate::`, where it leads to one of them.
    fn of(self, path: Vec<String>) -> Option<(String, Option<String>)> {
        let mut names = path.into_iter();
        if self == Self::Gateway {
            names.next().filter(|name| name == "gateway")?;
        }
        Some((names.next()?, names.next()))
    }
}

/// The order that ARCHITECTURE.md states.
pub(super) struct Order {
    among: Among,
    rows: BTreeMap<String, Row>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    number: usize,
    /// Whether the modules of the row know each other.
    mutual: Mutual,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mutual {
    No,
    Yes,
}

impl Order {
    /// Reads the block of the page; `None` where there is none.
    pub(super) fn read(among: Among, page: &str) -> Option<Self> {
        let begin = among.begin();
        let lines = page.lines().skip_while(|line| *line != begin).skip(1);
        let mut rows = BTreeMap::new();
        for (number, line) in lines.take_while(|line| *line != END).enumerate() {
            let mutual = if line.contains('+') {
                Mutual::Yes
            } else {
                Mutual::No
            };
            for name in line.split(['|', '+']) {
                rows.insert(name.trim().to_owned(), Row { number, mutual });
            }
        }
        (!rows.is_empty()).then_some(Self { among, rows })
    }

    /// The name of the row's entry that a module's file falls under, and the row.
    fn find(&self, module: &str, file: Option<&str>) -> Option<(String, Row)> {
        let exact = file.map(|file| format!("{module}/{file}"));
        let names = exact.into_iter().chain([module.to_owned()]);
        names
            .into_iter()
            .find_map(|name| self.rows.get(&name).map(|row| (name.clone(), *row)))
    }

    /// Imports against the order in a file of the core.
    pub(super) fn check(&self, source: &Source) -> Vec<Fault> {
        let Some(path) = source.path.strip_prefix(self.among.folder()) else {
            return Vec::new();
        };
        let path = path.strip_suffix(".rs").unwrap_or(path);
        let (module, file) = match path.split_once('/') {
            Some((module, file)) => (module, Some(file)),
            None => (path, None),
        };
        if module == self.among.root() {
            return Vec::new();
        }
        let Some((name, row)) = self.find(module, file) else {
            let text = format!("the module {module} is missing in the order of ARCHITECTURE.md");
            return vec![source.fault(1, text)];
        };
        let mut faults = Vec::new();
        for import in imports(self.among, &source.code) {
            if import.module == module {
                continue;
            }
            let Some((other, of)) = self.find(&import.module, import.file.as_deref()) else {
                continue;
            };
            let is_above = of.number < row.number || (of == row && row.mutual == Mutual::Yes);
            if !is_above {
                let text =
                    format!("{name} imports {other}, which stands below it in ARCHITECTURE.md");
                faults.push(source.fault(import.line, text));
            }
        }
        faults
    }
}

/// The first two names of a path that begins with `crate::`.
#[derive(Debug, PartialEq, Eq)]
struct Import {
    line: usize,
    module: String,
    file: Option<String>,
}

/// Every path of a file that begins with `crate::`, those within braces one by one.
fn imports(among: Among, code: &str) -> Vec<Import> {
    let mut found = Vec::new();
    for (at, begin) in code.match_indices("crate::") {
        let (before, rest) = code.split_at_checked(at).unwrap_or_default();
        if before.ends_with(is_part) {
            continue;
        }
        let line = before.matches('\n').count().saturating_add(1);
        let mut paths = Vec::new();
        tree(
            rest.strip_prefix(begin).unwrap_or_default(),
            &[],
            &mut paths,
        );
        found.extend(paths.into_iter().filter_map(|path| {
            let (module, file) = among.of(path)?;
            Some(Import { line, module, file })
        }));
    }
    found
}

/// Reads one branch of a tree of paths; answers what follows it.
pub(super) fn tree<'a>(text: &'a str, above: &[String], paths: &mut Vec<Vec<String>>) -> &'a str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix('}') {
                return after;
            }
            let before = rest.len();
            rest = tree(rest, above, paths).trim_start();
            rest = rest.strip_prefix(',').unwrap_or(rest);
            if rest.len() == before {
                return rest;
            }
        }
    }
    let (name, rest) = text.split_at_checked(word(text)).unwrap_or_default();
    let mut path = above.to_vec();
    if !name.is_empty() {
        path.push(name.to_owned());
    }
    match rest.trim_start().strip_prefix("::") {
        Some(more) if !name.is_empty() => tree(more, &path, paths),
        _ => {
            paths.push(path);
            let renamed = rest.trim_start().strip_prefix("as ").map(str::trim_start);
            renamed.map_or(rest, |rest| {
                rest.split_at_checked(word(rest)).unwrap_or_default().1
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str =
        "text\n```imports\ntime | secret\nplatform/ledger\naccess + config\nplatform\n```\n";

    fn faults(path: &str, text: &str) -> usize {
        Order::read(Among::Core, PAGE)
            .unwrap()
            .check(&Source::new(path, text))
            .len()
    }

    #[test]
    fn a_module_imports_what_stands_above_it() {
        for (path, bad, good) in [
            (
                "core/src/access/mod.rs",
                "use crate::platform::Platform;",
                "use crate::time::UnixTime;",
            ),
            (
                "core/src/secret.rs",
                "use crate::time::UnixTime;",
                "use crate::secret::Secret;",
            ),
            (
                "core/src/access/x.rs",
                "use crate::{time::X, platform::{Y, Z}};",
                "use crate::{time::X, config::{Y, Z}};",
            ),
            (
                "core/src/access/x.rs",
                "fn f() -> crate::platform::Y {}",
                "// crate::platform::Y",
            ),
            (
                "core/src/access/x.rs",
                "use crate::platform::store::X;",
                "use crate::platform::ledger::X;",
            ),
            (
                "core/src/platform/ledger.rs",
                "use crate::config::X;",
                "use crate::time::X;",
            ),
        ] {
            assert!(faults(path, bad) > 0, "{path}: {bad}");
            assert_eq!(faults(path, good), 0, "{path}: {good}");
        }
    }

    #[test]
    fn rooms_have_an_order_of_their_own() {
        let page = "```rooms\ncontext\nsign_in\n```\n";
        let order = Order::read(Among::Gateway, page).unwrap();
        let faults = |path: &str, text: &str| order.check(&Source::new(path, text)).len();
        let path = "core/src/gateway/context/call.rs";
        assert_eq!(faults(path, "use crate::gateway::sign_in::login;"), 1);
        assert_eq!(
            faults(path, "use crate::{gateway::context::X, sign_in::Y};"),
            0
        );
        let above = "use crate::gateway::context::call::Call;";
        assert_eq!(faults("core/src/gateway/sign_in/login.rs", above), 0);
        assert_eq!(
            faults("core/src/gateway/mod.rs", "use crate::gateway::x;"),
            0
        );
        assert_eq!(faults("core/src/gateway/more/x.rs", ""), 1);
        assert_eq!(faults("core/src/access/x.rs", "use crate::gateway::x;"), 0);
    }

    #[test]
    fn a_module_without_a_place_is_named() {
        assert_eq!(faults("core/src/more/mod.rs", ""), 1);
        assert_eq!(faults("core/src/time.rs", ""), 0);
        assert!(Order::read(Among::Core, "no block").is_none());
    }

    #[test]
    fn trees_of_paths_come_apart() {
        let text = "use crate::{\n    a::{b::C, d::{E, F as G}, self},\n    h,\n};\npub(crate) fn x(y: crate::i::J) {}";
        let names: Vec<_> = imports(Among::Core, text)
            .into_iter()
            .map(|import| {
                format!(
                    "{} {} {}",
                    import.line,
                    import.module,
                    import.file.unwrap_or_default()
                )
            })
            .collect();
        assert_eq!(
            names,
            ["1 a b", "1 a d", "1 a d", "1 a self", "1 h ", "5 i J"]
        );
    }
}

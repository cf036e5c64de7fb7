//! The form that a file must have, whatever it says.

use super::code::{is_test, without_tests, word};
use super::{Fault, Source};
use std::path::Path;

/// Longer files are split. Those of tests alone may be longer, as tables of cases are read in pieces.
const LONGEST: usize = 450;
const LONGEST_TESTS: usize = 900;

/// Fields that hold a secret unless they are wrapped in `Secret`.
const SECRETS: [&str; 8] = [
    "access_token",
    "client_secret",
    "code_verifier",
    "id_token",
    "key",
    "password",
    "refresh_token",
    "secret",
];

/// Types that show what they hold.
const NAKED: [&str; 5] = ["String", "Vec<u8>", "Option<String>", "[u8;", "&'a str"];

/// A Rust file opens by saying what it is, and is not too long.
pub(super) fn check(source: &Source) -> Vec<Fault> {
    if !source.path.ends_with(".rs") {
        return Vec::new();
    }
    let mut faults = Vec::new();
    if !source.text.starts_with("//!") {
        faults.push(source.fault(
            1,
            "a module opens with `//!`: what it does and what it refuses",
        ));
    }
    let length = source.text.lines().count();
    let longest = if is_test(&source.path) {
        LONGEST_TESTS
    } else {
        LONGEST
    };
    if length > longest {
        faults.push(source.fault(length, format!("longer than {longest} lines: split it")));
    }
    faults.extend(shown_secrets(source));
    faults
}

/// Structs that derive `Debug` or `Serialize` over a bare secret. One that must keep it as text says how it is
/// shown itself.
fn shown_secrets(source: &Source) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut derives = "";
    let mut shown = false;
    for (number, line) in (1..).zip(without_tests(&source.code).lines()) {
        let line = line.trim();
        if line.starts_with("#[derive(") {
            derives = line;
        } else if line.contains("struct ") && line.ends_with('{') {
            shown = derives.contains("Debug");
        } else if line.starts_with('}') {
            (derives, shown) = ("", false);
        }
        let field = line
            .trim_start_matches("pub ")
            .trim_start_matches("pub(super) ");
        let (name, rest) = field.split_at_checked(word(field)).unwrap_or_default();
        let kind = rest.strip_prefix(':').unwrap_or_default().trim();
        let is_bare = NAKED.iter().any(|naked| kind.starts_with(naked));
        if shown && is_bare && SECRETS.contains(&name) {
            let text = format!("`{name}` is shown by a derived Debug: wrap it in Secret");
            faults.push(source.fault(number, text));
        }
    }
    faults
}

/// Lock files name no host but the public index, and pages link to files that exist.
pub(super) fn check_references(source: &Source, exists: impl Fn(&Path) -> bool) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (number, line) in (1..).zip(source.text.lines()) {
        if source.path.ends_with("package-lock.json") && line.contains("\"resolved\"") {
            faults.push(source.fault(number, "a lock file names no host of a registry"));
        }
        let is_other = |line: &str| {
            line.starts_with("source = ") && !line.contains("rust-lang/crates.io-index\"")
        };
        if source.path.ends_with("Cargo.lock") && is_other(line) {
            faults.push(source.fault(number, "a dependency from elsewhere than crates.io"));
        }
        if source.path.ends_with(".md") {
            for link in links(line).filter(|link| !link.contains("://")) {
                let file = link.split('#').next().unwrap_or_default();
                let folder = Path::new(&source.path).parent().unwrap_or(Path::new(""));
                if !file.is_empty() && !exists(&folder.join(file)) {
                    faults.push(source.fault(number, format!("the link leads nowhere: {link}")));
                }
            }
        }
    }
    faults
}

fn links(line: &str) -> impl Iterator<Item = &str> {
    let parts = line.split("](").skip(1);
    parts.filter_map(|part| part.split_once(')').map(|(link, _)| link))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(path: &str, text: &str) -> usize {
        check(&Source::new(path, text)).len()
    }

    #[test]
    fn a_module_says_what_it_is() {
        assert_eq!(faults("core/src/x.rs", "use y;\n"), 1);
        assert_eq!(faults("core/src/x.rs", "//! What it is.\nuse y;\n"), 0);
    }

    #[test]
    fn a_long_file_is_split() {
        let lines = |count: usize| "//! x\n".repeat(count);
        assert_eq!(faults("core/src/x.rs", &lines(451)), 1);
        assert_eq!(faults("core/src/x.rs", &lines(450)), 0);
        assert_eq!(faults("core/src/x/tests.rs", &lines(451)), 0);
        assert_eq!(faults("core/src/x/tests.rs", &lines(901)), 1);
    }

    #[test]
    fn a_secret_is_not_shown_by_debug() {
        let file = |derive: &str, kind: &str| {
            format!("//! x\n#[derive({derive})]\npub struct X {{\n    pub id_token: {kind},\n}}\n")
        };
        for kind in ["String", "Option<String>", "Vec<u8>"] {
            assert_eq!(faults("core/src/x.rs", &file("Debug", kind)), 1, "{kind}");
        }
        assert_eq!(faults("core/src/x.rs", &file("Debug", "Secret<String>")), 0);
        assert_eq!(faults("core/src/x.rs", &file("Clone", "String")), 0);
    }

    #[test]
    fn lock_files_name_no_host_and_links_lead_somewhere() {
        let faults = |path: &str, text: &str| {
            let exists = |file: &Path| file == Path::new("docs/here.md");
            check_references(&Source::new(path, text), exists).len()
        };
        assert_eq!(
            faults("package-lock.json", "\"resolved\": \"https://x\""),
            1
        );
        assert_eq!(faults("package-lock.json", "\"version\": \"1\""), 0);
        assert_eq!(faults("Cargo.lock", "source = \"git+https://x\""), 1);
        let index = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
        assert_eq!(faults("Cargo.lock", index), 0);
        assert_eq!(faults("docs/a.md", "[x](there.md)"), 1);
        assert_eq!(
            faults("docs/a.md", "[x](here.md#part) [y](#z) [z](https://x)"),
            0
        );
    }
}

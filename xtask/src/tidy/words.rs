//! Words that may not stand where they would break an invariant.

use super::code::{is_test, lines_with, without_tests};
use super::{Fault, Source};

/// A word, where it is banned, and why.
struct Ban {
    word: &'static str,
    /// Whether the file is under the rule.
    applies: fn(&str) -> bool,
    part: Part,
    why: &'static str,
}

/// Which part of a file a word may not stand in.
#[derive(Clone, Copy)]
enum Part {
    /// All of it, comments and other languages too.
    Text,
    /// Rust code, tests included.
    Code,
    /// Rust code that is shipped.
    Shipped,
}

const ASYNC: &str = "async belongs to platform/, gateway/, http/inbound.rs and the adapters: decisions are synchronous";
const WARM: &str = "the warm path has no platform to ask and nothing to wait for";
const CLOCK: &str =
    "the time and random bytes are arguments; only the gateway asks the platform for them";
const SDK: &str = "the core knows no host";
const DECIDES: &str =
    "an adapter carries decisions out and imports none of the modules that make them";
const ESCAPE: &str =
    "use #[expect(lint, reason = \"...\")], which says why and ends with its cause";
const FINISH: &str = "finish it, or leave it out";
const COPY: &str =
    "the compiler names the tree that it compiled, also in a copy of it: ask when it runs";
const MACHINE: &str = "a path of one machine";
const HOST: &str = "which registry is used is the business of each machine's settings";

const BANS: [Ban; 40] = [
    code(
        "deserialize_claims_unchecked",
        is_rust,
        "claims are read after the signature, never before",
    ),
    code("unsafe", is_rust, "no unsafe code of ours"),
    code("[allow(", is_rust, ESCAPE),
    code(
        "should_panic",
        is_rust,
        "a test names what comes back instead",
    ),
    code("[ignore", is_rust, "a test runs or is not there"),
    code(
        "sleep",
        sleepless,
        "no test passes time by waiting: move the clock",
    ),
    shipped("async", synchronous, ASYNC),
    shipped("await", synchronous, ASYNC),
    shipped("async", warm, WARM),
    shipped("await", warm, WARM),
    shipped("Platform", warm, WARM),
    shipped("std", core, "the core has no standard library"),
    shipped(".now(", decides, CLOCK),
    shipped(".stopwatch(", decides, CLOCK),
    shipped(".fill_random(", decides, CLOCK),
    shipped("SystemTime", core, CLOCK),
    shipped("Instant", core, CLOCK),
    shipped("getrandom", core, CLOCK),
    shipped("OsRng", core, CLOCK),
    shipped("worker", core, SDK),
    shipped("wasm_bindgen", core, SDK),
    shipped("js_sys", core, SDK),
    shipped("web_sys", core, SDK),
    shipped("spin_sdk", core, SDK),
    shipped("lychgate_core::access", adapter, DECIDES),
    shipped("lychgate_core::config", adapter, DECIDES),
    shipped("lychgate_core::cookie", adapter, DECIDES),
    shipped("lychgate_core::oidc", adapter, DECIDES),
    shipped("lychgate_core::session", adapter, DECIDES),
    text("env!(\"CARGO_MANIFEST_DIR\")", is_rust_of_ours, COPY),
    text("env!(\"CARGO_BIN_EXE_lychgate\")", is_rust_of_ours, COPY),
    text("env!(\"CARGO_TARGET_TMPDIR\")", is_rust_of_ours, COPY),
    text("TODO", anything, FINISH),
    text("FIXME", anything, FINISH),
    text("/home/", anything, MACHINE),
    text("/root/", anything, MACHINE),
    text("/Users/", anything, MACHINE),
    text("/tmp/", anything, MACHINE),
    text("://registry.", anything, HOST),
    text("crates.io/api", anything, HOST),
];

const fn code(word: &'static str, applies: fn(&str) -> bool, why: &'static str) -> Ban {
    let part = Part::Code;
    Ban {
        word,
        applies,
        part,
        why,
    }
}

const fn shipped(word: &'static str, applies: fn(&str) -> bool, why: &'static str) -> Ban {
    let part = Part::Shipped;
    Ban {
        word,
        applies,
        part,
        why,
    }
}

const fn text(word: &'static str, applies: fn(&str) -> bool, why: &'static str) -> Ban {
    let part = Part::Text;
    Ban {
        word,
        applies,
        part,
        why,
    }
}

fn anything(path: &str) -> bool {
    // The rules themselves must name what they ban.
    !path.ends_with(".lock") && !path.ends_with("-lock.json") && !path.starts_with("xtask/src/tidy")
}

fn is_rust_of_ours(path: &str) -> bool {
    is_rust(path) && anything(path)
}

fn is_rust(path: &str) -> bool {
    path.ends_with(".rs")
}

fn core(path: &str) -> bool {
    path.starts_with("core/src/") && is_rust(path)
}

fn adapter(path: &str) -> bool {
    let is_adapter = path.starts_with("edge-worker/src/") || path.starts_with("spin-app/src/");
    is_adapter && is_rust(path)
}

fn warm(path: &str) -> bool {
    ["warm", "place"]
        .iter()
        .any(|name| path == format!("core/src/gateway/pipeline/{name}.rs"))
}

fn decides(path: &str) -> bool {
    core(path) && !path.starts_with("core/src/gateway/")
}

fn synchronous(path: &str) -> bool {
    let sequences = [
        "core/src/platform/",
        "core/src/gateway/",
        "core/src/http/inbound.rs",
    ];
    let is_core = core(path) && !sequences.iter().any(|start| path.starts_with(start));
    let is_tool = path.starts_with("cli/") || path.starts_with("xtask/");
    is_core || (is_tool && is_rust(path))
}

/// Waiting for another process to be ready is polling; it stands in two places.
fn sleepless(path: &str) -> bool {
    is_rust(path) && !path.starts_with("xtask/src/") && !path.starts_with("tests/src/host/")
}

/// Every banned word of a file.
pub(super) fn check(source: &Source) -> Vec<Fault> {
    let mut faults = Vec::new();
    for ban in BANS.iter().filter(|ban| (ban.applies)(&source.path)) {
        let text = match ban.part {
            Part::Text => &source.text,
            Part::Code => &source.code,
            Part::Shipped if is_test(&source.path) => continue,
            Part::Shipped => without_tests(&source.code),
        };
        let word = ban.word;
        let found = lines_with(text, word);
        faults.extend(found.map(|line| source.fault(line, format!("`{word}`: {}", ban.why))));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(path: &str, text: &str) -> usize {
        check(&Source::new(path, text)).len()
    }

    /// Each file breaks one rule; the other, which differs by a little, breaks none.
    #[test]
    #[expect(clippy::too_many_lines, reason = "a table of cases")]
    fn each_ban_has_a_file_that_breaks_it_and_one_that_does_not() {
        let decision = "core/src/access/decision.rs";
        let shim = "edge-worker/src/lib.rs";
        for (path, bad, good_path, good) in [
            (
                decision,
                "deserialize_claims_unchecked()",
                decision,
                "// deserialize_claims_unchecked",
            ),
            (decision, "unsafe {}", decision, "unsafe_code"),
            (decision, "#[allow(x)]", decision, "#[expect(x)]"),
            (decision, "#[should_panic]", decision, "should()"),
            (decision, "#[ignore]", decision, "fn ignored()"),
            (
                "tests/src/flow.rs",
                "thread::sleep(x)",
                "xtask/src/up.rs",
                "thread::sleep(x)",
            ),
            (
                decision,
                "async fn f() {}",
                "core/src/gateway/sign_in/login.rs",
                "async fn f() {}",
            ),
            (
                decision,
                "f().await",
                decision,
                "#[cfg(test)]\nmod tests {\nf().await",
            ),
            (
                "core/src/gateway/pipeline/warm.rs",
                "fn f(p: Platform)",
                "core/src/gateway/pipeline/serve.rs",
                "fn f(p: Platform)",
            ),
            (decision, "use std::fmt;", decision, "use core::fmt;"),
            (
                decision,
                "platform.now()",
                "core/src/gateway/pipeline/serve.rs",
                "platform.now()",
            ),
            (decision, "p.stopwatch()", decision, "fn stopwatch()"),
            (decision, "p.fill_random(x)", decision, "fn fill_random(x)"),
            (decision, "SystemTime::now", decision, "UnixTime::now"),
            (decision, "Instant", decision, "instant"),
            (
                decision,
                "getrandom::fill",
                "cli/src/keys.rs",
                "getrandom::fill",
            ),
            (decision, "OsRng", decision, "\"OsRng\""),
            (decision, "use worker::Env;", shim, "use worker::Env;"),
            (decision, "wasm_bindgen", shim, "wasm_bindgen"),
            (decision, "js_sys", shim, "js_sys"),
            (decision, "web_sys", shim, "web_sys"),
            (decision, "spin_sdk", shim, "spin_sdk"),
            (
                shim,
                "lychgate_core::access::x",
                shim,
                "lychgate_core::http::x",
            ),
            (
                shim,
                "lychgate_core::config::x",
                "cli/src/check.rs",
                "lychgate_core::config::x",
            ),
            (
                shim,
                "lychgate_core::cookie::x",
                shim,
                "lychgate_core::gateway::x",
            ),
            (
                shim,
                "lychgate_core::oidc::x",
                shim,
                "lychgate_core::platform::x",
            ),
            (
                shim,
                "lychgate_core::session::x",
                shim,
                "lychgate_core::event::x",
            ),
            (
                shim,
                "env!(\"CARGO_MANIFEST_DIR\")",
                shim,
                "env::var(\"CARGO_MANIFEST_DIR\")",
            ),
            (
                shim,
                "env!(\"CARGO_BIN_EXE_lychgate\")",
                shim,
                "env::var(\"CARGO_BIN_EXE_lychgate\")",
            ),
            (
                shim,
                "env!(\"CARGO_TARGET_TMPDIR\")",
                "README.md",
                "env!(\"CARGO_TARGET_TMPDIR\")",
            ),
            ("README.md", "TODO", "README.md", "to do"),
            ("README.md", "FIXME", "README.md", "fix me"),
            ("README.md", "/home/me", "README.md", "/members/"),
            ("README.md", "/root/x", "README.md", "root/x"),
            ("README.md", "/Users/me", "README.md", "/users/me"),
            ("README.md", "/tmp/x", "README.md", "tmp/x"),
            (
                "README.md",
                "https://registry.example",
                "README.md",
                "the registry",
            ),
            (
                "README.md",
                "https://crates.io/api/v1",
                "README.md",
                "crates.io",
            ),
        ] {
            assert_eq!(faults(path, bad), 1, "{path}: {bad}");
            assert_eq!(faults(good_path, good), 0, "{good_path}: {good}");
        }
    }

    #[test]
    fn the_warm_path_waits_for_nothing() {
        let warm = "core/src/gateway/pipeline/warm.rs";
        assert_eq!(faults(warm, "async fn f() { g().await }"), 2);
        assert_eq!(faults(warm, "fn f() { g() }"), 0);
    }
}

//! Every command of a document exists: those of this repository are read by the program itself, and every other one has
//! its reason not to run.

use crate::{folder::Folder, pages, tree};
use std::{fs, mem};

/// Commands that no test runs with their arguments, by their first words, and why.
const ELSEWHERE: [(&str, &str); 19] = [
    ("cd", "the shell's own"),
    ("curl", "asks a deployment"),
    ("echo", "guides.rs writes the files that are made so"),
    ("export", "guides.rs holds the names against `check`"),
    ("git clone", "gets this repository"),
    ("mkdir -p", "makes a folder"),
    ("npm ci --ignore-scripts", "`cargo xtask test` runs it"),
    ("npx wrangler deploy", "needs an account"),
    ("npx wrangler dev", "the contract suite serves by it"),
    ("npx wrangler kv namespace create", "needs an account"),
    ("npx wrangler login", "needs an account"),
    ("npx wrangler secret delete", "needs an account"),
    ("npx wrangler secret put", "needs an account"),
    ("printf", "makes a file"),
    ("rm spin.toml", "the other host's file"),
    ("rm wrangler.toml", "the other host's file"),
    ("spin build", "runs `cargo xtask build spin`, as tests do"),
    ("spin up", "the contract suite serves by it"),
    ("cargo test -p", "`cargo xtask test` runs all of them"),
];

/// A word of the shell, and whether a part of it stood in quotation marks.
#[derive(Default)]
struct Word {
    text: String,
    is_quoted: bool,
}

/// The commands of a line of the shell, each as its words: those in `$(...)`, and those that pipes and `&&` join.
/// Where a command writes or reads a file, the file is left out.
fn commands(line: &str) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    let mut line = line.to_owned();
    while let Some((before, rest)) = line.split_once("$(") {
        let (inner, after) = rest.split_once(')').unwrap();
        all.extend(commands(inner));
        line = format!("{before}OUTPUT{after}");
    }
    let mut words = vec![Word::default()];
    let mut quote = None;
    for sign in line.chars() {
        let word = words.last_mut().unwrap();
        match quote {
            Some(end) if sign == end => quote = None,
            None if sign == '\'' || sign == '"' => (quote, word.is_quoted) = (Some(sign), true),
            None if sign == ' ' => words.push(Word::default()),
            Some(_) | None => word.text.push(sign),
        }
    }
    assert_eq!(quote, None, "a quotation has no end: {line}");
    let mut command: Vec<String> = Vec::new();
    let mut words = words
        .into_iter()
        .filter(|word| word.is_quoted || !word.text.is_empty());
    while let Some(Word { text, is_quoted }) = words.next() {
        let is_setting = command.is_empty() && text.contains('=');
        match text.as_str() {
            _ if is_quoted => command.push(text),
            _ if text.starts_with('#') => break,
            "|" | "&&" => all.push(mem::take(&mut command)),
            ">" | ">>" | "<" => drop(words.next()),
            _ if is_setting => {}
            _ => command.push(text),
        }
    }
    all.push(command);
    all.retain(|command| !command.is_empty());
    all
}

/// The usage of `cargo xtask`, in its own words.
fn usage_of_xtask() -> String {
    let source = fs::read_to_string(tree::root().join("xtask/src/main.rs")).unwrap();
    let (_, usage) = source.split_once("const USAGE: &str = \"").unwrap();
    usage.split_once('"').unwrap().0.to_owned()
}

/// Whether a command of `cargo xtask` is one, by its usage.
fn is_known_to_xtask(usage: &str, words: &[&str]) -> bool {
    let (name, options) = match words {
        ["build", what, options @ ..] => (format!("build {what}"), options),
        ["build"] | [] => return false,
        [name, options @ ..] => ((*name).to_owned(), options),
    };
    let mut uses = usage.split("cargo xtask ").skip(1);
    let begins = |text: &&str| {
        let rest = text.strip_prefix(name.as_str());
        rest.is_some_and(|rest| rest.starts_with([' ', '\n']))
    };
    let Some(text) = uses.find(begins) else {
        return false;
    };
    let mut named = options.iter().filter(|option| option.starts_with("--"));
    named.all(|option| text.contains(option))
}

#[test]
fn a_line_of_the_shell_is_taken_apart() {
    let line = "A=1 echo \"K=$(cargo run -q)\" '#|' >> x | npx b < y # c";
    let expected: [&[&str]; 3] = [
        &["cargo", "run", "-q"],
        &["echo", "K=OUTPUT", "#|"],
        &["npx", "b"],
    ];
    assert_eq!(commands(line), expected);
    let usage = usage_of_xtask();
    assert!(is_known_to_xtask(&usage, &["up", "--host", "spin"]));
    assert!(is_known_to_xtask(&usage, &["build", "worker"]));
    for unknown in [
        &["down"][..],
        &["build"],
        &["build", "all"],
        &["tidy", "--host"],
        &["test", "--fast"],
        &["te"],
    ] {
        assert!(!is_known_to_xtask(&usage, unknown), "{unknown:?}");
    }
}

/// Commands of this repository are understood as they are written, and every other one has its reason in [`ELSEWHERE`].
#[test]
fn every_command_exists() {
    let folder = Folder::new("commands");
    let usage = usage_of_xtask();
    let mut used = Vec::new();
    for page in pages::all() {
        let blocks = page.of_fence("sh");
        let lines = blocks.iter().flat_map(|block| block.lines());
        for command in lines.flat_map(commands) {
            let words: Vec<&str> = command.iter().map(String::as_str).collect();
            let place = format!("{}: {}", page.path, command.join(" "));
            match words[..] {
                ["cargo", "xtask", ref rest @ ..] => {
                    assert!(is_known_to_xtask(&usage, rest), "{place}");
                }
                // With the last word, arguments are read and nothing is done.
                ["cargo", "run", "-q", "-p", "lychgate", "--", ref rest @ ..] => {
                    let ran = folder.run(&[rest, &["--help"]].concat());
                    assert_eq!(ran.code, Some(0), "{place}: {}", ran.messages);
                }
                ["node", file, ..] => assert!(tree::root().join(file).exists(), "{place}"),
                _ => {
                    let words = format!("{} ", command.join(" "));
                    let begins =
                        |(start, _): &&(&str, &str)| words.starts_with(&format!("{start} "));
                    let found = ELSEWHERE.iter().find(begins);
                    used.push(found.unwrap_or_else(|| panic!("{place}: runs where?")).0);
                }
            }
        }
    }
    // The twin: no reason without a command.
    for (start, _) in ELSEWHERE {
        assert!(used.contains(&start), "{start}");
    }
}

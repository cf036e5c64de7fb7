//! The guides are right: each configuration passes `lychgate check` with the files of its host beside it,
//! each decision is explained as shown, and each secret is set by the commands.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail the test by panicking"
)]

mod tree;

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};

const GUIDES: [&str; 7] = [
    "static-site",
    "api",
    "opaque-tokens",
    "docs-with-github",
    "google-button",
    "from-oauth2-proxy",
    "from-cloudflare-access",
];

/// A page of `docs/guides`.
struct Guide {
    name: &'static str,
    blocks: Vec<Block>,
}

/// The text between two fences.
struct Block {
    fence: String,
    text: String,
}

/// The file that a block of TOML is, or is added to.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Configuration,
    /// An addition to the configuration.
    More,
    Wrangler,
    MoreWrangler,
    Spin,
}

/// A folder with the files of a guide.
struct Folder(PathBuf);

impl Guide {
    fn read(name: &'static str) -> Self {
        let text = fs::read_to_string(tree::root().join(format!("docs/guides/{name}.md"))).unwrap();
        let mut blocks = Vec::new();
        let mut parts = text.split("```");
        parts.next();
        while let (Some(block), Some(_)) = (parts.next(), parts.next()) {
            let (fence, text) = block.split_once('\n').unwrap();
            blocks.push(Block {
                fence: fence.to_owned(),
                text: text.to_owned(),
            });
        }
        Self { name, blocks }
    }

    fn all() -> impl Iterator<Item = Self> {
        GUIDES.into_iter().map(Self::read)
    }

    fn of_fence<'a>(&'a self, fence: &'a str) -> impl Iterator<Item = &'a str> {
        let of_it = self.blocks.iter().filter(move |block| block.fence == fence);
        of_it.map(|block| block.text.as_str())
    }

    fn of_kind(&self, kind: &Kind) -> Vec<&str> {
        let name = self.name;
        let of_it = self
            .of_fence("toml")
            .filter(|text| kind_of(text, name) == *kind);
        of_it.collect()
    }

    fn configuration(&self) -> &str {
        let [configuration] = self.of_kind(&Kind::Configuration)[..] else {
            panic!("{}: not one configuration", self.name);
        };
        configuration
    }

    fn folder(&self, test: &str) -> Folder {
        let folder = tree::files().join(format!("{test}-{}", self.name));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(folder.join("public")).unwrap();
        Folder(folder)
    }

    /// The configuration where a part of the application is reached in another way.
    fn moved(&self, from: &str, to: &str) -> String {
        let configuration = self.configuration();
        assert!(configuration.contains(from), "{}: {from}", self.name);
        configuration.replace(from, to)
    }
}

fn kind_of(text: &str, guide: &str) -> Kind {
    let begins = |word: &str| text.starts_with(word);
    if begins("version = 1\n") {
        Kind::Configuration
    } else if begins("name = ") {
        Kind::Wrangler
    } else if begins("spin_manifest_version") {
        Kind::Spin
    } else if begins("[[services]]") {
        Kind::MoreWrangler
    } else if ["[[route]]", "[[provider]]", "[[issuer]]"]
        .iter()
        .any(|word| begins(word))
    {
        Kind::More
    } else {
        panic!("{guide}: what is this? {text}");
    }
}

impl Folder {
    fn with(&self, file: &str, text: &str) -> &Self {
        fs::write(self.0.join(file), text).unwrap();
        self
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(tree::program());
        let command = command.current_dir(&self.0).args(arguments);
        let command = command.env_remove("CLICOLOR_FORCE");
        command.output().unwrap()
    }

    /// The output of `lychgate check` for the files, which must be well.
    fn checked(&self) -> String {
        let ran = self.run(&["check"]);
        let messages = String::from_utf8(ran.stderr).unwrap();
        let said = String::from_utf8(ran.stdout).unwrap();
        assert_eq!(
            ran.status.code(),
            Some(0),
            "{}: {messages}",
            self.0.display()
        );
        said
    }
}

#[test]
fn every_configuration_passes_with_the_files_beside_it() {
    for guide in Guide::all() {
        let configuration = guide.configuration();
        let folder = guide.folder("alone");
        folder.with("lychgate.toml", configuration).checked();
        let workers = guide.of_kind(&Kind::Wrangler);
        assert_eq!(workers.len(), 1, "{}", guide.name);
        for wrangler in workers {
            let folder = guide.folder("workers");
            folder.with("lychgate.toml", configuration);
            folder.with("wrangler.toml", wrangler).checked();
            for services in guide.of_kind(&Kind::MoreWrangler) {
                let folder = guide.folder("services");
                let bound = guide.moved("url = \"https://api.example.net\"", "service = \"API\"");
                folder.with("lychgate.toml", &bound);
                folder.with("wrangler.toml", &format!("{wrangler}\n{services}"));
                folder.checked();
                // The twin: without the binding it is refused.
                folder.with("wrangler.toml", wrangler);
                assert_eq!(folder.run(&["check"]).status.code(), Some(1));
            }
        }
        for manifest in guide.of_kind(&Kind::Spin) {
            let folder = guide.folder("spin");
            let configuration = if manifest.contains("http://api.spin.internal") {
                guide.moved("https://api.example.net", "http://api.spin.internal")
            } else {
                configuration.to_owned()
            };
            folder.with("lychgate.toml", &configuration);
            folder.with("spin.toml", manifest).checked();
        }
        for more in guide.of_kind(&Kind::More) {
            let folder = guide.folder("more");
            let longer = format!("{configuration}\n{more}");
            folder.with("lychgate.toml", &longer).checked();
        }
    }
    let index = Guide::read("README");
    let folder = index.folder("alone");
    folder
        .with("lychgate.toml", index.configuration())
        .checked();
}

/// Each command that explains a decision is followed by what it prints.
#[test]
fn every_decision_is_explained_as_shown() {
    for guide in Guide::all() {
        let folder = guide.folder("explained");
        folder.with("lychgate.toml", guide.configuration());
        let is_shown = |text: &&str| text.starts_with("GET /") || text.starts_with("POST /");
        let shown: Vec<&str> = guide.of_fence("text").filter(is_shown).collect();
        let mut printed = Vec::new();
        for line in guide.of_fence("sh").flat_map(str::lines) {
            if let Some(claims) = line.strip_prefix("echo '{") {
                let (claims, file) = claims.split_once("' > ").unwrap();
                folder.with(file, &format!("{{{claims}\n"));
            }
            if let Some(words) = line.strip_prefix("cargo run -q -p lychgate -- explain ") {
                let words: Vec<&str> = ["explain"].into_iter().chain(words.split(' ')).collect();
                let ran = folder.run(&words);
                assert!(ran.stderr.is_empty(), "{}: {line}", guide.name);
                printed.push(String::from_utf8(ran.stdout).unwrap());
            }
        }
        assert_eq!(printed, shown, "{}", guide.name);
        assert!(!shown.is_empty(), "{}", guide.name);
    }
}

#[test]
fn every_secret_is_set_on_every_host() {
    for guide in Guide::all() {
        let folder = guide.folder("secrets");
        let said = folder
            .with("lychgate.toml", guide.configuration())
            .checked();
        let (_, secrets) = said.split_once("secrets to set: ").unwrap();
        let (secrets, _) = secrets.split_once('\n').unwrap();
        let commands: String = guide.of_fence("sh").collect();
        let on_spin = !guide.of_kind(&Kind::Spin).is_empty();
        for secret in secrets.split(", ") {
            let put = format!("wrangler secret put {secret}\n");
            assert!(commands.contains(&put), "{}: {put}", guide.name);
            let variable = lychgate_core::gateway::spin_variable(secret).to_uppercase();
            let exported = format!("export SPIN_VARIABLE_{variable}=");
            assert_eq!(
                commands.contains(&exported),
                on_spin,
                "{}: {exported}",
                guide.name
            );
        }
        for command in ["check", "doctor", "keys generate"] {
            let command = format!("cargo run -q -p lychgate -- {command}");
            assert!(commands.contains(&command), "{}: {command}", guide.name);
        }
    }
}

/// Lines of a `wrangler.toml` that each deployment has in its own way.
const THEIR_OWN: [&str; 4] = ["name = ", "workers_dev", "directory", "not_found_handling"];

/// Lines for static files.
const ASSETS: [&str; 4] = [
    "[assets]",
    "binding = \"ASSETS\"",
    "run_worker_first",
    "html_handling",
];

/// A file of a guide that somebody copies has what the build and the Worker need, as in the files of this repository.
#[test]
fn the_files_of_the_hosts_have_what_the_repository_s_have() {
    let lines = |file: &str| {
        let text = fs::read_to_string(tree::root().join(file)).unwrap();
        let is_needed = |line: &&str| !line.is_empty() && !line.starts_with('#');
        text.lines()
            .filter(is_needed)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    for guide in Guide::all() {
        for wrangler in guide.of_kind(&Kind::Wrangler) {
            let has_assets = guide.configuration().contains("assets = true");
            let is_needed = |line: &String| {
                let is_one_of = |words: &[&str]| words.iter().any(|word| line.starts_with(word));
                line.contains("class_name")
                    || !(is_one_of(&THEIR_OWN) || (is_one_of(&ASSETS) && !has_assets))
            };
            for line in lines("wrangler.toml").into_iter().filter(is_needed) {
                assert!(
                    wrangler.lines().any(|other| other == line),
                    "{}: {line}",
                    guide.name
                );
            }
            for line in ["workers_dev = false", "preview_urls = false"] {
                assert!(
                    wrangler.lines().any(|other| other == line),
                    "{}: {line}",
                    guide.name
                );
            }
        }
        for manifest in guide.of_kind(&Kind::Spin) {
            let is_needed = |line: &String| {
                [
                    "source = \"build",
                    "command",
                    "key_value",
                    "sqlite",
                    "[",
                    "route = \"/...",
                ]
                .iter()
                .any(|word| line.trim_start().starts_with(word))
            };
            for line in lines("spin.toml").into_iter().filter(is_needed) {
                assert!(
                    manifest.lines().any(|other| other == line),
                    "{}: {line}",
                    guide.name
                );
            }
        }
    }
}

/// Each guide is found from the two pages that list them; `documents` holds the links of all pages.
#[test]
fn every_guide_is_listed() {
    for name in GUIDES {
        for list in ["README.md", "docs/guides/README.md"] {
            let text = fs::read_to_string(tree::root().join(list)).unwrap();
            assert!(text.contains(&format!("{name}.md")), "{name} in {list}");
        }
    }
}

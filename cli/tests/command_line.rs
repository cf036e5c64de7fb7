//! The `lychgate` binary: its arguments, keys, and what it says to people and programs.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test by panicking"
)]

mod configuration;
mod folder;
mod tree;

use configuration::GOOD;
use folder::{Folder, Ran};
use lychgate_core::jose::{
    Algorithm, KeySet, SignatureCheck, SignatureVerdict, SigningKey, software,
};
use serde_json::Value;
use std::{fs, process::Command};

#[test]
fn what_cannot_be_carried_out_ends_with_two() {
    let folder = Folder::new("two").with("lychgate.toml", GOOD);
    for arguments in [
        &[][..],
        &["chek"],
        &["check", "absent.toml"],
        &["check", "public"],
        &["check", "--emit-json"],
        &["check", "--emit-json", "public"],
        &["keys"],
    ] {
        let ran = folder.run(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}");
        assert!(!ran.messages.is_empty(), "{arguments:?}");
        assert_eq!(ran.output, "", "{arguments:?}");
    }
    assert_eq!(folder.run(&["check"]).code, Some(0));
}

#[test]
fn a_key_is_fresh_and_alone_on_its_line() {
    let folder = Folder::new("keys");
    let (first, second) = (
        folder.run(&["keys", "generate"]),
        folder.run(&["keys", "generate"]),
    );
    assert_eq!(first.code, Some(0));
    let key = first.output.strip_suffix('\n').unwrap();
    assert_eq!(key.len(), 43);
    assert!(
        key.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    );
    assert_ne!(first.output, second.output);
    assert!(
        first
            .messages
            .contains("npx wrangler secret put LYCHGATE_KEY_1")
    );
    assert!(
        first
            .messages
            .contains("export SPIN_VARIABLE_LYCHGATE_KEY1=")
    );
    assert!(!first.messages.contains(key));
}

#[test]
fn a_private_key_is_one_that_the_edge_reads() {
    let folder = Folder::new("pairs");
    for (algorithm, name) in [("ES256", Algorithm::Es256), ("EdDSA", Algorithm::EdDsa)] {
        let ran = folder.run(&["keys", "generate", "--jwk", algorithm, "--kid", "one"]);
        assert_eq!(ran.code, Some(0), "{}", ran.messages);
        let key = SigningKey::parse(ran.output.trim()).unwrap();
        assert_eq!((key.algorithm(), key.key_id()), (name, Some("one")));
        // The key set that is shown beside it has the public half, and verifies.
        let set = ran.messages.lines().last().unwrap();
        let keys = KeySet::parse(set.as_bytes()).unwrap();
        assert_eq!(keys.keys()[0].key_id(), Some("one"));
        let private = serde_json::from_str::<Value>(&ran.output).unwrap();
        assert!(!ran.messages.contains(private["d"].as_str().unwrap()));
        let signature = software::sign(&key, b"input").unwrap();
        let check = SignatureCheck::new(name, &keys.keys()[0], b"input", &signature);
        assert_eq!(software::verify(&check.unwrap()), SignatureVerdict::Valid);
    }
}

#[test]
fn a_key_of_a_pem_file_is_read_and_others_are_refused() {
    // The key of RFC 7515, appendix A.3.
    let pem = "-----BEGIN PRIVATE KEY-----\n\
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff\n\
        H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp\n\
        7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt\n\
        -----END PRIVATE KEY-----\n";
    let other = pem.replace("MIGHAgEA", "MIGHAgEB");
    let folder = Folder::new("pem")
        .with("key.p8", pem)
        .with("other.p8", &other);
    let ran = folder.run(&["keys", "import", "key.p8", "--kid", "ABC"]);
    assert_eq!(ran.code, Some(0), "{}", ran.messages);
    let key = SigningKey::parse(ran.output.trim()).unwrap();
    assert_eq!(key.key_id(), Some("ABC"));
    assert!(
        key.jwk()
            .expose()
            .contains("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI")
    );
    for file in ["other.p8", "missing.p8"] {
        let ran = folder.run(&["keys", "import", file]);
        assert_eq!((ran.code, ran.output.as_str()), (Some(2), ""), "{file}");
        assert!(ran.messages.contains(file), "{}", ran.messages);
    }
}

#[test]
fn help_and_version_are_results() {
    let folder = Folder::new("help");
    for (argument, text) in [("--help", "exit codes"), ("--version", "lychgate 0.")] {
        let ran = folder.run(&[argument]);
        assert_eq!(ran.code, Some(0));
        assert!(ran.output.contains(text), "{}", ran.output);
        assert_eq!(ran.messages, "");
    }
}

#[test]
fn a_deployment_that_does_not_answer_has_something_to_mend() {
    let folder = Folder::new("doctor-nobody");
    // Nothing listens on the first port.
    let ran = folder.run(&["doctor", "--url", "http://localhost:1"]);
    assert_eq!(ran.code, Some(1), "{}", ran.messages);
    assert!(
        ran.output.starts_with("To mend\nfail  health: "),
        "{}",
        ran.output
    );
    assert!(
        ran.output.contains("skip  upstream: no configuration"),
        "{}",
        ran.output
    );
    let ran = folder.run(&["doctor", "--url", "http://localhost:1", "--json"]);
    assert!(
        ran.output
            .starts_with("{\"findings\":[{\"advice\":null,\"check\":\"address\""),
        "{}",
        ran.output
    );
}

#[test]
fn a_doctor_without_an_address_or_with_a_bad_configuration_does_nothing() {
    let folder = Folder::new("doctor-nowhere");
    let ran = folder.run(&["doctor"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.messages.contains("needs --url"), "{}", ran.messages);
    let ran = folder.run(&["doctor", "--url", "app.example.com"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.messages.contains("is no URL"), "{}", ran.messages);
    let folder = folder.with("lychgate.toml", "version = 2");
    let ran = folder.run(&["doctor"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.messages.contains("`lychgate check lychgate.toml`"),
        "{}",
        ran.messages
    );
}

/// Each command with its options, and a word that only its own help has.
const COMMANDS: [(&[&str], &[&str]); 10] = [
    (
        &["check"],
        &["[FILE]", "--emit-json <OUT>", "lychgate check staging.toml"],
    ),
    (
        &["explain"],
        &[
            "--url <URL>",
            "--claims <FILE>",
            "--anonymous",
            "--method <M>",
            "--provider <ID>",
            "--at <TIME>",
            "--config <FILE>",
            "--json",
            "lychgate explain --url /staff/ --anonymous",
        ],
    ),
    (
        &["doctor"],
        &[
            "--url <URL>",
            "--config <FILE>",
            "--also <URL>",
            "--json",
            "lychgate doctor\n",
        ],
    ),
    (&["token"], &["verify", "inspect", "lychgate token verify"]),
    (
        &["token", "verify"],
        &[
            "<TOKEN>",
            "--config <FILE>",
            "--jwks <FILE>",
            "--at <TIME>",
            "--resource <PATH>",
            "--method <M>",
            "--json",
            "lychgate token verify --jwks jwks.json",
        ],
    ),
    (
        &["token", "inspect"],
        &["<TOKEN>", "--json", "lychgate token inspect - <"],
    ),
    (&["keys"], &["generate", "import", "lychgate keys generate"]),
    (
        &["keys", "generate"],
        &[
            "--jwk <ALGORITHM>",
            "ES256",
            "EdDSA",
            "--kid <ID>",
            "lychgate keys generate |",
        ],
    ),
    (
        &["keys", "import"],
        &["<FILE>", "--kid <ID>", "lychgate keys import AuthKey"],
    ),
    (
        &["completions"],
        &[
            "<SHELL>",
            "bash",
            "zsh",
            "fish",
            "lychgate completions bash",
        ],
    ),
];

#[test]
fn every_command_has_help_with_its_options_and_examples() {
    let folder = Folder::new("helps");
    let all = folder.run(&["--help"]);
    for (words, expected) in COMMANDS {
        for flag in ["--help", "-h"] {
            let ran = folder.run(&[words, &[flag]].concat());
            assert_eq!(
                (ran.code, ran.messages.as_str()),
                (Some(0), ""),
                "{words:?}"
            );
            for expected in expected {
                assert!(
                    ran.output.contains(expected),
                    "{words:?} {expected}: {}",
                    ran.output
                );
            }
        }
        let by_name = folder.run(&[&["help"], words].concat());
        assert_eq!(by_name.code, Some(0), "{words:?}");
        assert!(
            all.output.contains(&format!("\n  {} ", words[0])),
            "{}",
            all.output
        );
    }
}

/// With `--help` behind it a command is carried out by nobody, and refused where it is none.
#[test]
fn every_command_that_the_documents_show_is_one() {
    const START: &str = "cargo run -q -p lychgate -- ";
    let root = tree::root();
    let guides = fs::read_dir(root.join("docs/guides")).unwrap();
    let guides = guides.map(|entry| entry.unwrap().path());
    let pages = ["README.md", "SECURITY.md"].map(|page| root.join(page));
    let folder = Folder::new("shown");
    let mut count = 0;
    for page in pages.into_iter().chain(guides) {
        let text = fs::read_to_string(&page).unwrap();
        for shown in text.split(START).skip(1) {
            let ends = ['\n', '`', '|', '>', '<', ')', '"'];
            let words = shown.split(ends).next().unwrap().split_whitespace();
            let words: Vec<&str> = words.chain(["--help"]).collect();
            assert_eq!(
                folder.run(&words).code,
                Some(0),
                "{}: {words:?}",
                page.display()
            );
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}

#[test]
fn what_is_mistyped_is_guessed() {
    let folder = Folder::new("mistyped");
    for (words, guess) in [
        (&["chek"][..], "'check'"),
        (&["expalin"], "'explain'"),
        (&["token", "verfy"], "'verify'"),
        (&["keys", "generat"], "'generate'"),
        (&["check", "--emit-jsn", "x"], "'--emit-json'"),
        (&["doctor", "--jsn"], "'--json'"),
        (&["completions", "fisch"], "'fish'"),
        (&["keys", "generate", "--jwk", "ES265"], "'ES256'"),
    ] {
        let ran = folder.run(words);
        assert_eq!((ran.code, ran.output.as_str()), (Some(2), ""), "{words:?}");
        assert!(ran.messages.contains(guess), "{words:?}: {}", ran.messages);
    }
}

#[test]
fn all_that_is_wrong_with_arguments_is_said_at_once() {
    let folder = Folder::new("at_once");
    let explain = ["explain", "--url", "x", "--anonymous", "--at", "soon"];
    let verify = [
        "token",
        "verify",
        "--at",
        "soon",
        "--resource",
        "x",
        "a.b.c",
    ];
    let doctor = ["doctor", "--url", "a", "--also", "b", "--also", "c"];
    for (words, said, usage) in [
        (
            &explain[..],
            &["--at takes", "--url takes"][..],
            "lychgate explain",
        ),
        (
            &verify,
            &["--at takes", "--resource takes"],
            "lychgate token verify",
        ),
        (
            &doctor,
            &["--url \"a\"", "--also \"b\"", "--also \"c\""],
            "lychgate doctor",
        ),
        (
            &["explain"],
            &["--url <URL>", "<--claims <FILE>|--anonymous>"],
            "lychgate explain",
        ),
    ] {
        let ran = folder.run(words);
        assert_eq!((ran.code, ran.output.as_str()), (Some(2), ""), "{words:?}");
        for said in said {
            assert!(ran.messages.contains(said), "{words:?}: {}", ran.messages);
        }
        let usage = format!("Usage: {usage}");
        assert!(ran.messages.contains(&usage), "{words:?}: {}", ran.messages);
    }
}

#[test]
fn shells_get_completions_that_they_can_read() {
    let folder = Folder::new("completions");
    for (shell, word) in [
        ("bash", "complete -F _lychgate"),
        ("zsh", "#compdef lychgate"),
        ("fish", "complete -c lychgate"),
    ] {
        let ran = folder.run(&["completions", shell]);
        assert_eq!((ran.code, ran.messages.as_str()), (Some(0), ""), "{shell}");
        for word in [word, "emit-json", "completions"] {
            assert!(ran.output.contains(word), "{shell} {word}: {}", ran.output);
        }
        if shell == "bash" {
            fs::write(folder.0.join("script"), &ran.output).unwrap();
            let mut bash = Command::new("bash");
            let read = bash
                .arg("-n")
                .arg(folder.0.join("script"))
                .output()
                .unwrap();
            assert!(read.status.success(), "{read:?}");
            assert!(read.stderr.is_empty(), "{read:?}");
        }
    }
}

#[test]
fn colours_are_for_those_who_see_them() {
    let faulty = GOOD.replace("assets = true", "asset = true");
    let folder = Folder::new("colours")
        .with("good.toml", GOOD)
        .with("lychgate.toml", faulty);
    let explain = [
        "explain",
        "--config",
        "good.toml",
        "--url",
        "/",
        "--anonymous",
    ];
    let doctor = [
        "doctor",
        "--config",
        "good.toml",
        "--url",
        "http://localhost:1",
    ];
    for words in [
        &["check"][..],
        &["check", "good.toml"],
        &explain,
        &doctor,
        &["token", "inspect", "e30.e30.e30"],
        &["--help"],
        &["chek"],
    ] {
        let escapes = |settings: &[(&str, &str)]| {
            let mut command = Command::new(tree::program());
            let command = command.current_dir(&folder.0).args(words);
            let command = command.env_remove("CLICOLOR_FORCE").env_remove("NO_COLOR");
            let command = command.envs(settings.iter().copied());
            let ran = Ran::from(command.output().unwrap());
            format!("{}{}", ran.output, ran.messages).contains('\u{1b}')
        };
        let (force, none) = (("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1"));
        assert!(escapes(&[force]), "{words:?}");
        // On a pipe, and where people want none.
        for settings in [&[][..], &[none], &[none, force]] {
            assert!(!escapes(settings), "{words:?} {settings:?}");
        }
    }
    // Programs get none in any case.
    for words in [&doctor[..], &explain] {
        let mut command = Command::new(tree::program());
        let command = command.current_dir(&folder.0).args(words).arg("--json");
        let ran = Ran::from(command.env("CLICOLOR_FORCE", "1").output().unwrap());
        assert!(!ran.output.contains('\u{1b}'), "{words:?}");
    }
}

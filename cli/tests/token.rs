//! `lychgate token`, as people run it.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test by panicking"
)]

use ed25519_dalek::{Signer, SigningKey};
use lychgate_core::encoding::base64url;
use serde_json::{Value, json};
use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

const CONFIG: &str = r#"version = 1
public_url = "https://app.example.com"

[[key]]
id = 1
secret = "LYCHGATE_KEY_1"

[[issuer]]
issuer = "https://op.example.com"
audiences = ["https://api.example.com"]
algorithms = ["EdDSA"]

[[issuer]]
issuer = "https://shared.example.com"
audiences = ["https://api.example.com"]
shared_secret = { secret = "SHARED_SECRET" }

[[upstream]]
id = "api"
url = "https://api.internal.example.com"

[[route]]
path = "/items/**"
access = ["bearer"]
upstream = "api"
require = { scopes = ["read"] }

[[route]]
path = "/admin/**"
access = ["bearer"]
upstream = "api"
require = { any_group = ["admins"] }
"#;

const NOW: u64 = 1_800_000_000;

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}

impl Folder {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("lychgate-token-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("lychgate.toml"), CONFIG).unwrap();
        let x = base64url::encode(key().verifying_key().as_bytes());
        let jwks = json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": x}]});
        fs::write(folder.join("jwks.json"), jwks.to_string()).unwrap();
        Self(folder)
    }

    fn run(&self, arguments: &[&str], input: &str) -> (Option<i32>, String, String) {
        let mut command = Command::new(std::env::var_os("CARGO_BIN_EXE_lychgate").unwrap());
        let mut child = command
            .current_dir(&self.0)
            .arg("token")
            .args(arguments)
            .env_remove("SHARED_SECRET")
            .env_remove("CLICOLOR_FORCE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        let ran = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (ran.status.code(), text(ran.stdout), text(ran.stderr))
    }

    fn verify(&self, arguments: &[&str], token: &str) -> (Option<i32>, Value) {
        let at = NOW.to_string();
        let fixed = ["verify", "--jwks", "jwks.json", "--at", &at, "--json"];
        let (code, output, messages) = self.run(&[&fixed[..], arguments, &[token]].concat(), "");
        (
            code,
            serde_json::from_str(&output).unwrap_or(Value::String(messages)),
        )
    }
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

fn token(change: impl Fn(&mut Value, &mut Value)) -> String {
    let mut header = json!({"alg": "EdDSA", "typ": "at+jwt", "kid": "a"});
    let mut claims = json!({
        "iss": "https://op.example.com", "aud": "https://api.example.com", "sub": "ada",
        "client_id": "billing", "scope": "read", "exp": NOW + 60, "iat": NOW,
    });
    change(&mut header, &mut claims);
    let part = |value: &Value| base64url::encode(value.to_string().as_bytes());
    let input = format!("{}.{}", part(&header), part(&claims));
    let signature = key().sign(input.as_bytes()).to_bytes();
    format!("{input}.{}", base64url::encode(&signature))
}

#[test]
fn a_good_token_is_accepted_with_its_claims() {
    let folder = Folder::new("good");
    let good = token(|_, _| {});
    let (code, answer) = folder.verify(&[], &good);
    assert_eq!(code, Some(0));
    assert_eq!(answer["accepted"], true);
    assert_eq!(answer["subject"], "ada");
    assert_eq!(answer["client_id"], "billing");
    assert_eq!(answer["claims"]["scope"], "read");
    let at = NOW.to_string();
    let fixed = ["verify", "--jwks", "jwks.json", "--at", &at, "-"];
    let (code, output, _) = folder.run(&fixed, &format!("Bearer {good}\n"));
    assert_eq!(code, Some(0));
    assert!(
        output.starts_with("accepted\nissuer    https://op.example.com\nsubject   ada\n"),
        "{output}"
    );
}

#[test]
fn a_refused_token_gets_the_one_reason() {
    let folder = Folder::new("refused");
    let cases: [(&str, String); 8] = [
        (
            "iss is missing",
            token(|_, claims| claims["iss"] = json!("https://evil.example")),
        ),
        (
            "alg is none of the issuer's",
            token(|header, _| header["alg"] = json!("HS256")),
        ),
        (
            "no key of the issuer",
            token(|header, _| header["kid"] = json!("b")),
        ),
        (
            "the signature is wrong",
            token(|_, _| {}).replacen('.', ".e30", 0) + "",
        ),
        (
            "typ is none",
            token(|header, _| header["typ"] = json!("JWT")),
        ),
        (
            "none of the issuer's audiences",
            token(|_, claims| claims["aud"] = json!("other")),
        ),
        (
            "it expired 100s before",
            token(|_, claims| claims["exp"] = json!(NOW - 100)),
        ),
        ("it is not three parts", "abc".to_owned()),
    ];
    for (reason, mut text) in cases {
        if reason == "the signature is wrong" {
            let last = text.len() - 10;
            let other = if text.as_bytes()[last] == b'A' {
                "B"
            } else {
                "A"
            };
            text.replace_range(last..=last, other);
        }
        let (code, answer) = folder.verify(&[], &text);
        assert_eq!(code, Some(1), "{reason}");
        assert_eq!(answer["accepted"], false, "{reason}");
        assert!(
            answer["reason"].as_str().unwrap().contains(reason),
            "{answer}"
        );
    }
}

#[test]
fn a_route_decides_about_an_accepted_token() {
    let folder = Folder::new("routes");
    let good = token(|_, _| {});
    for (arguments, code, reason) in [
        (&["--resource", "/items/1"][..], 0, "allowed"),
        (
            &["--resource", "/items/1?x=y", "--method", "post"],
            0,
            "allowed",
        ),
        (
            &["--resource", "/admin/"],
            1,
            "forbidden (403): lacks a group",
        ),
        (
            &["--resource", "/nowhere"],
            1,
            "no route has this path (404)",
        ),
    ] {
        let (ended, answer) = folder.verify(arguments, &good);
        assert_eq!(ended, Some(code), "{answer}");
        assert_eq!(answer["decision"]["reason"], reason);
    }
}

#[test]
fn what_cannot_be_verified_is_no_verdict() {
    let folder = Folder::new("undecided");
    let (code, output, messages) = folder.run(&["verify", &token(|_, _| {})], "");
    assert_eq!((code, output.as_str()), (Some(2), ""));
    assert!(messages.contains("--jwks FILE"), "{messages}");
    let shared = token(|header, claims| {
        header["alg"] = json!("HS256");
        claims["iss"] = json!("https://shared.example.com");
    });
    let (code, _, messages) = folder.run(&["verify", &shared], "");
    assert_eq!(code, Some(2));
    assert!(messages.contains("set SHARED_SECRET"), "{messages}");
    for wrong in [
        &["verify"][..],
        &["inspect"],
        &[],
        &["forge", "x"],
        &["verify", "a", "b"],
        &["verify", "--method", "GET", "a"],
    ] {
        assert_eq!(folder.run(wrong, "").0, Some(2), "{wrong:?}");
    }
}

#[test]
fn inspecting_shows_the_parts_and_vouches_for_nothing() {
    let folder = Folder::new("inspect");
    let forged = token(|_, claims| claims["sub"] = json!("root"));
    let (code, output, _) = folder.run(&["inspect", &forged], "");
    assert_eq!(code, Some(0));
    assert!(output.starts_with("NOT VERIFIED"), "{output}");
    assert!(output.contains("\"sub\": \"root\""), "{output}");
    let (_, output, _) = folder.run(&["inspect", "--json", &forged], "");
    let answer: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(answer["verified"], false);
    assert_eq!(answer["header"]["alg"], "EdDSA");
    for garbage in ["a.b.c", "e30.e30", "a.b.c.d.e", ""] {
        let (code, output, _) = folder.run(&["inspect", garbage], "");
        assert_eq!((code, output.as_str()), (Some(1), ""), "{garbage}");
    }
}

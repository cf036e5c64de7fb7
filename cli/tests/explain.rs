//! `lychgate explain`, as people and programs run it.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test by panicking"
)]

mod folder;
mod tree;

use folder::{Folder, Ran};
use serde_json::{Value, json};
use std::fs;

const CONFIG: &str = r#"version = 1
public_url = "https://app.example.com"

[[key]]
id = 1
secret = "LYCHGATE_KEY_1"

[[provider]]
id = "first"
issuer = "https://first.example.com"
client_id = "edge"

[[provider]]
id = "second"
issuer = "https://second.example.com"
client_id = "edge"
groups_claim = "/access/groups"

[[upstream]]
id = "site"
assets = true

[[upstream]]
id = "api"
url = "https://api.example.com"

[[route]]
path = "/**"
access = ["public"]
upstream = "site"

[[route]]
path = "/staff.html"
access = ["session"]
upstream = "site"
require = { any_group = ["staff"] }

[[route]]
path = "/reports/**"
methods = ["GET"]
access = ["session"]
upstream = "api"

[[route]]
path = "/reports/**"
methods = ["POST", "PUT"]
access = ["session"]
upstream = "api"

[route.require]
all_groups = ["staff"]
acr = ["gold"]
claims = [{ path = "/address/country", one_of = ["NZ", 7] }]
any = [
  { email_domains = ["example.com"] },
  { any_role = ["editor", "admin"], max_age = "15m" },
]
"#;

/// A folder with the configuration in it, in which people ask for explanations.
struct Explaining(Folder);

impl Explaining {
    fn new(test: &str) -> Self {
        Self(Folder::new(test).with("lychgate.toml", CONFIG))
    }

    fn with(self, file: &str, text: &str) -> Self {
        Self(self.0.with(file, text))
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.0.run(&[&["explain"], arguments].concat())
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let ran = self.run(&[arguments, &["--json"]].concat());
        serde_json::from_str(&ran.output).unwrap()
    }
}

#[test]
fn every_requirement_is_a_hit_or_a_miss() {
    let claims = r#"{"sub":"ada","groups":["staff"],"address":{"country":"NZ"},"acr":"silver",
        "email":"ada@example.com","email_verified":"true","roles":["reader"],"auth_time":1000}"#;
    let folder = Explaining::new("hits").with("ada.json", claims);
    let ran = folder.run(&[
        "--url",
        "https://app.example.com/reports/1?x#y",
        "--method",
        "post",
        "--claims",
        "ada.json",
        "--at",
        "1970-01-01T01:00:00Z",
    ]);
    let expected = r#"POST /reports/1?x at app.example.com
who       ada, signed in at first (https://first.example.com), authenticated 2600s before
route     /reports/** (lychgate.toml:44:1): POST, PUT, session, upstream api
  hit   all_groups = ["staff"]  has: ["staff"]
  hit   claims: path = "/address/country", one_of = ["NZ",7]  has: "NZ"
  miss  acr = ["gold"]  has: "silver"
  miss  any
    miss  email_domains = ["example.com"]  has: "ada@example.com", not verified
    miss  all
      miss  any_role = ["editor","admin"]  has: ["reader"]
      miss  max_age = "900s"  has: authenticated 2600s before
note      a POST must come from a page of this site, too
decision  forbidden (403): lacks a verified e-mail address, a role
"#;
    assert_eq!(ran.output, expected);
    assert_eq!((ran.code, ran.messages.as_str()), (Some(1), ""));
}

#[test]
fn programs_get_the_same_as_json() {
    let claims = r#"{"sub":"ada","groups":"staff","address":{"country":7},"acr":"gold",
        "roles":["editor"],"auth_time":3000}"#;
    let folder = Explaining::new("json").with("ada.json", claims);
    let at = |seconds| {
        let asked = [
            "--url",
            "/reports/1",
            "--method",
            "PUT",
            "--claims",
            "ada.json",
            "--at",
        ];
        folder.json(&[&asked[..], &[seconds]].concat())
    };
    let allowed = at("3900");
    let branches = json!([
        {"met": false, "all": [{"email_domains": ["example.com"], "met": false}]},
        {"met": true, "all": [
            {"any_role": ["editor", "admin"], "met": true},
            {"max_age": "900s", "met": true},
        ]},
    ]);
    let expected = json!({
        "method": "PUT",
        "host": "app.example.com",
        "target": "/reports/1",
        "path_matching": "loose",
        "provider": "first",
        "issuer": "https://first.example.com",
        "subject": "ada",
        "at": 3900,
        "routes": [{
            "path": "/reports/**",
            "at": "lychgate.toml:44:1",
            "methods": ["POST", "PUT"],
            "access": "session",
            "upstream": "api",
            "require": [
                {"all_groups": ["staff"], "met": true},
                {"claims": {"path": "/address/country", "one_of": ["NZ", 7]}, "met": true},
                {"acr": ["gold"], "met": true},
                {"any": branches, "met": true},
            ],
        }],
        "allowed": true,
        "decision": "allow",
        "needs_proof_of_origin": true,
    });
    assert_eq!(allowed, expected);
    let later = at("3901");
    assert_eq!(later["decision"], "step_up");
    assert_eq!(
        later["step_up"],
        json!({"acr_values": ["gold"], "max_age": 900})
    );
    assert_eq!(later["allowed"], false);
}

#[test]
fn the_exit_code_is_the_decision() {
    let folder = Explaining::new("codes")
        .with("staff.json", r#"{"groups":["staff"]}"#)
        .with("other.json", r#"{"groups":["staf"]}"#);
    let staff = ["--claims", "staff.json"];
    let other = ["--claims", "other.json"];
    let nobody = ["--anonymous"];
    for (asked, who, code, decision) in [
        (&["--url", "/"][..], &nobody[..], 0, "allow"),
        (&["--url", "/staff"], &staff, 0, "allow"),
        (&["--url", "/staff"], &other, 1, "forbidden"),
        (&["--url", "/staff"], &nobody, 1, "sign_in"),
        (&["--url", "/reports/1"], &other, 0, "allow"),
        (
            &["--url", "/reports/1", "--method", "HEAD"],
            &other,
            0,
            "allow",
        ),
        (
            &["--url", "/reports/1", "--method", "DELETE"],
            &staff,
            1,
            "method_not_allowed",
        ),
        (&["--url", "/auth/login"], &staff, 1, "own_endpoint"),
        (&["--url", "/a//b"], &nobody, 1, "bad_request"),
        (&["--url", "https://app.example.com"], &nobody, 0, "allow"),
        (
            &["--url", "https://app.example.com:443/x"],
            &nobody,
            0,
            "allow",
        ),
        (
            &["--url", "https://other.example.com/x"],
            &nobody,
            1,
            "wrong_host",
        ),
    ] {
        let arguments = [asked, who].concat();
        let ran = folder.run(&arguments);
        assert_eq!(ran.code, Some(code), "{arguments:?} {}", ran.messages);
        assert_eq!(
            folder.json(&arguments)["decision"],
            decision,
            "{arguments:?}"
        );
    }
    let narrow = CONFIG.replace("path = \"/**\"", "path = \"/open/**\"");
    let folder = folder.with("lychgate.toml", &narrow);
    let arguments = ["--url", "/x", "--anonymous"];
    assert_eq!(folder.json(&arguments)["decision"], "not_found");
    assert_eq!(folder.run(&arguments).code, Some(1));
}

#[test]
fn the_other_spellings_of_a_file_are_named() {
    let folder = Explaining::new("spellings");
    let ran = folder.run(&["--url", "/staff/index.html", "--anonymous"]);
    let routes: Vec<&str> = ran.output.lines().skip(2).collect();
    let expected = [
        "route     /** (lychgate.toml:27:1): all methods, public, upstream site",
        "also      /staff.html (lychgate.toml:32:1): all methods, session, upstream site, for \
         another spelling of this file",
        "  miss  any_group = [\"staff\"]",
        "decision  sign in: a person is sent to sign in, everything else gets 401",
    ];
    assert_eq!(routes, expected);
}

#[test]
fn routes_that_an_upstream_may_read_the_path_as_are_named() {
    let config = r#"version = 1
public_url = "https://app.example.com"
[[key]]
id = 1
secret = "LYCHGATE_KEY_1"
[[provider]]
id = "one"
issuer = "https://op.example.com"
client_id = "x"
[[upstream]]
id = "api"
url = "https://api.example.com"
[[route]]
path = "/api/**"
access = ["public"]
upstream = "api"
[[route]]
path = "/api/admin/**"
access = ["session"]
upstream = "api"
"#;
    let asked = ["--url", "/api/Admin/x", "--anonymous"];
    let folder = Explaining::new("readings").with("lychgate.toml", config);
    let ran = folder.run(&asked);
    let lines: Vec<&str> = ran.output.lines().skip(2).collect();
    let expected = [
        "route     /api/** (lychgate.toml:13:1): all methods, public, upstream api",
        "also      /api/admin/** (lychgate.toml:17:1): all methods, session, upstream api, because the upstream may \
         read the path as one of these",
        "decision  sign in: a person is sent to sign in, everything else gets 401",
    ];
    assert_eq!(lines, expected);
    assert_eq!(folder.json(&asked)["path_matching"], "loose");
    let parent = folder.run(&["--url", "/api/%252e%252e/admin", "--anonymous"]);
    let last = parent.output.lines().last().unwrap();
    assert!(last.contains("one with .. in it"), "{last}");
    // The twin: an upstream that says that it reads paths as they are written.
    let exact = config.replace(
        "example.com\"\n[[route]]",
        "example.com\"\npath_matching = \"exact\"\n[[route]]",
    );
    let folder = folder.with("lychgate.toml", &exact);
    let ran = folder.run(&asked);
    let lines: Vec<&str> = ran.output.lines().skip(2).collect();
    let expected = [
        "route     /api/** (lychgate.toml:14:1): all methods, public, upstream api",
        "note      path_matching = \"exact\": other readings of the path are not looked at",
        "decision  allow: goes to the upstream api",
    ];
    assert_eq!(lines, expected);
    assert_eq!(folder.json(&asked)["path_matching"], "exact");
}

#[test]
fn a_route_for_tokens_alone_sends_nobody_to_sign_in() {
    let config = r#"version = 1
public_url = "https://app.example.com"
[[key]]
id = 1
secret = "LYCHGATE_KEY_1"
[[issuer]]
issuer = "https://op.example.com"
audiences = ["api"]
[[upstream]]
id = "api"
url = "https://api.example.com"
[[route]]
path = "/api/**"
access = ["bearer"]
upstream = "api"
"#;
    let folder = Explaining::new("tokens").with("lychgate.toml", config);
    let ran = folder.run(&["--url", "/api/x", "--anonymous"]);
    assert_eq!(ran.code, Some(1));
    let decision = "decision  401: it takes access tokens alone; \
                    `lychgate token verify --resource` judges one that has a signature";
    assert_eq!(ran.output.lines().last(), Some(decision));
    // A token comes from a program, so that no page has to send it.
    let changing = ["--url", "/api/x", "--method", "POST", "--anonymous"];
    let of_page = "note      a POST must come from a page of this site, too\n";
    assert!(!folder.run(&changing).output.contains(of_page));
    let folder = folder.with("ada.json", r#"{"sub":"ada"}"#);
    let claims = folder.run(&["--url", "/api/x", "--claims", "ada.json"]);
    assert_eq!(claims.code, Some(2));
    assert!(
        claims.messages.contains("lychgate token verify --resource"),
        "{}",
        claims.messages
    );
    let either = config.replace("[\"bearer\"]", "[\"session\", \"bearer\"]");
    let provider = "[[provider]]\nid = \"one\"\nissuer = \"https://op.example.com\"\nclient_id = \"x\"\n\
                    client_secret = { secret = \"S\" }\n[[upstream]]";
    let either = either.replace("[[upstream]]", provider);
    let folder = folder.with("lychgate.toml", &either);
    let ran = folder.run(&["--url", "/api/x", "--anonymous"]);
    let decision = "decision  sign in: a person is sent to sign in, everything else gets 401";
    assert_eq!(ran.output.lines().last(), Some(decision));
    assert!(folder.run(&changing).output.contains(of_page));
}

#[test]
fn who_is_asked_about_an_opaque_token_is_named() {
    let config = r#"version = 1
public_url = "https://app.example.com"
[[key]]
id = 1
secret = "LYCHGATE_KEY_1"
[[issuer]]
issuer = "https://tokens.example.com"
check = "introspection"
introspection_endpoint = "https://tokens.example.com/introspect"
client_id = "edge"
client_secret = { secret = "TOKENS" }
audiences = ["api"]
[[issuer]]
issuer = "https://other.example.com"
check = "introspection"
introspection_endpoint = "https://other.example.com/introspect"
introspection_signed = true
client_id = "edge"
client_secret = { secret = "OTHER" }
audiences = ["api"]
token_prefix = "ot_"
[[issuer]]
issuer = "https://signed.example.com"
audiences = ["api"]
revocation = "userinfo"
userinfo_endpoint = "https://signed.example.com/me"
[[upstream]]
id = "api"
url = "https://api.example.com"
[[route]]
path = "/open/**"
access = ["public"]
upstream = "api"
[[route]]
path = "/opaque/**"
access = ["bearer"]
upstream = "api"
[[route]]
path = "/signed/**"
access = ["bearer"]
upstream = "api"
require = { issuers = ["https://signed.example.com"] }
"#;
    let folder = Explaining::new("asked").with("lychgate.toml", config);
    let tokens = |url: &str| {
        let ran = folder.run(&["--url", url, "--anonymous"]);
        let lines = ran.output.lines().map(str::to_owned);
        let lines = lines.filter(|line| line.starts_with("tokens"));
        lines.collect::<Vec<_>>()
    };
    let by_prefix = "tokens    opaque, ot_...: https://other.example.com is asked at \
        https://other.example.com/introspect (introspection, with a signed answer)";
    let of_route = "tokens    opaque: https://tokens.example.com is asked at \
        https://tokens.example.com/introspect (introspection)";
    let signed = "tokens    signed by https://signed.example.com: it is asked at \
        https://signed.example.com/me (userinfo) whether they were revoked";
    let none = "tokens    opaque, of any other form: nobody is asked, and none counts here";
    assert_eq!(tokens("/opaque/a"), [of_route, by_prefix, signed]);
    assert_eq!(tokens("/signed/a"), [by_prefix, signed, none]);
    assert_eq!(tokens("/open/a"), [""; 0]);
    let asks = |url| folder.json(&["--url", url, "--anonymous"])["asks"].clone();
    let asked = asks("/opaque/a");
    let first = json!({
        "tokens": "opaque", "token_prefix": null, "issuer": "https://tokens.example.com",
        "endpoint": "https://tokens.example.com/introspect", "metadata_url": null,
        "by": "introspection", "signed_answer": false,
    });
    assert_eq!(asked[0], first);
    assert_eq!(asked[1]["token_prefix"], "ot_");
    assert_eq!(asked[1]["signed_answer"], true);
    assert_eq!(asked[2]["tokens"], "signed");
    assert_eq!(asks("/signed/a").as_array().unwrap().len(), 2);
    assert_eq!(asks("/open/a"), Value::Null);
    // Its metadata names the endpoint where nothing else does.
    let line = "introspection_endpoint = \"https://tokens.example.com/introspect\"\n";
    let folder = Explaining::new("metadata").with("lychgate.toml", &config.replacen(line, "", 1));
    let ran = folder.run(&["--url", "/opaque/a", "--anonymous"]);
    let of_route = "tokens    opaque: https://tokens.example.com is asked at the introspection_endpoint of \
        https://tokens.example.com/.well-known/openid-configuration (introspection)";
    assert!(ran.output.contains(of_route), "{}", ran.output);
}

#[test]
fn claims_are_those_of_the_named_provider() {
    let folder = Explaining::new("providers")
        .with("ada.json", r#"{"sub":"ada","access":{"groups":["staff"]}}"#);
    let asked = ["--url", "/staff.html", "--claims", "ada.json", "--provider"];
    let at = |provider| folder.run(&[&asked[..], &[provider]].concat());
    assert_eq!(at("first").code, Some(1));
    assert_eq!(at("second").code, Some(0));
    let unknown = at("third");
    assert_eq!(unknown.code, Some(2));
    let said = "lychgate: there is no provider \"third\"; there are: first, second\n";
    assert_eq!(unknown.messages, said);
}

#[test]
fn what_cannot_be_explained_is_code_2_and_says_why() {
    let folder = Explaining::new("wrong")
        .with("list.json", "[]")
        .with("broken.json", "{\"sub\":")
        .with("sub.json", r#"{"sub":7}"#)
        .with("acr.json", r#"{"acr":["gold"]}"#)
        .with("time.json", r#"{"auth_time":"noon"}"#)
        .with("good.json", "{}")
        .with("broken.toml", &CONFIG.replace("any_role", "any_rule"));
    for (arguments, said) in [
        (&["--claims", "none.json"][..], "cannot read none.json"),
        (&["--claims", "list.json"], "expected an object of claims"),
        (&["--claims", "broken.json"], "broken.json:1:7: no JSON"),
        (&["--claims", "sub.json"], "sub.json: sub must be a string"),
        (&["--claims", "acr.json"], "acr.json: acr must be a string"),
        (
            &["--claims", "time.json"],
            "time.json: auth_time must be whole seconds since 1970",
        ),
        (
            &["--anonymous", "--config", "none.toml"],
            "cannot read none.toml",
        ),
        (
            &["--anonymous", "--config", "broken.toml"],
            "broken.toml:56:5: route[3].require.any[1].any_rule: unknown key",
        ),
        (&[], "<--claims <FILE>|--anonymous>"),
    ] {
        let ran = folder.run(&[&["--url", "/"], arguments].concat());
        assert_eq!(ran.code, Some(2), "{arguments:?}");
        assert_eq!(ran.output, "", "{arguments:?}");
        assert!(
            ran.messages.contains(said),
            "{arguments:?} {}",
            ran.messages
        );
    }
    for url in [
        "",
        "app.example.com/x",
        "ftp://app.example.com/",
        "https://",
        "https://a?b",
    ] {
        let ran = folder.run(&["--url", url, "--anonymous"]);
        assert_eq!(ran.code, Some(2), "{url}");
        assert!(ran.messages.contains("--url takes an address"), "{url}");
    }
    assert_eq!(
        folder.run(&["--url", "/", "--claims", "good.json"]).code,
        Some(0)
    );
}

/// The blocks of a page of the reference that begin with this fence.
fn blocks(page: &str, fence: &str) -> Vec<String> {
    let folder = tree::root().join("docs/reference");
    let page = fs::read_to_string(folder.join(page)).unwrap();
    let opening = format!("```{fence}\n");
    let blocks = page.split(&opening).skip(1);
    let inner = blocks.map(|block| block.split("```").next().unwrap().to_owned());
    inner.collect()
}

/// A new user sees what the reference says, with the demo's configuration.
#[test]
fn the_reference_s_decision_is_explained_so() {
    let root = tree::root();
    let demo = fs::read_to_string(root.join("lychgate.toml")).unwrap();
    let shown = blocks("command-line.md", "text");
    let shown = shown
        .iter()
        .find(|block| block.starts_with("GET /staff/"))
        .unwrap();
    let command = blocks("command-line.md", "sh");
    let command = command
        .iter()
        .find(|block| block.contains("lychgate -- explain"))
        .unwrap();
    let claims = command.split('\'').nth(1).unwrap();
    assert!(command.contains("explain --url http://localhost:8787/staff/ --claims ada.json"));
    let folder = Explaining::new("reference")
        .with("lychgate.toml", &demo)
        .with("ada.json", claims);
    let asked = [
        "--url",
        "http://localhost:8787/staff/",
        "--claims",
        "ada.json",
    ];
    assert_eq!(&folder.run(&asked).output, shown);
}

/// The reference's example of requirements is one, word for word.
#[test]
fn the_reference_s_requirements_are_understood() {
    let example = blocks("require.md", "toml");
    let example = example
        .iter()
        .find(|block| block.contains("[route.require]"))
        .unwrap();
    let claims = r#"{"roles":["editor"],"department":"press","address":{"country":"NZ"},
        "email":"ada@example.com","email_verified":true}"#;
    let folder = Explaining::new("requirements").with("ada.json", claims);
    let (before, _) = CONFIG.split_once("[[route]]").unwrap();
    let config = format!("{before}{example}");
    let folder = folder.with("lychgate.toml", &config);
    let post = [
        "--url",
        "/reports/x",
        "--method",
        "POST",
        "--claims",
        "ada.json",
    ];
    assert_eq!(
        folder.run(&post).code,
        Some(0),
        "{}",
        folder.run(&post).output
    );
}

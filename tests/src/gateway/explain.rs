//! The decisions of `lychgate explain` against those of the gateway.

use crate::{
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::{browser::Browser, request::Request, response::Response},
    scripted::provider::Person,
};
use lychgate_core::{
    access::decision::Decision,
    config::Config,
    gateway::explain::{Explanation, Question, explain, session},
    http::method::Method,
    session::record::SessionRecord,
};
use serde_json::json;

const TARGETS: [&str; 22] = [
    "/",
    "/nowhere",
    "/members/",
    "/members.html",
    "/staff/",
    "/staff.html",
    "/staff/index",
    "/%73taff/x?y=1",
    "/api/whoami",
    "/corp/x",
    "/example/x",
    "/editors/x",
    "/press/x",
    "/either/x",
    "/notes/x",
    "/fresh/x",
    "/gold/x",
    "/vault/x",
    "/open/x",
    "/plain/x",
    "/a//b",
    "/staff/x/index/index/index/index/index.html",
];

/// Whether the answer is the one that was explained.
fn is_as_explained(explained: &Explanation<'_>, response: &Response) -> bool {
    let error = || response.json()["error"].as_str().map(str::to_owned);
    let is = |status: u16, code: &str| {
        response.status == status
            && (response.text().is_empty() || error().as_deref() == Some(code))
    };
    match explained {
        Explanation::WrongHost => is(421, "wrong_host"),
        Explanation::Malformed => is(400, "invalid_request"),
        Explanation::OwnEndpoint(_) | Explanation::ResourceMetadata => false,
        Explanation::NoRoute => is(404, "not_found"),
        Explanation::MethodNotAllowed { .. } => is(405, "method_not_allowed"),
        Explanation::Decided { decision, .. } => match decision {
            // There may be no such file.
            Decision::Allow(_) => {
                matches!(response.status, 200 | 404) && !response.text().contains("incident")
            }
            Decision::SignIn => is(401, "login_required"),
            Decision::OtherAudience => is(401, "invalid_token"),
            Decision::StepUp(_) => is(401, "insufficient_user_authentication"),
            Decision::Forbidden { .. } => is(403, "access_denied"),
        },
    }
}

fn record(host: &InProcess, config: &Config, login: &str) -> SessionRecord {
    let mut claims = Person::by_login(login).claims;
    claims["sub"] = json!(login);
    claims["auth_time"] = json!(host.now().as_seconds());
    session(&config.providers[0], claims.as_object().unwrap().clone())
}

#[test]
fn the_gateway_does_what_is_explained() {
    let setup = Setup::standard();
    let host = InProcess::with(&setup);
    let config = Config::from_json(setup.configuration.to_string().as_bytes()).unwrap();
    let mut kinds = [0_u32; 5];
    for login in [None, Some("member"), Some("staff")] {
        let who = login.map(|login| record(&host, &config, login));
        let mut browser = match login {
            Some(login) => Browser::signed_in(&host, login),
            None => Browser::new(&host),
        };
        for (target, method) in TARGETS
            .iter()
            .flat_map(|target| ["GET", "HEAD", "POST", "DELETE"].map(|method| (*target, method)))
        {
            let question = Question {
                host: host.authority(),
                target,
                method: Method::parse(method),
                who: who.as_ref(),
                now: host.now(),
            };
            let explained = explain(&config, &question);
            let response = browser.send(Request::script(method, target));
            assert!(
                is_as_explained(&explained, &response),
                "{login:?} {method} {target}: {explained:?}, {}",
                response.summary()
            );
            if let Explanation::Decided { decision, .. } = &explained {
                let kind = match decision {
                    Decision::Allow(_) => 0,
                    Decision::SignIn | Decision::OtherAudience => 1,
                    Decision::StepUp(_) => 2,
                    Decision::Forbidden { .. } => 3,
                };
                kinds[kind] += 1;
            } else {
                kinds[4] += 1;
            }
        }
    }
    assert!(kinds.iter().all(|count| *count > 5), "{kinds:?}");
    let question = Question {
        host: "evil.example",
        target: "/",
        method: Method::Get,
        who: None,
        now: host.now(),
    };
    assert!(matches!(
        explain(&config, &question),
        Explanation::WrongHost
    ));
}

//! The note of `lychgate check` on a logo that nobody, or not everybody, is shown.
//!
//! A note, not an error: on pages for people who are signed in it may be meant so.

use crate::clock;
use lychgate_core::{
    config::Config,
    gateway::explain::{Explanation, Question, explain},
    http::{method::Method, path::RequestPath},
};

/// A sentence about the logo, where a browser without a session does not get it.
pub(crate) fn note(config: &Config) -> Option<String> {
    let logo = config.page.theme.logo.as_ref().map(RequestPath::as_str)?;
    let question = Question {
        host: config.public_url.authority(),
        target: logo,
        method: Method::Get,
        who: None,
        now: clock::now(),
    };
    match explain(config, &question) {
        explanation if explanation.is_allowed() => None,
        Explanation::Decided { .. } => Some(format!(
            "page.logo: {logo} is not public, so people who are not signed in do not see it: add a public route for it"
        )),
        Explanation::WrongHost
        | Explanation::Malformed
        | Explanation::OwnEndpoint(_)
        | Explanation::ResourceMetadata
        | Explanation::NoRoute
        | Explanation::MethodNotAllowed { .. } => Some(format!(
            "page.logo: no route serves {logo}, so nobody sees it"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note_at(logo: &str) -> Option<String> {
        let json = format!(
            r#"{{"version":1,"public_url":"https://app.example.com","page":{{"logo":"{logo}"}},
            "key":[{{"id":1,"secret":"KEY_1"}}],
            "provider":[{{"id":"op","issuer":"https://op.example.com","client_id":"edge"}}],
            "upstream":[{{"id":"site","assets":true}},{{"id":"api","url":"https://api.example.com"}}],
            "route":[{{"path":"/public/**","access":["public"],"upstream":"site"}},
                     {{"path":"/public/api/*","methods":["POST"],"access":["public"],"upstream":"api"}},
                     {{"path":"/members/**","access":["session"],"upstream":"site"}}]}}"#
        );
        note(&Config::from_json(json.as_bytes()).unwrap())
    }

    #[test]
    fn a_logo_that_is_not_public_is_mentioned_and_one_that_is_public_is_not() {
        assert_eq!(note_at("/public/logo.svg"), None);
        let note = note_at("/members/logo.svg").unwrap();
        assert!(note.contains("/members/logo.svg is not public"), "{note}");
    }

    #[test]
    fn a_logo_that_no_route_serves_is_mentioned() {
        for logo in ["/logo.svg", "/auth/logo.svg", "/public/api/logo.svg"] {
            let note = note_at(logo).unwrap();
            assert!(note.contains(&format!("no route serves {logo}")), "{note}");
        }
    }
}

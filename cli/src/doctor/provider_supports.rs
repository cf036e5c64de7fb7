//! Whether a provider takes what its client is configured to send, as far as its metadata says (OpenID Connect Discovery,
//! section 3).

use super::{checks::Check, finding::Finding};
use lychgate_core::{
    config::{ClientAuthentication, Provider, ResponseMode},
    http::outbound::Reply,
    oidc::document,
};
use serde_json::{Map, Value};

const CHECK: Check = Check::Client;

/// A finding for each setting that the metadata says anything about.
pub(super) fn check(provider: &Provider, reply: &Reply) -> Vec<Finding> {
    let Ok(metadata) = document::read_published(reply) else {
        return Vec::new();
    };
    let found = [
        authentication(provider, &metadata),
        response_mode(provider, &metadata),
        response_type(provider, &metadata),
    ];
    found.into_iter().flatten().collect()
}

/// How it authenticates at the token endpoint. Public clients are often left out of the list.
fn authentication(provider: &Provider, metadata: &Map<String, Value>) -> Option<Finding> {
    let id = &provider.id;
    let listed = listed(metadata, "token_endpoint_auth_methods_supported")?;
    let method = match &provider.client_authentication {
        ClientAuthentication::None => "none",
        ClientAuthentication::ClientSecretBasic(_) => "client_secret_basic",
        ClientAuthentication::ClientSecretPost(_)
        | ClientAuthentication::AppleClientSecret { .. } => "client_secret_post",
        ClientAuthentication::PrivateKeyJwt(_) => "private_key_jwt",
    };
    if listed.contains(&method) {
        let what = format!("{id} takes {method} at its token endpoint");
        return Some(Finding::pass(CHECK, what));
    }
    let what = format!(
        "{id} lists {} for its token endpoint, and not {method}",
        listed.join(", ")
    );
    if matches!(provider.client_authentication, ClientAuthentication::None) {
        let advice = format!(
            "if the client at the provider is not a public one, give provider[{id}] its client_secret"
        );
        return Some(Finding::warn(CHECK, what, advice));
    }
    let advice = format!("set token_endpoint_auth_method of provider[{id}] to one of them");
    Some(Finding::fail(CHECK, what, advice))
}

fn response_mode(provider: &Provider, metadata: &Map<String, Value>) -> Option<Finding> {
    let id = &provider.id;
    let mode = match provider.response_mode {
        ResponseMode::Query => "query",
        ResponseMode::FormPost => "form_post",
    };
    let listed = listed(metadata, "response_modes_supported")?;
    (!listed.contains(&mode)).then(|| {
        let what = format!(
            "{id} lists the response modes {}, and not {mode}",
            listed.join(", ")
        );
        let advice = format!("set response_mode of provider[{id}] to one of them");
        Finding::fail(CHECK, what, advice)
    })
}

fn response_type(provider: &Provider, metadata: &Map<String, Value>) -> Option<Finding> {
    let id = &provider.id;
    let listed = listed(metadata, "response_types_supported")?;
    (!listed.contains(&"code")).then(|| {
        let what = format!("{id} does not list the response type code");
        let advice =
            "Lychgate signs people in by codes alone; allow the authorization code flow there";
        Finding::fail(CHECK, what, advice)
    })
}

/// The texts of a list; `None` where there is none, or an empty one, which says nothing.
fn listed<'a>(metadata: &'a Map<String, Value>, name: &str) -> Option<Vec<&'a str>> {
    let Value::Array(items) = metadata.get(name)? else {
        return None;
    };
    let texts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
    (!texts.is_empty()).then_some(texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lychgate_core::config::Config;
    use serde_json::json;

    fn statuses(more: &str, metadata: &Value) -> Vec<String> {
        let json = format!(
            r#"{{"version":1,"public_url":"https://app.example.com","key":[{{"id":1,"secret":"KEY_1"}}],
            "provider":[{{"id":"op","issuer":"https://op.example.com","client_id":"edge"{more}}}],
            "upstream":[{{"id":"site","assets":true}}],
            "route":[{{"path":"/**","access":["session"],"upstream":"site"}}]}}"#
        );
        let config = Config::from_json(json.as_bytes()).unwrap();
        let reply = Reply {
            status: 200,
            content_type: Some("application/json".to_owned()),
            body: metadata.to_string().into_bytes(),
        };
        let findings = check(&config.providers[0], &reply);
        let said = findings.iter().map(Finding::to_string);
        said.map(|text| anstream::adapter::strip_str(&text).to_string())
            .collect()
    }

    #[test]
    fn what_the_provider_does_not_take_is_said() {
        const SECRET: &str = r#","client_secret":{"secret":"S"}"#;
        let methods = |methods: &[&str]| json!({"token_endpoint_auth_methods_supported": methods});
        let passes = statuses(
            SECRET,
            &methods(&["client_secret_basic", "private_key_jwt"]),
        );
        assert!(
            passes.len() == 1 && passes[0].starts_with("pass"),
            "{passes:?}"
        );
        let fails = statuses(SECRET, &methods(&["client_secret_post"]));
        assert!(
            fails.len() == 1 && fails[0].starts_with("fail"),
            "{fails:?}"
        );
        assert!(fails[0].contains("client_secret_post"), "{fails:?}");
        let warns = statuses("", &methods(&["client_secret_post"]));
        assert!(
            warns.len() == 1 && warns[0].starts_with("warn"),
            "{warns:?}"
        );
        assert!(statuses(SECRET, &json!({})).is_empty());
        assert!(statuses(SECRET, &methods(&[])).is_empty());
        for (name, good, bad) in [
            ("response_modes_supported", "query", "fragment"),
            ("response_types_supported", "code", "id_token"),
        ] {
            assert!(statuses(SECRET, &json!({name: [good, bad]})).is_empty());
            let fails = statuses(SECRET, &json!({name: [bad]}));
            assert!(
                fails.len() == 1 && fails[0].starts_with("fail"),
                "{fails:?}"
            );
        }
    }
}

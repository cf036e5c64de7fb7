//! Conditions and decisions in the words of the configuration.

use lychgate_core::{
    access::{
        claim_requirement::{ClaimTest, ClaimValue},
        condition::Condition,
        decision::Missing,
    },
    session::record::SessionRecord,
    time::UnixTime,
};
use serde_json::{Value, json};

/// A condition as members of JSON: the key of `require`, and what stands there.
pub(crate) fn written(condition: &Condition) -> (&'static str, Value) {
    match condition {
        Condition::AnyGroup(groups) => ("any_group", json!(groups)),
        Condition::AllGroups(groups) => ("all_groups", json!(groups)),
        Condition::AnyRole(roles) => ("any_role", json!(roles)),
        Condition::AllRoles(roles) => ("all_roles", json!(roles)),
        Condition::EmailDomains(domains) => {
            let domains: Vec<&str> = domains.iter().map(|domain| domain.as_str()).collect();
            ("email_domains", json!(domains))
        }
        Condition::Claim(claim) => {
            let path = claim.path.to_string();
            let claim = match &claim.test {
                ClaimTest::Equals(expected) => json!({"path": path, "equals": value(expected)}),
                ClaimTest::OneOf(values) => {
                    let values: Vec<Value> = values.iter().map(value).collect();
                    json!({"path": path, "one_of": values})
                }
                ClaimTest::Contains(expected) => json!({"path": path, "contains": value(expected)}),
            };
            ("claims", claim)
        }
        Condition::AllScopes(scopes) => ("scopes", json!(scopes)),
        Condition::AnyScope(scopes) => ("any_scope", json!(scopes)),
        Condition::Client(clients) => ("clients", json!(clients)),
        Condition::Provider(providers) => ("providers", json!(providers)),
        Condition::Issuer(issuers) => ("issuers", json!(issuers)),
        Condition::Acr(values) => ("acr", json!(values)),
        Condition::MaxAge(most) => ("max_age", json!(most.to_string())),
    }
}

fn value(value: &ClaimValue) -> Value {
    match value {
        ClaimValue::Text(text) => json!(text),
        ClaimValue::Number(number) => json!(number),
        ClaimValue::Boolean(boolean) => json!(boolean),
    }
}

/// A condition as one would write it into the file.
pub(crate) fn toml(condition: &Condition) -> String {
    let (key, asked) = written(condition);
    let Value::Object(members) = asked else {
        return format!("{key} = {asked}");
    };
    let test = members.iter().filter(|(name, _)| *name != "path");
    let test: Vec<String> = test
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    let path = members.get("path").unwrap_or(&Value::Null);
    format!("{key}: path = {path}, {}", test.join(", "))
}

/// The person's values of the kind that the condition asks for.
pub(crate) fn held(condition: &Condition, who: &SessionRecord, now: UnixTime) -> String {
    match condition {
        Condition::AnyGroup(_) | Condition::AllGroups(_) => json!(who.groups).to_string(),
        Condition::AnyRole(_) | Condition::AllRoles(_) => json!(who.roles).to_string(),
        Condition::EmailDomains(_) => email(who.email(), who),
        Condition::Claim(claim) => match claim.path.find(&who.claims) {
            Some(found) if claim.is_about_email() => email(found.as_str(), who),
            Some(found) => found.to_string(),
            None => "nothing there".to_owned(),
        },
        Condition::AllScopes(_) | Condition::AnyScope(_) => {
            json!(who.scope.as_deref().unwrap_or_default()).to_string()
        }
        Condition::Client(_) => "a session, which has no client".to_owned(),
        Condition::Provider(_) => json!(who.provider).to_string(),
        Condition::Issuer(_) => json!(who.iss).to_string(),
        Condition::Acr(_) => who
            .acr
            .as_ref()
            .map_or("no acr".to_owned(), |acr| json!(acr).to_string()),
        Condition::MaxAge(_) => match who.auth_time {
            Some(at) => format!(
                "authenticated {} before",
                now.since(UnixTime::from_seconds(at))
            ),
            None => "no auth_time".to_owned(),
        },
    }
}

fn email(address: Option<&str>, who: &SessionRecord) -> String {
    match address {
        None => "no e-mail address".to_owned(),
        Some(address) if who.is_email_verified() => json!(address).to_string(),
        Some(address) => format!("{}, not verified", json!(address)),
    }
}

/// A kind of thing that is missing, by its name in JSON and in a sentence.
pub(crate) const fn missing(missing: Missing) -> (&'static str, &'static str) {
    match missing {
        Missing::Group => ("group", "a group"),
        Missing::Role => ("role", "a role"),
        Missing::EmailDomain => ("email_domain", "a verified e-mail address"),
        Missing::Claim => ("claim", "a claim"),
        Missing::Scope => ("scope", "a scope"),
        Missing::Client => ("client", "a token of another client"),
        Missing::Source => ("source", "an account of another provider"),
        Missing::Authentication => ("authentication", "an authentication that no sign-in brings"),
    }
}

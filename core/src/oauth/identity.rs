//! The facts about a user from the resources of a provider, in the claims of OpenID Connect.

use super::{OAuthFault, token_check::text};
use crate::{access::claim_path::ClaimPath, encoding::json};
use alloc::{string::String, vec::Vec};
use core::mem;
use serde_json::{Map, Value};

/// The value that stands for `sub`.
///
/// # Errors
/// [`OAuthFault::Subject`] where there is none, or one that no provider gives.
pub fn subject(claims: &Map<String, Value>, path: &ClaimPath) -> Result<String, OAuthFault> {
    let subject = path.find(claims).and_then(text);
    subject
        .filter(|subject| (1..=255).contains(&subject.len()) && !subject.contains(char::is_control))
        .ok_or(OAuthFault::Subject)
}

/// Takes the address that the provider verified and calls the primary one; any other counts for nothing, and
/// so does the one that a profile shows, which people write there themselves.
pub fn take_email(claims: &mut Map<String, Value>, emails: &[Map<String, Value>]) {
    let others = |name: &str| !matches!(name, "email" | "email_verified");
    *claims = json::keeping(mem::take(claims), others);
    let is = |email: &Map<String, Value>, name| email.get(name) == Some(&Value::Bool(true));
    let primary = emails
        .iter()
        .find(|email| is(email, "primary") && is(email, "verified"));
    if let Some(Value::String(address)) = primary.and_then(|email| email.get("email")) {
        claims.insert("email".into(), address.as_str().into());
        claims.insert("email_verified".into(), true.into());
    }
}

/// The names of organisations, as groups.
pub fn take_groups(
    claims: &mut Map<String, Value>,
    name: &str,
    organisations: &[Map<String, Value>],
) {
    let names = organisations.iter().filter_map(|one| one.get("login"));
    let names: Vec<Value> = names.filter(|name| name.is_string()).cloned().collect();
    claims.insert(name.into(), Value::Array(names));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_subject_is_a_text_or_a_whole_number() {
        let id = ClaimPath::parse("id").unwrap();
        for (claims, expected) in [
            (json!({"id": 583_231}), Some("583231")),
            (json!({"id": "a"}), Some("a")),
            (json!({"id": 1.5}), None),
            (json!({"id": -1}), None),
            (json!({"id": ""}), None),
            (json!({"id": "a\nb"}), None),
            (json!({"login": "a"}), None),
        ] {
            let found = subject(&object(claims.clone()), &id).ok();
            assert_eq!(found.as_deref(), expected, "{claims}");
        }
    }

    #[test]
    fn only_the_verified_primary_address_counts() {
        let emails = |primary: Value, verified: Value| {
            let one = json!({"email": "a@example.com", "primary": primary, "verified": verified});
            let other = json!({"email": "b@example.com", "primary": false, "verified": true});
            let mut claims = object(json!({"email": "shown@example.com", "email_verified": true}));
            take_email(&mut claims, &[object(other), object(one)]);
            Value::Object(claims)
        };
        let found = json!({"email": "a@example.com", "email_verified": true});
        assert_eq!(emails(json!(true), json!(true)), found);
        for (primary, verified) in [(true, false), (false, true)] {
            assert_eq!(emails(json!(primary), json!(verified)), json!({}));
        }
        assert_eq!(emails(json!("true"), json!(true)), json!({}));
    }

    #[test]
    fn organisations_are_groups() {
        let mut claims = Map::new();
        let listed = [
            object(json!({"login": "acme", "id": 1})),
            object(json!({"login": 7})),
        ];
        take_groups(&mut claims, "groups", &listed);
        assert_eq!(Value::Object(claims), json!({"groups": ["acme"]}));
    }
}

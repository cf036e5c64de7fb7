//! Providers without OpenID Connect, which answer as the documentation of GitHub and Facebook says.
//!
//! They stand beside the OpenID provider, under `/github` and `/facebook`, and know the same people by number.

use super::{CLIENT_ID, CLIENT_SECRET, Person, Provider, Seen, basic};
use lychgate_core::{
    encoding::{base64url, parameters::Parameters},
    http::{method::Method, outbound::Outbound},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The provider configuration that meets them here instead of at their own addresses.
pub fn github(issuer: &str) -> Value {
    json!({
        "preset": "github",
        "issuer": "https://github.com",
        "authorization_endpoint": format!("{issuer}/github/login/oauth/authorize"),
        "token_endpoint": format!("{issuer}/github/login/oauth/access_token"),
        "userinfo_endpoint": format!("{issuer}/github/api/user"),
        "emails_endpoint": format!("{issuer}/github/api/user/emails"),
        "groups_endpoint": format!("{issuer}/github/api/user/orgs"),
        "token_check_endpoint": format!("{issuer}/github/api"),
    })
}

/// The same for Facebook.
pub fn facebook(issuer: &str) -> Value {
    json!({
        "preset": "facebook",
        "authorization_endpoint": format!("{issuer}/facebook/dialog/oauth"),
        "token_endpoint": format!("{issuer}/facebook/oauth/access_token"),
        "userinfo_endpoint": format!("{issuer}/facebook/me?fields=id,name,email"),
        "token_check_endpoint": format!("{issuer}/facebook/debug_token"),
    })
}

/// Whether a browser signs in there.
pub(super) fn is_authorization(base: &str, issuer: &str) -> bool {
    ["/github/login/oauth/authorize", "/facebook/dialog/oauth"]
        .iter()
        .any(|path| base == format!("{issuer}{path}"))
}

/// The number that a person is known by.
fn number(person: &Person) -> u64 {
    match person.subject.as_str() {
        "member" => 583_231,
        _ => 583_232,
    }
}

/// The person's login that an access token names; what stands behind a `~` tells several of one person apart.
fn login(token: &str) -> Option<&str> {
    token
        .strip_prefix("SECRET-ACCESS-TOKEN-")?
        .split('~')
        .next()
}

impl Provider {
    /// The answer to one request there; `None` for the paths of the OpenID provider.
    #[expect(clippy::too_many_lines, reason = "an answer for each endpoint")]
    pub(super) fn answer_oauth(&mut self, request: &Outbound, seen: &Seen) -> Option<(u16, Value)> {
        let url = request.url.to_string();
        let target = url.strip_prefix(&self.issuer)?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let bearer = seen.authorization.as_deref().unwrap_or_default();
        let person = bearer
            .strip_prefix("Bearer ")
            .and_then(login)
            .and_then(|login| matches!(login, "member" | "staff").then(|| Person::by_login(login)));
        let bad_credentials = || (401, json!({"message": "Bad credentials"}));
        Some(match path {
            "/github/login/oauth/access_token" => self.redeem(seen).map_or_else(
                |error| (200, json!({"error": error, "error_description": "<b>SECRET-DESCRIPTION</b>"})),
                |login| {
                    let token = format!("SECRET-ACCESS-TOKEN-{login}");
                    (200, json!({"access_token": token, "scope": "read:user,user:email", "token_type": "bearer"}))
                },
            ),
            "/github/api/user" => person.map_or_else(bad_credentials, |person| {
                let mut user = json!({
                    "login": person.subject, "id": number(&person), "name": person.claims["name"],
                    // Whatever its owner wrote there.
                    "email": "shown@corp.com",
                });
                (self.settings.edit_userinfo)(&mut user);
                (200, user)
            }),
            "/github/api/user/emails" => person.map_or_else(bad_credentials, |person| {
                (200, json!([
                    {"email": "old@corp.com", "primary": false, "verified": true, "visibility": null},
                    {"email": person.claims["email"], "primary": true, "verified": true, "visibility": "private"},
                ]))
            }),
            "/github/api/user/orgs" => person.map_or_else(bad_credentials, |person| {
                let groups = person.claims["groups"].as_array().unwrap().iter();
                (200, groups.map(|group| json!({"login": group, "id": 1})).collect())
            }),
            path if path == format!("/github/api/applications/{CLIENT_ID}/token") => {
                let body: Value = serde_json::from_str(request.body.as_deref().unwrap_or_default()).unwrap();
                let token = body["access_token"].as_str().unwrap();
                match login(token) {
                    Some(login) if bearer == basic() && request.method == Method::Post => {
                        let person = Person::by_login(login);
                        let mut answer = json!({
                            "id": 1, "token": token, "app": {"client_id": CLIENT_ID, "name": "Edge"},
                            "user": {"login": login, "id": number(&person)},
                        });
                        (self.settings.edit_token_check)(&mut answer);
                        (200, answer)
                    }
                    Some(_) | None => (404, json!({"message": "Not Found"})),
                }
            }
            "/facebook/oauth/access_token" => self.redeem(seen).map_or_else(
                |_| (400, json!({"error": {"message": "SECRET-DESCRIPTION", "type": "OAuthException", "code": 100}})),
                |login| {
                    let token = format!("SECRET-ACCESS-TOKEN-{login}");
                    (200, json!({"access_token": token, "token_type": "bearer", "expires_in": 5_183_944}))
                },
            ),
            "/facebook/me" => person.map_or_else(bad_credentials, |person| {
                let id = number(&person).to_string();
                let mut user = json!({"id": id, "name": person.claims["name"], "email": person.claims["email"]});
                (self.settings.edit_userinfo)(&mut user);
                (200, user)
            }),
            "/facebook/debug_token" => {
                let application = format!("Bearer {CLIENT_ID}|{CLIENT_SECRET}");
                let asked = Parameters::parse(query).unwrap();
                let token = asked.once("input_token").unwrap().unwrap();
                match login(token) {
                    Some(login) if bearer == application => {
                        let id = number(&Person::by_login(login)).to_string();
                        let mut answer = json!({"data": {
                            "app_id": CLIENT_ID, "type": "USER", "application": "Edge", "is_valid": true,
                            "user_id": id, "scopes": ["email", "public_profile"],
                        }});
                        (self.settings.edit_token_check)(&mut answer);
                        (200, answer)
                    }
                    Some(_) | None => (400, json!({"error": {"code": 190}})),
                }
            }
            _ => return None,
        })
    }

    /// The person who signed in with a code, where everything about it is right; GitHub's word for the error else.
    fn redeem(&mut self, seen: &Seen) -> Result<String, &'static str> {
        let given = |name| seen.parameters.once(name).unwrap().unwrap_or_default();
        if given("client_id") != CLIENT_ID || given("client_secret") != CLIENT_SECRET {
            return Err("incorrect_client_credentials");
        }
        let grant = self
            .grants
            .get_mut(given("code"))
            .ok_or("bad_verification_code")?;
        grant.uses += 1;
        let challenge = base64url::encode(&Sha256::digest(given("code_verifier")));
        if grant.uses > 1
            || challenge != grant.challenge
            || given("redirect_uri") != grant.redirect_uri
        {
            return Err("bad_verification_code");
        }
        Ok(grant.person.subject.clone())
    }
}

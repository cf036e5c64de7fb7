//! `lychgate token verify`: whether the edge would take a token, by the code that decides there.
//!
//! Nothing is fetched. Keys that an issuer publishes are given as a file, and a secret that it shares is taken from the
//! environment, under the name that it has at the platform.

use super::{arguments::Verified, source::read, words};
use crate::{
    Environment, clock,
    configuration::load::{Loaded, load_or_tell},
    ending::Ending,
    print::style,
    values::Form,
};
use lychgate_core::{
    access::{decision::Decision, principal::Credential, routes::NoRoute},
    bearer::{
        AccessToken, AccessTokenFault, UnverifiedAccessToken,
        form::{self, Form as TokenForm},
    },
    config::{Config, Issuer, IssuerCheck, KeySource},
    encoding::base64url,
    http::{method::Method, path::RequestPath},
    jose::{KeySet, SharedSecret, software},
    secret::Secret,
    time::UnixTime,
};
use serde_json::{Value, json};
use std::{
    fs,
    io::{self, Write},
    path::Path,
};

/// How a verification ended.
enum Verdict {
    Accepted(Box<AccessToken>),
    Refused(AccessTokenFault),
    /// There is nothing to verify it with.
    Undecided(String),
}

/// A route's decision about a token that counts.
struct Decided {
    is_allowed: bool,
    what: String,
}

pub(crate) fn command(
    asked: &Verified,
    environment: Environment<'_>,
    output: &mut impl Write,
    messages: &mut impl Write,
) -> io::Result<Ending> {
    let Some(loaded) = load_or_tell(&asked.config, messages)? else {
        return Ok(Ending::NotCarriedOut);
    };
    let text = read(&asked.token)?;
    let now = asked.at.unwrap_or_else(clock::now);
    let token = match verify(&text, asked.jwks.as_deref(), &loaded, environment, now) {
        Verdict::Accepted(token) => token,
        Verdict::Undecided(what) => {
            writeln!(messages, "lychgate: {what}")?;
            return Ok(Ending::NotCarriedOut);
        }
        Verdict::Refused(fault) => {
            let reason = words::reason(fault);
            match asked.form {
                Form::Text => {
                    let error = style::ERROR;
                    writeln!(output, "{error}refused{error:#}: {reason}")?;
                }
                Form::Json => writeln!(output, "{}", json!({"accepted": false, "reason": reason}))?,
            }
            return Ok(Ending::NotAllowed);
        }
    };
    let resource = asked.resource.as_ref();
    let decided = resource.map(|(method, path)| decide(&loaded.config, method, path, &token, now));
    match asked.form {
        Form::Text => write_text(&token, decided.as_ref(), output)?,
        Form::Json => writeln!(output, "{}", to_json(&token, decided.as_ref()))?,
    }
    Ok(match decided {
        Some(decided) if !decided.is_allowed => Ending::NotAllowed,
        Some(_) | None => Ending::Done,
    })
}

fn verify(
    text: &str,
    jwks: Option<&Path>,
    loaded: &Loaded,
    environment: Environment<'_>,
    now: UnixTime,
) -> Verdict {
    if let Some(asked) = asked(text, loaded) {
        return Verdict::Undecided(asked);
    }
    let unverified = match UnverifiedAccessToken::read(text, &loaded.config.issuers) {
        Ok(unverified) => unverified,
        Err(fault) => return Verdict::Refused(fault),
    };
    let (issuer, _) = unverified.issuer();
    let token = match (&issuer.keys, jwks) {
        (KeySource::SharedSecret(name), _) => {
            let secret = environment(&name.0).unwrap_or_default();
            let Ok(secret) = SharedSecret::new(Secret::new(secret.into_bytes())) else {
                return Verdict::Undecided(format!(
                    "set {} in the environment to the secret of {}, of at least 32 bytes, or 64 hexadecimal digits",
                    name.0, issuer.issuer
                ));
            };
            unverified.accept_with_secret(&secret)
        }
        (_, jwks) => match keys(issuer, jwks) {
            Ok(keys) => unverified.verify(&keys, software::verify),
            Err(what) => return Verdict::Undecided(what),
        },
    };
    match token.and_then(|token| token.check(issuer, now).map(|()| token)) {
        Ok(token) => Verdict::Accepted(Box::new(token)),
        Err(fault) => Verdict::Refused(fault),
    }
}

/// The server that the gateway would ask about the token, in words; `None` where a signature decides.
fn asked(text: &str, loaded: &Loaded) -> Option<String> {
    let config = &loaded.config;
    let issuer = match form::of(text) {
        TokenForm::Of(name) => config.issuer_named(&name),
        TokenForm::Opaque => config.issuer_by_prefix(text),
        TokenForm::Unreadable => None,
    };
    match issuer.map(|(_, issuer)| (&issuer.issuer, &issuer.check)) {
        Some((name, IssuerCheck::Answer(check))) => Some(format!(
            "the gateway asks {} whether it is a token of {name}",
            check.endpoint
        )),
        Some((_, IssuerCheck::Signature | IssuerCheck::SignatureAndAnswer(_))) => None,
        None => {
            let asked = config
                .issuers
                .iter()
                .filter(|issuer| issuer.is_asked_alone());
            let mut names = asked.peekable();
            (form::of(text) == TokenForm::Opaque && names.peek().is_some()).then(|| {
                let names: Vec<&str> = names.map(|issuer| issuer.issuer.as_str()).collect();
                format!(
                    "it is opaque: the gateway asks the issuer of the route, one of {}",
                    names.join(", ")
                )
            })
        }
    }
}

fn keys(issuer: &Issuer, jwks: Option<&Path>) -> Result<KeySet, String> {
    let (document, of) = match (jwks, &issuer.keys) {
        (Some(file), _) => {
            let document = fs::read(file)
                .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
            (document, file.display().to_string())
        }
        (None, KeySource::Inline(document)) => {
            (document.clone().into_bytes(), issuer.issuer.clone())
        }
        (None, KeySource::Url(url)) => {
            return Err(format!("fetch {url} and give the file with --jwks FILE"));
        }
        (None, KeySource::Discovery(_) | KeySource::SharedSecret(_) | KeySource::None) => {
            return Err(format!(
                "fetch the keys of {} (jwks_uri in its metadata) and give the file with --jwks FILE",
                issuer.issuer
            ));
        }
    };
    KeySet::parse(&document).map_err(|fault| format!("the keys of {of} are refused: {fault:?}"))
}

/// The decision of the route of a path.
fn decide(
    config: &Config,
    method: &Method,
    path: &RequestPath,
    token: &AccessToken,
    now: UnixTime,
) -> Decided {
    let refused = |what: &str| Decided {
        is_allowed: false,
        what: what.to_owned(),
    };
    let matched = match config.routes.find(path, method) {
        Ok(matched) => matched,
        Err(NoRoute::Unknown) => return refused("no route has this path (404)"),
        Err(NoRoute::MethodNotAllowed { .. }) => {
            return refused("the routes of this path do not have the method (405)");
        }
    };
    if !matched.takes(Credential::Bearer) {
        return refused("the route takes no tokens (401)");
    }
    let principal = token.principal();
    match matched.decide(Some(&principal), now) {
        Decision::Allow(_) => Decided {
            is_allowed: true,
            what: "allowed".to_owned(),
        },
        Decision::SignIn => refused("the route takes no tokens (401)"),
        Decision::OtherAudience => refused("the route is for other audiences (401)"),
        Decision::StepUp(_) => refused("another authentication is asked for (401)"),
        Decision::Forbidden { missing } => {
            let lacks: Vec<&str> = missing.iter().map(|kind| words::missing(*kind)).collect();
            refused(&format!("forbidden (403): lacks {}", lacks.join(", ")))
        }
    }
}

fn write_text(
    token: &AccessToken,
    decided: Option<&Decided>,
    output: &mut impl Write,
) -> io::Result<()> {
    let principal = token.principal();
    let good = style::GOOD;
    writeln!(output, "{good}accepted{good:#}")?;
    let end = token.claims().stated_expiration();
    let expires = end.map_or("-".to_owned(), |end| end.as_seconds().to_string());
    for (name, value) in [
        ("issuer", principal.issuer),
        ("subject", principal.subject),
        ("client", principal.client_id.unwrap_or("-")),
        ("scope", principal.scope),
        ("expires", &expires),
    ] {
        writeln!(output, "{name:<9} {value}")?;
    }
    if let Some(thumbprint) = token.thumbprint() {
        let bound = base64url::encode(thumbprint);
        writeln!(
            output,
            "bound to  {bound} (each call needs a DPoP proof of that key)"
        )?;
    }
    if let Some(decided) = decided {
        writeln!(output, "decision  {}", decided.what)?;
    }
    let claims = Value::Object(principal.claims.clone());
    writeln!(output, "claims    {claims:#}")
}

fn to_json(token: &AccessToken, decided: Option<&Decided>) -> Value {
    let principal = token.principal();
    json!({
        "accepted": true,
        "issuer": principal.issuer,
        "subject": principal.subject,
        "client_id": principal.client_id,
        "scope": principal.scope,
        "groups": principal.groups,
        "roles": principal.roles,
        "expires": token.claims().stated_expiration().map(UnixTime::as_seconds),
        "bound_to": token.thumbprint().map(|bytes| base64url::encode(bytes)),
        "decision": decided.map(|decided| json!({
            "allowed": decided.is_allowed,
            "reason": decided.what,
        })),
        "claims": principal.claims,
    })
}

//! The settings of well-known providers, so that nobody has to look them up.
//!
//! A preset fills in what a `[[provider]]` leaves out; whatever is written there wins.

use super::super::{ResponseMode, fault::ConfigFault};

/// The values for settings that are left out, by the preset's word.
#[derive(Debug)]
pub(super) struct Preset {
    /// The value of `preset`; empty where none is named.
    pub(super) word: &'static str,
    /// The name shown to users.
    pub(super) name: Option<&'static str>,
    pub(super) issuer: Issuer,
    pub(super) scopes: &'static [&'static str],
    pub(super) groups_claim: &'static str,
    pub(super) roles_claim: &'static str,
    pub(super) response_mode: ResponseMode,
    /// For those without OpenID Connect.
    pub(super) oauth: Option<Endpoints>,
    /// Where it tells, in Google's form, what it knows of a token.
    pub(super) tokeninfo: Option<&'static str>,
}

/// Where the issuer identifier comes from.
#[derive(Debug)]
pub(super) enum Issuer {
    /// It is the same for everyone.
    Known(&'static str),
    /// It holds the tenant, which `tenant` names.
    Tenant,
    /// It is the customer's own, and looks like this.
    Given {
        /// A segment of its path.
        segment: Option<&'static str>,
        /// The end of its path.
        end: &'static str,
    },
}

/// The endpoints of a provider without discovery (RFC 6749, section 3).
#[derive(Debug)]
pub(super) struct Endpoints {
    pub(super) authorization: &'static str,
    pub(super) token: &'static str,
    pub(super) userinfo: &'static str,
    pub(super) emails: Option<&'static str>,
    pub(super) groups: Option<&'static str>,
    pub(super) token_check: &'static str,
    pub(super) token_check_endpoint: &'static str,
    pub(super) subject_claim: &'static str,
}

const OPENID: &[&str] = &["openid", "email", "profile"];

/// A provider that no preset names.
pub(super) const GENERIC: Preset = Preset {
    word: "",
    name: None,
    issuer: Issuer::Given {
        segment: None,
        end: "",
    },
    scopes: OPENID,
    groups_claim: "groups",
    roles_claim: "roles",
    response_mode: ResponseMode::Query,
    oauth: None,
    tokeninfo: None,
};

const WORDS: &[&str] = &[
    "google", "entra", "okta", "auth0", "keycloak", "apple", "gitlab", "github", "facebook",
];

static PRESETS: [Preset; 9] = [
    Preset {
        word: "google",
        name: Some("Google"),
        issuer: Issuer::Known("https://accounts.google.com"),
        tokeninfo: Some("https://oauth2.googleapis.com/tokeninfo"),
        ..GENERIC
    },
    Preset {
        word: "entra",
        name: Some("Microsoft"),
        issuer: Issuer::Tenant,
        ..GENERIC
    },
    Preset {
        word: "okta",
        name: Some("Okta"),
        scopes: &["openid", "email", "profile", "groups"],
        ..GENERIC
    },
    Preset {
        word: "auth0",
        name: Some("Auth0"),
        issuer: Issuer::Given {
            segment: None,
            end: "/",
        },
        ..GENERIC
    },
    Preset {
        word: "keycloak",
        name: Some("Keycloak"),
        issuer: Issuer::Given {
            segment: Some("realms"),
            end: "",
        },
        roles_claim: "/realm_access/roles",
        ..GENERIC
    },
    Preset {
        word: "apple",
        name: Some("Apple"),
        issuer: Issuer::Known("https://appleid.apple.com"),
        scopes: &["openid", "email", "name"],
        // Apple answers requests for a name or an address in no other way.
        response_mode: ResponseMode::FormPost,
        ..GENERIC
    },
    Preset {
        word: "gitlab",
        name: Some("GitLab"),
        issuer: Issuer::Known("https://gitlab.com"),
        ..GENERIC
    },
    Preset {
        word: "github",
        name: Some("GitHub"),
        issuer: Issuer::Known("https://github.com"),
        scopes: &["read:user", "user:email"],
        oauth: Some(Endpoints {
            authorization: "https://github.com/login/oauth/authorize",
            token: "https://github.com/login/oauth/access_token",
            userinfo: "https://api.github.com/user",
            emails: Some("https://api.github.com/user/emails"),
            groups: Some("https://api.github.com/user/orgs"),
            token_check: "github",
            token_check_endpoint: "https://api.github.com",
            subject_claim: "id",
        }),
        ..GENERIC
    },
    Preset {
        word: "facebook",
        name: Some("Facebook"),
        issuer: Issuer::Known("https://www.facebook.com"),
        scopes: &["public_profile", "email"],
        oauth: Some(Endpoints {
            authorization: "https://www.facebook.com/v21.0/dialog/oauth",
            token: "https://graph.facebook.com/v21.0/oauth/access_token",
            userinfo: "https://graph.facebook.com/v21.0/me?fields=id,name,email",
            emails: None,
            groups: None,
            token_check: "facebook",
            token_check_endpoint: "https://graph.facebook.com/v21.0/debug_token",
            subject_claim: "id",
        }),
        ..GENERIC
    },
];

/// The preset that `word` names.
pub(super) fn named(word: &str) -> Result<&'static Preset, ConfigFault> {
    let found = PRESETS.iter().find(|preset| preset.word == word);
    found.ok_or(ConfigFault::Word { allowed: WORDS })
}

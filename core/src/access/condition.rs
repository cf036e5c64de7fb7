//! One thing that a route asks of a signed-in person.
//!
//! Groups, roles and claims are compared byte for byte. An e-mail address counts only where the
//! provider says, as the boolean `true`, that it is verified. A condition on an unknown fact is not met.

use super::{
    claim_requirement::ClaimRequirement, decision::Missing, email_domain::EmailDomain,
    principal::Principal,
};
use crate::time::{Seconds, UnixTime};
use alloc::{string::String, vec::Vec};

/// Something that is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The principal is in at least one of these groups.
    AnyGroup(Vec<String>),
    /// The principal is in every one of these groups.
    AllGroups(Vec<String>),
    /// The principal has at least one of these roles.
    AnyRole(Vec<String>),
    /// The principal has every one of these roles.
    AllRoles(Vec<String>),
    /// The principal's verified address is in one of these domains.
    EmailDomains(Vec<EmailDomain>),
    /// A claim is what it must be.
    Claim(ClaimRequirement),
    /// At least one of these scopes was granted.
    AnyScope(Vec<String>),
    /// Every one of these scopes was granted.
    AllScopes(Vec<String>),
    /// The token was issued to one of these clients.
    Client(Vec<String>),
    /// The principal signed in at one of these providers.
    Provider(Vec<String>),
    /// One of these issuers states the facts.
    Issuer(Vec<String>),
    /// The principal was authenticated in one of these ways: `acr`.
    Acr(Vec<String>),
    /// The principal authenticated at most this long ago.
    MaxAge(Seconds),
}

/// How someone stands to what is asked, from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It is met.
    Met,
    /// It is not met, and would be by authenticating anew.
    StepUp,
    /// It is not met.
    Missing,
}

impl Condition {
    /// How `principal` stands to it at `now`.
    pub fn standing(&self, principal: &Principal<'_>, now: UnixTime) -> Standing {
        if self.is_met_by(principal, now) {
            return Standing::Met;
        }
        match self.kind() {
            Missing::Authentication => Standing::StepUp,
            Missing::Group
            | Missing::Role
            | Missing::EmailDomain
            | Missing::Claim
            | Missing::Scope
            | Missing::Client
            | Missing::Source => Standing::Missing,
        }
    }

    /// The kind of thing that someone lacks who does not meet it.
    pub const fn kind(&self) -> Missing {
        match self {
            Self::AnyGroup(_) | Self::AllGroups(_) => Missing::Group,
            Self::AnyRole(_) | Self::AllRoles(_) => Missing::Role,
            Self::EmailDomains(_) => Missing::EmailDomain,
            Self::Claim(_) => Missing::Claim,
            Self::AnyScope(_) | Self::AllScopes(_) => Missing::Scope,
            Self::Client(_) => Missing::Client,
            Self::Provider(_) | Self::Issuer(_) => Missing::Source,
            Self::Acr(_) | Self::MaxAge(_) => Missing::Authentication,
        }
    }

    fn is_met_by(&self, principal: &Principal<'_>, now: UnixTime) -> bool {
        let is_in = |group: &String| principal.groups.contains(group);
        let has = |role: &String| principal.roles.contains(role);
        let granted = |scope: &String| principal.scope.split(' ').any(|one| one == scope);
        match self {
            Self::AnyGroup(groups) => groups.iter().any(is_in),
            Self::AllGroups(groups) => groups.iter().all(is_in),
            Self::AnyRole(roles) => roles.iter().any(has),
            Self::AllRoles(roles) => roles.iter().all(has),
            Self::EmailDomains(domains) => principal
                .email
                .filter(|_| principal.email_verified)
                .is_some_and(|email| domains.iter().any(|domain| domain.has(email))),
            Self::Claim(claim) => claim.is_met_by(principal),
            Self::AnyScope(scopes) => scopes.iter().any(granted),
            Self::AllScopes(scopes) => scopes.iter().all(granted),
            Self::Client(clients) => principal
                .client_id
                .is_some_and(|client| clients.iter().any(|one| one == client)),
            Self::Provider(providers) => principal
                .provider
                .is_some_and(|provider| providers.iter().any(|one| one == provider)),
            Self::Issuer(issuers) => issuers.iter().any(|one| one == principal.issuer),
            Self::Acr(values) => principal
                .acr
                .is_some_and(|acr| values.iter().any(|value| value == acr)),
            Self::MaxAge(most) => principal
                .authenticated_at
                .is_some_and(|at| now.since(at) <= *most),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::principal::Credential;
    use alloc::{borrow::ToOwned, vec};
    use serde_json::Map;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const NOW: UnixTime = UnixTime::from_seconds(10_000);

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn met(condition: &Condition, principal: &Principal<'_>) -> bool {
        condition.standing(principal, NOW) == Standing::Met
    }

    #[test]
    fn any_takes_one_and_all_take_every_one() {
        let claims = Map::new();
        let asked = || texts(&["staff", "night"]);
        let groups = [Condition::AnyGroup(asked()), Condition::AllGroups(asked())];
        let roles = [Condition::AnyRole(asked()), Condition::AllRoles(asked())];
        for (held, expected) in [
            (texts(&["staff"]), [true, false]),
            (texts(&["night", "x", "staff"]), [true, true]),
            (
                texts(&["Staff", "staf", "staff ", "night\u{301}"]),
                [false, false],
            ),
            (vec![], [false, false]),
        ] {
            let in_groups = Principal {
                groups: &held,
                ..Principal::bare(&claims)
            };
            let with_roles = Principal {
                roles: &held,
                ..Principal::bare(&claims)
            };
            assert_eq!(groups.each_ref().map(|it| met(it, &in_groups)), expected);
            assert_eq!(roles.each_ref().map(|it| met(it, &with_roles)), expected);
            assert_eq!(groups.each_ref().map(|it| met(it, &with_roles)), [false; 2]);
            assert_eq!(roles.each_ref().map(|it| met(it, &in_groups)), [false; 2]);
        }
    }

    #[test]
    fn scopes_are_whole_words_of_what_was_granted() {
        let claims = Map::new();
        let asked = || texts(&["read", "items:write"]);
        let (any, all) = (Condition::AnyScope(asked()), Condition::AllScopes(asked()));
        for (scope, expected) in [
            ("read", [true, false]),
            ("items:write openid read", [true, true]),
            ("Read reader items items:write2 :write", [false, false]),
            ("", [false, false]),
        ] {
            let principal = Principal {
                scope,
                ..Principal::bare(&claims)
            };
            assert_eq!([met(&any, &principal), met(&all, &principal)], expected);
        }
    }

    #[test]
    fn a_client_is_one_of_those_asked_for_and_a_session_has_none() {
        let claims = Map::new();
        let asked = Condition::Client(texts(&["billing", "reports"]));
        let of = |client_id| Principal {
            client_id,
            ..Principal::bare(&claims)
        };
        assert!(met(&asked, &of(Some("reports"))));
        for client in [Some("report"), Some("Reports"), Some(""), None] {
            assert_eq!(asked.standing(&of(client), NOW), Standing::Missing);
        }
    }

    #[test]
    fn a_source_is_named_by_the_provider_or_by_who_states_the_facts() {
        let claims = Map::new();
        let signed_in = Principal {
            provider: Some("corp"),
            issuer: "https://corp.example",
            ..Principal::bare(&claims)
        };
        let called = Principal {
            credential: Credential::Bearer,
            provider: None,
            ..signed_in
        };
        let providers = |names: &[&str]| Condition::Provider(texts(names));
        let issuers = |names: &[&str]| Condition::Issuer(texts(names));
        assert!(met(&providers(&["other", "corp"]), &signed_in));
        assert!(!met(&providers(&["corp"]), &called));
        for names in [&["Corp"][..], &["cor"], &["https://corp.example"]] {
            assert!(!met(&providers(names), &signed_in), "{names:?}");
        }
        for who in [&signed_in, &called] {
            assert!(met(&issuers(&["https://corp.example"]), who));
            assert!(!met(&issuers(&["https://corp.example/", "corp"]), who));
        }
        let standing = issuers(&["x"]).standing(&called, NOW);
        assert_eq!(standing, Standing::Missing);
    }

    #[test]
    fn an_address_counts_only_when_verified() {
        let claims = Map::new();
        let of_corp = Condition::EmailDomains(vec![EmailDomain::parse("Corp.com").unwrap()]);
        let verified = Principal {
            email: Some("a@corp.com"),
            email_verified: true,
            ..Principal::bare(&claims)
        };
        let unverified = Principal {
            email_verified: false,
            ..verified
        };
        let absent = Principal {
            email: None,
            ..verified
        };
        assert!(met(&of_corp, &verified));
        assert!(!met(&of_corp, &unverified));
        assert!(!met(&of_corp, &absent));
    }

    #[test]
    fn a_way_of_authenticating_is_one_of_those_asked_for() {
        let claims = Map::new();
        let asked = Condition::Acr(texts(&["gold", "urn:silver"]));
        let by = |acr| Principal {
            acr,
            ..Principal::bare(&claims)
        };
        assert!(met(&asked, &by(Some("urn:silver"))));
        for acr in [Some("silver"), Some("urn:silver "), Some(""), None] {
            assert_eq!(asked.standing(&by(acr), NOW), Standing::StepUp, "{acr:?}");
        }
    }

    #[test]
    fn authentication_grows_old_and_one_without_a_time_never_was_new() {
        let claims = Map::new();
        let asked = Condition::MaxAge(Seconds::minutes(15));
        let at = |seconds: Option<u64>| Principal {
            authenticated_at: seconds.map(UnixTime::from_seconds),
            ..Principal::bare(&claims)
        };
        assert!(met(&asked, &at(Some(10_000))));
        assert!(met(&asked, &at(Some(9_100))));
        assert_eq!(asked.standing(&at(Some(9_099)), NOW), Standing::StepUp);
        assert_eq!(asked.standing(&at(None), NOW), Standing::StepUp);
    }
}

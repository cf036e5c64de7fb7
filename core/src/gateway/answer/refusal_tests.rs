//! Which fault a refusal has, how its answer says to get in, and the reason that a page gives.

use super::*;
use crate::{
    fault::{Exchange, PlatformFault},
    gateway::context::for_tests::{Sent, calling, deployment, session_record},
    http::outbound::SendError,
    oidc::{
        id_token::IdTokenFault,
        token::{TokenError, TokenFault},
    },
    platform::for_tests::Edge,
    time::Seconds,
};
use alloc::vec;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const METADATA: &str = "https://app.example.com/.well-known/oauth-protected-resource";

fn bearer(dpop: DpopDemand, error: Option<ChallengeError>) -> BearerDetail {
    BearerDetail {
        dpop,
        error,
        scopes: vec!["read".into()],
        step_up: None,
        resource_metadata: METADATA.into(),
    }
}

/// The challenges of an answer to a script.
fn challenges(refusal: Refusal) -> Vec<String> {
    let request = Sent::new("GET", "/members/");
    let answer = calling(&deployment(), &Edge::default(), &request, |call| {
        refusal.answer(call)
    });
    let fields = answer.headers.into_iter();
    let fields = fields.filter(|(name, _)| *name == HeaderName::WWW_AUTHENTICATE);
    fields.map(|(_, value)| value.as_str().to_owned()).collect()
}

#[test]
fn a_refusal_says_whether_the_provider_named_nothing_or_was_not_heard() {
    use BrowserFault::{ClaimsMissing, NoGroups, NoRoles, NotPermitted};
    let deployment = deployment();
    for (lacking, groups, missing, expected) in [
        (Missing::Group, "", "", NoGroups),
        (Missing::Group, "staff", "", NotPermitted),
        (Missing::Group, "", "groups", ClaimsMissing),
        (Missing::Role, "", "groups", NoRoles),
        (Missing::EmailDomain, "", "email_verified", ClaimsMissing),
        (Missing::EmailDomain, "", "groups", NotPermitted),
        (Missing::Claim, "", "locale", ClaimsMissing),
        (Missing::Client, "", "groups", NotPermitted),
    ] {
        let list = |name: &str| match name {
            "" => vec![],
            _ => vec![name.to_owned()],
        };
        let mut record = session_record();
        (record.groups, record.missing) = (list(groups), list(missing));
        let refusal = forbidden(&deployment, vec![lacking], &record);
        let parts = (refusal.0.fault, refusal.0.provider.as_deref());
        assert_eq!(parts, (expected.into(), Some("demo")), "{lacking:?}");
    }
}

#[test]
fn a_provider_that_is_no_longer_configured_is_not_to_blame() {
    let mut record = session_record();
    record.missing = vec!["groups".into()];
    record.provider = "gone".into();
    let refusal = forbidden(&deployment(), vec![Missing::Group], &record);
    assert_eq!(refusal.0.fault, BrowserFault::NoGroups.into());
    assert_eq!(refusal.0.provider, None);
}

#[test]
fn a_401_names_every_way_in_that_its_route_has_and_the_token_first() {
    let token = || Detail::Bearer(bearer(DpopDemand::WhereBound, None));
    let session = "Lychgate login=\"/auth/login\"";
    let refusal = || Refusal::from(BrowserFault::NotSignedIn);
    assert_eq!(challenges(refusal()), [session]);
    let both = challenges(refusal().with(token()));
    assert_eq!(both.len(), 2);
    assert!(both[0].starts_with("Bearer scope=\"read\""), "{both:?}");
    assert_eq!(both[1], session);
    let one = challenges(Refusal::from(BrowserFault::NoToken).with(token()));
    assert_eq!(one, both[..1]);
}

#[test]
fn a_fault_that_is_not_the_clients_asks_for_no_credential() {
    let token = || Detail::Bearer(bearer(DpopDemand::WhereBound, None));
    let ours = Refusal::from(PlatformFault::Ledger).with(token());
    assert!(challenges(ours).is_empty());
    assert!(challenges(Refusal::from(BrowserFault::NotPermitted)).is_empty());
}

#[test]
fn a_step_up_is_asked_for_in_the_words_of_rfc_9470() {
    let step_up = StepUp {
        acr_values: vec!["gold".into(), "silver".into()],
        max_age: Some(Seconds::new(60)),
    };
    let login = "/auth/login?x".into();
    let fault = BrowserFault::AuthenticationInsufficient;
    let asked = challenges(Refusal::from(fault).with(Detail::StepUp { step_up, login }));
    let expected = "Lychgate error=\"insufficient_user_authentication\", \
        acr_values=\"gold silver\", max_age=\"60\", login=\"/auth/login?x\"";
    assert_eq!(asked, [expected]);
}

#[test]
fn a_challenge_asks_for_a_proof_where_one_is_needed_and_for_scopes_where_they_help() {
    use ChallengeError::{InsufficientScope, InvalidDpopProof, InvalidToken};
    for (dpop, error, scheme, has_scopes) in [
        (DpopDemand::WhereBound, None, "Bearer", true),
        (DpopDemand::WhereBound, Some(InvalidToken), "Bearer", false),
        (
            DpopDemand::WhereBound,
            Some(InsufficientScope),
            "Bearer",
            true,
        ),
        (
            DpopDemand::WhereBound,
            Some(InvalidDpopProof),
            "DPoP",
            false,
        ),
        (DpopDemand::Always, Some(InvalidToken), "DPoP", false),
        (DpopDemand::Always, None, "DPoP", true),
    ] {
        let challenge = bearer(dpop, error).challenge();
        assert_eq!(challenge.split(' ').next(), Some(scheme), "{challenge}");
        assert_eq!(challenge.contains("scope="), has_scopes, "{challenge}");
    }
}

#[test]
fn a_page_sends_people_to_the_operator_where_a_setting_is_to_blame() {
    for (fault, expected) in [
        (ProviderFault::GroupsElsewhere, Reason::TooManyGroups),
        (
            ProviderFault::Token(TokenFault::Refused(TokenError::InvalidClient)),
            Reason::Misconfigured,
        ),
        (
            ProviderFault::Token(TokenFault::Refused(TokenError::InvalidGrant)),
            Reason::UsedAttempt,
        ),
        (
            ProviderFault::IdToken(IdTokenFault::Nonce),
            Reason::Untrusted,
        ),
        (
            ProviderFault::Send(Exchange::Token, SendError::TimedOut),
            Reason::ProviderUnavailable,
        ),
        (
            ProviderFault::Send(Exchange::Token, SendError::NotAllowed),
            Reason::Misconfigured,
        ),
    ] {
        assert_eq!(reason(&fault.into()), expected, "{fault:?}");
    }
}

#[test]
fn a_client_that_does_not_ask_for_a_page_gets_json() {
    let accepting = |accept| {
        let request = Sent::new("GET", "/");
        wants_html(&request.with(HeaderName::ACCEPT, accept))
    };
    assert!(accepting("application/xml, Text/HTML;q=0.9"));
    assert!(!accepting("*/*") && !accepting("application/json"));
    assert!(!wants_html(&Sent::new("GET", "/")));
}

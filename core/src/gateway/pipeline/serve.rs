//! The second half of the way of every request: the decisions that the caches alone could not make.
//!
//! [`super::warm`] is the first half, and all of it for most requests.

use crate::{
    access::{
        decision::{Decision, Missing},
        fetch_metadata::FetchMetadata,
        principal::Credential,
        routes::RouteMatch,
        step_up::StepUp,
    },
    bearer::{AccessTokenFault, challenge::ChallengeError},
    config::Provider,
    cookie::request::RequestCookies,
    fault::{BrowserFault, Fault},
    gateway::{
        access_tokens::verify,
        answer::refusal::{self, Detail, Refusal},
        context::{
            arrival::{Arrival, Head, Target},
            authenticated_session::StaleCookies,
            authentication::Authentication,
            call::{Call, Served},
            login_link,
            outcome::Outcome,
        },
        endpoints,
        pipeline::warm::{self, Passage, Stage},
        proxy::{cors, forward},
        sessions::identify::{self, FromCache, Identified},
        sign_in::{login, resume},
    },
    http::{inbound::Inbound, method::Method},
    oidc::return_to::ReturnTo,
    platform::Platform,
};
use alloc::string::String;

impl<P: Platform, R: Inbound> Call<'_, P, R> {
    /// Decides, and turns a refusal into the answer to it.
    pub(in crate::gateway) async fn answer(&self) -> Served {
        let served = self.serve().await;
        let (outcome, later) =
            served.unwrap_or_else(|refusal| (Outcome::Respond(refusal.answer(self)), None));
        let later = later.or_else(|| self.later.take());
        (self.without_body(cors::open(self, outcome)), later)
    }

    /// The answer to a `HEAD` has no body (RFC 9110, section 9.3.2).
    fn without_body(&self, outcome: Outcome) -> Outcome {
        match outcome {
            Outcome::Respond(response) if self.request.method() == Method::Head => {
                Outcome::Respond(response.with_body(String::new()))
            }
            Outcome::Respond(_) | Outcome::Forward(_) => outcome,
        }
    }

    async fn serve(&self) -> Result<Served, Refusal> {
        let head = Head::read(self.request).map_err(|_| BrowserFault::Malformed)?;
        let arrival = head.arrival(self.request);
        match warm::begin(self.deployment, &arrival, self.now)? {
            Stage::Decided(outcome) => Ok((outcome, None)),
            Stage::Endpoint { name, query } => {
                let metadata = self.metadata(&head)?;
                endpoints::serve(self, name, query, arrival.cookies, &metadata).await
            }
            Stage::Bearer(passage, authorization) => {
                warm::is_one(authorization)?;
                self.serve_bearer(&passage, authorization).await
            }
            Stage::Session(passage, known) => {
                self.serve_session(&head, &arrival, &passage, known).await
            }
        }
    }

    /// Where the request says that it comes from. It is asked for where it has a say, and nowhere else: the first
    /// half decides about plain requests without it, and must decide alike.
    fn metadata(&self, head: &Head) -> Result<FetchMetadata, BrowserFault> {
        let metadata = head.metadata(self.request);
        metadata.map_err(|_| BrowserFault::Malformed)
    }

    async fn serve_session(
        &self,
        head: &Head,
        arrival: &Arrival<'_>,
        passage: &Passage<'_>,
        known: FromCache,
    ) -> Result<Served, Refusal> {
        let (matched, target) = (&passage.matched, &passage.passing.target);
        let signed = match identify::resolve(self, known).await? {
            Identified::Nobody(stale) => {
                let step_up = matched.sign_in_for();
                let metadata = self.metadata(head)?;
                let asked =
                    self.ask_to_sign_in(target, arrival.cookies, &metadata, &step_up, stale);
                // Clients that send no cookies learn how else to get in.
                let is_open = matched.takes(Credential::Bearer);
                return asked.map_err(|refusal| match is_open {
                    true => refusal.with(self.challenge(matched, None)),
                    false => refusal,
                });
            }
            Identified::Session(signed) => signed,
        };
        match warm::judge_session(self.deployment, arrival, passage, &signed, self.now)? {
            Decision::Allow(allowed) => {
                let authentication = Authentication::Session(&signed);
                let outcome =
                    forward::build(self.deployment, &allowed, &passage.passing, authentication)?;
                Ok((outcome, signed.later))
            }
            Decision::StepUp(step_up) => {
                let provider = self.deployment.config.provider(&signed.record.provider);
                self.ask_to_step_up(target, &self.metadata(head)?, provider, step_up)
            }
            Decision::Forbidden { missing } => {
                Err(refusal::forbidden(self.deployment, missing, &signed.record))
            }
            Decision::SignIn | Decision::OtherAudience => Err(BrowserFault::NotSignedIn.into()),
        }
    }

    /// A call with an access token, which needs no proof of where it comes from: no browser adds one by itself.
    async fn serve_bearer(
        &self,
        passage: &Passage<'_>,
        authorization: &str,
    ) -> Result<Served, Refusal> {
        let Passage { matched, passing } = passage;
        let called = verify::identify(self, &passing.target, authorization, matched).await;
        let called = called.map_err(|refused| {
            let issuer = refused
                .issuer
                .and_then(|index| self.deployment.config.issuer(index));
            let error = challenge_error(&refused.fault);
            let refusal = Refusal::from(refused.fault).with(self.challenge(matched, error));
            match issuer {
                Some(issuer) => refusal.about_issuer(issuer),
                None => refusal,
            }
        })?;
        let principal = called.token.principal();
        match matched.decide(Some(&principal), self.now) {
            Decision::Allow(allowed) => {
                let authentication = Authentication::AccessToken(&called.token);
                let outcome = forward::build(self.deployment, &allowed, passing, authentication)?;
                Ok((outcome, called.later))
            }
            Decision::StepUp(step_up) => {
                let error = ChallengeError::InsufficientUserAuthentication;
                let challenge = self.challenge(matched, Some(error)).asking(step_up);
                Err(Refusal::from(BrowserFault::AuthenticationInsufficient).with(challenge))
            }
            Decision::Forbidden { missing } if missing.contains(&Missing::Scope) => {
                let error = ChallengeError::InsufficientScope;
                let challenge = self.challenge(matched, Some(error));
                Err(Refusal::from(BrowserFault::InsufficientScope).with(challenge))
            }
            Decision::Forbidden { .. } => Err(BrowserFault::NotPermitted.into()),
            Decision::OtherAudience => {
                let fault = Fault::from(BrowserFault::Token(AccessTokenFault::Audience));
                let challenge = self.challenge(matched, challenge_error(&fault));
                Err(Refusal::from(fault).with(challenge))
            }
            Decision::SignIn => Err(BrowserFault::BadCredential.into()),
        }
    }

    fn challenge(&self, matched: &RouteMatch<'_>, error: Option<ChallengeError>) -> Detail {
        refusal::challenge(&self.deployment.config, matched, error)
    }

    /// A person going to a page is taken to where signing in begins; everything else learns that it must
    /// sign in first.
    fn ask_to_sign_in(
        &self,
        target: &Target<'_>,
        cookies: RequestCookies<'_>,
        metadata: &FetchMetadata,
        step_up: &StepUp,
        stale: StaleCookies,
    ) -> Result<Served, Refusal> {
        if !metadata.is_navigation(&self.request.method()) {
            return Err(Refusal::from(BrowserFault::NotSignedIn).clearing(stale));
        }
        let return_to = ReturnTo::parse(&target.normal());
        let response = if resume::may_help(self, metadata, cookies) {
            resume::begin(self, &return_to)?
        } else {
            login::begin(self, &return_to, None, step_up, stale)?
        };
        Ok((Outcome::Respond(response), None))
    }

    /// A person going to a page authenticates anew at the provider of their session, and comes back;
    /// everything else learns what it must ask for.
    fn ask_to_step_up(
        &self,
        target: &Target<'_>,
        metadata: &FetchMetadata,
        provider: Option<&Provider>,
        step_up: StepUp,
    ) -> Result<Served, Refusal> {
        if !metadata.is_navigation(&self.request.method()) {
            let login = login_link::location(self, None, provider, &step_up);
            return Err(Refusal::from(BrowserFault::AuthenticationInsufficient)
                .with(Detail::StepUp { step_up, login }));
        }
        let return_to = ReturnTo::parse(&target.normal());
        let stale = StaleCookies::None;
        let response = login::begin(self, &return_to, provider, &step_up, stale)?;
        Ok((Outcome::Respond(response), None))
    }
}

/// The error code of a refused token in the challenge; `None` where it was not judged.
const fn challenge_error(fault: &Fault) -> Option<ChallengeError> {
    match fault {
        Fault::Browser(BrowserFault::Token(AccessTokenFault::Scheme)) => None,
        Fault::Browser(BrowserFault::Token(fault)) if fault.is_about_request() => {
            Some(ChallengeError::InvalidRequest)
        }
        Fault::Browser(BrowserFault::Token(AccessTokenFault::Dpop(_))) => {
            Some(ChallengeError::InvalidDpopProof)
        }
        Fault::Browser(_) => Some(ChallengeError::InvalidToken),
        Fault::Provider(_) | Fault::Issuer(_) | Fault::Platform(_) | Fault::Upstream(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        bearer::DpopFault,
        fault::{IssuerFault, PlatformFault},
    };
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_client_learns_that_its_token_is_bad_where_the_token_was_judged() {
        use ChallengeError::{InvalidDpopProof, InvalidRequest, InvalidToken};
        let token = |fault| Fault::from(BrowserFault::Token(fault));
        for (fault, error) in [
            (token(AccessTokenFault::Scheme), None),
            (token(AccessTokenFault::Signature), Some(InvalidToken)),
            (token(AccessTokenFault::SecondToken), Some(InvalidRequest)),
            (
                token(AccessTokenFault::Dpop(DpopFault::Missing)),
                Some(InvalidDpopProof),
            ),
            (
                token(AccessTokenFault::Dpop(DpopFault::Several)),
                Some(InvalidRequest),
            ),
            (PlatformFault::Ledger.into(), None),
            (IssuerFault::CoolingDown.into(), None),
        ] {
            assert_eq!(challenge_error(&fault), error, "{fault:?}");
        }
    }
}

//! The way of every request.

use super::{
    bearer,
    caller::Caller,
    cors,
    deployment::Deployment,
    endpoints::{self, Endpoint},
    forward::{self, Passing},
    identity::principal,
    login,
    measured::Measured,
    outcome::{Later, Outcome},
    refusal::{self, BearerDetail, Detail, Refusal},
    resource_metadata, resume,
    time_limit::BodyLength,
    visitor::{self, Visitor},
};
use crate::{
    access::{
        decision::{Decision, Missing},
        fetch_metadata::FetchMetadata,
        principal::Credential,
        routes::{NoRoute, RouteMatch},
        step_up::StepUp,
    },
    bearer::{AccessTokenFault, challenge::ChallengeError, resource},
    config::{PageSettings, Provider},
    cookie::request::RequestCookies,
    fault::{BrowserFault, Fault},
    http::{header::HeaderName, inbound::Inbound, method::Method, path::RequestPath},
    oidc::return_to::ReturnTo,
    page::{language::Language, voice::Voice},
    platform::Platform,
    time::UnixTime,
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};

/// One request, the world it came from, and the time it came.
pub(super) struct Call<'a, P, R> {
    pub(super) deployment: &'a Deployment,
    pub(super) platform: &'a Measured<'a, P>,
    pub(super) request: &'a R,
    pub(super) now: UnixTime,
}

/// How a page speaks to whoever sent the request.
pub(super) fn voice<'a>(request: &impl Inbound, settings: &'a PageSettings) -> Voice<'a> {
    let asked = request.header(&HeaderName::ACCEPT_LANGUAGE);
    Voice {
        language: Language::accepted(asked.as_deref(), settings.language),
        theme: &settings.theme,
    }
}

/// An outcome, and what to do after it.
pub(super) type Served = (Outcome, Option<Later>);

/// A request target, split at the first `?`.
pub(super) struct Target<'a> {
    pub(super) path: RequestPath,
    pub(super) query: Option<&'a str>,
}

impl<'a> Target<'a> {
    /// Parses path and query.
    pub(super) fn parse(target: &'a str) -> Result<Self, BrowserFault> {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let path = RequestPath::parse(path).map_err(|_| BrowserFault::Malformed)?;
        Ok(Self { path, query })
    }

    /// The normal form: what is matched, forwarded and returned to.
    pub(super) fn normal(&self) -> String {
        self.at(&self.path)
    }

    /// The same query at another path.
    pub(super) fn at(&self, path: &RequestPath) -> String {
        let mut out = String::from(path.as_str());
        if let Some(query) = self.query {
            out.push('?');
            out.push_str(query);
        }
        out
    }
}

impl<P: Platform, R: Inbound> Call<'_, P, R> {
    /// Decides, and turns a refusal into the answer to it.
    pub(super) async fn answer(&self) -> Served {
        let cookie = self.request.header(&HeaderName::COOKIE);
        let served = self.serve(RequestCookies::new(cookie.as_deref())).await;
        let (outcome, later) =
            served.unwrap_or_else(|refusal| (Outcome::Respond(refusal.answer(self)), None));
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

    async fn serve(&self, cookies: RequestCookies<'_>) -> Result<Served, Refusal> {
        let deployment = self.deployment;
        if !deployment.config.public_url.is_host(self.request.host()) {
            return Err(BrowserFault::WrongHost.into());
        }
        let target = Target::parse(self.request.target())?;
        let metadata = FetchMetadata::read(self.request).map_err(|_| BrowserFault::Malformed)?;
        match endpoints::find(&deployment.config.base_path, &target.path) {
            Endpoint::Ours(name) => {
                endpoints::serve(self, name, target.query, cookies, &metadata).await
            }
            Endpoint::NotOurs => {
                let method = self.request.method();
                let described =
                    resource_metadata::answer(&deployment.config, &target.path, &method);
                match described.or_else(|| cors::preflight(self, &target)) {
                    Some(response) => Ok((Outcome::Respond(response), None)),
                    None => self.serve_route(&target, cookies, &metadata).await,
                }
            }
        }
    }

    async fn serve_route(
        &self,
        target: &Target<'_>,
        cookies: RequestCookies<'_>,
        metadata: &FetchMetadata,
    ) -> Result<Served, Refusal> {
        let method = self.request.method();
        let origin = self.request.header(&HeaderName::ORIGIN);
        let matched = self.deployment.config.routes.find(&target.path, &method);
        let matched = matched.map_err(|none| match none {
            NoRoute::Unknown => Refusal::from(BrowserFault::NoRoute),
            NoRoute::MethodNotAllowed { allow } => {
                Refusal::from(BrowserFault::MethodNotAllowed).with(Detail::Allow(allow))
            }
        })?;
        let passing = Passing {
            target,
            cookies,
            upgrade: metadata.upgrade(&method),
            body: BodyLength::of(self.request),
            cors: cors::fields(&matched, origin.as_deref()),
        };
        if !matched.is_protected() {
            return match matched.decide(None, self.now) {
                Decision::Allow(allowed) => Ok((
                    forward::build(self.deployment, &allowed, &passing, Caller::Nobody)?,
                    None,
                )),
                Decision::SignIn | Decision::StepUp(_) | Decision::Forbidden { .. } => {
                    Err(BrowserFault::NotSignedIn.into())
                }
            };
        }
        // The bearer decides alone: whoever sends one is never judged by a cookie that it did not mean.
        let authorization = self.request.header(&HeaderName::AUTHORIZATION);
        match (authorization, matched.takes(Credential::Bearer)) {
            (Some(authorization), true) => {
                return self.serve_bearer(&matched, &passing, &authorization).await;
            }
            (Some(_), false) => return Err(BrowserFault::BadCredential.into()),
            (None, true) if !matched.takes(Credential::Session) => {
                let refusal = Refusal::from(BrowserFault::NoToken);
                return Err(refusal.with(self.challenge(&matched, None)));
            }
            (None, _) => {}
        }
        let visitor = visitor::identify(self, cookies).await?;
        let signed = match visitor {
            Visitor::Nobody(stale) => {
                let step_up = matched.sign_in_for();
                let asked = self.ask_to_sign_in(target, cookies, metadata, &step_up, stale);
                // Clients that send no cookies learn how else to get in.
                let is_open = matched.takes(Credential::Bearer);
                return asked.map_err(|refusal| match is_open {
                    true => refusal.with(self.challenge(&matched, None)),
                    false => refusal,
                });
            }
            Visitor::SignedIn(signed) => signed,
        };
        let is_harmless = method.is_safe() && !metadata.is_upgrade();
        let comes_from_ours = || {
            metadata.proves_same_origin(&self.deployment.config.public_url)
                || (!metadata.is_upgrade()
                    && cors::includes_credentials(&matched, origin.as_deref()))
        };
        if !is_harmless && !comes_from_ours() {
            return Err(BrowserFault::NotSameOrigin.into());
        }
        match matched.decide(Some(&principal(&signed.record)), self.now) {
            Decision::Allow(allowed) => {
                let caller = Caller::Session(&signed);
                let outcome = forward::build(self.deployment, &allowed, &passing, caller)?;
                Ok((outcome, signed.later))
            }
            Decision::StepUp(step_up) => {
                let provider = self.deployment.config.provider(&signed.record.provider);
                self.ask_to_step_up(target, metadata, provider, step_up)
            }
            Decision::Forbidden { missing } => {
                Err(refusal::forbidden(self.deployment, missing, &signed.record))
            }
            Decision::SignIn => Err(BrowserFault::NotSignedIn.into()),
        }
    }

    /// A call with an access token, which needs no proof of where it comes from: no browser adds one by itself.
    async fn serve_bearer(
        &self,
        matched: &RouteMatch<'_>,
        passing: &Passing<'_>,
        authorization: &str,
    ) -> Result<Served, Refusal> {
        let route = matched.route();
        let called = bearer::identify(self, passing.target, authorization, route.dpop).await;
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
                let caller = Caller::Token(&called.token);
                let outcome = forward::build(self.deployment, &allowed, passing, caller)?;
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
            Decision::SignIn => Err(BrowserFault::BadCredential.into()),
        }
    }

    /// What a caller without a good token is told.
    fn challenge(&self, matched: &RouteMatch<'_>, error: Option<ChallengeError>) -> Detail {
        let route = matched.route();
        let owned = |scopes: Vec<&str>| scopes.into_iter().map(ToOwned::to_owned).collect();
        Detail::Bearer(BearerDetail {
            dpop: route.dpop.demand,
            error,
            scopes: owned(matched.scopes()),
            step_up: None,
            resource_metadata: resource::metadata_url(
                &self.deployment.config,
                &resource::path_of(route),
            ),
        })
    }

    /// A person going to a page is taken to where signing in begins; everything else learns that it must
    /// sign in first.
    fn ask_to_sign_in(
        &self,
        target: &Target<'_>,
        cookies: RequestCookies<'_>,
        metadata: &FetchMetadata,
        step_up: &StepUp,
        stale: visitor::StaleCookies,
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
            let login = login::location(self, None, provider, &step_up);
            return Err(Refusal::from(BrowserFault::AuthenticationInsufficient)
                .with(Detail::StepUp { step_up, login }));
        }
        let return_to = ReturnTo::parse(&target.normal());
        let stale = visitor::StaleCookies::None;
        let response = login::begin(self, &return_to, provider, &step_up, stale)?;
        Ok((Outcome::Respond(response), None))
    }

    /// How a page that answers this request speaks and looks.
    pub(super) fn voice(&self) -> Voice<'_> {
        voice(self.request, &self.deployment.config.page)
    }

    /// Whether the request asks with this method; `HEAD` asks as `GET` does.
    pub(super) fn is(&self, method: &Method) -> bool {
        let asked = self.request.method();
        asked == *method || (asked == Method::Head && *method == Method::Get)
    }
}

/// What a refused token is called in the challenge; nothing where it was not judged.
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

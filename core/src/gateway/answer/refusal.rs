//! From a fault to the page or JSON that answers it, and the line in the log.

use crate::{
    access::{
        decision::Missing,
        routes::{DpopDemand, RouteMatch},
        step_up::StepUp,
    },
    bearer::{
        Scheme,
        challenge::{Challenge, ChallengeError},
        resource,
    },
    config::{Config, Issuer, Provider},
    encoding::ascii::contains_ignoring_case,
    event::Event,
    fault::{BrowserFault, Fault, ProviderFault, PublicCode},
    gateway::context::{
        authenticated_session::StaleCookies, call::Call, deployment::Deployment, identity,
        login_link, random,
    },
    http::{
        header::{HeaderName, HeaderValue},
        inbound::Inbound,
        method::Method,
        response::{Response, Status},
    },
    oidc::return_to::ReturnTo,
    page::{
        authenticate_again::AuthenticateAgain,
        failure::Failure,
        forbidden::Forbidden,
        href::Href,
        problem::problem,
        sign_in_failed::{Reason, SignInFailed},
        sign_out_incomplete::SignOutIncomplete,
    },
    platform::Platform,
    session::record::SessionRecord,
};
use alloc::{
    borrow::ToOwned,
    boxed::Box,
    format,
    string::{String, ToString},
    vec::Vec,
};

/// A fault with what its answer needs beside it; boxed, because it is rare and everything else that
/// a flow returns is small.
#[derive(Debug)]
pub(in crate::gateway) struct Refusal(Box<Parts>);

#[derive(Debug)]
struct Parts {
    fault: Fault,
    detail: Detail,
    stale: StaleCookies,
    cookies: Vec<HeaderValue>,
    provider: Option<String>,
}

/// The details that an answer gives beside the fault.
#[derive(Debug)]
pub(in crate::gateway) enum Detail {
    /// Nothing.
    Plain,
    /// The methods that would be allowed.
    Allow(Vec<Method>),
    /// The user lacks these.
    Missing {
        /// The missing conditions.
        missing: Vec<Missing>,
        /// The name of the signed-in user.
        who: Option<String>,
    },
    /// The authentication does not suffice.
    StepUp {
        /// The authentication that would.
        step_up: StepUp,
        /// Our own address that leads to it; `return_to` can be added.
        login: String,
    },
    /// An access token is missing or refused.
    Bearer(BearerDetail),
    /// A sign-in failed; where to go when it is tried again.
    SignIn {
        /// The page that was asked for.
        retry: ReturnTo,
    },
    /// A sign-out failed.
    SignOut,
}

/// The challenge to a client whose token is missing or refused.
#[derive(Debug)]
pub(in crate::gateway) struct BearerDetail {
    /// Whether tokens must be bound.
    pub(in crate::gateway) dpop: DpopDemand,
    /// The error; `None` where no token came.
    pub(in crate::gateway) error: Option<ChallengeError>,
    /// The scopes that a token for this should have.
    pub(in crate::gateway) scopes: Vec<String>,
    /// How its user must have authenticated.
    pub(in crate::gateway) step_up: Option<StepUp>,
    /// The URL where clients learn which servers to ask for tokens.
    pub(in crate::gateway) resource_metadata: String,
}

impl Detail {
    /// The same, asking for that authentication.
    pub(in crate::gateway) fn asking(self, asked: StepUp) -> Self {
        if let Self::Bearer(detail) = self {
            return Self::Bearer(BearerDetail {
                step_up: Some(asked),
                ..detail
            });
        }
        self
    }
}

impl<F: Into<Fault>> From<F> for Refusal {
    fn from(fault: F) -> Self {
        Self::new(fault.into())
    }
}

impl Refusal {
    #[inline(never)]
    fn new(fault: Fault) -> Self {
        Self(Box::new(Parts {
            fault,
            detail: Detail::Plain,
            stale: StaleCookies::None,
            cookies: Vec::new(),
            provider: None,
        }))
    }

    /// Gives these details in place of those before.
    pub(in crate::gateway) fn with(mut self, detail: Detail) -> Self {
        self.0.detail = detail;
        self
    }

    /// Sends these `Set-Cookie` fields along, in place of those before.
    pub(in crate::gateway) fn with_cookies(mut self, cookies: Vec<HeaderValue>) -> Self {
        self.0.cookies = cookies;
        self
    }

    /// Names the provider that it was about, for the log.
    pub(in crate::gateway) fn about(mut self, provider: &Provider) -> Self {
        self.0.provider = Some(provider.id.clone());
        self
    }

    /// Names the issuer that it was about, for the log.
    pub(in crate::gateway) fn about_issuer(mut self, issuer: &Issuer) -> Self {
        self.0.provider = Some(issuer.issuer.clone());
        self
    }

    /// Also clears a session cookie that counts for nothing.
    pub(in crate::gateway) fn clearing(mut self, stale: StaleCookies) -> Self {
        self.0.stale = stale;
        self
    }

    /// Records the fault and answers it.
    pub(in crate::gateway) fn answer<P: Platform, R: Inbound>(
        self,
        call: &Call<'_, P, R>,
    ) -> Response {
        let incident = random::incident(call.platform);
        call.platform.record(&Event::Refused {
            incident: incident.clone(),
            fault: &self.0.fault,
            provider: self.0.provider.as_deref(),
            upstream: None,
        });
        let answer = self.0.fault.answer();
        let mut response = if wants_html(call.request) {
            self.page(call, incident.as_str())
        } else {
            problem(answer.status, answer.code.as_str(), Some(incident.as_str()))
        };
        if let Detail::Allow(methods) = &self.0.detail {
            let listed: Vec<&str> = methods.iter().map(Method::as_str).collect();
            response.headers.extend(
                HeaderValue::parse(listed.join(", ")).map(|value| (HeaderName::ALLOW, value)),
            );
        }
        let of_session = match (&self.0.detail, answer.code) {
            // A route for tokens alone has no way in by signing in.
            (Detail::Bearer(_), code) => code == PublicCode::LoginRequired,
            (_, _) => answer.status == Status::UNAUTHORIZED,
        };
        let of_session = of_session.then(|| self.challenge(call, answer.code));
        let of_token = match (&self.0.detail, &self.0.fault) {
            (Detail::Bearer(detail), Fault::Browser(_)) => Some(detail.challenge()),
            // No other token mends a fault that is not the client's.
            (_, _) => None,
        };
        // A client that can hold a token, and not a cookie, looks at the first challenge.
        for challenge in of_token.into_iter().chain(of_session) {
            let value = HeaderValue::parse(challenge);
            let field = value.map(|value| (HeaderName::WWW_AUTHENTICATE, value));
            response.headers.extend(field);
        }
        let stale = self.0.stale.clear(call.deployment.config.session.same_site);
        let cookies = stale.into_iter().chain(self.0.cookies);
        let cookies = cookies.map(|field| (HeaderName::SET_COOKIE, field));
        response.headers.extend(cookies);
        response
    }

    fn page<P: Platform, R: Inbound>(&self, call: &Call<'_, P, R>, incident: &str) -> Response {
        let answer = self.0.fault.answer();
        match &self.0.detail {
            Detail::Missing { missing, who } => {
                let sign_out = call.deployment.endpoint("logout");
                let again = self.again(call);
                let page = Forbidden {
                    missing,
                    who: who.as_deref(),
                    sign_in_again: again.as_deref().map(Href::local),
                    incident,
                    sign_out: Href::local(&sign_out),
                    home: Href::HOME,
                };
                page.response(call.voice())
            }
            Detail::SignIn { retry } => {
                let location = login_link::location(call, Some(retry), None, &StepUp::default());
                let page = SignInFailed {
                    status: answer.status,
                    reason: reason(&self.0.fault),
                    incident,
                    retry: Href::local(&location),
                };
                page.response(call.voice())
            }
            Detail::SignOut => {
                let retry = call.deployment.endpoint("logout");
                let page = SignOutIncomplete {
                    incident,
                    retry: Href::local(&retry),
                };
                page.response(call.voice())
            }
            Detail::StepUp { login, .. } => {
                let page = AuthenticateAgain {
                    incident,
                    sign_in: Href::local(login),
                };
                page.response(call.voice())
            }
            Detail::Plain | Detail::Allow(_) | Detail::Bearer(_) => {
                let login = call.deployment.endpoint("login");
                let is_protected = answer.code == PublicCode::LoginRequired;
                let page = Failure {
                    status: answer.status,
                    incident: Some(incident),
                    retry: is_protected.then(|| Href::local(&login)),
                };
                page.response(call.voice())
            }
        }
    }

    /// Where to sign in again for the page that was asked for, where the provider may say more the next time.
    fn again<P: Platform, R: Inbound>(&self, call: &Call<'_, P, R>) -> Option<String> {
        let may_help = self.0.fault == Fault::Browser(BrowserFault::ClaimsMissing);
        may_help.then(|| {
            let page = ReturnTo::linked(call.request.target(), call.deployment.site());
            login_link::location(call, Some(&page), None, &StepUp::default())
        })
    }

    /// A 401 says how to get in (RFC 9110, section 11.6.1): for a session by going to `login`, which no
    /// registered scheme can say; for a bad credential by sending another. An authentication that does not
    /// suffice gets the words of RFC 9470, section 3.
    fn challenge<P: Platform, R: Inbound>(
        &self,
        call: &Call<'_, P, R>,
        code: PublicCode,
    ) -> String {
        if code == PublicCode::InvalidToken {
            return "Bearer error=\"invalid_token\"".into();
        }
        let Detail::StepUp { step_up, login } = &self.0.detail else {
            return format!("Lychgate login=\"{}\"", call.deployment.endpoint("login"));
        };
        let mut challenge = format!("Lychgate error=\"{}\"", code.as_str());
        let mut add = |name: &str, value: &str| {
            for part in [", ", name, "=\"", value, "\""] {
                challenge.push_str(part);
            }
        };
        if !step_up.acr_values.is_empty() {
            add("acr_values", &step_up.acr_values.join(" "));
        }
        if let Some(max_age) = step_up.max_age {
            add("max_age", &max_age.as_seconds().to_string());
        }
        add("login", login);
        challenge
    }
}

impl BearerDetail {
    fn challenge(&self) -> String {
        let scheme = match (self.dpop, self.error) {
            (DpopDemand::Always, _) | (_, Some(ChallengeError::InvalidDpopProof)) => Scheme::Dpop,
            (DpopDemand::WhereBound, _) => Scheme::Bearer,
        };
        let scopes: Vec<&str> = self.scopes.iter().map(String::as_str).collect();
        let challenge = Challenge {
            scheme,
            error: self.error,
            scopes: match self.error {
                None | Some(ChallengeError::InsufficientScope) => &scopes,
                Some(_) => &[],
            },
            step_up: self.step_up.as_ref(),
            resource_metadata: &self.resource_metadata,
        };
        challenge.to_text()
    }
}

/// The challenge to a client without a good token.
pub(in crate::gateway) fn challenge(
    config: &Config,
    matched: &RouteMatch<'_>,
    error: Option<ChallengeError>,
) -> Detail {
    let mut taking = matched.all_routes().filter(|route| route.takes_tokens());
    let route = taking.next().unwrap_or_else(|| matched.route());
    let scopes = matched.scopes().into_iter().map(ToOwned::to_owned);
    Detail::Bearer(BearerDetail {
        dpop: matched.dpop().demand,
        error,
        scopes: scopes.collect(),
        step_up: None,
        resource_metadata: resource::metadata_url(config, &resource::path_of(route)),
    })
}

/// The refusal of someone who lacks that. Where the provider names no group or role at all, the claim that
/// lists them may be another one.
pub(in crate::gateway) fn forbidden(
    deployment: &Deployment,
    missing: Vec<Missing>,
    record: &SessionRecord,
) -> Refusal {
    let again = may_be_among(deployment, &missing, record);
    let fault = if again {
        BrowserFault::ClaimsMissing
    } else if missing.contains(&Missing::Group) && record.groups.is_empty() {
        BrowserFault::NoGroups
    } else if missing.contains(&Missing::Role) && record.roles.is_empty() {
        BrowserFault::NoRoles
    } else {
        BrowserFault::NotPermitted
    };
    let who = identity::display_name(record);
    let refusal = Refusal::from(fault).with(Detail::Missing { missing, who });
    match deployment.config.provider(&record.provider) {
        Some(provider) => refusal.about(provider),
        None => refusal,
    }
}

/// Whether what is lacking may be among the claims that the provider did not give when the session began.
fn may_be_among(deployment: &Deployment, lacking: &[Missing], record: &SessionRecord) -> bool {
    let Some(provider) = deployment.config.provider(&record.provider) else {
        return false;
    };
    let was_missing = |name: &str| record.missing.iter().any(|missing| missing == name);
    lacking.iter().any(|lacking| match lacking {
        Missing::Group => was_missing(provider.groups_claim.path.top()),
        Missing::Role => was_missing(provider.roles_claim.path.top()),
        Missing::EmailDomain => was_missing("email") || was_missing("email_verified"),
        Missing::Claim => !record.missing.is_empty(),
        Missing::Scope | Missing::Client | Missing::Source | Missing::Authentication => false,
    })
}

/// Whether the client would rather read a page than JSON.
pub(in crate::gateway) fn wants_html(request: &impl Inbound) -> bool {
    request
        .header(&HeaderName::ACCEPT)
        .is_some_and(|accept| contains_ignoring_case(&accept, "text/html"))
}

/// The reason that the page gives. Where a setting is to blame, trying again helps nobody, so the page says that the
/// operator must be told.
const fn reason(fault: &Fault) -> Reason {
    if matches!(fault, Fault::Provider(ProviderFault::GroupsElsewhere)) {
        return Reason::TooManyGroups;
    }
    let is_setting = fault.setting().is_some();
    match fault.answer().code {
        PublicCode::LoginRefused | PublicCode::ProviderError if is_setting => Reason::Misconfigured,
        PublicCode::InvalidRequest => Reason::Malformed,
        PublicCode::LoginUnknown => Reason::UnknownAttempt,
        PublicCode::LoginUsed => Reason::UsedAttempt,
        PublicCode::LoginLoop => Reason::Loop,
        PublicCode::LoginRefused => Reason::Refused,
        PublicCode::ProviderUnavailable => Reason::ProviderUnavailable,
        PublicCode::ProviderError => Reason::Untrusted,
        PublicCode::Misconfigured => Reason::Misconfigured,
        PublicCode::TemporarilyUnavailable
        | PublicCode::UpstreamUnavailable
        | PublicCode::UpstreamTimeout
        | PublicCode::WebSocketUnsupported
        | PublicCode::WrongHost
        | PublicCode::NotFound
        | PublicCode::MethodNotAllowed
        | PublicCode::LoginRequired
        | PublicCode::InvalidToken
        | PublicCode::TokenRequired
        | PublicCode::InvalidDpopProof
        | PublicCode::InsufficientScope
        | PublicCode::AccessDenied
        | PublicCode::InsufficientUserAuthentication
        | PublicCode::CrossSiteRequest
        | PublicCode::HandOver(_) => Reason::Unavailable,
    }
}

#[cfg(test)]
#[path = "refusal_tests.rs"]
mod tests;

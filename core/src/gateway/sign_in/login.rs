//! `{base_path}/login`, and the way to a provider from any protected page.

use crate::{
    access::{fetch_metadata::FetchMetadata, step_up::StepUp},
    config::{LONGEST_AGE, Protocol, Provider, PushedAuthorizationRequests},
    cookie::{name, request::RequestCookies},
    encoding::{digits, parameters::Parameters},
    fault::{BrowserFault, Exchange, Fault, PlatformFault, ProviderFault},
    gateway::{
        answer::refusal::{Detail, Refusal},
        context::{authenticated_session::StaleCookies, body, call::Call, login_link, random},
        providers::{
            self,
            client::{self, Client},
        },
        sessions::end,
        sign_in::{attempt_cookie, loop_guard},
    },
    http::{header::HeaderName, inbound::Inbound, method::Method, response::Response, url::Url},
    metrics::{Family, NONE},
    oidc::{
        attempt::{self, Attempt},
        authorization_request::AuthorizationRequest,
        initiation::Initiation,
        pushed_authorization,
        return_to::ReturnTo,
    },
    page::{
        chooser::{Choice, Chooser},
        href::Href,
        onward::Onward,
        redirect::see_other,
    },
    platform::Platform,
    secret::Secret,
    time::Seconds,
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};

/// Of the query only `return_to`, `provider`, `acr_values` and `max_age` count, and what another site says that
/// begins a sign-in; scopes and claims come from the configuration alone. Where several providers are left, the
/// person chooses.
///
/// # Errors
/// [`BrowserFault`] where the request is no navigation or its parameters are none, and faults of the provider.
pub(in crate::gateway) async fn serve<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    query: &str,
    cookies: RequestCookies<'_>,
    metadata: &FetchMetadata,
) -> Result<Response, Refusal> {
    let method = call.request.method();
    if method == Method::Head || !metadata.is_navigation(&Method::Get) {
        return Err(BrowserFault::NotSignedIn.into());
    }
    let form = if method == Method::Post {
        Some(body::form(call).await.ok_or(BrowserFault::Malformed)?)
    } else {
        None
    };
    let parameters = Parameters::parse(form.as_deref().unwrap_or(query));
    let parameters = parameters.map_err(|_| BrowserFault::Malformed)?;
    let once = |name| parameters.once(name).map_err(|_| BrowserFault::Malformed);
    let initiation = Initiation::read(&parameters).map_err(|_| BrowserFault::Malformed)?;
    let asked = Asked {
        return_to: return_to(call, initiation.as_ref(), once("return_to")?),
        step_up: step_up(call, once("acr_values")?, once("max_age")?)?,
        initiation,
    };
    let providers = offered(call, once("provider")?, asked.initiation.as_ref())?;
    // The cookies that a form of another site does not bring along come with the next request.
    if form.is_some() {
        let chosen = once("provider")?.and_then(|_| providers.first().copied());
        let location = asked.location(call, chosen);
        return Ok(see_other(&location).ok_or(PlatformFault::Internal)?);
    }
    match providers.as_slice() {
        [only] => start(call, cookies, only, asked).await,
        several => Ok(choice(call, several, &asked)),
    }
}

/// The options that a link, or another site, gives for a sign-in.
struct Asked {
    return_to: ReturnTo,
    step_up: StepUp,
    initiation: Option<Initiation>,
}

impl Asked {
    /// Our own address that asks the same.
    fn location<P: Platform, R: Inbound>(
        &self,
        call: &Call<'_, P, R>,
        provider: Option<&Provider>,
    ) -> String {
        let mut location =
            login_link::location(call, Some(&self.return_to), provider, &self.step_up);
        if let Some(initiation) = &self.initiation {
            initiation.push(&mut location);
        }
        location
    }

    fn login_hint(&self) -> Option<&str> {
        self.initiation.as_ref()?.login_hint.as_deref()
    }
}

/// The page to go to afterwards, in the words of another site or of our own pages.
fn return_to<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    initiation: Option<&Initiation>,
    return_to: Option<&str>,
) -> ReturnTo {
    let target = initiation.and_then(|begun| begun.target_link_uri.as_deref());
    let site = call.deployment.site();
    let link = target.or(return_to);
    link.map_or_else(ReturnTo::home, |link| ReturnTo::linked(link, site))
}

/// The providers that are left to choose from; never none.
fn offered<'c, P: Platform, R: Inbound>(
    call: &Call<'c, P, R>,
    id: Option<&str>,
    initiation: Option<&Initiation>,
) -> Result<Vec<&'c Provider>, BrowserFault> {
    let all = call.deployment.config.providers.iter();
    let named: Vec<&Provider> = all.filter(|one| id.is_none_or(|id| one.id == id)).collect();
    if named.is_empty() {
        return Err(BrowserFault::NoRoute);
    }
    let Some(initiation) = initiation else {
        return Ok(named);
    };
    let of_issuer = named
        .into_iter()
        .filter(|one| one.issuer == initiation.issuer);
    let of_issuer: Vec<&Provider> = of_issuer.collect();
    match of_issuer.is_empty() {
        true => Err(BrowserFault::Malformed),
        false => Ok(of_issuer),
    }
}

/// The authentication that a link asks for. An `acr` is one that some route asks for: nobody else's text
/// goes to the provider in our name.
fn step_up<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    acr_values: Option<&str>,
    max_age: Option<&str>,
) -> Result<StepUp, BrowserFault> {
    let mut step_up = StepUp::default();
    for value in acr_values.iter().flat_map(|values| values.split(' ')) {
        if !call.deployment.config.routes.asks_for_acr(value) {
            return Err(BrowserFault::Malformed);
        }
        step_up.acr_values.push(value.to_owned());
    }
    if let Some(max_age) = max_age {
        let age = digits::number(max_age).map(Seconds::new);
        let age = age.filter(|age| *age <= LONGEST_AGE);
        step_up.max_age = Some(age.ok_or(BrowserFault::Malformed)?);
    }
    Ok(step_up)
}

/// The first answer to someone who must sign in, or authenticate anew at `provider`: the way to our own
/// endpoint. The browser takes the fragment of the address along, and the page there keeps it.
pub(in crate::gateway) fn begin<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    return_to: &ReturnTo,
    provider: Option<&Provider>,
    step_up: &StepUp,
    stale: StaleCookies,
) -> Result<Response, Refusal> {
    let location = login_link::location(call, Some(return_to), provider, step_up);
    let mut response = see_other(&location).ok_or(PlatformFault::Internal)?;
    for field in stale.clear(call.deployment.config.session.same_site) {
        response.headers.push((HeaderName::SET_COOKIE, field));
    }
    Ok(response)
}

/// The page that offers all providers. No attempt begins before one is chosen.
fn choice<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    providers: &[&Provider],
    asked: &Asked,
) -> Response {
    let locations: Vec<String> = providers
        .iter()
        .map(|provider| asked.location(call, Some(provider)))
        .collect();
    let choices: Vec<Choice<'_>> = providers
        .iter()
        .zip(&locations)
        .map(|(provider, location)| Choice {
            name: &provider.name,
            href: Href::local(location),
        })
        .collect();
    let site = call.deployment.config.public_url.authority();
    let chooser = Chooser {
        site,
        choices: &choices,
    };
    chooser.response(call.voice())
}

/// Leads the browser to `provider` with a fresh attempt. Nothing is stored.
async fn start<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    cookies: RequestCookies<'_>,
    provider: &Provider,
    asked: Asked,
) -> Result<Response, Refusal> {
    let retry = asked.return_to.clone();
    let refuse = |refusal: Refusal| {
        refusal.about(provider).with(Detail::SignIn {
            retry: retry.clone(),
        })
    };
    if let Some(fault) = loop_guard::check(cookies, &asked.return_to, &asked.step_up) {
        // A browser that then asks for it again begins to count anew.
        return Err(refuse(fault.into()).with_cookies(loop_guard::forget().into_iter().collect()));
    }
    let secret = Secret::new(random::bytes(call.platform)?);
    let attempt = Attempt::new(
        secret,
        call.now,
        end::held(call, cookies)
            .all()
            .map(|held| held.handle)
            .collect(),
        provider.id.clone(),
        asked.step_up.max_age,
        asked.return_to.clone(),
    );
    let location = authorization(call, provider, &attempt, &asked).await;
    let location = location.map_err(|fault| refuse(fault.into()))?;
    let name = attempt::cookie_name(&attempt.state());
    let page = Onward::ToProvider {
        location: &location,
        attempt: name::attempt_id(&name),
    };
    let mut response = page.response(call.voice());
    call.deployment.metrics.count(Family::SignInsBegun, NONE);
    let fields = attempt_cookie::clear_oldest(call, cookies).into_iter();
    for field in fields.chain([attempt_cookie::set(call, provider, &name, &attempt)?]) {
        response.headers.push((HeaderName::SET_COOKIE, field));
    }
    Ok(response)
}

/// Where the browser goes: to the provider with everything that is asked for, or, where the provider takes
/// it beforehand, with a reference to it (RFC 9126).
async fn authorization<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    attempt: &Attempt,
    asked: &Asked,
) -> Result<Url, Fault> {
    let redirect_uri = call.deployment.redirect_uri(provider);
    let hint = asked.login_hint();
    let request = AuthorizationRequest::new(provider, &redirect_uri, attempt, &asked.step_up, hint);
    let metadata = match &provider.protocol {
        Protocol::OpenId(_) => providers::metadata(call, provider).await?,
        Protocol::OAuth(server) => {
            return Ok(request.location(&server.authorization_endpoint, &provider.client_id));
        }
    };
    let authorization_endpoint = &metadata.authorization_endpoint;
    let offered = metadata.pushed_authorization_request_endpoint.as_ref();
    let endpoint = match provider.pushed_authorization_requests {
        PushedAuthorizationRequests::WhereOffered => offered,
        PushedAuthorizationRequests::Never => None,
    };
    let Some(endpoint) = endpoint else {
        return Ok(request.location(authorization_endpoint, &provider.client_id));
    };
    let credential = client::credential(call, Client::at(provider)).await?;
    let client_id = &provider.client_id;
    let pushed = pushed_authorization::request(endpoint, &request, client_id, &credential);
    let pushed = pushed.ok_or(PlatformFault::Internal)?;
    let reply = providers::send(call, pushed, Exchange::PushedAuthorization).await?;
    let request_uri =
        pushed_authorization::read(&reply).map_err(ProviderFault::PushedAuthorization)?;
    Ok(pushed_authorization::location(
        authorization_endpoint,
        client_id,
        &request_uri,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gateway::context::for_tests::{ISSUER, Sent, calling, deployment},
        platform::for_tests::Edge,
    };
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn asking<T>(act: impl FnOnce(&Call<'_, Edge, Sent>) -> T) -> T {
        let request = Sent::new("GET", "/auth/login");
        calling(&deployment(), &Edge::default(), &request, act)
    }

    #[test]
    fn a_link_asks_for_no_authentication_that_no_route_asks_for() {
        let longest = LONGEST_AGE.as_seconds();
        asking(|call| {
            let age = |max_age| step_up(call, None, Some(max_age)).map(|it| it.max_age);
            let acr = |values| step_up(call, Some(values), None).map(|it| it.acr_values);
            assert_eq!(acr("gold"), Ok(Vec::from(["gold".to_owned()])));
            for values in ["silver", "gold silver", "", "gold "] {
                assert_eq!(acr(values), Err(BrowserFault::Malformed), "{values:?}");
            }
            let written = alloc::format!("{longest}");
            assert_eq!(age(&written), Ok(Some(LONGEST_AGE)));
            let longer = alloc::format!("{}", longest.saturating_add(1));
            for max_age in [longer.as_str(), "", "-1", "1.5"] {
                assert_eq!(age(max_age), Err(BrowserFault::Malformed), "{max_age}");
            }
        });
    }

    #[test]
    fn a_link_leads_to_configured_providers_of_the_issuer_that_it_names() {
        let initiation = |issuer: &str| Initiation {
            issuer: issuer.to_owned(),
            login_hint: None,
            target_link_uri: None,
        };
        let (ours, evil) = (initiation(ISSUER), initiation("https://evil.example"));
        asking(|call| {
            let ids = |id, initiation| {
                let offered = offered(call, id, initiation)?;
                Ok(offered.iter().map(|one| one.id.clone()).collect::<Vec<_>>())
            };
            assert_eq!(ids(None, None).unwrap(), ["demo", "other"]);
            assert_eq!(ids(Some("other"), None).unwrap(), ["other"]);
            assert_eq!(ids(None, Some(&ours)).unwrap(), ["demo"]);
            assert_eq!(ids(Some("gone"), None), Err(BrowserFault::NoRoute));
            for id in [None, Some("demo")] {
                assert_eq!(ids(id, Some(&evil)), Err(BrowserFault::Malformed));
            }
            assert_eq!(
                ids(Some("other"), Some(&ours)),
                Err(BrowserFault::Malformed)
            );
        });
    }
}

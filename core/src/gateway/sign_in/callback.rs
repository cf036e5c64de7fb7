//! `{base_path}/callback/{provider}`: from the provider's answer to a session. The answer comes by `GET`, or
//! by `POST` from a provider that is configured so, and never by the other.

use crate::{
    config::{Protocol, Provider, ResponseMode},
    cookie::{name, request::RequestCookies},
    fault::{BrowserFault, Fault},
    gateway::{
        answer::refusal::{Detail, Refusal},
        context::{body, call::Call},
        sessions::{create, end, keep::Browser},
        sign_in::{attempt_cookie, loop_guard, oauth, openid},
    },
    http::{header::HeaderName, inbound::Inbound, method::Method, response::Response},
    oidc::{
        attempt::{self, Attempt},
        callback::AuthorizationResponse,
        return_to::ReturnTo,
    },
    page::{href::Href, onward::Onward},
    platform::Platform,
};
use alloc::{borrow::Cow, vec::Vec};

/// Redeems the code of the answer, begins a session and leads the browser back, whose attempt is over either way.
///
/// # Errors
/// Faults of the browser where the answer belongs to no attempt of its own, of the provider where it signs nobody in, and of
/// the platform.
pub(in crate::gateway) async fn serve<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider_id: &str,
    query: &str,
    cookies: RequestCookies<'_>,
) -> Result<Response, Refusal> {
    let home = |fault: BrowserFault| {
        Refusal::from(fault).with(Detail::SignIn {
            retry: ReturnTo::home(),
        })
    };
    let provider = call.deployment.config.provider(provider_id);
    let provider = provider.ok_or(BrowserFault::NoRoute)?;
    let parameters = parameters(call, provider, query).await?;
    let response = parameters
        .and_then(|parameters| AuthorizationResponse::parse(&parameters).ok())
        .ok_or_else(|| home(BrowserFault::CallbackMalformed))?;
    let cookie_name = attempt::cookie_name(&response.state);
    let attempt =
        attempt_cookie::find(call, cookies, &cookie_name, &response.state).map_err(home)?;
    let retry = attempt.return_to.clone();
    let done = finish(call, provider, response, attempt, cookies).await;
    let clear = attempt_cookie::clear(&cookie_name);
    match done {
        Ok(mut response) => {
            response
                .headers
                .extend(clear.map(|field| (HeaderName::SET_COOKIE, field)));
            Ok(response)
        }
        Err(fault) => Err(Refusal::from(fault)
            .about(provider)
            .with(Detail::SignIn { retry })
            .with_cookies(clear.into_iter().collect())),
    }
}

/// The parameters of the answer, where the provider gives it; `None` where they cannot be read there.
///
/// A `HEAD` would spend the code and show nobody the session.
async fn parameters<'q, P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    query: &'q str,
) -> Result<Option<Cow<'q, str>>, Refusal> {
    let method = match provider.response_mode {
        ResponseMode::Query => Method::Get,
        ResponseMode::FormPost => Method::Post,
    };
    if call.request.method() != method {
        return Err(
            Refusal::from(BrowserFault::MethodNotAllowed).with(Detail::Allow(Vec::from([method])))
        );
    }
    if provider.response_mode == ResponseMode::Query {
        return Ok(Some(Cow::Borrowed(query)));
    }
    Ok(body::form(call).await.map(Cow::Owned))
}

async fn finish<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    response: AuthorizationResponse,
    attempt: Attempt,
    cookies: RequestCookies<'_>,
) -> Result<Response, Fault> {
    if attempt.provider != provider.id {
        return Err(BrowserFault::AttemptOfOtherProvider.into());
    }
    let (identity, tokens) = match &provider.protocol {
        Protocol::OpenId(_) => openid::identify(call, provider, response, &attempt).await?,
        Protocol::OAuth(server) => {
            oauth::identify(call, provider, server, response, &attempt).await?
        }
    };
    let browser = Browser {
        held: end::held(call, cookies),
        attempt: &attempt,
    };
    let session = create::session(call, provider, identity, tokens, &browser).await?;
    // A page and not a redirect: it alone can bring the address's fragment back, which is never sent.
    let cookie_name = attempt::cookie_name(&attempt.state());
    let page = Onward::Back {
        to: Href::local(attempt.return_to.as_str()),
        attempt: name::attempt_id(&cookie_name),
    };
    let mut response = page.response(call.voice());
    let counted = loop_guard::count(cookies, &attempt.return_to, provider);
    let fields = session.into_iter().chain(counted);
    response
        .headers
        .extend(fields.map(|field| (HeaderName::SET_COOKIE, field)));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gateway::context::for_tests::{Sent, calling, deploy, settings},
        platform::for_tests::Edge,
    };
    use alloc::string::String;
    use futures_util::FutureExt;
    use serde_json::json;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn an_answer_is_read_where_its_provider_gives_it_and_nowhere_else() {
        for (mode, method, read) in [
            ("query", "GET", Some("in=query")),
            ("query", "HEAD", None),
            ("query", "POST", None),
            ("form_post", "POST", Some("in=form")),
            ("form_post", "GET", None),
        ] {
            let mut settings = settings();
            settings["provider"][0]["response_mode"] = json!(mode);
            let deployment = deploy(&settings);
            let kind = "application/x-www-form-urlencoded";
            let request = Sent::new(method, "/auth/callback/demo").with_form(kind, b"in=form");
            let found: Option<String> = calling(&deployment, &Edge::default(), &request, |call| {
                let provider = deployment.config.provider("demo").unwrap();
                let found = parameters(call, provider, "in=query").now_or_never();
                found.unwrap().ok().flatten().map(Cow::into_owned)
            });
            assert_eq!(found.as_deref(), read, "{mode} {method}");
        }
    }
}

//! Our own endpoints, below `base_path`.

pub(in crate::gateway) mod health;
pub(in crate::gateway) mod metrics;
mod operator;
mod reseal;
pub(in crate::gateway) mod session_info;

use crate::{
    access::fetch_metadata::FetchMetadata,
    cookie::request::RequestCookies,
    fault::BrowserFault,
    gateway::{
        answer::refusal::{Detail, Refusal},
        context::{
            call::{Call, Served},
            outcome::Outcome,
        },
        sign_in::{callback, hand_over, login, resume},
        sign_out::logout,
    },
    http::{inbound::Inbound, method::Method},
    platform::Platform,
};
use alloc::{string::String, vec, vec::Vec};

/// Answers at the endpoint `name`: the path after `base_path`, without the slash.
///
/// # Errors
/// [`BrowserFault::NoRoute`] where there is none of this name, [`BrowserFault::MethodNotAllowed`] with the methods that it
/// takes, and those of the endpoint.
pub(in crate::gateway) async fn serve<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    name: String,
    query: Option<&str>,
    cookies: RequestCookies<'_>,
    metadata: &FetchMetadata,
) -> Result<Served, Refusal> {
    let query = query.unwrap_or_default();
    let get = vec![Method::Get, Method::Head];
    let takes_hand_overs = call.deployment.config.takes_hand_overs();
    if let Some(provider) = name.strip_prefix("callback/") {
        return respond(callback::serve(call, provider, query, cookies).await);
    }
    match name.as_str() {
        "login" => {
            allow(call, vec![Method::Get, Method::Head, Method::Post])?;
            respond(login::serve(call, query, cookies, metadata).await)
        }
        "resume" => {
            allow(call, get)?;
            respond(resume::serve(call, query, metadata))
        }
        "logout" => {
            allow(call, vec![Method::Get, Method::Head, Method::Post])?;
            logout::serve(call, cookies, metadata).await
        }
        "signed-out" => {
            allow(call, get)?;
            respond(Ok(logout::signed_out(call)))
        }
        "session" if takes_hand_overs && call.request.method() == Method::Post => {
            let begun = hand_over::session(call, cookies, metadata).await?;
            session_info::begun(call, begun).await
        }
        "session" => {
            allow(
                call,
                match takes_hand_overs {
                    true => vec![Method::Get, Method::Head, Method::Post],
                    false => get,
                },
            )?;
            session_info::serve(call, query, cookies).await
        }
        "session/challenge" if takes_hand_overs => {
            allow(call, vec![Method::Post])?;
            respond(hand_over::challenge(call, cookies, metadata))
        }
        "health" => {
            allow(call, get)?;
            respond(Ok(health::answer()))
        }
        "directory/reseal" if call.deployment.secrets.operator.is_some() => {
            allow(call, vec![Method::Post])?;
            respond(reseal::serve(call).await)
        }
        "metrics" => match &call.deployment.config.metrics {
            Some(access) => {
                allow(call, get)?;
                metrics::serve(call, access, cookies).await
            }
            None => Err(BrowserFault::NoRoute.into()),
        },
        _ => Err(BrowserFault::NoRoute.into()),
    }
}

fn respond(response: Result<crate::http::response::Response, Refusal>) -> Result<Served, Refusal> {
    Ok((Outcome::Respond(response?), None))
}

fn allow<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    methods: Vec<Method>,
) -> Result<(), Refusal> {
    if methods.iter().any(|method| call.is(method)) {
        return Ok(());
    }
    Err(not_allowed(methods))
}

fn not_allowed(allow: Vec<Method>) -> Refusal {
    Refusal::from(BrowserFault::MethodNotAllowed).with(Detail::Allow(allow))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gateway::context::for_tests::{Sent, calling, deployment},
        http::{header::HeaderName, response::Status},
        platform::for_tests::Edge,
    };
    use alloc::borrow::ToOwned;
    use futures_util::FutureExt;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// The status of an endpoint's answer, and the methods that it allows.
    fn ask(method: &'static str, name: &str) -> (Status, Option<String>) {
        let request = Sent::new(method, "/auth/x");
        calling(&deployment(), &Edge::default(), &request, |call| {
            let metadata = FetchMetadata::read(&request).unwrap();
            let cookies = RequestCookies::new(None);
            let served = serve(call, name.to_owned(), None, cookies, &metadata);
            let response = match served.now_or_never().unwrap() {
                Ok((Outcome::Respond(response), _)) => response,
                Ok((Outcome::Forward(_), _)) => panic!("an endpoint answers itself"),
                Err(refusal) => refusal.answer(call),
            };
            let allow = response.header(&HeaderName::ALLOW);
            (response.status, allow.map(str::to_owned))
        })
    }

    #[test]
    fn an_endpoint_is_one_by_its_exact_name() {
        assert_eq!(ask("GET", "health"), (Status::OK, None));
        for name in [
            "",
            "Health",
            "health/",
            "health/x",
            "callback",
            "callback/nobody",
        ] {
            assert_eq!(ask("GET", name), (Status::NOT_FOUND, None), "{name}");
        }
        // Without `[metrics]` there are none to see.
        assert_eq!(ask("GET", "metrics"), (Status::NOT_FOUND, None));
    }

    #[test]
    fn an_endpoint_says_which_methods_it_takes() {
        assert_eq!(ask("HEAD", "health"), (Status::OK, None));
        let reads = (Status::METHOD_NOT_ALLOWED, Some("GET, HEAD".to_owned()));
        for name in ["health", "session", "resume", "signed-out"] {
            assert_eq!(ask("POST", name), reads, "{name}");
        }
        let (status, allow) = ask("PUT", "logout");
        assert_eq!(status, Status::METHOD_NOT_ALLOWED);
        assert_eq!(allow.as_deref(), Some("GET, HEAD, POST"));
    }
}

//! The loop guard: stops a sign-in that goes in circles, by a cookie that counts the sign-ins for one page.

use crate::{
    access::step_up::StepUp,
    config::Provider,
    cookie::{
        name,
        request::RequestCookies,
        set_cookie::{self, SameSite},
    },
    fault::BrowserFault,
    http::header::HeaderValue,
    oidc::{loop_guard as counted, return_to::ReturnTo},
};

/// Why another sign-in for `page` would not help, if it would not.
pub(in crate::gateway) fn check(
    cookies: RequestCookies<'_>,
    page: &ReturnTo,
    step_up: &StepUp,
) -> Option<BrowserFault> {
    if counted::made(cookies.one(name::LOOP_GUARD), page) < counted::MOST {
        return None;
    }
    if *step_up != StepUp::default() && cookies.has(name::SESSION) {
        return Some(BrowserFault::StepUpLoop);
    }
    Some(BrowserFault::SignInLoop)
}

/// The field that counts one more sign-in at `provider` for `page`.
pub(in crate::gateway) fn count(
    cookies: RequestCookies<'_>,
    page: &ReturnTo,
    provider: &Provider,
) -> Option<HeaderValue> {
    let value = counted::one_more(cookies.one(name::LOOP_GUARD), page);
    let same_site = provider.callback_same_site();
    set_cookie::set(name::LOOP_GUARD, &value, counted::LIFETIME, same_site)
}

/// The field that makes the browser begin to count anew.
pub(in crate::gateway) fn forget() -> Option<HeaderValue> {
    set_cookie::clear(name::LOOP_GUARD, SameSite::Lax)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::context::for_tests::{deploy, settings};
    use alloc::{format, string::String, vec::Vec};
    use serde_json::json;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// The `Cookie` field of a browser that was signed in that often for `page`.
    fn signed_in(times: u8, page: &ReturnTo) -> String {
        let mut value = None;
        for _ in 0..times {
            value = Some(counted::one_more(value.as_deref(), page));
        }
        format!("{}={}", name::LOOP_GUARD, value.unwrap_or_default())
    }

    #[test]
    fn a_browser_that_was_signed_in_three_times_for_one_page_is_not_sent_on() {
        let (page, other) = (ReturnTo::parse("/members/"), ReturnTo::parse("/members/?a"));
        let check = |times: u8| {
            let field = signed_in(times, &page);
            let cookies = RequestCookies::new(Some(&field));
            [&page, &other].map(|page| check(cookies, page, &StepUp::default()))
        };
        assert_eq!(check(2), [None, None]);
        assert_eq!(check(3), [Some(BrowserFault::SignInLoop), None]);
    }

    #[test]
    fn a_step_up_is_to_blame_where_the_browser_holds_a_session_all_the_same() {
        let page = ReturnTo::parse("/fresh/");
        let gold = StepUp {
            acr_values: Vec::from(["gold".into()]),
            max_age: None,
        };
        let session = format!("; {}=s", name::SESSION);
        for (step_up, session, fault) in [
            (&gold, session.as_str(), BrowserFault::StepUpLoop),
            (&gold, "", BrowserFault::SignInLoop),
            (&StepUp::default(), &session, BrowserFault::SignInLoop),
        ] {
            let field = format!("{}{session}", signed_in(3, &page));
            let cookies = RequestCookies::new(Some(&field));
            assert_eq!(check(cookies, &page, step_up), Some(fault), "{field}");
        }
    }

    #[test]
    fn the_count_reaches_the_callback_of_its_provider() {
        for (mode, same_site) in [("query", "Lax"), ("form_post", "None")] {
            let mut settings = settings();
            settings["provider"][0]["response_mode"] = json!(mode);
            let deployment = deploy(&settings);
            let page = ReturnTo::home();
            let provider = deployment.config.provider("demo").unwrap();
            let field = count(RequestCookies::new(None), &page, provider).unwrap();
            let (start, end) = field.as_str().split_once("; Max-Age=300;").unwrap();
            assert_eq!(start, signed_in(1, &page));
            assert!(end.ends_with(&format!("SameSite={same_site}")), "{end}");
        }
    }
}

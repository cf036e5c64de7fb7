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

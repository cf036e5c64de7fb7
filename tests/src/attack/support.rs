//! Steps that many attacks share.

use crate::{
    host::Host,
    http::{browser::Browser, request::Request, response::Response},
    scripted::provider::settings::Settings,
};
use lychgate_core::encoding::parameters::Parameters;

/// Changes how the provider behaves from now on.
pub fn provider(host: &dyn Host, change: impl FnOnce(&mut Settings)) {
    let provider = host.scripted_provider().unwrap();
    change(&mut provider.lock().unwrap().settings);
}

/// Makes the provider behave again.
pub fn good_provider(host: &dyn Host) {
    let issuer = host.issuer().to_owned();
    provider(host, |settings| *settings = Settings::new(&issuer));
}

/// A sign-in at a provider that was changed fails with that status and leaves nothing behind; with
/// the provider as it was, it works.
pub fn refused_sign_in(
    host: &dyn Host,
    status: u16,
    change: impl FnOnce(&mut Settings),
) -> Response {
    provider(host, change);
    let mut browser = Browser::new(host);
    let callback = browser.callback("/members/", "member");
    let refused = browser.go(&callback).expect(status);
    assert_eq!(browser.session(), None);
    assert!(!browser.is_signed_in());
    assert!(!refused.text().contains("SECRET"), "{}", refused.summary());
    good_provider(host);
    let mut browser = Browser::signed_in(host, "member");
    assert!(browser.is_signed_in());
    refused
}

/// A sign-in at a provider that was changed, and what the session then says.
pub fn accepted_sign_in<'h>(host: &'h dyn Host, change: impl FnOnce(&mut Settings)) -> Browser<'h> {
    provider(host, change);
    let browser = Browser::signed_in(host, "member");
    good_provider(host);
    browser
}

/// A parameter of a callback or location.
pub fn parameter(target: &str, name: &str) -> String {
    let query = target.split_once('?').unwrap().1;
    let parameters = Parameters::parse(query).unwrap();
    parameters
        .once(name)
        .unwrap()
        .unwrap_or_default()
        .to_owned()
}

/// The answer to a script without cookies.
pub fn anonymous(host: &dyn Host, target: &str) -> Response {
    host.send(&Request::script("GET", target))
}

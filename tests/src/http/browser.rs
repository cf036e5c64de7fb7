//! A browser: a jar, and the requests that a person's doing causes.

use super::{jar::Jar, request::Request, response::Response};
use crate::host::Host;

/// The session cookie's name.
pub const SESSION: &str = "__Host-Http-lychgate";
/// The tombstone cookie's name.
pub const TOMBSTONE: &str = "__Host-Http-lychgate-x";
/// The predecessor cookie's name.
pub const PREDECESSOR: &str = "__Host-Http-lychgate-p";
/// The name of the cookie that counts sign-ins in a row.
pub const LOOP_GUARD: &str = "__Host-Http-lychgate-r";
/// The cookie of the challenge to a page that hands a token over.
pub const CHALLENGE: &str = "__Host-Http-lychgate-c";
/// The start of the names of attempt cookies.
pub const ATTEMPT: &str = "__Host-Http-lychgate-a-";

/// More redirects of the gateway's own than stand in a row.
const MOST_REDIRECTS: usize = 3;

/// A browser at one host.
pub struct Browser<'h> {
    pub host: &'h dyn Host,
    pub jar: Jar,
}

impl<'h> Browser<'h> {
    /// A browser that was never here.
    pub fn new(host: &'h dyn Host) -> Self {
        Self {
            host,
            jar: Jar::default(),
        }
    }

    /// A browser that signed in.
    pub fn signed_in(host: &'h dyn Host, login: &str) -> Self {
        let mut browser = Self::new(host);
        browser.sign_in("/members/", login);
        browser
    }

    /// The request with the browser's cookies.
    pub fn prepare(&self, request: Request) -> Request {
        match self.jar.header(self.host.now()) {
            Some(cookies) => request.with("Cookie", &cookies),
            None => request,
        }
    }

    /// Sends a request with the browser's cookies, and keeps those that come back.
    pub fn send(&mut self, request: Request) -> Response {
        let response = self.host.send(&self.prepare(request));
        self.keep(&response);
        response
    }

    /// Keeps the cookies of a response; a browser must keep each of ours.
    pub fn keep(&mut self, response: &Response) {
        for field in response.all("set-cookie") {
            if let Err(reason) = self.jar.take(field, self.host.now()) {
                panic!("a browser drops {field}: {reason}");
            }
        }
    }

    /// Goes to a page.
    pub fn go(&mut self, target: &str) -> Response {
        self.send(Request::navigation(target))
    }

    /// Goes to a page and on to where the gateway's own redirects lead.
    pub fn visit(&mut self, target: &str) -> Response {
        let mut response = self.go(target);
        for _ in 0..MOST_REDIRECTS {
            let location = response.header("location").unwrap_or_default();
            if response.status != 303 || !location.starts_with("/auth/") {
                break;
            }
            let location = location.to_owned();
            response = self.go(&location);
        }
        response
    }

    /// Fetches something from a script of ours.
    pub fn fetch(&mut self, target: &str) -> Response {
        self.send(Request::script("GET", target))
    }

    /// Begins to sign in by going to `target`; the authorization request that a page leads to.
    pub fn begin(&mut self, target: &str) -> String {
        self.visit(target).expect(200).leads_to()
    }

    /// Begins to sign in by going to `target`; the callback that the provider then leads to.
    pub fn callback(&mut self, target: &str, login: &str) -> String {
        let location = self.begin(target);
        self.host.at_provider(&location, login)
    }

    /// Comes back from the provider; the page of the site that the browser is led to.
    pub fn arrive(&mut self, callback: &str) -> String {
        self.go(callback).expect(200).leads_to()
    }

    /// Signs in by going to `target`; the page of the site that the browser is led to in the end.
    pub fn sign_in(&mut self, target: &str, login: &str) -> String {
        let callback = self.callback(target, login);
        self.arrive(&callback)
    }

    /// Signs out; all instances know it then.
    pub fn sign_out(&mut self) -> Response {
        let response = self.send(Request::form("/auth/logout"));
        if !self.host.is_one_instance() {
            self.host.forget();
        }
        response
    }

    /// The session cookie's value.
    pub fn session(&self) -> Option<String> {
        self.jar.cookie(SESSION).map(|cookie| cookie.value.clone())
    }

    /// Whether the session opens the members' page right now, at this place.
    pub fn is_signed_in(&mut self) -> bool {
        match self.fetch("/members/").status {
            200 => true,
            401 => false,
            other => panic!("{other} for a signed-in page"),
        }
    }
}

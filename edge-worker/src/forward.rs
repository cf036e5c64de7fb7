//! The plan of a forward, which `shim.js` carries out.
//!
//! The shim fetches, because JavaScript rewrites headers ten times faster, and bodies never have to pass through the
//! wasm. Rust tells it what to do in text, one instruction per line: header names and values cannot hold a line break.
//! The shim keeps nothing else of a forward, so nothing has to be freed, and an instance that traps loses nothing. Each
//! call between Rust and JavaScript costs about as much as the decision, so there are few.

use lychgate_core::gateway::header_rewrites::{
    ADDRESSES, Connection, CookieRewrite, Front, PlainResponse, ResponseRewrite, TELLING,
};
use lychgate_core::gateway::{Forward, ForwardTarget};
use std::borrow::Cow;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// The plan of a forward. `host`, `received` and `connection` are the authority, target and `Connection` of the
/// request; `names` are the names of its headers, one per line. The lines of the plan:
///
/// 1. the destination: `assets`, `url`, or `service NAME`, a binding;
/// 2. the URL to fetch, or nothing where the request can be passed as it came;
/// 3. the timeout for the head of the answer in milliseconds, or nothing for none;
/// 4. `no-store` where the fetch must bypass shared caches, else nothing;
/// 5. the first argument for [`response_rewrites`];
/// 6. the rewrite of a response without any header of [`telling`], or nothing, or `ask` to call [`response_rewrites`];
/// 7. any number of rewrites of the request, none for `assets`, which get it as it came;
/// 8. an empty line, and the rewrites of the response that do not depend on it.
///
/// A rewrite is `-name` (remove), `=name:value` (set) or `+name:value` (append).
pub(crate) fn plan(
    forward: &Forward,
    host: &str,
    received: &str,
    names: &str,
    connection: Connection<'_>,
) -> String {
    let mut plan = Lines::default();
    plan.destination(forward, host, received);
    plan.of_response(forward);
    if !matches!(forward.target, ForwardTarget::Assets) {
        plan.of_request(forward, names, connection);
    }
    plan.line(&[]);
    for field in forward.response.set_cookies() {
        plan.append("set-cookie", field.as_str());
    }
    for (name, value) in forward.response.append() {
        plan.append(name.as_str(), value.as_str());
    }
    plan.0
}

/// The response headers that make the shim call [`response_rewrites`]: a regular expression for names in lower case,
/// one per line. The names hold letters and dashes alone, so they need no escaping.
#[wasm_bindgen]
pub fn telling() -> String {
    let names = TELLING.names.map(|names| names.join("|")).join("|");
    let beginnings = TELLING.beginnings.join("|");
    [
        "^(?:",
        &names,
        ")$|^(?:",
        &beginnings,
        ")|",
        TELLING.ending,
        "$",
    ]
    .concat()
}

/// The names of the response headers whose values [`response_rewrites`] needs, one per line.
#[wasm_bindgen]
pub fn addresses() -> String {
    ADDRESSES.join("\n")
}

/// The rewrites of a response that depend on its headers. `line` is the fifth line of the plan; `names` and
/// `set_cookies` have a header name or `Set-Cookie` field per line; `addresses` has the headers of [`addresses()`] as
/// lines of `name:value`.
///
/// # Errors
/// `line` is not from a plan.
#[wasm_bindgen]
pub fn response_rewrites(
    line: &str,
    names: &str,
    set_cookies: &str,
    content_type: Option<String>,
    cache_control: Option<String>,
    connection: Option<String>,
    addresses: &str,
) -> Result<String, JsValue> {
    let rewrite = ResponseRewrite::of_line(line).ok_or(JsValue::NULL)?;
    let connection = Connection::new(connection.as_deref());
    let mut rewrites = Lines::default();
    for name in lines(names) {
        if rewrite.strips(name) || connection.names(name) {
            rewrites.remove(name);
        }
    }
    let own = cache_control.as_deref();
    if let Some(policy) = rewrite.cache_control(content_type.as_deref(), own) {
        rewrites.set("cache-control", policy);
    }
    for (name, value) in lines(addresses).filter_map(|line| line.split_once(':')) {
        let moved = rewrite.address(name, value);
        if let Some(moved) = moved.filter(|_| !connection.names(name)) {
            rewrites.set(name, &moved);
        }
    }
    if connection.names("set-cookie") {
        return Ok(rewrites.0);
    }
    let is_as_sent = |field| matches!(rewrite.set_cookie(field), Some(Cow::Borrowed(_)));
    if !set_cookies.is_empty() && !lines(set_cookies).all(is_as_sent) {
        rewrites.remove("set-cookie");
        for field in lines(set_cookies).filter_map(|field| rewrite.set_cookie(field)) {
            rewrites.append("set-cookie", &field);
        }
    }
    Ok(rewrites.0)
}

/// The lines of a text; an empty text is one line.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    // A search for a byte compiles to a tenth of the code that one for a character takes.
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = text.bytes().position(|byte| byte == b'\n');
        let (line, tail) = text.split_at_checked(end.unwrap_or(text.len()))?;
        rest = end.and_then(|_| tail.get(1..));
        Some(line)
    })
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    /// Where the request goes: lines 1 and 2.
    fn destination(&mut self, forward: &Forward, host: &str, received: &str) {
        let target = forward.request.target();
        match &forward.target {
            ForwardTarget::Assets => {
                self.line(&["assets"]);
                match target == received {
                    true => self.line(&[]),
                    // The scheme and host mean nothing to the assets, but an absolute URL needs them.
                    false => self.line(&["https://", host, target]),
                }
            }
            ForwardTarget::Url(origin) => {
                self.line(&["url"]);
                self.line(&[origin.as_str(), target]);
            }
            ForwardTarget::Service { name, origin } => {
                self.line(&["service ", &name.0]);
                self.line(&[origin.as_str(), target]);
            }
        }
    }

    /// The timeout, the caches to bypass, and how to rewrite the response: lines 3 to 6.
    fn of_response(&mut self, forward: &Forward) {
        let timeout = forward.timeout.map(|limit| {
            let milliseconds = limit.as_seconds().saturating_mul(1000);
            milliseconds.to_string()
        });
        self.line(&[timeout.as_deref().unwrap_or_default()]);
        self.line(&[match forward.response.bypasses_caches() {
            true => "no-store",
            false => "",
        }]);
        self.line(&[&forward.response.to_line()]);
        match forward.response.of_plain() {
            PlainResponse::Ask => self.line(&["ask"]),
            PlainResponse::Keep => self.line(&[]),
            PlainResponse::CacheControl(policy) => self.set("cache-control", policy),
        }
    }

    /// The rewrites of a request with headers of these names.
    fn of_request(&mut self, forward: &Forward, names: &str, connection: Connection<'_>) {
        let rewrite = &forward.request;
        for name in lines(names) {
            if rewrite.strips(name, Front::Cloudflare) || connection.names(name) {
                self.remove(name);
            }
        }
        match rewrite.cookie() {
            _ if connection.names("cookie") || rewrite.strips("cookie", Front::Cloudflare) => {}
            CookieRewrite::Keep => {}
            CookieRewrite::Replace(rest) => self.set("cookie", rest),
            CookieRewrite::Remove => self.remove("cookie"),
        }
        for (name, value) in rewrite.set() {
            self.set(name.as_str(), value.as_str());
        }
    }

    fn remove(&mut self, name: &str) {
        self.line(&["-", name]);
    }

    fn set(&mut self, name: &str, value: &str) {
        self.line(&["=", name, ":", value]);
    }

    fn append(&mut self, name: &str, value: &str) {
        self.line(&["+", name, ":", value]);
    }

    fn line(&mut self, parts: &[&str]) {
        for part in parts {
            self.0.push_str(part);
        }
        self.0.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn lines_are_what_line_breaks_part() {
        for text in ["", "a", "a\nb", "a\n", "\na", "\n\n", "ä\nb c\n"] {
            let expected: Vec<&str> = text.split('\n').collect();
            assert_eq!(lines(text).collect::<Vec<_>>(), expected, "{text:?}");
        }
    }
}

//! A forward, carried out by `shim.js`.
//!
//! The shim fetches, because headers are rewritten in JavaScript ten times faster and bodies never have to pass
//! by here. Rust tells it what to do in text, of which each line is one thing: header names and values cannot hold a
//! line break. The shim holds nothing else of a forward, so nothing has to be freed, and nothing is lost with an
//! instance that traps. Each call between the two costs about as much as the decision, so there are few.

use lychgate_core::gateway::header_rewrites::{
    ADDRESSES, Connection, CookieRewrite, Front, PlainResponse, ResponseRewrite, TELLING,
};
use lychgate_core::gateway::{Forward, ForwardTarget};
use std::borrow::Cow;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// How to carry out a forward of a request that came with this authority, target and `Connection`, and with headers of
/// these names, one per line. Its lines:
///
/// 1. where to: `assets`, `url`, or `service NAME`, a binding;
/// 2. the URL to fetch, or nothing where the request can be passed as it came;
/// 3. after how many milliseconds the head of the answer is late, or nothing for never;
/// 4. `no-store` where shared caches must be passed by, else nothing;
/// 5. what to ask [`response_rewrites`] with;
/// 6. what becomes of a response that no name tells of ([`telling`]): `ask`, or its rewrite, or nothing;
/// 7. any number of rewrites of the request;
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
    plan.of_request(forward, names, connection);
    plan.line(&[]);
    for field in forward.response.set_cookies() {
        plan.append("set-cookie", field.as_str());
    }
    for (name, value) in forward.response.append() {
        plan.append(name.as_str(), value.as_str());
    }
    plan.0
}

/// The names of response headers because of which [`response_rewrites`] must be asked: a regular expression for names in
/// lower case, one per line. They hold letters and dashes alone.
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

/// The names of the response headers whose values [`response_rewrites`] must be told, one per line.
#[wasm_bindgen]
pub fn addresses() -> String {
    ADDRESSES.join("\n")
}

/// What to change in a response because of what it is, given the fifth line of its plan, the names of its headers and
/// its `Set-Cookie` fields, one per line each, three of its headers, and those of [`addresses`] as lines of `name:value`.
///
/// # Errors
/// That is no line of a plan.
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

/// The lines of a text; an empty text is one.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    // Bytes are searched in a tenth of the code that characters are.
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
    /// Where the request goes.
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
                self.line(&[&origin.to_string(), target]);
            }
            ForwardTarget::Service { name, origin } => {
                self.line(&["service ", &name.0]);
                self.line(&[&origin.to_string(), target]);
            }
        }
    }

    /// How long its head is waited for, how it is fetched, and what is asked about it when it is there.
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

    /// The rewrites of the request, which has headers of these names.
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
    use std::vec::Vec;

    #[test]
    fn lines_are_what_line_breaks_part() {
        for text in ["", "a", "a\nb", "a\n", "\na", "\n\n", "ä\nb c\n"] {
            let expected: Vec<&str> = text.split('\n').collect();
            assert_eq!(lines(text).collect::<Vec<_>>(), expected, "{text:?}");
        }
    }
}

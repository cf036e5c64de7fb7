//! The rewrites of a forward, carried out on header fields in order.
//!
//! For hosts that hold fields as a list of names and values. The Worker does the same in JavaScript, where
//! its headers are. A value is bytes (RFC 9110, section 5.5): what is not rewritten keeps them, and where one has to be
//! read as text, each byte stands for the character of its number.

use crate::{
    cookie::request::without_ours,
    gateway::header_rewrites::{Connection, CookieRewrite, Front, RequestRewrite, ResponseRewrite},
};
use alloc::{
    borrow::{Cow, ToOwned},
    string::String,
    vec::Vec,
};

/// Names, in any case, and values.
pub type Fields = Vec<(String, Vec<u8>)>;

impl RequestRewrite {
    /// The fields that the upstream gets, out of those that the client sent.
    pub fn apply(&self, received: Fields) -> Fields {
        let connection = joined(&received, "connection");
        let connection = Connection::new(connection.as_deref());
        let is_set = |name: &str| {
            let mut set = self.set().iter();
            set.any(|(other, _)| name.eq_ignore_ascii_case(other.as_str()))
        };
        let mut fields = received;
        fields.retain_mut(|(name, value)| {
            if self.strips(name, Front::Unknown) || connection.names(name) || is_set(name) {
                return false;
            }
            match self.cookie() {
                CookieRewrite::Replace(_) if name.eq_ignore_ascii_case("cookie") => {
                    let rest = without_ours(value);
                    rest.map(|rest| *value = rest).is_some()
                }
                CookieRewrite::Remove => !name.eq_ignore_ascii_case("cookie"),
                CookieRewrite::Keep | CookieRewrite::Replace(_) => true,
            }
        });
        for (name, value) in self.set() {
            fields.push((name.as_str().to_owned(), value.as_str().into()));
        }
        fields
    }
}

impl ResponseRewrite {
    /// The fields that the client gets, out of those that the upstream sent.
    pub fn apply(&self, received: Fields) -> Fields {
        let connection = joined(&received, "connection");
        let connection = Connection::new(connection.as_deref());
        let policy = self.cache_control(
            first(&received, "content-type").as_deref(),
            first(&received, "cache-control").as_deref(),
        );
        let mut fields = received;
        fields.retain_mut(|(name, value)| {
            let is_named = |other: &str| name.eq_ignore_ascii_case(other);
            let is_replaced = policy.is_some() && is_named("cache-control");
            if self.strips(name) || connection.names(name) || is_replaced {
                return false;
            }
            if is_named("set-cookie") {
                let field = text(value);
                let kept = self.set_cookie(&field).map(Cow::into_owned);
                let is_kept = kept.is_some();
                if let Some(moved) = kept.filter(|kept| *kept != field) {
                    *value = bytes(&moved);
                }
                return is_kept;
            }
            if let Some(moved) = self.address(name, &text(value)) {
                *value = bytes(&moved);
            }
            true
        });
        let policy = policy.map(|policy| ("cache-control", policy));
        let cookies = self.set_cookies().iter();
        let cookies = cookies.map(|value| ("set-cookie", value.as_str()));
        let appended = self
            .append()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let added = policy.into_iter().chain(cookies).chain(appended);
        fields.extend(added.map(|(name, value)| (name.to_owned(), value.into())));
        fields
    }
}

/// All values of a name in one, as every host joins them.
pub fn joined(fields: &Fields, name: &str) -> Option<String> {
    let separator = if name == "cookie" { "; " } else { ", " };
    let mut joined: Option<String> = None;
    for (_, value) in fields
        .iter()
        .filter(|(other, _)| other.eq_ignore_ascii_case(name))
    {
        match &mut joined {
            None => joined = Some(text(value)),
            Some(joined) => {
                joined.push_str(separator);
                joined.push_str(&text(value));
            }
        }
    }
    joined
}

fn first(fields: &Fields, name: &str) -> Option<String> {
    let mut named = fields
        .iter()
        .filter(|(other, _)| other.eq_ignore_ascii_case(name));
    named.next().map(|(_, value)| text(value))
}

fn text(value: &[u8]) -> String {
    value.iter().copied().map(char::from).collect()
}

/// The bytes of a text out of [`text`] and ASCII.
fn bytes(text: &str) -> Vec<u8> {
    let byte = |character| u8::try_from(character).unwrap_or(b'?');
    text.chars().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_text_of_bytes_has_the_same_bytes() {
        let all: Vec<u8> = (0..=u8::MAX).collect();
        assert_eq!(bytes(&text(&all)), all);
    }

    #[test]
    fn fields_are_joined_as_hosts_join_them() {
        let field = |name: &str, value: &str| (name.to_owned(), value.into());
        let fields = [
            field("Cookie", "a"),
            field("x", "1"),
            field("cookie", "b"),
            field("X", "2"),
        ];
        let fields = Vec::from(fields);
        assert_eq!(joined(&fields, "cookie").as_deref(), Some("a; b"));
        assert_eq!(joined(&fields, "x").as_deref(), Some("1, 2"));
        assert_eq!(joined(&fields, "y"), None);
    }
}

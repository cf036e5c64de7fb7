//! The edits of a forward, carried out on header fields in order.
//!
//! For hosts that hold fields as a list of names and values. The Worker does the same in JavaScript, where
//! its headers are.

use super::edits::{CookieEdit, RequestEdit, ResponseEdit};
use alloc::{
    borrow::{Cow, ToOwned},
    string::String,
    vec::Vec,
};

impl RequestEdit {
    /// The fields that the upstream gets, out of those that the client sent. Names are in any case.
    pub fn apply<V: From<String>>(&self, received: Vec<(String, V)>) -> Vec<(String, V)> {
        let is_cookie = |name: &str| name.eq_ignore_ascii_case("cookie");
        let is_set = |name: &str| {
            let mut set = self.set().iter();
            set.any(|(other, _)| name.eq_ignore_ascii_case(other.as_str()))
        };
        let keeps_cookies = *self.cookie() == CookieEdit::Keep;
        let mut fields = received;
        fields.retain(|(name, _)| {
            !self.strips(name) && !is_set(name) && (keeps_cookies || !is_cookie(name))
        });
        match self.cookie() {
            CookieEdit::Keep | CookieEdit::Remove => {}
            CookieEdit::Replace(rest) => fields.push(("cookie".to_owned(), rest.clone().into())),
        }
        for (name, value) in self.set() {
            fields.push((name.as_str().to_owned(), value.as_str().to_owned().into()));
        }
        fields
    }
}

impl ResponseEdit {
    /// The fields that the client gets, out of those that the upstream sent. Names are in any case.
    pub fn apply<V: From<String> + AsRef<[u8]>>(
        &self,
        received: Vec<(String, V)>,
    ) -> Vec<(String, V)> {
        let policy = self.cache_control(
            first(&received, "content-type"),
            first(&received, "cache-control"),
        );
        let mut fields = received;
        fields.retain_mut(|(name, value)| {
            let is_named = |other: &str| name.eq_ignore_ascii_case(other);
            if is_named("set-cookie") {
                // What is no text cannot be told from a cookie of ours.
                let kept = text(value).and_then(|value| self.set_cookie(value));
                let (is_kept, moved) = match kept {
                    Some(Cow::Owned(moved)) => (true, Some(moved)),
                    Some(Cow::Borrowed(_)) => (true, None),
                    None => (false, None),
                };
                if let Some(moved) = moved {
                    *value = moved.into();
                }
                return is_kept;
            }
            let is_replaced = policy.is_some() && is_named("cache-control");
            !self.strips(name) && !is_replaced
        });
        for (name, value) in &mut fields {
            if name.eq_ignore_ascii_case("location")
                && let Some(location) = text(value).and_then(|value| self.location(value))
            {
                *value = location.into();
            }
        }
        let policy = policy.map(|policy| ("cache-control", policy));
        let cookies = self.set_cookies().iter();
        let cookies = cookies.map(|value| ("set-cookie", value.as_str()));
        let appended = self
            .append()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let added = policy.into_iter().chain(cookies).chain(appended);
        fields.extend(added.map(|(name, value)| (name.to_owned(), value.to_owned().into())));
        fields
    }
}

fn first<'a, V: AsRef<[u8]>>(fields: &'a [(String, V)], name: &str) -> Option<&'a str> {
    let found = fields
        .iter()
        .find(|(other, _)| other.eq_ignore_ascii_case(name))?;
    text(&found.1)
}

fn text<V: AsRef<[u8]>>(value: &V) -> Option<&str> {
    core::str::from_utf8(value.as_ref()).ok()
}

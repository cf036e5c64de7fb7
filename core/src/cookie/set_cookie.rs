//! The `Set-Cookie` response header (RFC 6265bis, section 4.1).
//!
//! Every cookie of ours is `Secure`, `HttpOnly`, `Path=/` and without `Domain`; one that is cleared
//! carries the very same attributes, or the browser would keep the old one.

use crate::{http::header::HeaderValue, time::Seconds};
use alloc::format;

/// The `SameSite` attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSite {
    /// Sent on top-level navigations from other sites.
    Lax,
    /// Never sent from other sites.
    Strict,
    /// Sent with every request; only for what has to come along when another site posts a form.
    None,
}

/// The field that sets `name` to `value` for `max_age`.
///
/// `None` where name or value could break out of the field; sealed values never can.
pub fn set(name: &str, value: &str, max_age: Seconds, same_site: SameSite) -> Option<HeaderValue> {
    let plain = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if !plain(name) || !plain(value) {
        return None;
    }
    let same_site = match same_site {
        SameSite::Lax => "Lax",
        SameSite::Strict => "Strict",
        SameSite::None => "None",
    };
    HeaderValue::parse(format!(
        "{name}={value}; Max-Age={}; Path=/; Secure; HttpOnly; SameSite={same_site}",
        max_age.as_seconds()
    ))
}

/// The field that makes the browser forget `name`.
pub fn clear(name: &str, same_site: SameSite) -> Option<HeaderValue> {
    set(name, "", Seconds::ZERO, same_site)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn clearing_carries_the_attributes_of_setting() {
        let name = "__Host-Http-lychgate";
        let set = set(name, "abc", Seconds::new(60), SameSite::Lax).unwrap();
        let clear = clear(name, SameSite::Lax).unwrap();
        assert_eq!(
            set.as_str(),
            "__Host-Http-lychgate=abc; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            clear.as_str(),
            "__Host-Http-lychgate=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn a_value_cannot_add_attributes() {
        assert!(set("n", "a; Domain=evil", Seconds::ZERO, SameSite::Lax).is_none());
        assert!(set("n\r\n", "a", Seconds::ZERO, SameSite::Lax).is_none());
        assert!(set("n", "a", Seconds::ZERO, SameSite::Lax).is_some());
    }

    #[test]
    fn each_attribute_has_its_word() {
        for (same_site, word) in [
            (SameSite::Lax, "Lax"),
            (SameSite::Strict, "Strict"),
            (SameSite::None, "None"),
        ] {
            let field = set("n", "a", Seconds::ZERO, same_site).unwrap();
            let (_, written) = field.as_str().rsplit_once("; SameSite=").unwrap();
            assert_eq!(written, word);
        }
    }
}

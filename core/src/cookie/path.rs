//! The `Path` of a cookie that an upstream sets (RFC 6265bis, section 5.6.4).

use alloc::string::String;

/// The prefix by which browsers take a cookie with `Path=/` alone, in any case.
const HOST_PREFIX: &str = "__Host-";

/// The `Set-Cookie` field with the path that `path_of` gives for its own; `None` where it stays as it is.
///
/// A cookie without a path needs none: the browser takes that of the page. Where there are several, browsers
/// obey the last, and every one of them is changed. A cookie of the prefix `__Host-` must keep the root.
pub fn with_path(field: &str, path_of: impl Fn(&str) -> Option<String>) -> Option<String> {
    let (pair, attributes) = field.split_once(';')?;
    let start = pair.trim_start().get(..HOST_PREFIX.len());
    if start.is_some_and(|start| start.eq_ignore_ascii_case(HOST_PREFIX)) {
        return None;
    }
    let mut changed = String::from(pair);
    let mut is_changed = false;
    for attribute in attributes.split(';') {
        match path(attribute).and_then(&path_of) {
            Some(path) => {
                is_changed = true;
                changed.push_str("; Path=");
                changed.push_str(&path);
            }
            None => {
                changed.push(';');
                changed.push_str(attribute);
            }
        }
    }
    is_changed.then_some(changed)
}

/// The value of an attribute that is an absolute path.
fn path(attribute: &str) -> Option<&str> {
    let (name, value) = attribute.split_once('=')?;
    let is_path = name.trim().eq_ignore_ascii_case("path");
    let value = value.trim();
    (is_path && value.starts_with('/')).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn moved(field: &str) -> Option<String> {
        with_path(field, |path| {
            let rest = path.strip_prefix("/v1")?;
            Some(alloc::format!("/api{rest}"))
        })
    }

    #[test]
    fn every_path_of_a_field_is_changed_and_nothing_else() {
        for (field, expected) in [
            (
                "a=/v1; Path=/v1/x; HttpOnly",
                Some("a=/v1; Path=/api/x; HttpOnly"),
            ),
            (
                "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT;  path = /v1 ;Secure",
                Some("a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/api;Secure"),
            ),
            (
                "a=1; Path=/v1; Path=/v1/y",
                Some("a=1; Path=/api; Path=/api/y"),
            ),
            ("a=1; Path=/v1; Path=/z", Some("a=1; Path=/api; Path=/z")),
            ("a=1", None),
            ("a=1; HttpOnly", None),
            ("a=1; Path=/", None),
            ("a=1; Path", None),
            ("a=1; Path=v1", None),
            ("a=Path=/v1", None),
            ("__Host-a=1; Path=/v1", None),
            (" __host-a=1; Path=/v1", None),
        ] {
            assert_eq!(moved(field).as_deref(), expected, "{field}");
        }
    }
}

//! Request methods (RFC 9110, section 9).

use alloc::{borrow::ToOwned, string::String};

/// A request method.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
    /// `OPTIONS`
    Options,
    /// Any other token, matched only where a route names it.
    Other(String),
}

impl Method {
    /// The methods with names here: what can be listed of all methods.
    pub const NAMED: [Self; 7] = [
        Self::Get,
        Self::Head,
        Self::Post,
        Self::Put,
        Self::Patch,
        Self::Delete,
        Self::Options,
    ];

    /// The method that `text` names; methods are case-sensitive.
    pub fn parse(text: &str) -> Self {
        match text {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            "OPTIONS" => Self::Options,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The method as it stands on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Other(other) => other,
        }
    }

    /// Whether the answer is the request itself (`TRACE`, RFC 9110, section 9.3.8), with all that was added to it on the way.
    pub fn is_trace(&self) -> bool {
        matches!(self, Self::Other(other) if other == "TRACE")
    }

    /// Whether the method only reads (RFC 9110, section 9.2.1). Everything unknown does not.
    ///
    /// A false "safe" would let another site's page act for a signed-in person.
    pub const fn is_safe(&self) -> bool {
        match self {
            Self::Get | Self::Head | Self::Options => true,
            Self::Post | Self::Put | Self::Patch | Self::Delete | Self::Other(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn methods_keep_their_spelling_and_case() {
        for text in [
            "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND",
        ] {
            assert_eq!(Method::parse(text).as_str(), text);
        }
        assert_eq!(Method::parse("get"), Method::Other("get".to_owned()));
        assert!(!Method::parse("get").is_safe());
        assert!(Method::Get.is_safe());
    }
}

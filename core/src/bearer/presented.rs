//! A token as `Authorization` shows it (RFC 6750, section 2.1; RFC 9449, section 7.1).

use super::fault::AccessTokenFault;
use core::fmt;

/// How a token is presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Alone: any client that has it may use it.
    Bearer,
    /// With a DPoP proof of the key that it is bound to.
    Dpop,
}

/// A token and how it is presented; `Debug` shows nothing of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Presented<'a> {
    /// How.
    pub scheme: Scheme,
    /// The token, which is made of the characters that tokens may have.
    pub token: &'a str,
}

impl<'a> Presented<'a> {
    /// Reads the value of `Authorization`.
    ///
    /// # Errors
    /// [`AccessTokenFault::Scheme`] and [`AccessTokenFault::Syntax`].
    pub fn read(authorization: &'a str) -> Result<Self, AccessTokenFault> {
        let (scheme, rest) = authorization.split_once(' ').unwrap_or((authorization, ""));
        let scheme = if scheme.eq_ignore_ascii_case("bearer") {
            Scheme::Bearer
        } else if scheme.eq_ignore_ascii_case("dpop") {
            Scheme::Dpop
        } else {
            return Err(AccessTokenFault::Scheme);
        };
        let token = rest.trim_start_matches(' ');
        let body = token.trim_end_matches('=');
        if body.is_empty() || !body.bytes().all(is_token) {
            return Err(AccessTokenFault::Syntax);
        }
        Ok(Self { scheme, token })
    }
}

impl fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Presented({:?}, ..)", self.scheme)
    }
}

/// `b64token` of RFC 6750, section 2.1, but for the `=` at its end.
const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/')
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_scheme_is_of_any_case_and_the_token_as_it_stands() {
        for (text, scheme, token) in [
            ("Bearer a.b-_c", Scheme::Bearer, "a.b-_c"),
            ("bearer  a==", Scheme::Bearer, "a=="),
            ("DPoP a~/+", Scheme::Dpop, "a~/+"),
        ] {
            assert_eq!(Presented::read(text), Ok(Presented { scheme, token }));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "Basic YTpi", "Bearers a", "Bearer\ta", "a.b.c"] {
            assert_eq!(
                Presented::read(text),
                Err(AccessTokenFault::Scheme),
                "{text}"
            );
        }
        for text in [
            "Bearer",
            "Bearer ",
            "Bearer =",
            "Bearer a b",
            "Bearer a,b",
            "Bearer a=b",
            "Bearer \"a\"",
            "Bearer ä",
        ] {
            assert_eq!(
                Presented::read(text),
                Err(AccessTokenFault::Syntax),
                "{text}"
            );
        }
    }
}

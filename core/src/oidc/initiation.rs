//! A sign-in that another site begins (OpenID Connect Core, section 4): a portal, or the provider itself.

use crate::encoding::parameters::{self, Parameters, ParametersFault};
use alloc::{borrow::ToOwned, string::String};

/// The parameters of a sign-in that another site begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Initiation {
    /// `iss`: the provider to sign in at.
    pub issuer: String,
    /// `login_hint`: who is about to sign in, for the provider.
    pub login_hint: Option<String>,
    /// `target_link_uri`: the page to go to afterwards.
    pub target_link_uri: Option<String>,
}

/// The longest hint that is handed on, in bytes. Longer ones could make an address that no server takes.
const LONGEST_HINT: usize = 1024;

impl Initiation {
    /// Reads the parameters; `None` without `iss`, which every such sign-in has.
    ///
    /// A hint that is too long, or holds a control character, is left out: it is a hint.
    ///
    /// # Errors
    /// [`ParametersFault::Repeated`].
    pub fn read(parameters: &Parameters) -> Result<Option<Self>, ParametersFault> {
        let Some(issuer) = parameters.once("iss")? else {
            return Ok(None);
        };
        let is_sound = |hint: &&str| {
            (1..=LONGEST_HINT).contains(&hint.len()) && !hint.contains(char::is_control)
        };
        let login_hint = parameters.once("login_hint")?.filter(is_sound);
        let target_link_uri = parameters.once("target_link_uri")?;
        Ok(Some(Self {
            issuer: issuer.to_owned(),
            login_hint: login_hint.map(ToOwned::to_owned),
            target_link_uri: target_link_uri.map(ToOwned::to_owned),
        }))
    }

    /// Appends to a query of ours what is needed when the sign-in goes on there.
    pub fn push(&self, query: &mut String) {
        parameters::push(query, "iss", &self.issuer);
        if let Some(hint) = &self.login_hint {
            parameters::push(query, "login_hint", hint);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn read(query: &str) -> Option<Initiation> {
        Initiation::read(&Parameters::parse(query).unwrap()).unwrap()
    }

    #[test]
    fn an_issuer_begins_a_sign_in_and_nothing_else_does() {
        let query =
            "iss=https%3A%2F%2Fop.example.com&login_hint=jo%40example.com&target_link_uri=%2Fa";
        let initiation = read(query).unwrap();
        assert_eq!(initiation.issuer, "https://op.example.com");
        assert_eq!(initiation.login_hint.as_deref(), Some("jo@example.com"));
        assert_eq!(initiation.target_link_uri.as_deref(), Some("/a"));
        assert_eq!(read("login_hint=a&target_link_uri=%2Fa"), None);
        for twice in ["iss=a&iss=a", "iss=a&login_hint=b&login_hint=b"] {
            let parameters = Parameters::parse(twice).unwrap();
            let fault = Initiation::read(&parameters).err();
            assert_eq!(fault, Some(ParametersFault::Repeated), "{twice}");
        }
    }

    #[test]
    fn a_hint_is_bounded_and_without_controls() {
        let hint = |hint: &str| {
            read(&format!("iss=a&login_hint={hint}"))
                .unwrap()
                .login_hint
        };
        let longest = "a".repeat(1024);
        assert_eq!(hint(&longest).as_deref(), Some(longest.as_str()));
        assert_eq!(hint("%C3%A9").as_deref(), Some("\u{e9}"));
        for bad in ["", "a%0Ab", "a%00", &"a".repeat(1025)] {
            assert_eq!(hint(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_handed_on_reads_back() {
        let mut query = String::new();
        let before = read("iss=https://op&login_hint=a%26b&target_link_uri=/c").unwrap();
        before.push(&mut query);
        let after = read(&query).unwrap();
        assert_eq!(after.issuer, before.issuer);
        assert_eq!(after.login_hint, before.login_hint);
    }
}

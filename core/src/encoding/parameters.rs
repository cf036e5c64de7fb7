//! Query and form parameters (`application/x-www-form-urlencoded`), each at most once.
//!
//! OAuth forbids repeated parameters (RFC 6749, section 3.1); a server that accepts the first of two and
//! hands the second on has lost, so a repeated one is an error here, never a choice.

use super::percent::{self, Plus};
use alloc::{string::String, vec::Vec};

/// Parsed parameters in the order they came.
#[derive(Clone, Debug, Default)]
pub struct Parameters(Vec<(String, String)>);

/// Why parameters were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParametersFault {
    /// A name or value is not valid percent-encoded UTF-8.
    Encoding,
    /// More parameters than any of our endpoints reads.
    TooMany,
    /// A parameter that may stand once stands twice.
    Repeated,
}

/// More than any flow of OpenID Connect sends.
const MOST_PARAMETERS: usize = 64;

impl Parameters {
    /// Parses the text after `?`, or the body of a form post.
    ///
    /// # Errors
    /// [`ParametersFault::Encoding`] and [`ParametersFault::TooMany`].
    pub fn parse(text: &str) -> Result<Self, ParametersFault> {
        let mut pairs = Vec::new();
        for part in text.split('&').filter(|part| !part.is_empty()) {
            if pairs.len() == MOST_PARAMETERS {
                return Err(ParametersFault::TooMany);
            }
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let decode =
                |text| percent::decode(text, Plus::IsSpace).ok_or(ParametersFault::Encoding);
            pairs.push((decode(name)?, decode(value)?));
        }
        Ok(Self(pairs))
    }

    /// The value of `name`, or `None` where it is absent.
    ///
    /// # Errors
    /// [`ParametersFault::Repeated`] where it stands more than once.
    pub fn once(&self, name: &str) -> Result<Option<&str>, ParametersFault> {
        let mut found = self.0.iter().filter(|(key, _)| key == name);
        let first = found.next();
        match found.next() {
            Some(_) => Err(ParametersFault::Repeated),
            None => Ok(first.map(|(_, value)| value.as_str())),
        }
    }
}

/// Appends `name=value` to a query or form under construction.
pub fn push(out: &mut String, name: &str, value: &str) {
    if !out.is_empty() && !out.ends_with('?') {
        out.push('&');
    }
    out.push_str(name);
    out.push('=');
    out.push_str(&percent::encode_component(value));
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_repeated_parameter_is_refused_and_a_single_one_read() {
        let twice = Parameters::parse("state=a&code=b&state=a").unwrap();
        assert_eq!(twice.once("state"), Err(ParametersFault::Repeated));
        assert_eq!(twice.once("code"), Ok(Some("b")));
        assert_eq!(twice.once("iss"), Ok(None));
    }

    #[test]
    fn values_are_decoded_once() {
        let parsed = Parameters::parse("a=x%2520y+z").unwrap();
        assert_eq!(parsed.once("a"), Ok(Some("x%20y z")));
    }

    #[test]
    fn too_many_and_broken_ones_are_refused() {
        let many: String = (0..65).map(|n| n.to_string() + "=&").collect();
        assert_eq!(
            Parameters::parse(&many).err(),
            Some(ParametersFault::TooMany)
        );
        assert_eq!(
            Parameters::parse("a=%zz").err(),
            Some(ParametersFault::Encoding)
        );
    }

    #[test]
    fn written_parameters_read_back() {
        let mut out = String::new();
        push(&mut out, "a", "1&2");
        push(&mut out, "b", "");
        assert_eq!(out, "a=1%262&b=");
        assert_eq!(Parameters::parse(&out).unwrap().once("a"), Ok(Some("1&2")));
    }
}

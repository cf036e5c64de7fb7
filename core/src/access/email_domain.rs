//! Mail domains, and the one kind of address that counts.
//!
//! An address counts only in the plain form that no two mail systems read differently: one `@`, an
//! unquoted ASCII local part, an ASCII host name. Whether it is verified is judged elsewhere.

use alloc::string::String;

/// A mail domain in lower-case ASCII.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EmailDomain(String);

impl EmailDomain {
    /// The domain `text` in any case, or `None` where it is no plain ASCII host name of at least
    /// two labels. Internationalised names are refused, also as `xn--` labels: mail systems
    /// disagree on how they are compared.
    pub fn parse(text: &str) -> Option<Self> {
        let domain = text.to_ascii_lowercase();
        let plain = domain.len() <= 253 && domain.contains('.') && domain.split('.').all(is_label);
        plain.then_some(Self(domain))
    }

    /// Whether `email` is a plain address in this domain itself, not in one below it.
    ///
    /// A domain that equals a plain one is plain, so that no address needs to be parsed further.
    pub fn has(&self, email: &str) -> bool {
        let Some((local, domain)) = email.split_once('@') else {
            return false;
        };
        let is_plain = !local.is_empty() && local.len() <= 64 && local.bytes().all(is_local);
        is_plain && domain.eq_ignore_ascii_case(&self.0)
    }

    /// The domain in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_label(label: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&label.len())
        && label.bytes().all(inner)
        && !label.starts_with('-')
        && !label.ends_with('-')
        && !label.starts_with("xn--")
}

/// `atext` and the dot (RFC 5322, section 3.2.3).
const fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'/'
                | b'='
                | b'?'
                | b'^'
                | b'_'
                | b'`'
                | b'{'
                | b'|'
                | b'}'
                | b'~'
                | b'.'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn only_a_plain_address_has_a_domain() {
        let corp = EmailDomain::parse("corp.com").unwrap();
        for good in ["a@corp.com", "A.b+c@CORP.COM"] {
            assert!(corp.has(good), "{good}");
        }
        for bad in [
            "a@evil.com@corp.com",
            "a@corp.com@evil.com",
            "a@sub.corp.com",
            "a@evilcorp.com",
            "a@corp.com.",
            "a@corp.com.evil.com",
            "a@c\u{f6}rp.com",
            "a@corp\u{ff0e}com",
            "\u{e4}@corp.com",
            "\"a b\"@corp.com",
            "a b@corp.com",
            "a@ corp.com",
            "a@corp.com\n",
            "<a@corp.com>",
            "a,b@corp.com",
            "@corp.com",
            "corp.com",
            "",
        ] {
            assert!(!corp.has(bad), "{bad}");
        }
    }

    #[test]
    fn a_configured_domain_is_plain() {
        assert_eq!(EmailDomain::parse("Corp.com").unwrap().as_str(), "corp.com");
        for bad in [
            "",
            "corp",
            "@corp.com",
            "corp.com.",
            "*.corp.com",
            "xn--crp-sna.com",
            "-a.com",
        ] {
            assert_eq!(EmailDomain::parse(bad), None, "{bad}");
        }
    }
}

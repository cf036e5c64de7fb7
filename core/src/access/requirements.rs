//! What a route asks of a signed-in person beyond being one.
//!
//! A requirement over something the principal lacks fails. Groups are compared byte for byte; an
//! e-mail address counts only where the provider says, as the boolean `true`, that it is verified,
//! and only where it has the plain form that no two mail systems read differently.

use super::{decision::Missing, principal::Principal};
use alloc::{string::String, vec::Vec};

/// The requirements of a route; an empty list asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirements {
    /// The principal is in at least one of these groups.
    pub any_group: Vec<String>,
    /// The principal is in every one of these groups.
    pub all_groups: Vec<String>,
    /// The principal's verified address is in one of these domains.
    pub email_domains: Vec<EmailDomain>,
}

/// A mail domain in lower-case ASCII.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EmailDomain(String);

impl Requirements {
    /// Whether the route asks for any group.
    pub fn ask_for_groups(&self) -> bool {
        !self.any_group.is_empty() || !self.all_groups.is_empty()
    }

    /// Whether the route asks for an e-mail address.
    pub fn ask_for_email(&self) -> bool {
        !self.email_domains.is_empty()
    }

    /// What `principal` lacks; empty where nothing.
    ///
    /// A false "nothing" lets someone in who is not of the group or company; a false "missing"
    /// locks a person out and shows in the 403 page.
    pub fn missing(&self, principal: &Principal<'_>) -> Vec<Missing> {
        let is_in = |group: &String| principal.groups.contains(group);
        let in_any = self.any_group.is_empty() || self.any_group.iter().any(is_in);
        let in_all = self.all_groups.iter().all(is_in);
        let mut missing = Vec::new();
        if !in_any || !in_all {
            missing.push(Missing::Group);
        }
        if self.ask_for_email() && !self.has_domain(principal) {
            missing.push(Missing::EmailDomain);
        }
        missing
    }

    fn has_domain(&self, principal: &Principal<'_>) -> bool {
        let (Some(email), true) = (principal.email, principal.email_verified) else {
            return false;
        };
        domain_of(email).is_some_and(|domain| self.email_domains.contains(&domain))
    }
}

impl EmailDomain {
    /// The domain `text` in any case, or `None` where it is no plain ASCII host name of at least
    /// two labels. Internationalised names are refused, also as `xn--` labels: mail systems
    /// disagree on how they are compared.
    pub fn parse(text: &str) -> Option<Self> {
        let domain = text.to_ascii_lowercase();
        let plain = domain.len() <= 253 && domain.contains('.') && domain.split('.').all(is_label);
        plain.then_some(Self(domain))
    }

    /// The domain in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The domain of a plain address: one `@`, an unquoted ASCII local part, a plain domain.
fn domain_of(email: &str) -> Option<EmailDomain> {
    let (local, domain) = email.split_once('@')?;
    let plain = !local.is_empty() && local.len() <= 64 && local.bytes().all(is_local);
    plain.then(|| EmailDomain::parse(domain))?
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
    use alloc::{borrow::ToOwned, vec};
    use serde_json::Map;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn missing(asked: &Requirements, groups: &[String], email: Option<&str>) -> Vec<Missing> {
        let claims = Map::new();
        asked.missing(&Principal {
            groups,
            email,
            email_verified: true,
            ..Principal::bare(&claims)
        })
    }

    fn of_corp() -> Requirements {
        Requirements {
            email_domains: vec![EmailDomain::parse("Corp.com").unwrap()],
            ..Requirements::default()
        }
    }

    #[test]
    fn any_group_takes_one_and_all_groups_take_every_one() {
        let one = ["staff".to_owned()];
        let both = ["staff".to_owned(), "night".to_owned()];
        let other = ["Staff".to_owned(), "staf".to_owned(), "staff ".to_owned()];
        let any = Requirements {
            any_group: both.to_vec(),
            ..Requirements::default()
        };
        let all = Requirements {
            all_groups: both.to_vec(),
            ..Requirements::default()
        };
        assert_eq!(missing(&any, &one, None), []);
        assert_eq!(missing(&any, &other, None), [Missing::Group]);
        assert_eq!(missing(&any, &[], None), [Missing::Group]);
        assert_eq!(missing(&all, &both, None), []);
        assert_eq!(missing(&all, &one, None), [Missing::Group]);
    }

    #[test]
    fn only_a_plain_address_has_a_domain() {
        for good in ["a@corp.com", "A.b+c@CORP.COM"] {
            assert_eq!(missing(&of_corp(), &[], Some(good)), [], "{good}");
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
            let missing = missing(&of_corp(), &[], Some(bad));
            assert_eq!(missing, [Missing::EmailDomain], "{bad}");
        }
    }

    #[test]
    fn an_address_counts_only_when_verified() {
        let claims = Map::new();
        let verified = Principal {
            email: Some("a@corp.com"),
            email_verified: true,
            ..Principal::bare(&claims)
        };
        let unverified = Principal {
            email_verified: false,
            ..verified
        };
        let absent = Principal {
            email: None,
            ..verified
        };
        assert_eq!(of_corp().missing(&verified), []);
        assert_eq!(of_corp().missing(&unverified), [Missing::EmailDomain]);
        assert_eq!(of_corp().missing(&absent), [Missing::EmailDomain]);
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

//! The requirement of a route on one claim.
//!
//! Values are compared byte for byte and kind for kind: the text `"1"`, the number `1` and `true`
//! are three things, and no value stands for others that begin with it or contain it.

use super::{claim_path::ClaimPath, principal::Principal};
use alloc::{string::String, vec::Vec};
use serde_json::Value;

/// A claim, and what it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRequirement {
    /// Where the claim stands.
    pub path: ClaimPath,
    /// The test that its value must pass.
    pub test: ClaimTest,
}

/// The test of a claim's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimTest {
    /// This value. A list never is one.
    Equals(ClaimValue),
    /// One of these values. A list never is one.
    OneOf(Vec<ClaimValue>),
    /// A list with this value in it, or the value alone, as some providers write a list of one.
    Contains(ClaimValue),
}

/// A value that a claim is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimValue {
    /// A text.
    Text(String),
    /// A whole number; `1.0` is none.
    Number(i64),
    /// `true` or `false`.
    Boolean(bool),
}

/// The claim that says nothing without another one beside it.
const EMAIL: &str = "email";

impl ClaimRequirement {
    /// Whether the principal's claim is what it must be. One that is absent is not.
    ///
    /// `email` counts only where the provider verified the address: an account with someone else's
    /// address, typed in and never proven, would otherwise be taken for theirs.
    pub fn is_met_by(&self, principal: &Principal<'_>) -> bool {
        if self.is_about_email() && !principal.email_verified {
            return false;
        }
        let found = self.path.find(principal.claims);
        found.is_some_and(|claim| self.test.holds(claim))
    }

    /// Whether the claim is the e-mail address.
    pub fn is_about_email(&self) -> bool {
        self.path.top() == EMAIL
    }
}

impl ClaimTest {
    fn holds(&self, claim: &Value) -> bool {
        match self {
            Self::Equals(value) => value.is(claim),
            Self::OneOf(values) => values.iter().any(|value| value.is(claim)),
            Self::Contains(value) => match claim.as_array() {
                Some(items) => items.iter().any(|item| value.is(item)),
                None => value.is(claim),
            },
        }
    }
}

impl ClaimValue {
    fn is(&self, claim: &Value) -> bool {
        match self {
            Self::Text(text) => claim.as_str() == Some(text),
            Self::Number(number) => claim.as_i64() == Some(*number),
            Self::Boolean(boolean) => claim.as_bool() == Some(*boolean),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{borrow::ToOwned, vec};
    use serde_json::json;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn text(text: &str) -> ClaimValue {
        ClaimValue::Text(text.to_owned())
    }

    fn holds(test: &ClaimTest, claim: &Value) -> bool {
        test.holds(claim)
    }

    #[test]
    fn values_are_equal_byte_for_byte_and_kind_for_kind() {
        let sales = ClaimTest::Equals(text("sales"));
        let one = ClaimTest::Equals(ClaimValue::Number(1));
        let yes = ClaimTest::Equals(ClaimValue::Boolean(true));
        assert!(holds(&sales, &json!("sales")));
        assert!(holds(&one, &json!(1)));
        assert!(holds(&yes, &json!(true)));
        for other in [
            json!("sale"),
            json!("sales "),
            json!("Sales"),
            json!("presales"),
            json!("sales\u{301}"),
            json!(["sales"]),
            json!({"sales": "sales"}),
            json!("1"),
            json!(1.0),
            json!(-1),
            json!(18_446_744_073_709_551_615_u64),
            json!("true"),
            json!(false),
            json!(0),
            json!(null),
        ] {
            for test in [&sales, &one, &yes] {
                assert!(!holds(test, &other), "{test:?} {other}");
            }
        }
    }

    #[test]
    fn one_of_is_any_of_several_and_no_list() {
        let test = ClaimTest::OneOf(vec![text("DE"), ClaimValue::Number(7)]);
        for good in [json!("DE"), json!(7)] {
            assert!(holds(&test, &good), "{good}");
        }
        for bad in [json!("AT"), json!("7"), json!(["DE"]), json!(null)] {
            assert!(!holds(&test, &bad), "{bad}");
        }
    }

    #[test]
    fn contains_looks_into_one_list_and_not_into_texts() {
        let test = ClaimTest::Contains(text("billing"));
        for good in [json!(["x", "billing"]), json!("billing")] {
            assert!(holds(&test, &good), "{good}");
        }
        for bad in [
            json!(["x", "billing2"]),
            json!([["billing"]]),
            json!([]),
            json!("x billing"),
            json!("billing,x"),
            json!({"billing": true}),
        ] {
            assert!(!holds(&test, &bad), "{bad}");
        }
    }

    #[test]
    fn what_is_absent_meets_nothing() {
        let claims = json!({"a": {"b": "x"}});
        let claims = claims.as_object().unwrap();
        let at = |path: &str| ClaimRequirement {
            path: ClaimPath::parse(path).unwrap(),
            test: ClaimTest::Equals(text("x")),
        };
        let principal = Principal::bare(claims);
        assert!(at("/a/b").is_met_by(&principal));
        for absent in ["/a/c", "/a", "a/b", "b", "/a/b/c"] {
            assert!(!at(absent).is_met_by(&principal), "{absent}");
        }
    }

    #[test]
    fn an_address_counts_only_when_verified() {
        let claims = json!({"email": "a@corp.com", "upn": "a@corp.com"});
        let claims = claims.as_object().unwrap();
        let at = |path: &str| ClaimRequirement {
            path: ClaimPath::parse(path).unwrap(),
            test: ClaimTest::Equals(text("a@corp.com")),
        };
        let unverified = Principal::bare(claims);
        let verified = Principal {
            email_verified: true,
            ..unverified
        };
        for path in ["email", "/email"] {
            assert!(at(path).is_met_by(&verified), "{path}");
            assert!(!at(path).is_met_by(&unverified), "{path}");
        }
        assert!(at("upn").is_met_by(&unverified));
    }
}

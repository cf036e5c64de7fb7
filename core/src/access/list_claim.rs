//! A claim that lists groups or roles, in the shapes that providers have for that.
//!
//! | Value of the claim | Names |
//! |---|---|
//! | a text | that text |
//! | a list | its texts, and of its objects the text of the configured member |
//! | an object | the names of its members, such as `{"admin": {}}`; with a configured member the text of that one |
//!
//! A member that is `null` or `false` names nothing: it says that something is not so. Anything else is no name; a
//! number that looks like the name of a group is no group.

use super::claim_path::ClaimPath;
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use serde_json::{Map, Value};

/// Where groups or roles are listed, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListClaim {
    /// Where they stand.
    pub path: ClaimPath,
    /// The member of an object that holds its name; `None` where the object's own keys are the names.
    pub member: Option<String>,
}

impl ListClaim {
    /// The names that are listed.
    ///
    /// A false name makes someone a member of a group that nobody put them into.
    pub fn names(&self, claims: &Map<String, Value>) -> Vec<String> {
        match self.path.find(claims) {
            Some(Value::String(one)) => Vec::from([one.clone()]),
            Some(Value::Array(items)) => {
                let names = items.iter().filter_map(|item| self.item(item));
                names.map(ToOwned::to_owned).collect()
            }
            Some(Value::Object(members)) => self.members(members),
            Some(Value::Null | Value::Bool(_) | Value::Number(_)) | None => Vec::new(),
        }
    }

    fn item<'a>(&self, item: &'a Value) -> Option<&'a str> {
        match item {
            Value::String(name) => Some(name),
            Value::Object(members) => members.get(self.member.as_deref()?)?.as_str(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
        }
    }

    fn members(&self, members: &Map<String, Value>) -> Vec<String> {
        if let Some(member) = &self.member {
            let name = members.get(member).and_then(Value::as_str);
            return name.into_iter().map(ToOwned::to_owned).collect();
        }
        let says_so = |value: &Value| !matches!(value, Value::Null | Value::Bool(false));
        let named = members.iter().filter(|(_, value)| says_so(value));
        named.map(|(name, _)| name.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn names(member: Option<&str>, value: Value) -> Vec<String> {
        let claim = ListClaim {
            path: ClaimPath::parse("list").unwrap(),
            member: member.map(ToOwned::to_owned),
        };
        let claims = json!({ "list": value });
        claim.names(claims.as_object().unwrap())
    }

    #[test]
    fn texts_are_names_alone_and_in_a_list() {
        assert_eq!(names(None, json!("a,b")), ["a,b"]);
        assert_eq!(
            names(None, json!(["a", 1, ["x"], {"name": "x"}, "c"])),
            ["a", "c"]
        );
        for none in [json!(null), json!(true), json!(5), json!([])] {
            assert!(names(None, none.clone()).is_empty(), "{none}");
            assert!(names(Some("name"), none.clone()).is_empty(), "{none}");
        }
    }

    #[test]
    fn the_members_of_an_object_are_names_where_they_say_so() {
        let roles = json!({"admin": {"28015": "domain.example"}, "user": {}, "on": true});
        let mut found = names(None, roles);
        found.sort();
        assert_eq!(found, ["admin", "on", "user"]);
        assert!(names(None, json!({"admin": false, "user": null})).is_empty());
        assert!(names(None, json!({})).is_empty());
    }

    #[test]
    fn of_objects_in_a_list_the_configured_member_is_a_name() {
        let groups = json!([{"id": "1", "name": "a"}, {"name": 5}, {"id": "2"}, "b", ["c"]]);
        assert_eq!(names(Some("name"), groups.clone()), ["a", "b"]);
        assert_eq!(names(Some("id"), groups.clone()), ["1", "2", "b"]);
        assert_eq!(names(None, groups), ["b"]);
        assert_eq!(
            names(Some("name"), json!({"name": "a", "admin": {}})),
            ["a"]
        );
        assert!(names(Some("name"), json!({"admin": {}})).is_empty());
    }
}

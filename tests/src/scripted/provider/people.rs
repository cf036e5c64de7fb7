//! The people who sign in at the scripted provider.

use serde_json::{Value, json};

/// An account.
#[derive(Clone, Debug)]
pub struct Person {
    /// `sub`
    pub subject: String,
    /// The provider's claims about the person beside `sub`.
    pub claims: Value,
}

impl Person {
    /// A member.
    pub fn member() -> Self {
        Self::new("member", &["members"], "sales", &["reader"])
    }

    /// A member of the staff.
    pub fn staff() -> Self {
        let groups = ["members", "staff"];
        Self::new("staff", &groups, "press", &["reader", "editor"])
    }

    /// The person with that login.
    pub fn by_login(login: &str) -> Self {
        match login {
            "member" => Self::member(),
            "staff" => Self::staff(),
            // Of whom a deployment with a directory keeps a record, and who signs in at no other.
            "kept" => Self::new("kept", &["members"], "sales", &["reader"]),
            other => panic!("nobody is called {other}"),
        }
    }

    fn new(login: &str, groups: &[&str], department: &str, roles: &[&str]) -> Self {
        Self {
            subject: login.to_owned(),
            claims: json!({
                "name": format!("Person {login}"),
                "preferred_username": login,
                "email": format!("{login}@example.com"),
                "email_verified": true,
                "groups": groups,
                "department": department,
                "realm_access": {"roles": roles},
            }),
        }
    }
}

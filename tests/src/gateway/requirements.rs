//! Roles, claims, choices and methods: who comes in, and what the others learn.

use super::Case;
use crate::{
    host::Host,
    http::{browser::Browser, request::Request},
};
use serde_json::json;

pub const CASES: &[Case] = &[
    ("a role opens what asks for it", a_role_opens),
    ("a claim opens what asks for it", a_claim_opens),
    ("one branch of a choice is enough", one_branch_is_enough),
    (
        "methods of one path ask for different things",
        methods_ask_for_different_things,
    ),
];

/// Staff may go there, a member may not and learns nothing of the rule.
fn is_for_staff_alone(host: &dyn Host, path: &str, rules: &[&str]) {
    let mut member = Browser::signed_in(host, "member");
    let refused = member.go(path).expect(403);
    for rule in rules {
        assert!(!refused.text().contains(rule), "the rules leak: {rule}");
    }
    let refused = member.fetch(path).expect(403);
    assert_eq!(refused.json()["error"], "access_denied");
    let mut staff = Browser::signed_in(host, "staff");
    staff.fetch(path).expect(200);
}

fn a_role_opens(host: &dyn Host) {
    is_for_staff_alone(host, "/editors/x", &["editor"]);
    let mut staff = Browser::signed_in(host, "staff");
    let info = staff.fetch("/auth/session").expect(200).json();
    assert_eq!(info["roles"], json!(["reader", "editor"]));
    assert_eq!(
        info["claims"]["realm_access"],
        json!({"roles": ["reader", "editor"]})
    );
}

fn a_claim_opens(host: &dyn Host) {
    is_for_staff_alone(host, "/press/x", &["department", "press\"", "radio"]);
}

fn one_branch_is_enough(host: &dyn Host) {
    is_for_staff_alone(host, "/either/x", &["night", "editor", "realm_access"]);
}

fn methods_ask_for_different_things(host: &dyn Host) {
    let mut member = Browser::signed_in(host, "member");
    member.fetch("/notes/x").expect(200);
    let post = || Request::script("POST", "/notes/x");
    member.send(post()).expect(403);
    member.send(Request::script("PUT", "/notes/x")).expect(405);
    let mut staff = Browser::signed_in(host, "staff");
    staff.fetch("/notes/x").expect(200);
    staff.send(post()).expect(200);
    host.send(&Request::script("GET", "/notes/x")).expect(401);
    host.send(&post()).expect(401);
}

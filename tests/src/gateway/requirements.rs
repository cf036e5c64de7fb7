//! Roles, claims, choices and methods: who comes in, and what the others learn.

use super::Case;
use crate::{
    host::Host,
    http::{browser::Browser, request::Request},
    scripted::provider::settings::unchanged,
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

/// Cases of claims that the scripted provider alone makes.
pub const SHAPES: &[Case] = &[(
    "groups and roles are read in the shapes that providers have",
    lists_have_shapes,
)];

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

fn lists_have_shapes(host: &dyn Host) {
    let standard = host.deployment();
    let mut deployment = standard.clone();
    let provider = &mut deployment.configuration["provider"][0];
    provider["roles_claim"] = json!("urn:zitadel:iam:org:project:roles");
    provider["groups_member"] = json!("name");
    host.deploy(&deployment);
    let shapes = |is_on: bool| {
        let roles = if is_on {
            json!({"editor": {"28015": "domain.example"}, "user": {}})
        } else {
            json!({"editor": null, "user": {}})
        };
        let groups = if is_on {
            json!([{"id": "1", "name": "staff"}, {"id": "members"}])
        } else {
            json!([{"id": "staff", "name": "members"}])
        };
        let provider = host.scripted_provider().unwrap();
        provider.lock().unwrap().settings.edit_claims = Box::new(move |claims| {
            claims["urn:zitadel:iam:org:project:roles"] = roles.clone();
            claims["groups"] = groups.clone();
        });
        let browser = Browser::signed_in(host, "member");
        provider.lock().unwrap().settings.edit_claims = unchanged();
        browser
    };
    let mut staff = shapes(true);
    let info = staff.fetch("/auth/session").expect(200).json();
    assert_eq!(info["groups"], json!(["staff"]));
    assert_eq!(info["roles"], json!(["editor", "user"]));
    staff.fetch("/editors/x").expect(200);
    staff.fetch("/staff/").expect(200);
    let mut member = shapes(false);
    let info = member.fetch("/auth/session").expect(200).json();
    assert_eq!(info["groups"], json!(["members"]));
    assert_eq!(info["roles"], json!(["user"]));
    member.fetch("/editors/x").expect(403);
    member.fetch("/staff/").expect(403);
    host.deploy(&standard);
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

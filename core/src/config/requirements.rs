//! `require` of a route: everything that it asks of a signed-in person.
//!
//! The keys of a table hold together. `any` is a list of such tables, of which one must be met, and
//! `all` one of which all must be, so that two choices can stand beside each other.

use super::{
    Provider,
    at::Place,
    duration::span_at,
    fault::ConfigFault,
    reader::{Faults, Table},
    sources::Sources,
    text,
};
use crate::{
    access::{
        claim_requirement::{ClaimRequirement, ClaimTest, ClaimValue},
        condition::Condition,
        email_domain::EmailDomain,
        principal::Credential,
        requirements::{Requirement, Requirements},
        routes::Access,
    },
    time::Seconds,
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use serde_json::Value;

pub(super) const KEYS: &[&str] = &[
    "any_group",
    "all_groups",
    "any_role",
    "all_roles",
    "email_domains",
    "claims",
    "scopes",
    "any_scope",
    "clients",
    "providers",
    "issuers",
    "acr",
    "max_age",
    "any",
    "all",
];
const CLAIM_KEYS: &[&str] = &["path", "equals", "one_of", "contains"];

/// The most tables inside each other; nobody reads more.
const DEEPEST: usize = 4;

/// The most conditions of a route, each of which is judged at every request.
const MOST: usize = 64;

/// A browser takes minutes through a sign-in, and a clock may be off by one.
const SHORTEST_AGE: Seconds = Seconds::minutes(1);
/// The longest `max_age` that a route asks for, and that a link may.
pub const LONGEST_AGE: Seconds = Seconds::minutes(365 * 24 * 60);

/// The facts that routes ask for. A session must keep them, or nobody would ever meet the requirements.
#[derive(Debug, Default)]
pub(super) struct Needs {
    pub(super) groups: bool,
    pub(super) roles: bool,
    pub(super) email: bool,
    /// Other claims, by their top-level names.
    pub(super) claims: Vec<String>,
}

/// The principals that the keys of a `require` may be about, and the sources of the facts about them.
#[derive(Clone, Copy)]
pub(super) struct Principals<'a> {
    pub(super) access: Access,
    pub(super) sources: &'a Sources<'a>,
}

/// The requirements at `require` of a route.
pub(super) fn read(route: &Table<'_>, principals: Principals<'_>) -> Requirements {
    let Some(table) = route.table("require", KEYS) else {
        return Requirements::default();
    };
    let requirements = read_table(&table, principals, DEEPEST);
    let mut count = 0_usize;
    requirements.visit(&mut |_| count = count.saturating_add(1));
    if count > MOST {
        route.fault("require", ConfigFault::TooMany { most: MOST });
    }
    requirements
}

fn read_table(table: &Table<'_>, principals: Principals<'_>, depth: usize) -> Requirements {
    let Principals { access, sources } = principals;
    check_credential(table, access);
    let mut found = Vec::new();
    let mut add = |condition: Option<Condition>| found.extend(condition.map(Requirement::One));
    let names = |key| table.parsed_list(key, text::name);
    add(names("any_group").map(Condition::AnyGroup));
    add(names("all_groups").map(Condition::AllGroups));
    add(names("any_role").map(Condition::AnyRole));
    add(names("all_roles").map(Condition::AllRoles));
    let domain = |text: &str| EmailDomain::parse(text).ok_or(ConfigFault::EmailDomain);
    add(table
        .parsed_list("email_domains", domain)
        .map(Condition::EmailDomains));
    for (_, claim) in table.tables("claims", CLAIM_KEYS) {
        add(read_claim(&claim).map(Condition::Claim));
    }
    add(table
        .parsed_list("scopes", text::token)
        .map(Condition::AllScopes));
    add(table
        .parsed_list("any_scope", text::token)
        .map(Condition::AnyScope));
    add(table
        .parsed_list("clients", text::printable)
        .map(Condition::Client));
    add(table
        .parsed_list("providers", |text| sources.provider(text))
        .map(Condition::Provider));
    add(read_issuers(table, sources).map(Condition::Issuer));
    add(table.parsed_list("acr", text::token).map(Condition::Acr));
    add(span_at(table, "max_age", SHORTEST_AGE, LONGEST_AGE).map(Condition::MaxAge));
    if let Some(branches) = read_branches(table, "any", principals, depth) {
        found.push(Requirement::Any(branches));
    }
    for branch in read_branches(table, "all", principals, depth)
        .into_iter()
        .flatten()
    {
        found.extend(branch.0);
    }
    if table.is_empty() {
        let at = table.at().clone();
        table.faults().add(at, ConfigFault::Empty);
    }
    Requirements(found)
}

/// A condition on facts that only tokens, or only sessions, have lets nobody in where a route takes the other alone.
fn check_credential(table: &Table<'_>, access: Access) {
    if table.has("clients") && !access.takes(Credential::Bearer) {
        table.fault("clients", ConfigFault::BearerOnly);
    }
    if table.has("providers") && !access.takes(Credential::Session) {
        table.fault("providers", ConfigFault::SessionOnly);
    }
}

fn read_branches(
    table: &Table<'_>,
    key: &str,
    principals: Principals<'_>,
    depth: usize,
) -> Option<Vec<Requirements>> {
    if !table.has(key) {
        return None;
    }
    let Some(depth) = depth.checked_sub(1) else {
        table.fault(key, ConfigFault::TooDeep { most: DEEPEST });
        return None;
    };
    let branches = table.tables(key, KEYS).into_iter();
    Some(
        branches
            .map(|(_, branch)| read_table(&branch, principals, depth))
            .collect(),
    )
}

/// The issuers; one with tenants stands for all of them.
fn read_issuers(table: &Table<'_>, sources: &Sources<'_>) -> Option<Vec<String>> {
    let named = table.parsed_list("issuers", |text| sources.issuers(text))?;
    let mut issuers: Vec<String> = Vec::new();
    for issuer in named.into_iter().flatten() {
        if !issuers.contains(&issuer) {
            issuers.push(issuer);
        }
    }
    Some(issuers)
}

fn read_claim(table: &Table<'_>) -> Option<ClaimRequirement> {
    table.require("path");
    let path = table.parsed("path", text::claim_path);
    let value = |key| {
        let (at, value) = table.value(key)?;
        read_value(at, value, table.faults())
    };
    let written = ["equals", "one_of", "contains"].map(|key| table.has(key));
    let test = match written {
        [true, false, false] => value("equals").map(ClaimTest::Equals),
        [false, true, false] => read_values(table, "one_of").map(ClaimTest::OneOf),
        [false, false, true] => value("contains").map(ClaimTest::Contains),
        [_, _, _] => {
            let at = table.at().clone();
            table.faults().add(at, ConfigFault::ClaimTest);
            None
        }
    };
    Some(ClaimRequirement {
        path: path?,
        test: test?,
    })
}

fn read_values(table: &Table<'_>, key: &str) -> Option<Vec<ClaimValue>> {
    let mut all = Vec::new();
    for (at, value) in table.items(key)? {
        match read_value(at, value, table.faults()) {
            Some(value) if all.contains(&value) => table.faults().add_at(at, ConfigFault::Repeated),
            Some(value) => all.push(value),
            None => {}
        }
    }
    Some(all)
}

fn read_value(at: Place<'_>, value: &Value, faults: &Faults) -> Option<ClaimValue> {
    let read = match value {
        Value::String(text) => text::name(text).map(ClaimValue::Text),
        Value::Bool(boolean) => Ok(ClaimValue::Boolean(*boolean)),
        Value::Number(number) => number
            .as_i64()
            .map(ClaimValue::Number)
            .ok_or(ConfigFault::ClaimValue),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(ConfigFault::ClaimValue),
    };
    match read {
        Ok(value) => Some(value),
        Err(fault) => {
            faults.add_at(at, fault);
            None
        }
    }
}

impl Needs {
    /// Adds what `requirements` ask for.
    pub(super) fn add(&mut self, requirements: &Requirements) {
        requirements.visit(&mut |condition| match condition {
            Condition::AnyGroup(_) | Condition::AllGroups(_) => self.groups = true,
            Condition::AnyRole(_) | Condition::AllRoles(_) => self.roles = true,
            Condition::EmailDomains(_) => self.email = true,
            Condition::Claim(claim) if claim.is_about_email() => self.email = true,
            Condition::Claim(claim) => self.claims.push(claim.path.top().to_owned()),
            // These every session keeps, or has none of.
            Condition::Acr(_)
            | Condition::MaxAge(_)
            | Condition::AnyScope(_)
            | Condition::AllScopes(_)
            | Condition::Client(_)
            | Condition::Provider(_)
            | Condition::Issuer(_) => {}
        });
    }

    /// Has `provider` keep it.
    pub(super) fn keep(&self, provider: &mut Provider) {
        if self.groups {
            let groups = provider.groups_claim.path.top().to_owned();
            provider.keep(&groups);
        }
        if self.roles {
            let roles = provider.roles_claim.path.top().to_owned();
            provider.keep(&roles);
        }
        if self.email {
            provider.keep("email");
            provider.keep("email_verified");
        }
        for claim in &self.claims {
            provider.keep(claim);
        }
    }
}

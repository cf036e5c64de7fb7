//! The providers and issuers that state the facts which rules are held against, by the names that rules use for them.

use super::{Issuer, Provider, fault::ConfigFault};
use alloc::{borrow::ToOwned, string::String, vec, vec::Vec};

/// The providers and issuers of the file.
pub(super) struct Sources<'a> {
    pub(super) providers: &'a [Provider],
    pub(super) issuers: &'a [Issuer],
}

impl Sources<'_> {
    /// The provider of that id.
    pub(super) fn provider(&self, id: &str) -> Result<String, ConfigFault> {
        let known = self.providers.iter().map(|provider| provider.id.clone());
        let known: Vec<String> = known.collect();
        match known.iter().any(|other| other == id) {
            true => Ok(id.to_owned()),
            false => Err(ConfigFault::UnknownProvider { known }),
        }
    }

    /// The issuers of that name: of providers and of tokens, or all tenants of one that is written with
    /// `{tenantid}`.
    pub(super) fn issuers(&self, name: &str) -> Result<Vec<String>, ConfigFault> {
        let providers = self.providers.iter().map(|provider| &provider.issuer);
        let issuers = self.issuers.iter().map(|issuer| &issuer.issuer);
        if providers
            .clone()
            .chain(issuers.clone())
            .any(|it| it == name)
        {
            return Ok(vec![name.to_owned()]);
        }
        let of_template = self
            .issuers
            .iter()
            .filter(|it| it.template.as_deref() == Some(name));
        let tenants: Vec<String> = of_template.map(|issuer| issuer.issuer.clone()).collect();
        if !tenants.is_empty() {
            return Ok(tenants);
        }
        let mut known: Vec<String> = Vec::new();
        for other in providers.chain(issuers) {
            if !known.contains(other) {
                known.push(other.clone());
            }
        }
        Err(ConfigFault::UnknownIssuer { known })
    }
}

#[cfg(test)]
#[path = "sources_tests.rs"]
mod tests;

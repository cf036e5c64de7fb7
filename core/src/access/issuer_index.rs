//! How a route names an issuer.

/// The place of an issuer in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssuerIndex(pub usize);

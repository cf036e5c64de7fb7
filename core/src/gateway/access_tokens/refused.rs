//! An access token that is refused.

use crate::{
    bearer::AccessTokenFault,
    config::IssuerIndex,
    fault::{BrowserFault, Fault},
};

/// A token that is refused, and whose it was as far as that is proven.
pub(in crate::gateway) struct RefusedToken {
    pub(in crate::gateway) fault: Fault,
    /// The place of its issuer, once its signature was verified, or its keys or word could not be had.
    pub(in crate::gateway) issuer: Option<IssuerIndex>,
}

impl<F: Into<Fault>> From<F> for RefusedToken {
    fn from(fault: F) -> Self {
        Self {
            fault: fault.into(),
            issuer: None,
        }
    }
}

/// The fault of a request whose token is refused.
pub(in crate::gateway) fn refused(fault: AccessTokenFault) -> Fault {
    BrowserFault::Token(fault).into()
}

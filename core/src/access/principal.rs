//! Who is asking, as far as decisions need to know.

use alloc::string::String;

/// The facts of a valid credential; borrowed from the session that was checked.
#[derive(Clone, Copy, Debug)]
pub struct Principal<'a> {
    /// The provider's `sub`.
    pub subject: &'a str,
    /// The provider's groups; empty where it named none.
    pub groups: &'a [String],
    /// The provider's `email`.
    pub email: Option<&'a str>,
    /// Whether `email_verified` was the boolean `true`; a string is not (OpenID Connect Core,
    /// section 5.1).
    pub email_verified: bool,
}

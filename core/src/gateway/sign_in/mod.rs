//! Signing in: from a protected page to the provider, and back to a session.
//!
//! [`login`] leads to a provider, [`callback`] takes its answer; [`openid`] and [`oauth`] say who signed in.

mod attempt_cookie;
pub(in crate::gateway) mod callback;
pub(in crate::gateway) mod claims;
pub(in crate::gateway) mod login;
pub(in crate::gateway) mod loop_guard;
pub(in crate::gateway) mod oauth;
pub(in crate::gateway) mod openid;
pub(in crate::gateway) mod redeem;
pub(in crate::gateway) mod resume;

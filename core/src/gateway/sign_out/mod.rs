//! Signing out, here and at the provider.

pub(in crate::gateway) mod logout;

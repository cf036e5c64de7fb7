//! The ways in which `wrangler.toml` and the files that it names could undo rules: the order of Worker and asset
//! server, pages at other addresses, rewrites, and service bindings.

mod assets;
mod look;
mod pages;
mod redirects;
mod services;
pub(crate) mod wrangler;

pub(crate) use look::{problems, unread};

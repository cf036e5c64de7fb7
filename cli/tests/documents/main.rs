//! The documents show only what is there: links lead somewhere, commands exist, examples of configurations pass
//! `lychgate check`, and the reference names every key, code, event, counter and option. `guides.rs` does more with the
//! guides, whose files make whole deployments.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail the test by panicking"
)]

mod commands;
mod examples;
#[path = "../folder/mod.rs"]
mod folder;
mod links;
mod pages;
mod reference;
#[path = "../tree/mod.rs"]
mod tree;

//! The grants of `spin.toml` to Lychgate's component, and the ways that it opens past it.

mod allowed_hosts;
mod fault;
mod grants;
mod look;
mod manifest;
mod routes;

#[cfg(test)]
mod tests;

pub(crate) use look::{look, site_folder};

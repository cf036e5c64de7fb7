//! What `spin.toml` grants Lychgate's component and what it lets past it.

mod allowed_hosts;
mod fault;
mod grants;
mod look;
mod manifest;
mod routes;

#[cfg(test)]
mod tests;

pub(crate) use look::{look, site_folder};

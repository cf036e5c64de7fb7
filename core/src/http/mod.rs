//! HTTP as the core sees it: methods, header names and values, paths, URLs, requests and responses.

pub mod credentials;
pub mod date;
pub mod header;
pub mod inbound;
pub mod method;
pub mod outbound;
pub mod path;
pub mod response;
pub mod rewrite;
pub mod url;

#[cfg(test)]
mod url_tests;

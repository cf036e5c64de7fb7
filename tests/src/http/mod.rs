//! Requests, responses and a browser's cookie jar, byte for byte as they go over the wire.

pub mod browser;
pub mod jar;
pub mod request;
pub mod response;

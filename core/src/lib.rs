//! The decisions of Lychgate: sign-in, sessions and access control at the CDN edge.
//!
//! This crate knows no host. It sees a request and the world through traits, takes the time and
//! random values as arguments, and returns types that can only be built by passing a check.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod access;
pub mod assets;
pub mod bearer;
pub mod config;
pub mod cookie;
pub mod encoding;
pub mod event;
pub mod fault;
pub mod gateway;
pub mod generations;
pub mod http;
pub mod jose;
pub mod metrics;
pub mod oauth;
pub mod oidc;
pub mod ordered;
pub mod page;
pub mod platform;
pub mod secret;
pub mod session;
pub mod time;
pub mod user;

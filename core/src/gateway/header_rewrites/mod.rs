//! The header rewrites of a request on its way to an upstream, and of the response on its way back.
//!
//! The adapter asks about each header it sees; what to do stands here, once for every host.

mod addresses;
mod carried;
mod connection;
mod destination;
mod names;
mod request;
mod response;

#[cfg(all(test, not(target_family = "wasm")))]
mod properties;

pub use addresses::ADDRESSES;
pub(super) use addresses::Origins;
pub use connection::Connection;
pub(super) use destination::{Destination, Place, with_tags};
pub use request::{CookieRewrite, Front, RequestRewrite};
pub use response::{PlainResponse, ResponseRewrite, TELLING, UpstreamKind};

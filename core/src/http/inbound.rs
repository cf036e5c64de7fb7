//! A request as it reached the edge.

use super::{header::HeaderName, method::Method};
use alloc::{string::String, vec::Vec};

/// The request that is being decided on. The adapter keeps its body and headers and hands out only
/// what is asked for.
#[expect(
    async_fn_in_trait,
    reason = "hosts are single-threaded, so no `Send` is wanted"
)]
pub trait Inbound {
    /// The method.
    fn method(&self) -> Method;

    /// Path and query as received, after the host's own URL parsing, beginning with `/`.
    fn target(&self) -> &str;

    /// The host and port the request was sent to (`Host`, or `:authority`), as received.
    fn host(&self) -> &str;

    /// The value of a header; repeated fields joined by `, ` (`Cookie` by `; `).
    ///
    /// A wrong answer, for example the first of two `Authorization` fields only, lets a request be
    /// decided by one credential and served with another.
    fn header(&self, name: &HeaderName) -> Option<String>;

    /// The whole body, for endpoints of ours that read one.
    ///
    /// # Errors
    /// [`BodyError::TooLarge`] as soon as more than `cap` bytes came, [`BodyError::Broken`] where
    /// the body ended early.
    async fn body(&self, cap: ByteCount) -> Result<Vec<u8>, BodyError>;
}

/// A number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteCount(pub usize);

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// More bytes than the cap.
    TooLarge,
    /// The body ended early or was read before.
    Broken,
}

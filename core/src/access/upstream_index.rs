//! How a route names its upstream.

/// The place of an upstream in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpstreamIndex(pub usize);

//! The outcomes of the gateway: an answer, a forward, and work for afterwards.

use crate::{
    access::fetch_metadata::Upgrade,
    config::BindingName,
    gateway::{
        header_rewrites::{RequestRewrite, ResponseRewrite},
        published::key_sets::KeySetIndex,
    },
    http::{response::Response, url::Origin},
    platform::store::StoreKey,
    session::cache::KnownCookie,
    time::Seconds,
};
use alloc::{boxed::Box, rc::Rc};

/// The outcome of a request.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// We answer it ourselves.
    Respond(Response),
    /// It goes to an upstream. Only an allowed decision makes one.
    Forward(Box<Forward>),
}

/// A request on its way to an upstream.
#[derive(Debug, PartialEq, Eq)]
pub struct Forward {
    /// Where to.
    pub target: ForwardTarget,
    /// The header rewrites of the request.
    pub request: RequestRewrite,
    /// The header rewrites of the response.
    pub response: ResponseRewrite,
    /// How long to wait for the head of the answer; `None` for as long as it takes.
    pub timeout: Option<Seconds>,
}

impl Forward {
    /// Whether it asks for a WebSocket, which not every host can open.
    pub fn opens_web_socket(&self) -> bool {
        self.request.upgrade == Upgrade::WebSocket
    }
}

/// Where a request is forwarded to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForwardTarget {
    /// The platform's static assets.
    Assets,
    /// An origin.
    Url(Origin),
    /// Another Worker of the platform.
    Service {
        /// The binding that leads to it.
        name: BindingName,
        /// The origin that it is asked under: that of `public_url`.
        origin: Origin,
    },
}

/// Work that need not keep the answer waiting.
#[derive(Debug)]
pub enum Later {
    /// Ask the ledger again about a session, before the answer in the session cache is too old.
    AskAgain(Rc<KnownCookie>),
    /// Fetch a key set, before the one in memory is too old.
    RefreshKeys(KeySetIndex),
    /// Remove the record of an ended session, which nothing reads any more.
    RemoveRecord(StoreKey),
}

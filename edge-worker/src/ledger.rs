//! The Durable Object that keeps one partition of the ledger.

use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

/// One partition of the ledger; the runtime makes an object per partition.
#[durable_object]
pub struct Ledger {
    _state: State,
}

impl DurableObject for Ledger {
    fn new(state: State, _env: Env) -> Self {
        Self { _state: state }
    }

    async fn fetch(&self, _request: Request) -> Result<Response> {
        Response::error("no such operation", 404)
    }
}

//! Lychgate on Fermyon Spin: an HTTP component that carries the core's decisions out, and makes none.
//!
//! One instance answers many requests, up to sixteen of them in turns. Between them it keeps the gateway and
//! public files; nothing of a request stands in anything static.

mod assets;
mod body;
#[cfg(feature = "contract")]
mod contract;
mod fields;
mod folder;
mod forward;
mod instance;
mod ledger;
mod limit;
mod log;
mod platform;
mod received;
mod respond;
mod send;
mod store;

use lychgate_core::gateway::Outcome;
use platform::{Spin, now};
use received::Received;
use spin_sdk::wasip3::exports::http::handler::Guest;
use spin_sdk::wasip3::http::service;
use spin_sdk::wasip3::http::types::{ErrorCode, Request, Response};
use spin_sdk::wasip3::spawn;

struct Component;

// The attribute `http_service` would turn every request into another representation and back, body and all.
service::export!(Component with_types_in spin_sdk::wasip3);

impl Guest for Component {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        log::hide_panics();
        let received = Received::new(request);
        #[cfg(feature = "contract")]
        if let Some(answer) = contract::answer(&received).await {
            return answer;
        }
        serve(received).await
    }
}

/// Decides about a request and carries the decision out.
async fn serve(received: Received) -> Result<Response, ErrorCode> {
    #[cfg(feature = "contract")]
    let _running = lychgate_contract::Running::begin();
    let gateway = instance::gateway().await;
    let (outcome, later) = match gateway.warm(&received.warm(), now()) {
        Some(outcome) => (outcome, None),
        None => gateway.handle(&received.platform(), &received).await,
    };
    if let Some(later) = later {
        spawn(async move {
            #[cfg(feature = "contract")]
            let _running = lychgate_contract::Running::begin();
            gateway.finish(&Spin::afterwards(), later).await;
        });
    }
    match outcome {
        Outcome::Respond(response) => respond::own(response),
        Outcome::Forward(forward) => forward::carry_out(*forward, received).await,
    }
}

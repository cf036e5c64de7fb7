//! Instances of a component: how they come to be, how many requests they take, and when they go.

use crate::arguments::Reuse;
use crate::logs::complain;
use crate::outbound::Outbound;
use crate::state::{Shared, State};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::time::{Interval, interval};
use wasmtime::component::GuestTaskId;
use wasmtime::{Engine, Result, Store, StoreContextMut};
use wasmtime_wasi_http::WasiHttpView as _;
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, Proxy, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus,
};
use wasmtime_wasi_http::p3::bindings::ServicePre;

/// Makes the instances of one component.
#[derive(Clone)]
pub struct Instances {
    /// The engine that compiled it.
    pub engine: Engine,
    /// The component, linked.
    pub service: ServicePre<State>,
    /// The data that they share.
    pub shared: Arc<Shared>,
    /// How they send requests.
    pub outbound: Outbound,
    /// How long they are used.
    pub reuse: Reuse,
}

impl HandlerState for Instances {
    type StoreData = State;
    type WorkerExpiration = Idle;
    type WorkerState = Worker;

    async fn instantiate(&self) -> Result<Instance<State, Idle, Worker>> {
        let state = State::new(Arc::clone(&self.shared), self.outbound.clone())?;
        let mut store = Store::new(&self.engine, state);
        // No request has a deadline; there has to be one all the same, as far away as possible.
        store.set_epoch_deadline(u64::MAX / 2);
        let service = self.service.instantiate_async(&mut store).await?;
        Ok(Instance {
            store,
            proxy: Proxy::P3(service),
            view: State::http,
            expiration: Idle::new(self.reuse),
            state: Worker {
                id: self.shared.id.clone(),
                reuse: self.reuse,
            },
        })
    }
}

/// Ends an instance that has had nothing to do for a while, and no other: neither a request
/// nor the work after its answer has a time limit.
pub struct Idle {
    reuse: Reuse,
    since: Option<Instant>,
    timer: Interval,
}

impl Idle {
    fn new(reuse: Reuse) -> Self {
        Self {
            reuse,
            since: None,
            // A period of zero is not taken; reset before it is used.
            timer: interval(Duration::from_secs(1)),
        }
    }
}

impl WorkerExpiration for Idle {
    fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        status: WorkerStatus,
        start: Instant,
    ) -> Poll<()> {
        match status {
            WorkerStatus::Requests | WorkerStatus::PostReturn => Poll::Pending,
            WorkerStatus::Idle => {
                let Some(end) = start.checked_add(self.reuse.idle) else {
                    return Poll::Pending;
                };
                if self.since != Some(start) {
                    self.since = Some(start);
                    self.timer.reset_at(end.into());
                }
                self.timer.poll_tick(cx).map(drop)
            }
        }
    }
}

/// Counts the requests of an instance.
pub struct Worker {
    id: String,
    reuse: Reuse,
}

impl WorkerState for Worker {
    type StoreData = State;
    type RequestData = ();

    fn should_accept_request(&self, at_once: usize, so_far: usize) -> ShouldAccept {
        if so_far >= self.reuse.requests {
            ShouldAccept::Never
        } else if at_once >= self.reuse.at_once {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    fn on_request_start(
        &self,
        _: StoreContextMut<'_, State>,
        (): (),
        _: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        Box::pin(std::future::pending())
    }

    fn drop(&self, store: Store<State>, result: Result<()>) {
        drop(store);
        if let Err(error) = result {
            complain(&format!(
                "an instance of the component `{}` failed: {error:?}",
                self.id
            ));
        }
    }
}

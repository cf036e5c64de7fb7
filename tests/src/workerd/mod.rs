//! The suites against what is deployed: the built Worker in workerd, with KV and Durable Objects.

mod assets;
mod faults;
mod hops;
mod metrics;
mod services;
mod settings;
mod suites;
mod web_sockets;

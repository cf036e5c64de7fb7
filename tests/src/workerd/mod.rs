//! The suites against what is deployed: the built Worker in workerd, with KV and Durable Objects.

mod faults;
mod streaming;
mod suites;

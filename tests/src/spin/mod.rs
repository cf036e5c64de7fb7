//! The suites against the built component, in instances that serve one request and in such that serve many.

mod faults;
mod hops;
mod isolation;
mod outages;
mod suites;
mod traps;
mod upstreams;

//! `lychgate doctor`: looks at a deployment from outside and says what to mend.
//!
//! It sends what anyone on the network could send, and reads answers as the gateway does. It says so where it cannot
//! tell something from here. It repeats nothing that a provider or upstream writes.

mod addresses;
pub(crate) mod arguments;
mod assets;
mod checks;
mod client;
mod clocks;
pub(crate) mod command;
mod finding;
mod front;
mod issuer;
mod look;
mod origins;
mod provider;
mod provider_supports;
mod registration;
mod report;
mod sign_in;
mod subject;

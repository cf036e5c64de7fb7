//! Every order in which two requests can be carried out.
//!
//! Each call of the platform is a point at which another request may go first. A scenario is run
//! again and again, each time with another order, until every order was seen; then once more for
//! each call that can fail. Each run ends with a check of what must hold.

mod choices;
mod hand_over;
mod scenarios;

pub use choices::{Choices, explore};

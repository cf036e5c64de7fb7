//! How a command ended.

/// What its exit code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Done,
    ProblemsFound,
    NotAllowed,
    NotCarriedOut,
}

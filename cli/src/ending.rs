//! How a command ended.

/// The meaning of its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Done,
    ProblemsFound,
    NotAllowed,
    NotCarriedOut,
}

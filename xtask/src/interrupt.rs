//! Ctrl-C, SIGTERM and SIGHUP as a question that loops ask, so that every started process is ended first.

use crate::failure::{Doing, Outcome};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether someone asked this tool to stop.
#[derive(Clone)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Takes the signals over; from here on they no longer end the process by themselves.
    pub(crate) fn install() -> Outcome<Self> {
        let asked = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&asked))
                .doing("cannot watch for signals")?;
        }
        Ok(Self(asked))
    }

    /// True once a signal came.
    pub(crate) fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

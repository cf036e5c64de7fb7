//! The output of components: whole lines, to a log file for each stream and to the host's standard error.

use crate::arguments::Echo;
use hyper::body::Bytes;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::io::AsyncWrite;
use wasmtime::{Result, error::Context as _};
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError, StreamResult};

/// The log of one stream of one component, which all its instances share.
#[derive(Clone)]
pub struct Log {
    file: Arc<File>,
    echo: Echo,
}

impl Log {
    /// Opens `FOLDER/COMPONENT_STREAM.txt` for appending.
    ///
    /// # Errors
    /// A file that cannot be opened.
    pub fn open(folder: &Path, component: &str, stream: &str, echo: Echo) -> Result<Self> {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        let path = folder.join(format!("{component}_{stream}.txt"));
        let file = File::options()
            .create(true)
            .append(true)
            .open(&path)
            .with_context(|| format!("cannot open the log file {}", path.display()))?;
        Ok(Self {
            file: Arc::new(file),
            echo,
        })
    }

    /// A stream for one instance.
    pub fn stream(&self) -> LogStream {
        LogStream(Arc::new(Mutex::new(Lines {
            log: self.clone(),
            unfinished: Vec::new(),
        })))
    }

    /// One call each, so that lines of several instances do not mix.
    ///
    /// # Errors
    /// A full disk, or nobody who reads: the component that prints is told, as by Spin.
    fn write(&self, lines: &[u8]) -> io::Result<()> {
        let kept = (&*self.file).write_all(lines);
        match self.echo {
            Echo::Stderr => io::stderr().write_all(lines).and(kept),
            Echo::Quiet => kept,
        }
    }
}

/// Prints a complaint of the host itself, which serves on where nobody reads it.
pub fn complain(complaint: &str) {
    let _ = io::stderr().write_all(format!("{complaint}\n").as_bytes());
}

/// A standard stream of one instance.
#[derive(Clone)]
pub struct LogStream(Arc<Mutex<Lines>>);

impl LogStream {
    fn take(&self, bytes: &[u8]) -> io::Result<()> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.take(bytes)
    }
}

/// Keeps what has no end of line yet.
struct Lines {
    log: Log,
    unfinished: Vec<u8>,
}

/// A component that never ends its line does not fill the host's memory.
const LONGEST: usize = 64 * 1024;

impl Lines {
    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.unfinished.extend_from_slice(bytes);
        let whole = match self.unfinished.iter().rposition(|&byte| byte == b'\n') {
            Some(end) => end.saturating_add(1),
            None if self.unfinished.len() >= LONGEST => self.unfinished.len(),
            None => return Ok(()),
        };
        let lines: Vec<u8> = self.unfinished.drain(..whole).collect();
        self.log.write(&lines)
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        if !self.unfinished.is_empty() {
            self.unfinished.push(b'\n');
            // Nobody is left to be told.
            let _ = self.log.write(&self.unfinished);
        }
    }
}

impl AsyncWrite for LogStream {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(self.take(bytes).map(|()| bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl IsTerminal for LogStream {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for LogStream {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    // The usual one starts a task for every instance.
    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for LogStream {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.take(&bytes)
            .map_err(|error| StreamError::LastOperationFailed(error.into()))
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(LONGEST)
    }
}

#[async_trait]
impl Pollable for LogStream {
    async fn ready(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn lines_are_written_whole() {
        let folder = Scratch::new();
        let log = Log::open(&folder.path("logs"), "c", "stdout", Echo::Quiet).unwrap();
        let (one, two) = (log.stream(), log.stream());
        let print = |stream: &LogStream, text: &str| stream.take(text.as_bytes()).unwrap();
        print(&one, "a");
        print(&two, "b\nc");
        print(&one, "d\n");
        let read = || fs::read_to_string(folder.path("logs/c_stdout.txt")).unwrap();
        assert_eq!(read(), "b\nad\n");
        drop(two);
        assert_eq!(read(), "b\nad\nc\n");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_component_that_prints_is_told_of_a_full_disk() {
        let full = Log {
            file: Arc::new(File::options().write(true).open("/dev/full").unwrap()),
            echo: Echo::Quiet,
        };
        let mut stream = full.stream();
        let failed = OutputStream::write(&mut stream, Bytes::from_static(b"a line\n"));
        assert!(matches!(failed, Err(StreamError::LastOperationFailed(_))));
        // Bytes that are not written yet have not failed yet.
        let kept = OutputStream::write(&mut stream, Bytes::from_static(b"half a line"));
        assert!(kept.is_ok());
        let folder = Scratch::new();
        let well = Log::open(&folder.path("logs"), "c", "stderr", Echo::Quiet).unwrap();
        let written = OutputStream::write(&mut well.stream(), Bytes::from_static(b"a line\n"));
        assert!(written.is_ok());
    }
}

//! A program that serves a test: started, waited for, and ended with the test.
//!
//! Whatever it says on its standard error is shown with the test and, where it does not start, in the failure.

use std::{
    io::{BufRead, BufReader, Read},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// How long something may take that comes as soon as the machine gets to it. Nobody waits so long for what goes well,
/// or for a program that ends; a test that hangs is to end at some time.
pub const TIMEOUT: Duration = Duration::from_secs(600);

/// How often a port is tried until a program listens there.
const POLL: Duration = Duration::from_millis(10);

/// How it is told to end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It ends by itself when its standard input does, with all that it has started.
    OfInput,
    /// By the system.
    Kill,
}

/// A running program.
pub struct Server {
    name: &'static str,
    child: Child,
    end: End,
    /// Behind a lock alone so that several threads may hold a host.
    lines: Mutex<Receiver<String>>,
    complaints: Arc<Mutex<String>>,
    /// Reads the complaints until there are none any more.
    listening: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts it; `name` is what a failure calls it.
    pub fn start(name: &'static str, command: &mut Command, end: End) -> Self {
        let input = match end {
            End::OfInput => Stdio::piped(),
            End::Kill => Stdio::null(),
        };
        let mut child = command
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} cannot be started: {error}"));
        let (tell, lines) = mpsc::channel();
        let output = child.stdout.take().unwrap();
        // Output that nobody asks for any more is read all the same, so that the program never waits to be rid of it.
        thread::spawn(move || each_line(output, |line| drop(tell.send(line))));
        let complaints = Arc::<Mutex<String>>::default();
        let (kept, errors) = (Arc::clone(&complaints), child.stderr.take().unwrap());
        let listening = thread::spawn(move || {
            each_line(errors, |line| {
                eprintln!("[{name}] {line}");
                let mut kept = kept.lock().unwrap();
                kept.push_str(&line);
                kept.push('\n');
            });
        });
        Self {
            name,
            child,
            end,
            lines: Mutex::new(lines),
            complaints,
            listening: Some(listening),
        }
    }

    /// The next line of its standard output.
    pub fn line(&mut self) -> String {
        let line = self.lines.get_mut().unwrap().recv_timeout(TIMEOUT);
        match line {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => self.failed("said nothing for a long time"),
            Err(RecvTimeoutError::Disconnected) => self.failed("ended"),
        }
    }

    /// Waits until it listens on `port`.
    pub fn listens(&mut self, port: u16) {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if self.child.try_wait().unwrap().is_some() {
                self.failed("ended");
            }
            if begun.elapsed() > TIMEOUT {
                self.failed("did not listen for a long time");
            }
            thread::sleep(POLL);
        }
    }

    /// Says that it did not start, and why.
    fn failed(&mut self, what: &str) -> ! {
        let _ = self.child.kill();
        let status = self.child.wait().unwrap();
        if let Some(listening) = self.listening.take() {
            listening.join().unwrap();
        }
        let complaints = self.complaints.lock().unwrap();
        panic!(
            "{} did not start: it {what} ({status}) and said:\n{complaints}",
            self.name
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        match self.end {
            End::OfInput => drop(self.child.stdin.take()),
            End::Kill => drop(self.child.kill()),
        }
        let _ = self.child.wait();
    }
}

fn each_line(stream: impl Read, mut take: impl FnMut(String)) {
    for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
        take(String::from_utf8_lossy(&line).into_owned());
    }
}

mod tests {
    use super::*;
    use crate::host::port::Port;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    fn shell(script: &str, end: End) -> Server {
        Server::start("sh", Command::new("sh").args(["-c", script]), end)
    }

    /// The message of a failure.
    fn failure(work: impl FnOnce()) -> String {
        let panic = catch_unwind(AssertUnwindSafe(work)).unwrap_err();
        panic.downcast_ref::<String>().unwrap().clone()
    }

    #[test]
    fn a_program_that_does_not_start_says_why() {
        let script = "echo 'the port is taken' >&2; exit 3";
        for wait in [
            |server: &mut Server| drop(server.line()),
            |server: &mut Server| server.listens(Port::reserve().number()),
        ] {
            let said = failure(|| wait(&mut shell(script, End::OfInput)));
            assert!(said.contains("sh did not start: it ended"), "{said}");
            assert!(said.contains("exit status: 3"), "{said}");
            assert!(said.contains("the port is taken"), "{said}");
        }
        let mut twin = shell("echo ready; echo 'a warning' >&2; cat", End::OfInput);
        assert_eq!(twin.line(), "ready");
    }

    #[test]
    fn what_it_prints_later_stops_it_in_nothing() {
        // More than fits into a pipe.
        let script = "echo ready; head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2; echo; echo; echo end";
        let mut server = shell(script, End::OfInput);
        assert_eq!(server.line(), "ready");
        assert_eq!(server.line().len(), 1_000_000);
        assert_eq!(server.line(), "");
        assert_eq!(server.line(), "end");
    }
}

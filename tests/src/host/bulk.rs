//! An upstream whose bodies are too large to be held: it makes and checks them piece by piece, and says how it goes.
//!
//! `POST .../take` reads nothing until it is told to go on, then checks what comes and answers with its length;
//! `GET .../give` sends [`LENGTH`] bytes, `?announced` with a `Content-Length`, else in chunks;
//! `GET .../events` sends one event, the second when it is told to go on, and then comments until the other side leaves.

use super::{
    server,
    wire::{Connection, Framing},
};
use std::{
    io::{self, ErrorKind, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, LazyLock, Mutex,
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::Duration,
};

/// How many bytes a body has.
pub const LENGTH: u64 = 100_000_000;

/// How long nobody must take a byte for a writer to be stuck.
const STUCK: Duration = Duration::from_millis(300);

/// How often in a row a writer may find itself stuck before it gives up: ten minutes.
const MOST_LOOKS: u32 = 2_000;

/// How long anything else may take.
const LIMIT: Duration = server::TIMEOUT;

/// After how many bytes a body repeats itself. A prime, so that no buffer that is lost, doubled or moved fits again.
const PERIOD: u64 = 65_521;

/// The most bytes of one piece.
const PIECE: u64 = 64 * 1024;

static PATTERN: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut state = 0x9e37_79b9_u32;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    };
    let once: Vec<u8> = (0..PERIOD).map(|_| random()).collect();
    // Twice, so that a piece may begin anywhere.
    [once.as_slice(), &once].concat()
});

/// The upstream's progress with the request that it is answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A request came, with a body of this form.
    Asked(Framing),
    /// Nobody takes what it sends; so many bytes are under way.
    Stuck(u64),
    /// All is sent.
    Sent,
    /// The client is gone.
    Left,
}

/// The upstream; it serves for as long as the tests run.
pub struct Bulk {
    pub origin: String,
    progress: Receiver<Progress>,
    go_on: Sender<()>,
}

impl Bulk {
    /// Starts one.
    pub fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let (tell, progress) = mpsc::channel();
        let (go_on, wait) = mpsc::channel();
        let wait = Arc::new(Mutex::new(wait));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (tell, wait) = (tell.clone(), Arc::clone(&wait));
                thread::spawn(move || serve(stream.unwrap(), &tell, &wait));
            }
        });
        Self {
            origin,
            progress,
            go_on,
        }
    }

    /// Its next report.
    pub fn next(&self) -> Progress {
        self.progress.recv_timeout(LIMIT).unwrap()
    }

    /// Lets it go on.
    pub fn go_on(&self) {
        self.go_on.send(()).unwrap();
    }
}

/// Holds what comes against the body that was meant.
#[derive(Default)]
pub struct Checked(u64);

impl Checked {
    /// Takes the next bytes.
    pub fn take(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let wanted = piece(self.0, u64::MAX);
            let (now, later) = bytes.split_at(bytes.len().min(wanted.len()));
            assert!(
                wanted.starts_with(now),
                "other bytes came at {} or after",
                self.0
            );
            self.0 += u64::try_from(now.len()).unwrap();
            bytes = later;
        }
    }

    /// How many came.
    pub const fn length(&self) -> u64 {
        self.0
    }
}

/// Writes a whole body; `stuck` hears once how many bytes were written when nobody took more.
///
/// # Errors
/// Those of the stream, and nobody taking anything for ten minutes.
pub fn write_body(
    stream: &mut TcpStream,
    is_chunked: bool,
    stuck: impl FnOnce(u64),
) -> io::Result<()> {
    stream.set_write_timeout(Some(STUCK))?;
    let mut stuck = Some(stuck);
    let mut at = 0;
    while at < LENGTH {
        let piece = piece(at, LENGTH - at);
        let framed = if is_chunked {
            let size = format!("{:x}\r\n", piece.len());
            [size.as_bytes(), piece, b"\r\n"].concat()
        } else {
            piece.to_vec()
        };
        write_all(stream, &framed, &mut || {
            if let Some(stuck) = stuck.take() {
                stuck(at);
            }
        })?;
        at += u64::try_from(piece.len()).unwrap();
    }
    let end: &[u8] = if is_chunked { b"0\r\n\r\n" } else { b"" };
    write_all(stream, end, &mut || ())
}

fn write_all(stream: &mut TcpStream, mut bytes: &[u8], stuck: &mut impl FnMut()) -> io::Result<()> {
    let mut waited = 0;
    while !bytes.is_empty() {
        match stream.write(bytes) {
            Ok(written) => {
                bytes = &bytes[written..];
                waited = 0;
            }
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
                    && waited < MOST_LOOKS =>
            {
                stuck();
                waited += 1;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The bytes of a body from `at` on, `most` of them or fewer.
fn piece(at: u64, most: u64) -> &'static [u8] {
    let start = usize::try_from(at % PERIOD).unwrap();
    let length = usize::try_from(most.min(PIECE)).unwrap();
    let rest = &PATTERN[start..];
    &rest[..length.min(rest.len())]
}

/// One request per connection.
fn serve(stream: TcpStream, tell: &Sender<Progress>, wait: &Mutex<Receiver<()>>) {
    let mut connection = Connection::accepted(stream);
    let request = connection.request();
    let framing = Framing::of(|name| request.joined(name));
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    let go_on = || wait.lock().unwrap().recv_timeout(LIMIT).unwrap();
    // A test that does not listen any more has seen enough.
    let _ = tell.send(Progress::Asked(framing));
    match path.rsplit('/').next().unwrap() {
        "take" => {
            go_on();
            let mut checked = Checked::default();
            connection.body(framing, &mut |bytes| checked.take(bytes));
            let text = checked.length().to_string();
            let head = head("text/plain", &format!("Content-Length: {}", text.len()));
            let answer = [head, text].concat();
            connection.stream.write_all(answer.as_bytes()).unwrap();
        }
        "give" => {
            let is_chunked = query != "announced";
            let form = match is_chunked {
                true => "Transfer-Encoding: chunked".to_owned(),
                false => format!("Content-Length: {LENGTH}"),
            };
            let head = head("application/octet-stream", &form);
            connection.stream.write_all(head.as_bytes()).unwrap();
            let stuck = |written| {
                let _ = tell.send(Progress::Stuck(written));
            };
            if write_body(&mut connection.stream, is_chunked, stuck).is_ok() {
                let _ = tell.send(Progress::Sent);
            }
        }
        "events" => {
            let head = head("text/event-stream", "Transfer-Encoding: chunked");
            let stream = &mut connection.stream;
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(b"b\r\ndata: one\n\n\r\n").unwrap();
            go_on();
            stream.write_all(b"b\r\ndata: two\n\n\r\n").unwrap();
            if leaves(stream) {
                let _ = tell.send(Progress::Left);
            }
        }
        other => panic!("nobody asks for {other}"),
    }
}

/// Whether the other side leaves while it is sent events, as those who wait for the next one are now and then.
fn leaves(stream: &mut TcpStream) -> bool {
    stream.set_read_timeout(Some(STUCK)).unwrap();
    for _ in 0..MOST_LOOKS {
        // It has nothing to say, so that whatever comes but silence is its end.
        let is_silent = matches!(
            stream.read(&mut [0]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
        );
        if !is_silent || stream.write_all(b"3\r\n:\n\n\r\n").is_err() {
            return true;
        }
    }
    false
}

fn head(kind: &str, form: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{form}\r\nConnection: close\r\n\r\n")
}

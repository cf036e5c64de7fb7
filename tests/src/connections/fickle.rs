//! A server whose connections end as a test says, in front of the scripted provider, and an API of its own.

use super::leaving::reset;
use crate::{
    host::wire::{Connection, Framing},
    http::request::Request,
};
use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::Duration,
};

/// The fate of the requests for a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is answered before the fault is taken away.
    Silent,
    /// The head and a part of the body come, and the rest when the fault is taken away.
    SilentHalfway,
    /// The connection is reset in place of an answer.
    Reset,
    /// The connection is closed in place of an answer.
    Closed,
    /// The next request's connection is closed in place of an answer, as one that was idle for too long is.
    ClosedOnce,
    /// The connection is reset within the body.
    ResetHalfway,
}

/// The server; it serves for as long as the tests run.
pub struct Fickle {
    pub origin: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    faults: Mutex<BTreeMap<String, Fault>>,
    changed: Condvar,
    asked: Mutex<BTreeMap<String, usize>>,
    provider: Mutex<Option<u16>>,
}

/// How long a silence may last.
const SILENCE: Duration = Duration::from_secs(60);

/// The starts of the provider's paths.
const PROVIDER: [&str; 5] = [
    "/.well-known/",
    "/introspect",
    "/jwks",
    "/token",
    "/userinfo",
];

const BODY: &str = r#"{"kept":"until the end"}"#;

impl Fickle {
    /// Starts one.
    pub fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let shared = Arc::<Shared>::default();
        let of_server = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = Arc::clone(&of_server);
                // The client may leave at any moment.
                thread::spawn(move || shared.serve(stream.unwrap()));
            }
        });
        Self { origin, shared }
    }

    /// Passes what is not for the API on to the provider at that port.
    pub fn stand_before(&self, provider: u16) {
        *self.shared.provider.lock().unwrap() = Some(provider);
    }

    /// Answers requests for that path in this way from now on; those that are met by silence, too.
    pub fn set(&self, path: &str, fault: Fault) {
        let mut faults = self.shared.faults.lock().unwrap();
        faults.insert(path.to_owned(), fault);
        drop(faults);
        self.shared.changed.notify_all();
    }

    /// Answers requests for that path as they should be; those that were met by silence, too.
    pub fn mend(&self, path: &str) {
        self.shared.faults.lock().unwrap().remove(path);
        self.shared.changed.notify_all();
    }

    /// How many requests for that path came.
    pub fn asked(&self, path: &str) -> usize {
        let asked = self.shared.asked.lock().unwrap();
        asked.get(path).copied().unwrap_or(0)
    }
}

impl Shared {
    fn serve(&self, stream: TcpStream) -> Option<()> {
        stream.set_read_timeout(Some(SILENCE)).ok()?;
        let mut connection = Connection::accepted(stream);
        let (head, request) = read(&mut connection.stream)?;
        let path = request.target.split('?').next()?.to_owned();
        *self.asked.lock().unwrap().entry(path.clone()).or_default() += 1;
        let mut fault = self.fault(&path);
        if fault == Some(Fault::Silent) {
            self.wait(&path);
            fault = self.fault(&path);
        }
        match fault {
            // A silence that outlasts its test.
            None | Some(Fault::Silent) => {}
            Some(Fault::SilentHalfway) => {
                halfway(&mut connection.stream)?;
                self.wait(&path);
                let rest = &BODY.as_bytes()[BODY.len() / 2..];
                return connection.stream.write_all(rest).ok();
            }
            Some(Fault::ResetHalfway) => {
                halfway(&mut connection.stream)?;
                reset(connection.stream);
                return None;
            }
            Some(Fault::Reset) => {
                reset(connection.stream);
                return None;
            }
            Some(Fault::Closed) => return None,
            Some(Fault::ClosedOnce) => {
                self.faults.lock().unwrap().remove(&path);
                return None;
            }
        }
        let provider = *self.provider.lock().unwrap();
        match provider {
            Some(port) if PROVIDER.iter().any(|own| path.starts_with(own)) => {
                relay(&mut connection, &head, &request, port)
            }
            Some(_) | None => {
                // No issuer of tokens has keys.
                let status = if path.starts_with("/keys/") {
                    "404 x"
                } else {
                    "200 x"
                };
                let answer = format!("{}{BODY}", head_of(status));
                connection.stream.write_all(answer.as_bytes()).ok()
            }
        }
    }

    fn fault(&self, path: &str) -> Option<Fault> {
        self.faults.lock().unwrap().get(path).copied()
    }

    fn wait(&self, path: &str) {
        let faults = self.faults.lock().unwrap();
        let is_silent = |faults: &mut BTreeMap<String, Fault>| {
            let fault = faults.get(path);
            matches!(fault, Some(Fault::Silent | Fault::SilentHalfway))
        };
        drop(self.changed.wait_timeout_while(faults, SILENCE, is_silent));
    }
}

fn head_of(status: &str) -> String {
    let length = BODY.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )
}

fn halfway(stream: &mut TcpStream) -> Option<()> {
    let half = format!("{}{}", head_of("200 x"), &BODY[..BODY.len() / 2]);
    stream.write_all(half.as_bytes()).ok()?;
    // A reset would overtake what was only just written.
    stream.flush().ok()
}

/// The head of a request, as it came and as it is understood.
fn read(stream: &mut TcpStream) -> Option<(Vec<u8>, Request)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.extend(byte);
    }
    let mut fields = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut fields);
    parsed.parse(&head).ok()?;
    let request = Request::new(parsed.method?, parsed.path?);
    let request = parsed.headers.iter().fold(request, |request, field| {
        request.with(field.name, &String::from_utf8_lossy(field.value))
    });
    Some((head, request))
}

fn relay(connection: &mut Connection, head: &[u8], request: &Request, port: u16) -> Option<()> {
    let mut provider = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let mut body = Vec::new();
    match Framing::of(|name| request.joined(name)) {
        Framing::Unannounced => {}
        framing @ (Framing::Length(_) | Framing::Chunked) => {
            connection.body(framing, &mut |bytes| body.extend_from_slice(bytes))
        }
    }
    let has_chunks = request.joined("transfer-encoding").is_some();
    let framed = match has_chunks {
        true => [
            format!("{:x}\r\n", body.len()).as_bytes(),
            &body,
            b"\r\n0\r\n\r\n",
        ]
        .concat(),
        false => body,
    };
    provider.write_all(&[head, &framed].concat()).ok()?;
    let mut answer = Vec::new();
    provider.read_to_end(&mut answer).ok()?;
    connection.stream.write_all(&answer).ok()
}

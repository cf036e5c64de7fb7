//! An upstream that keeps each request as the bytes that came, and answers with bytes that a test wrote.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Received {
    /// Method and target.
    pub method: String,
    pub target: String,
    /// Fields in order, with names in lower case.
    pub fields: Vec<(String, Vec<u8>)>,
    /// The body, without what frames it.
    pub body: Vec<u8>,
    /// The trailers, one per line.
    pub trailers: String,
}

impl Received {
    /// All values of a field.
    pub fn all(&self, name: &str) -> Vec<&[u8]> {
        let named = self.fields.iter().filter(|(other, _)| other == name);
        named.map(|(_, value)| value.as_slice()).collect()
    }

    /// Whether it has a field.
    pub fn has(&self, name: &str) -> bool {
        !self.all(name).is_empty()
    }
}

/// The answer to a target, and whether the connection is closed afterwards.
pub type Answers = fn(&str) -> (Vec<u8>, After);

/// The fate of a connection after the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    Closes,
    Stays,
}

/// A listening upstream. It ends with the process.
pub struct RawUpstream {
    pub origin: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl RawUpstream {
    /// Listens on a free port of this machine.
    pub fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let received = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&received);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let seen = Arc::clone(&seen);
                thread::spawn(move || serve(stream.unwrap(), &seen, answers));
            }
        });
        Self {
            origin: format!("http://localhost:{port}"),
            received,
        }
    }

    /// The requests since the last time.
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.received.lock().unwrap())
    }

    /// The one request since the last time.
    pub fn one(&self) -> Received {
        let mut received = self.take();
        assert_eq!(received.len(), 1, "{received:?}");
        received.remove(0)
    }
}

fn serve(mut stream: TcpStream, seen: &Mutex<Vec<Received>>, answers: Answers) {
    let timeout = Some(Duration::from_secs(60));
    stream.set_read_timeout(timeout).unwrap();
    let mut bytes = Vec::new();
    while let Some(request) = next(&mut stream, &mut bytes) {
        let (mut answer, after) = answers(&request.target);
        if request.method == "HEAD" {
            let end = answer.windows(4).position(|at| at == b"\r\n\r\n");
            answer.truncate(end.map_or(0, |end| end + 4));
        }
        seen.lock().unwrap().push(request);
        if stream.write_all(&answer).is_err() || after == After::Closes {
            return;
        }
    }
}

/// The next request of a connection; `None` where there is none any more.
fn next(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<Received> {
    let head = until(stream, bytes, b"\r\n\r\n")?;
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = String::from_utf8(lines.next()?.to_vec()).ok()?;
    let mut first = first.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let fields: Vec<(String, Vec<u8>)> = lines
        .filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = String::from_utf8(line[..colon].to_ascii_lowercase()).ok()?;
            Some((name, line[colon + 1..].trim_ascii().to_vec()))
        })
        .collect();
    let mut request = Received {
        method,
        target,
        fields,
        body: Vec::new(),
        trailers: String::new(),
    };
    let text = |name| String::from_utf8(request.all(name).concat()).unwrap();
    if text("transfer-encoding") == "chunked" {
        loop {
            let line = until(stream, bytes, b"\r\n")?;
            let size = usize::from_str_radix(std::str::from_utf8(&line).ok()?.trim(), 16).ok()?;
            if size == 0 {
                break;
            }
            request.body.extend(exactly(stream, bytes, size)?);
            exactly(stream, bytes, 2)?;
        }
        loop {
            let line = until(stream, bytes, b"\r\n")?;
            if line == b"\r\n" {
                break;
            }
            request.trailers.push_str(&String::from_utf8_lossy(&line));
        }
    } else if let Ok(length) = text("content-length").parse() {
        request.body = exactly(stream, bytes, length)?;
    }
    Some(request)
}

fn until(stream: &mut TcpStream, bytes: &mut Vec<u8>, end: &[u8]) -> Option<Vec<u8>> {
    loop {
        if let Some(at) = bytes.windows(end.len()).position(|at| at == end) {
            return Some(bytes.drain(..at + end.len()).collect());
        }
        more(stream, bytes)?;
    }
}

fn exactly(stream: &mut TcpStream, bytes: &mut Vec<u8>, length: usize) -> Option<Vec<u8>> {
    while bytes.len() < length {
        more(stream, bytes)?;
    }
    Some(bytes.drain(..length).collect())
}

fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut buffer = [0; 4096];
    let read = stream.read(&mut buffer).ok()?;
    bytes.extend_from_slice(&buffer[..read]);
    (read > 0).then_some(())
}

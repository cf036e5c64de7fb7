//! A bounded load: some clients, each with one connection that it keeps, one request after the other.

use crate::failure::{Doing, Failure, Outcome};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// As many as keep both cores busy without queueing for long.
pub(super) const CLIENTS: usize = 8;

/// Nothing that is measured takes this long, on any machine.
const TIMEOUT: Duration = Duration::from_secs(600);

/// The headers of a browser that goes to a page.
pub(super) const NAVIGATION: &str = "accept: text/html\r\naccept-language: en\r\n\
    sec-fetch-mode: navigate\r\nsec-fetch-dest: document\r\nuser-agent: bench\r\n";

/// A request that is sent again and again, and what must come back.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) port: u16,
    pub(super) path: &'static str,
    /// Lines of request headers, each with its end.
    pub(super) headers: String,
    /// A text that the body of a right answer, which is 200, contains.
    pub(super) shows: &'static str,
    /// The values of `Authorization`, one per request and then from the beginning; none for no such header.
    pub(super) authorizations: Arc<Cycle>,
}

/// Values that are taken in turn, by all clients together.
#[derive(Default)]
pub(super) struct Cycle {
    values: Vec<String>,
    taken: AtomicUsize,
}

impl Cycle {
    fn next(&self) -> Option<&str> {
        let taken = self.taken.fetch_add(1, Ordering::Relaxed);
        let place = taken.checked_rem(self.values.len())?;
        self.values.get(place).map(String::as_str)
    }
}

impl Target {
    /// The same request with another header.
    pub(super) fn with(&self, name: &str, value: &str) -> Self {
        let mut target = self.clone();
        target.headers.push_str(&format!("{name}: {value}\r\n"));
        target
    }

    /// The same request with these values of `Authorization` in turn.
    pub(super) fn with_authorizations(&self, values: Vec<String>) -> Self {
        let mut target = self.clone();
        target.authorizations = Arc::new(Cycle {
            values,
            taken: AtomicUsize::new(0),
        });
        target
    }
}

/// Sends it once: the status and the body that come back.
///
/// # Errors
/// No connection, or no response.
pub(super) fn ask(target: &Target) -> Outcome<(u16, String)> {
    let doing = || format!("the question on port {} for {}", target.port, target.path);
    let mut reader = connected(target).doing(doing())?;
    let (status, body) = exchange(&mut reader, &request(target)).doing(doing())?;
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}

/// Sends `requests` requests, shared among the clients.
///
/// # Errors
/// A connection that breaks, or an answer that is not the right one.
pub(super) fn send(target: &Target, requests: usize) -> Outcome {
    let share = requests.div_ceil(CLIENTS);
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| scope.spawn(move || client(target, share)))
            .collect();
        let mut outcome = Ok(());
        for client in clients {
            let ended = client
                .join()
                .unwrap_or_else(|_| Err(Failure::new("a client panicked")));
            outcome = outcome.and(ended);
        }
        outcome
    })
}

fn client(target: &Target, requests: usize) -> Outcome {
    let doing = || format!("the load on port {} at {}", target.port, target.path);
    let mut reader = connected(target).doing(doing())?;
    let fixed = request(target);
    for _ in 0..requests {
        let request = match target.authorizations.next() {
            Some(value) => request(&target.with("authorization", value)),
            None => fixed.clone(),
        };
        let answer = match exchange(&mut reader, &request) {
            Ok(answer) => answer,
            // A machine that stands still for some seconds makes servers close what looks idle then.
            Err(_) => {
                reader = connected(target).doing(doing())?;
                exchange(&mut reader, &request).doing(doing())?
            }
        };
        let (status, body) = answer;
        let shows = body
            .windows(target.shows.len())
            .any(|at| at == target.shows.as_bytes());
        if status != 200 || !shows {
            let what = doing();
            return Err(Failure::new(format!("{what} was answered {status}")));
        }
    }
    Ok(())
}

fn exchange(reader: &mut BufReader<TcpStream>, request: &[u8]) -> std::io::Result<(u16, Vec<u8>)> {
    reader.get_mut().write_all(request)?;
    response(reader)
}

fn connected(target: &Target) -> std::io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, target.port))?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_nodelay(true)?;
    Ok(BufReader::new(stream))
}

fn request(target: &Target) -> Vec<u8> {
    let Target {
        port,
        path,
        headers,
        ..
    } = target;
    format!("GET {path} HTTP/1.1\r\nhost: localhost:{port}\r\n{headers}\r\n").into_bytes()
}

/// Status and body of a response with a length or in chunks.
fn response(reader: &mut impl BufRead) -> std::io::Result<(u16, Vec<u8>)> {
    let broken = || std::io::Error::other("not a response");
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.ok_or_else(broken)?;
    let mut length = None;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = Some(value.trim().parse().map_err(|_| broken())?);
        }
    }
    let mut body = Vec::new();
    match length {
        Some(length) => {
            reader.take(length).read_to_end(&mut body)?;
        }
        None => loop {
            line.clear();
            reader.read_line(&mut line)?;
            let size = u64::from_str_radix(line.trim_end(), 16).map_err(|_| broken())?;
            reader.take(size).read_to_end(&mut body)?;
            line.clear();
            reader.read_line(&mut line)?;
            if size == 0 {
                break;
            }
        },
    }
    Ok((status, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn responses_are_read_by_length_and_in_chunks() {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 404 x\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        let mut reader = text.as_bytes();
        assert_eq!(response(&mut reader).unwrap(), (200, b"hello".to_vec()));
        assert_eq!(response(&mut reader).unwrap(), (404, b"abcde".to_vec()));
        assert!(response(&mut reader).is_err());
    }
}

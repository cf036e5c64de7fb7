//! Asks a local server whether it serves.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// How long one question may wait for its answer.
const LIMIT: Duration = Duration::from_secs(5);

/// True once `http://localhost:<port><path>` answers with a status that means success.
pub(crate) fn serves(port: u16, path: &str) -> bool {
    status_line(port, path).is_some_and(|line| line.starts_with(b"HTTP/1.1 2"))
}

/// True while somebody listens on the port.
pub(crate) fn listens(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, LIMIT).is_ok()
}

fn status_line(port: u16, path: &str) -> Option<[u8; 12]> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, LIMIT).ok()?;
    stream.set_read_timeout(Some(LIMIT)).ok()?;
    stream.set_write_timeout(Some(LIMIT)).ok()?;
    let question =
        format!("GET {path} HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\n\r\n");
    stream.write_all(question.as_bytes()).ok()?;
    let mut line = [0; 12];
    stream.read_exact(&mut line).ok()?;
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;

    fn answering(answer: &'static str) -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // The question is read first: closing with unread bytes would reset the connection.
            let mut question = [0; 1024];
            let _ = stream.read(&mut question).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
        });
        port
    }

    #[test]
    fn only_success_counts_as_serving() {
        assert!(serves(answering("HTTP/1.1 200 OK\r\n\r\n"), "/"));
        assert!(!serves(answering("HTTP/1.1 503 Busy\r\n\r\n"), "/"));
    }

    #[test]
    fn nobody_listening_is_not_serving() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(listens(port));
        drop(listener);
        assert!(!listens(port));
        assert!(!serves(port, "/"));
    }
}

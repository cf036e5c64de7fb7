//! Asks a local server whether it serves.

use crate::failure::{Doing, Outcome};
use crate::node;
use crate::place::Place;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// How long one question may wait for its answer, on a machine that is busy with much else. It is asked again.
const LIMIT: Duration = Duration::from_secs(60);

/// True once `http://localhost:<port><path>` answers with a status that means success.
pub(crate) fn serves(port: u16, path: &str) -> bool {
    status_line(port, path).is_some_and(|line| line.starts_with(b"HTTP/1.1 2"))
}

/// True while somebody listens on the port.
pub(crate) fn listens(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, LIMIT).is_ok()
}

/// The process that listens on the port. It need not be the one that was started: `spin up` is a parent whose child
/// serves.
///
/// # Errors
/// Nobody listens there, or a system that does not tell.
pub(crate) fn listener_at(place: &Place, port: u16) -> Outcome<u32> {
    let mut node = node::command(place);
    node.arg(place.at("tests/listener.mjs"))
        .arg(port.to_string());
    let output = node.output().doing("cannot run node")?;
    let said = String::from_utf8_lossy(&output.stdout);
    said.trim()
        .parse()
        .doing(format_args!("which process listens on port {port}?"))
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
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;
    use std::process::Stdio;
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
        // The connection keeps the system from giving the port to somebody else.
        let _kept = listener.accept().unwrap();
        drop(listener);
        assert!(!listens(port));
        assert!(!serves(port, "/"));
    }

    /// As `spin up` does: what is started waits for a child, which serves.
    const PARENT: &str = "node -e '
        const server = require(\"node:net\").createServer();
        server.listen(0, \"127.0.0.1\", () => console.log(server.address().port, process.pid));
        process.stdin.on(\"end\", () => process.exit()).resume();
    '; true";

    #[cfg(target_os = "linux")]
    #[test]
    fn what_serves_is_found_where_a_parent_was_started() {
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", PARENT]);
        let mut parent = shell
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(parent.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let (port, child) = line.trim().split_once(' ').unwrap();
        let place = Place::find().unwrap();
        let found = listener_at(&place, port.parse().unwrap()).unwrap();
        assert_eq!(found.to_string(), child);
        assert_ne!(found, parent.id());
        drop(parent.stdin.take());
        parent.wait().unwrap();
        assert!(listener_at(&place, port.parse().unwrap()).is_err());
    }
}

//! The upstream of the benchmarks: a server in this process, so that the measured one is not charged for it.
//!
//! It answers at once and says who it was told is asking, so that every answer shows that the job was done.

use crate::failure::{Doing, Outcome};
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

/// About what an API answers with.
const PADDING: usize = 900;

/// Starts it and returns its port. Its threads end with this process.
///
/// # Errors
/// No free port.
pub(super) fn start() -> Outcome<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).doing("no port for the upstream")?;
    let address = listener.local_addr().doing("no port for the upstream")?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || serve(stream));
        }
    });
    Ok(address.port())
}

/// Answers one request after the other until the other side has enough.
fn serve(stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let padding = "x".repeat(PADDING);
    while let Some(told) = Told::read(&mut reader)? {
        let body = format!("{}\n{padding}\n", told.shown());
        let head = format!(
            "HTTP/1.1 200 OK\r\ndate: Thu, 01 Jan 2026 00:00:00 GMT\r\nserver: bench\r\n\
             content-type: application/json\r\ncache-control: max-age=0\r\nvary: accept-encoding\r\n\
             x-request-id: 0123456789abcdef\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        reader
            .get_mut()
            .write_all(format!("{head}{body}").as_bytes())?;
    }
    Ok(())
}

/// The facts that a request without a body told.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    user: String,
    groups: String,
    has_secret: bool,
    cookie: String,
    /// The header by which the runtime is told `request.cf`: it must not come this far.
    has_cf: bool,
}

impl Told {
    /// `None` at the end of the connection.
    fn read(reader: &mut impl BufRead) -> std::io::Result<Option<Self>> {
        let mut told = Self::default();
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        loop {
            line.clear();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else {
                return Ok(Some(told));
            };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "lychgate-user" => told.user.push_str(value),
                "lychgate-groups" => told.groups.push_str(value),
                "lychgate-secret" => told.has_secret = value.len() >= 32,
                "cookie" => told.cookie.push_str(value),
                "mf-cf-blob" => told.has_cf = true,
                _ => {}
            }
        }
    }

    fn shown(&self) -> String {
        let Self {
            user,
            groups,
            has_secret,
            cookie,
            has_cf,
        } = self;
        format!("user={user} groups={groups} secret={has_secret} cookie={cookie} cf={has_cf}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_it_was_told() {
        let text =
            "GET / HTTP/1.1\r\nCookie: a=b\r\nLychgate-User: u\r\nlychgate-groups: g,h\r\n\r\n";
        let mut reader = text.as_bytes();
        let told = Told::read(&mut reader).unwrap().unwrap();
        assert_eq!(
            told.shown(),
            "user=u groups=g,h secret=false cookie=a=b cf=false."
        );
        assert_eq!(Told::read(&mut reader).unwrap(), None);
    }
}

//! How a client leaves before its answer.

use crate::host::wire::Connection;
use rustix::net::sockopt::set_socket_linger;
use std::{
    io::Read,
    net::{Shutdown, TcpStream},
    time::Duration,
};

/// A way to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// With a reset (RFC 9293, section 3.5.3), as from a process that was killed, or from somebody who means harm.
    Reset,
    /// As a browser does whose tab is closed.
    Close,
    /// By ending what is sent, and waiting a moment for what comes.
    HalfClose,
}

impl Leaving {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Reset, Self::Close, Self::HalfClose];

    /// Leaves.
    pub fn leave(self, connection: Connection) {
        let mut stream = connection.stream;
        match self {
            Self::Reset => reset(stream),
            Self::Close => drop(stream),
            Self::HalfClose => {
                stream.shutdown(Shutdown::Write).unwrap();
                stream.set_read_timeout(Some(MOMENT)).unwrap();
                // Whether anything comes is the server's choice.
                let _ = stream.read(&mut [0; 1024]);
            }
        }
    }
}

const MOMENT: Duration = Duration::from_millis(50);

/// Ends a connection with a reset.
pub fn reset(stream: TcpStream) {
    // Bytes that are not sent by then are thrown away, and no end is said.
    set_socket_linger(&stream, Some(Duration::ZERO)).unwrap();
    drop(stream);
}

//! Ports of this machine that the system gives to nobody else.

use std::net::{TcpListener, TcpStream};

/// A port for a program that has to be told which one it is to listen on.
///
/// A connection that was accepted on it stays open: for as long as it does, the system hands the port out to nobody who
/// asks for any free one, and a server that is given this one listens on it, as one that was started anew does beside
/// the connections of the one before. So there is no moment at which it is free, also while that server is started anew.
pub struct Port {
    number: u16,
    _held: [TcpStream; 2],
}

impl Port {
    /// Takes any that is free.
    pub fn reserve() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let asking = TcpStream::connect(address).unwrap();
        let (accepted, _) = listener.accept().unwrap();
        Self {
            number: address.port(),
            _held: [asking, accepted],
        }
    }

    /// Its number.
    pub const fn number(&self) -> u16 {
        self.number
    }
}

mod tests {
    use super::*;

    #[test]
    fn a_reserved_port_is_not_handed_out_and_can_be_listened_on() {
        let ports: Vec<Port> = (0..40).map(|_| Port::reserve()).collect();
        let numbers: Vec<u16> = ports.iter().map(Port::number).collect();
        // One in seven hundred would be one of them.
        for _ in 0..5_000 {
            let other = TcpListener::bind(("127.0.0.1", 0)).unwrap();
            let other = other.local_addr().unwrap().port();
            assert!(!numbers.contains(&other), "{other}");
        }
        // Twice, as when a server is started anew.
        for _ in 0..2 {
            let server = TcpListener::bind(("127.0.0.1", numbers[0])).unwrap();
            let asking = TcpStream::connect(server.local_addr().unwrap()).unwrap();
            let (accepted, _) = server.accept().unwrap();
            assert_eq!(accepted.peer_addr().unwrap(), asking.local_addr().unwrap());
        }
    }
}

//! The demo's three ports, next to each other.

use crate::failure::{Failure, Outcome};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

/// The gateway's port unless another is asked for; also what the committed configuration names.
pub(crate) const DEFAULT: u16 = 8787;

/// Where the gateway, the provider and the API listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ports {
    pub(crate) gateway: u16,
    pub(crate) provider: u16,
    pub(crate) api: u16,
}

impl Ports {
    /// Three ports in a row from `first` on.
    ///
    /// # Errors
    /// Zero, or so high that the third would not be a port.
    pub(crate) fn starting_at(first: u16) -> Outcome<Self> {
        let second = first.checked_add(1);
        let third = first.checked_add(2);
        match (first, second, third) {
            (1.., Some(provider), Some(api)) => Ok(Self {
                gateway: first,
                provider,
                api,
            }),
            _ => Err(Failure::new(format!(
                "--port {first}: must be from 1 to 65533"
            ))),
        }
    }

    /// Names every port of the three that somebody else listens on.
    ///
    /// # Errors
    /// At least one is busy or may not be used.
    pub(crate) fn must_be_free(self) -> Outcome {
        let busy: Vec<String> = [
            (self.gateway, "gateway"),
            (self.provider, "provider"),
            (self.api, "API"),
        ]
        .into_iter()
        .filter_map(|(port, user)| {
            obstacle(port).map(|why| format!("port {port} (for the {user}) {why}"))
        })
        .collect();
        if busy.is_empty() {
            return Ok(());
        }
        Err(Failure::new(format!(
            "{}; choose others with --port N",
            busy.join(", ")
        )))
    }
}

/// Why nobody can listen on `port` now. Browsers try `localhost` over IPv6 too, so both count.
fn obstacle(port: u16) -> Option<&'static str> {
    let addresses = [
        SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
    ];
    addresses.into_iter().find_map(|address| {
        let kind = TcpListener::bind(address).err()?.kind();
        if kind == ErrorKind::AddrInUse {
            Some("is busy")
        } else if kind == ErrorKind::PermissionDenied {
            Some("may not be used without more rights")
        } else {
            // A machine without IPv6 cannot have anybody listening there.
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream;

    #[test]
    fn three_ports_stand_in_a_row() {
        let ports = Ports::starting_at(9000).unwrap();
        assert_eq!(
            (ports.gateway, ports.provider, ports.api),
            (9000, 9001, 9002)
        );
    }

    #[test]
    fn ports_past_the_last_one_are_refused() {
        assert!(Ports::starting_at(65533).is_ok());
        assert!(Ports::starting_at(65534).is_err());
        assert!(Ports::starting_at(0).is_err());
    }

    #[test]
    fn a_busy_port_is_named_and_a_free_one_is_not() {
        let holder = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = holder.local_addr().unwrap().port();
        assert_eq!(obstacle(port), Some("is busy"));
        // The connection keeps the system from giving the port to somebody else.
        let _asking = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        let _kept = holder.accept().unwrap();
        drop(holder);
        // A child that another test forks just now holds the listener, too, until it runs its own program.
        assert!((0..100_000).any(|_| obstacle(port).is_none()));
    }
}

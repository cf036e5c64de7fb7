//! `Connection`: which fields of a message are for the other end of its connection alone (RFC 9110, section 7.6.1).

/// The value of a message's `Connection`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Connection<'a>(Option<&'a str>);

/// Fields that nobody's word takes away: the framing, what the platform in front says of a request, since a client could
/// else hide where it comes from, and `Upgrade`, which has a rule of its own. A name that ends in a hyphen stands for all
/// that begin so. Lychgate sets its own fields after it dropped the others.
const STAYING: [&str; 4] = ["cf-", "content-length", "host", "upgrade"];

impl<'a> Connection<'a> {
    /// The connection of a message with this `Connection` field, joined by commas where there are several.
    pub const fn new(value: Option<&'a str>) -> Self {
        Self(value)
    }

    /// Whether the field of this name ends here.
    pub fn names(self, name: &str) -> bool {
        let is_named = |option: &str| option.trim().eq_ignore_ascii_case(name);
        let stays = || {
            let name = name.as_bytes();
            let mut staying = STAYING.iter().map(|it| it.as_bytes());
            staying.any(|it| match it.ends_with(b"-") {
                true => {
                    let start = name.get(..it.len());
                    start.is_some_and(|start| start.eq_ignore_ascii_case(it))
                }
                false => name.eq_ignore_ascii_case(it),
            })
        };
        self.0
            .is_some_and(|value| value.split(',').any(is_named) && !stays())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn what_a_connection_names_ends_with_it() {
        let connection =
            Connection::new(Some("close, X-Hop ,te, CF-Connecting-IP,Host, Host-Auth"));
        for name in ["x-hop", "X-Hop", "TE", "close", "host-auth"] {
            assert!(connection.names(name), "{name}");
        }
        for name in ["x-hops", "x", "", "cf-connecting-ip", "host", "accept"] {
            assert!(!connection.names(name), "{name}");
        }
        assert!(!Connection::default().names("x-hop"));
        // That is how a WebSocket is asked for (RFC 6455, section 4.1).
        assert!(!Connection::new(Some("Upgrade")).names("upgrade"));
    }
}

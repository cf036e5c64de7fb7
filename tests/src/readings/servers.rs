//! Stock servers as upstreams: `tests/upstreams` starts them.

use crate::{
    host::{
        root::{self, root},
        server::{End, Server},
        wire,
    },
    http::{request::Request, response::Response},
};
use std::{collections::BTreeMap, fs};

/// The servers, until they are dropped.
pub struct Servers {
    /// Kept until they are to end.
    _script: Server,
    /// Their ports by their names.
    pub ports: BTreeMap<String, u16>,
}

impl Servers {
    /// Starts them and waits until all of them answer.
    pub fn start() -> Self {
        let programs = fs::read_to_string(root().join("build/upstreams/programs.json"));
        let programs =
            programs.expect("`cargo xtask build upstreams` finds or fetches the servers");
        let mut node = root::node();
        node.arg("tests/upstreams/run.mjs")
            .arg(programs)
            .current_dir(root());
        let mut script = Server::start("the upstreams", &mut node, End::OfInput);
        let ports = serde_json::from_str(&script.line()).unwrap();
        Self {
            _script: script,
            ports,
        }
    }

    /// A server's own answer, without a gateway before it.
    pub fn ask(port: u16, path: &str) -> Response {
        wire::exchange(
            port,
            &format!("127.0.0.1:{port}"),
            &Request::new("GET", path),
        )
    }
}

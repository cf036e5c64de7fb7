//! Stock servers as upstreams: `tests/upstreams` starts them.

use crate::host::wire;
use crate::http::{request::Request, response::Response};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// The servers, until they are dropped.
pub struct Servers {
    child: Child,
    /// Their ports by their names.
    pub ports: BTreeMap<String, u16>,
}

impl Servers {
    /// Starts them and waits until all of them answer.
    pub fn start() -> Self {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
        let programs = fs::read_to_string(root.join("build/upstreams/programs.json"))
            .expect("`cargo xtask build upstreams` finds or installs the servers");
        let mut child = Command::new("node")
            .arg("tests/upstreams/run.mjs")
            .arg(programs)
            .current_dir(&root)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let started: Value = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("the servers did not start: {line:?}"));
        let ports = started.as_object().unwrap().iter();
        let ports = ports.map(|(name, port)| {
            let port = u16::try_from(port.as_u64().unwrap()).unwrap();
            (name.clone(), port)
        });
        Self {
            ports: ports.collect(),
            child,
        }
    }

    /// What a server answers by itself, without a gateway before it.
    pub fn ask(port: u16, path: &str) -> Response {
        wire::exchange(
            port,
            &format!("127.0.0.1:{port}"),
            &Request::new("GET", path),
        )
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

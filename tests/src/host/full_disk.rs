//! A disk that is full for one process: the system lets its files grow no further.

use super::workerd::Workerd;
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use serde_json::Value;

/// While it lives, the process that serves a deployment writes no byte of a file beyond a limit.
pub struct FullDisk {
    process: Pid,
    before: Rlimit,
}

impl FullDisk {
    /// No file may have more than `bytes` bytes.
    pub fn at(host: &Workerd, bytes: u64) -> Self {
        let state = host.control("GET", "/state", &Value::Null);
        let process = i32::try_from(state["process"].as_i64().unwrap()).unwrap();
        let process = Pid::from_raw(process).unwrap();
        let limit = Rlimit {
            current: Some(bytes),
            // The process that started it has the same.
            maximum: getrlimit(Resource::Fsize).maximum,
        };
        let before = prlimit(Some(process), Resource::Fsize, limit).unwrap();
        Self { process, before }
    }
}

impl Drop for FullDisk {
    fn drop(&mut self) {
        prlimit(Some(self.process), Resource::Fsize, self.before).unwrap();
    }
}

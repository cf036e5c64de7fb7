//! How much memory the process that serves a deployment takes, as the system counts it.

use super::workerd::Workerd;
use serde_json::Value;
use std::fs;

/// The memory of one process from some moment on.
pub struct Memory {
    process: i64,
    /// In KiB.
    before: u64,
}

impl Memory {
    /// From now on.
    pub fn of(host: &Workerd) -> Self {
        let state = host.control("GET", "/state", &Value::Null);
        let process = state["process"].as_i64().unwrap();
        // The peak begins anew with what is there now (proc(5)).
        fs::write(format!("/proc/{process}/clear_refs"), "5").unwrap();
        Self {
            process,
            before: kibibytes(process, "VmRSS:"),
        }
    }

    /// How many KiB more than at the beginning there were at any time since.
    pub fn growth(&self) -> u64 {
        kibibytes(self.process, "VmHWM:").saturating_sub(self.before)
    }
}

fn kibibytes(process: i64, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.unwrap().trim().trim_end_matches(" kB");
    number.parse().unwrap()
}

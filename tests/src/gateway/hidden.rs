//! The log keeps secrets.

use crate::host::workerd::Workerd;

/// After a trap the log says that the adapter failed, and does not quote the panic, whose message may quote a request.
pub fn panics(host: &Workerd) {
    let log = host.wait_for_log(r#""event":"failed""#);
    assert!(log.contains(r#""event":"failed""#), "{log}");
    for words in ["the contract suite asked for it", "panicked at"] {
        assert!(!log.contains(words), "{log}");
    }
}

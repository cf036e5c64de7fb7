//! What is written to the log: one JSON line per event, which cannot hold a secret by type.

use crate::{
    fault::{ConfigurationFault, Fault},
    session::handle::SessionHandle,
};
use alloc::{format, string::String, string::ToString};
use serde::Serialize;

/// Something an operator wants to know.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    /// Someone signed in.
    SignedIn {
        /// The session.
        session: SessionHandle,
        /// The provider's id in the configuration.
        provider: &'a str,
    },
    /// Someone signed out.
    SignedOut {
        /// The session.
        session: SessionHandle,
    },
    /// A request was refused or failed.
    Refused {
        /// Stands on the page, too.
        incident: Incident,
        /// The reason.
        fault: &'a Fault,
    },
    /// Work after the answer failed; the next request tries again.
    BackgroundFailed {
        /// The reason.
        fault: &'a Fault,
    },
    /// The gateway is closed: every request is answered 503 until it is mended.
    Closed {
        /// Stands on the page, too.
        incident: Incident,
        /// The reason.
        fault: &'a ConfigurationFault,
    },
}

/// How loud an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Business as usual.
    Info,
    /// Someone else's mistake, worth a look where it repeats.
    Warning,
    /// Something the operator must mend.
    Error,
}

/// The identifier that a page shows and the log holds: 12 hex digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident(String);

impl Incident {
    /// The incident with these random bytes.
    pub fn new(random: [u8; 6]) -> Self {
        Self(random.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Twelve hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Serialize)]
struct Line<'a> {
    level: &'a str,
    event: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Event<'_> {
    /// How loud the event is.
    pub const fn level(&self) -> Level {
        match self {
            Self::SignedIn { .. } | Self::SignedOut { .. } => Level::Info,
            Self::BackgroundFailed { .. } => Level::Warning,
            Self::Closed { .. } => Level::Error,
            Self::Refused { fault, .. } => match fault {
                Fault::Browser(_) => Level::Info,
                Fault::Provider(_) | Fault::Platform(_) | Fault::Upstream(_) => Level::Warning,
            },
        }
    }

    /// The event as one line of JSON, without a line break.
    pub fn to_json(&self) -> String {
        let mut line = Line {
            level: match self.level() {
                Level::Info => "info",
                Level::Warning => "warning",
                Level::Error => "error",
            },
            event: "",
            incident: None,
            session: None,
            provider: None,
            code: None,
            reason: None,
        };
        match self {
            Self::SignedIn { session, provider } => {
                line.event = "signed_in";
                line.session = Some(session.to_text());
                line.provider = Some(provider);
            }
            Self::SignedOut { session } => {
                line.event = "signed_out";
                line.session = Some(session.to_text());
            }
            Self::Refused { incident, fault } => {
                line.event = "refused";
                line.incident = Some(incident.as_str());
                line.code = Some(fault.answer().code.as_str());
                line.reason = Some(fault.to_string());
            }
            Self::BackgroundFailed { fault } => {
                line.event = "background_failed";
                line.reason = Some(fault.to_string());
            }
            Self::Closed { incident, fault } => {
                line.event = "closed";
                line.incident = Some(incident.as_str());
                line.code = Some(ConfigurationFault::ANSWER.code.as_str());
                line.reason = Some(fault.to_string());
            }
        }
        // A struct of strings always serialises; an empty line would only lose a log entry.
        serde_json::to_string(&line).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::{BrowserFault, ConfigurationFault};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn an_event_is_one_line_of_json() {
        let fault = Fault::from(BrowserFault::AttemptUsed);
        let event = Event::Refused {
            incident: Incident::new([0, 1, 2, 0xfd, 0xfe, 0xff]),
            fault: &fault,
        };
        assert_eq!(
            event.to_json(),
            r#"{"level":"info","event":"refused","incident":"000102fdfeff","code":"login_used","reason":"browser: AttemptUsed"}"#
        );
    }

    #[test]
    fn a_missing_secret_is_named_in_the_log() {
        let fault = ConfigurationFault::MissingSecret {
            name: "LYCHGATE_KEY_1".into(),
        };
        let line = Event::Closed {
            incident: Incident::new([0; 6]),
            fault: &fault,
        }
        .to_json();
        assert!(
            line.contains("the secret LYCHGATE_KEY_1 is not set"),
            "{line}"
        );
        assert!(line.contains(r#""level":"error""#));
    }
}

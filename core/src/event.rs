//! The events of the log: one JSON line per event, which cannot hold a secret by type.

use crate::{
    fault::{Answer, BrowserFault, ConfigurationFault, Fault, setting::Setting},
    jose::KeySet,
    session::handle::SessionHandle,
    time::{Milliseconds, UnixTime, utc::Utc},
};
use alloc::{
    borrow::Cow,
    format,
    string::{String, ToString},
};
use core::fmt;

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
    /// Someone signed in, and the browser keeps the session that another of its tabs began meanwhile.
    SignedInAlready {
        /// The session that it keeps.
        session: SessionHandle,
        /// The provider's id in the configuration.
        provider: &'a str,
    },
    /// Someone signed out.
    SignedOut {
        /// The session.
        session: SessionHandle,
    },
    /// A session ended because a sign-in in the same browser took its place.
    Replaced {
        /// The session that ended.
        session: SessionHandle,
    },
    /// A request was refused or failed.
    Refused {
        /// Stands on the page, too.
        incident: Incident,
        /// The reason.
        fault: &'a Fault,
        /// The id of the provider that it was about, where it was about one.
        provider: Option<&'a str>,
        /// The id of the upstream that it was on its way to, where it was.
        upstream: Option<&'a str>,
    },
    /// An exchange with a provider failed, and the request was served all the same: with what is remembered
    /// of the provider, or without it.
    ProviderFailed {
        /// The provider's id in the configuration.
        provider: &'a str,
        /// The reason.
        fault: &'a Fault,
    },
    /// The metadata or keys that a provider publishes have mistakes in them, and the rest is used.
    Flawed {
        /// The provider's id in the configuration, or an issuer's identifier.
        provider: &'a str,
        /// The mistakes.
        flaws: Flaws<'a>,
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

/// Mistakes in what a provider publishes, in words of ours.
#[derive(Clone, Copy, Debug)]
pub enum Flaws<'a> {
    /// Of its key set.
    Keys(&'a KeySet),
    /// Members of its metadata that cannot be used.
    Metadata(&'a [&'static str]),
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

/// The times that a request waited until an event. Calls that went on at the same time count each for itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// Since the request came.
    pub total: Milliseconds,
    /// For providers; `None` where none was asked.
    pub provider: Option<Milliseconds>,
    /// For the ledger.
    pub ledger: Option<Milliseconds>,
    /// For the store.
    pub store: Option<Milliseconds>,
}

/// An event as it is written down.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// The event.
    pub event: &'a Event<'a>,
    /// When.
    pub time: UnixTime,
    /// The times waited until then.
    pub timings: Timings,
}

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

impl Event<'_> {
    /// How loud the event is.
    pub const fn level(&self) -> Level {
        match self {
            Self::SignedIn { .. }
            | Self::SignedInAlready { .. }
            | Self::SignedOut { .. }
            | Self::Replaced { .. } => Level::Info,
            Self::ProviderFailed { .. } | Self::Flawed { .. } | Self::BackgroundFailed { .. } => {
                Level::Warning
            }
            Self::Closed { .. } => Level::Error,
            Self::Refused { fault, .. } => match fault {
                // Nothing that a person could mend: something keeps them out for good.
                Fault::Browser(BrowserFault::SignInLoop | BrowserFault::StepUpLoop) => {
                    Level::Warning
                }
                Fault::Browser(_) => Level::Info,
                Fault::Provider(_) | Fault::Issuer(_) | Fault::Platform(_) | Fault::Upstream(_) => {
                    Level::Warning
                }
            },
        }
    }

    /// The event's name in the log.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SignedIn { .. } => "signed_in",
            Self::SignedInAlready { .. } => "signed_in_already",
            Self::SignedOut { .. } => "signed_out",
            Self::Replaced { .. } => "session_replaced",
            Self::Refused { .. } => "refused",
            Self::ProviderFailed { .. } => "provider_failed",
            Self::Flawed { .. } => "provider_flawed",
            Self::BackgroundFailed { .. } => "background_failed",
            Self::Closed { .. } => "closed",
        }
    }

    /// The public code of the answer, where the event is one.
    pub const fn code(&self) -> Option<&'static str> {
        match self {
            Self::Refused { fault, .. } => Some(fault.answer().code.as_str()),
            Self::Closed { .. } => Some(Answer::MISCONFIGURED.code.as_str()),
            Self::SignedIn { .. }
            | Self::SignedInAlready { .. }
            | Self::SignedOut { .. }
            | Self::Replaced { .. }
            | Self::ProviderFailed { .. }
            | Self::Flawed { .. }
            | Self::BackgroundFailed { .. } => None,
        }
    }

    /// The id of the provider that the event is about, where it is about one.
    pub const fn provider(&self) -> Option<&str> {
        match self {
            Self::SignedIn { provider, .. }
            | Self::SignedInAlready { provider, .. }
            | Self::ProviderFailed { provider, .. }
            | Self::Flawed { provider, .. } => Some(provider),
            Self::Refused { provider, .. } => *provider,
            Self::SignedOut { .. }
            | Self::Replaced { .. }
            | Self::BackgroundFailed { .. }
            | Self::Closed { .. } => None,
        }
    }

    /// The id of the upstream that the event is about, where it is about one.
    pub const fn upstream(&self) -> Option<&str> {
        match self {
            Self::Refused { upstream, .. } => *upstream,
            Self::SignedIn { .. }
            | Self::SignedInAlready { .. }
            | Self::ProviderFailed { .. }
            | Self::SignedOut { .. }
            | Self::BackgroundFailed { .. }
            | Self::Replaced { .. }
            | Self::Flawed { .. }
            | Self::Closed { .. } => None,
        }
    }

    const fn incident(&self) -> Option<&Incident> {
        match self {
            Self::Refused { incident, .. } | Self::Closed { incident, .. } => Some(incident),
            Self::SignedIn { .. }
            | Self::SignedInAlready { .. }
            | Self::SignedOut { .. }
            | Self::Replaced { .. }
            | Self::ProviderFailed { .. }
            | Self::Flawed { .. }
            | Self::BackgroundFailed { .. } => None,
        }
    }

    const fn session(&self) -> Option<&SessionHandle> {
        match self {
            Self::SignedIn { session, .. }
            | Self::SignedInAlready { session, .. }
            | Self::SignedOut { session }
            | Self::Replaced { session } => Some(session),
            Self::Refused { .. }
            | Self::ProviderFailed { .. }
            | Self::Flawed { .. }
            | Self::BackgroundFailed { .. }
            | Self::Closed { .. } => None,
        }
    }

    fn reason(&self) -> Option<String> {
        match self {
            Self::Refused { fault, .. }
            | Self::ProviderFailed { fault, .. }
            | Self::BackgroundFailed { fault } => Some(fault.to_string()),
            Self::Flawed { flaws, .. } => Some(flaws.to_string()),
            Self::Closed { fault, .. } => Some(fault.to_string()),
            Self::SignedIn { .. }
            | Self::SignedInAlready { .. }
            | Self::SignedOut { .. }
            | Self::Replaced { .. } => None,
        }
    }

    /// The setting to look at, as it is found: `provider[ID].key`, a key of the configuration, or a name
    /// elsewhere.
    fn setting(&self) -> Option<Cow<'_, str>> {
        let setting = match self {
            Self::Refused { fault, .. }
            | Self::ProviderFailed { fault, .. }
            | Self::BackgroundFailed { fault } => fault.setting()?,
            Self::Closed { fault, .. } => return fault.setting().map(Cow::Borrowed),
            Self::SignedIn { .. }
            | Self::SignedInAlready { .. }
            | Self::SignedOut { .. }
            | Self::Replaced { .. }
            | Self::Flawed { .. } => return None,
        };
        Some(match (setting, self.provider()) {
            (Setting::Provider(key), Some(id)) => Cow::Owned(format!("provider[{id}].{key}")),
            (Setting::Provider(key), None) => Cow::Owned(format!("provider.{key}")),
            (Setting::Issuer(key), Some(issuer)) => Cow::Owned(format!("issuer[{issuer}].{key}")),
            (Setting::Issuer(key), None) => Cow::Owned(format!("issuer.{key}")),
            (Setting::Upstream(key), _) => match self.upstream() {
                Some(id) => Cow::Owned(format!("upstream[{id}].{key}")),
                None => Cow::Owned(format!("upstream.{key}")),
            },
            (Setting::Named(name), _) => Cow::Borrowed(name),
        })
    }
}

/// `key set: keys[1] publishes a private or symmetric key; keys[3] ...`
impl fmt::Display for Flaws<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keys(set) => {
                f.write_str("key set")?;
                for (place, flaw) in set.flaws().enumerate() {
                    let before = if place == 0 { ": " } else { "; " };
                    write!(f, "{before}{flaw}")?;
                }
                Ok(())
            }
            Self::Metadata(names) => {
                write!(
                    f,
                    "metadata: not usable, taken as absent: {}",
                    names.join(", ")
                )
            }
        }
    }
}

impl Line<'_> {
    /// The event as one line of JSON, without a line break.
    pub fn to_json(&self) -> String {
        let event = self.event;
        let mut members = Members(String::from("{"));
        members.text(
            "level",
            match event.level() {
                Level::Info => "info",
                Level::Warning => "warning",
                Level::Error => "error",
            },
        );
        members.text("event", event.name());
        if let Some(time) = Utc::of(self.time) {
            members.text("time", &time.to_string());
        }
        let session = event.session().map(SessionHandle::to_text);
        for (name, value) in [
            ("incident", event.incident().map(Incident::as_str)),
            ("session", session.as_deref()),
            ("provider", event.provider()),
            ("upstream", event.upstream()),
            ("code", event.code()),
            ("reason", event.reason().as_deref()),
            ("setting", event.setting().as_deref()),
        ] {
            if let Some(value) = value {
                members.text(name, value);
            }
        }
        let Timings {
            total,
            provider,
            ledger,
            store,
        } = self.timings;
        let waited = provider.or(ledger).or(store);
        for (name, value) in [
            ("ms", waited.map(|_| total)),
            ("provider_ms", provider),
            ("ledger_ms", ledger),
            ("store_ms", store),
        ] {
            if let Some(value) = value {
                members.number(name, value);
            }
        }
        members.0.push('}');
        members.0
    }
}

/// The members of a JSON object, written one after the other; the names need no escaping.
struct Members(String);

impl Members {
    fn text(&mut self, name: &str, value: &str) {
        // A text always serialises; an empty value would only lose a part of a log entry.
        self.write(name, &serde_json::to_string(value).unwrap_or_default());
    }

    fn number(&mut self, name: &str, value: Milliseconds) {
        self.write(name, &value.as_milliseconds().to_string());
    }

    fn write(&mut self, name: &str, value: &str) {
        let comma = if self.0.len() > 1 { "," } else { "" };
        for part in [comma, "\"", name, "\":", value] {
            self.0.push_str(part);
        }
    }
}

#[cfg(test)]
mod tests;

//! The session head: the one place that says whether a session is alive.

use super::{handle::SessionHandle, keys::Generation};
use crate::{
    cookie::{
        ring::KeyRing,
        seal::{Place, Purpose, SealFault},
    },
    encoding::members::Members,
    platform::ledger::{RecordName, Versioned},
    time::UnixTime,
    user::{Unreadable, key::UserKey},
};
use alloc::{string::String, vec::Vec};
use serde::Serialize;
use serde_json::Value;

/// A session's head in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Whether the session is alive, and more.
    pub facts: HeadFacts,
    /// The sealed record, for edges where the store does not show it yet.
    pub copy: Vec<u8>,
}

/// The part of a head that we read ourselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeadFacts {
    /// Alive or ended.
    pub state: HeadState,
    /// When the session began.
    pub created: u64,
    /// The provider's id in the configuration.
    pub provider: String,
    /// The provider's session, for logout by `sid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// The [digest](super::identity::digest) of what the provider said about the user; a head of an earlier version
    /// has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// The generation of the record, and of the copy.
    pub generation: u32,
}

/// Whether a session is alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HeadState {
    /// Alive.
    Live,
    /// Over, and never alive again.
    Ended {
        /// When it ended.
        at: u64,
        /// The reason for the end.
        why: EndReason,
    },
}

/// The reason why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The user signed out.
    Logout,
    /// Another session took its place in the browser.
    Replaced,
}

impl Head {
    /// The generation that head and copy are of.
    pub const fn generation(&self) -> Generation {
        Generation(self.facts.generation)
    }

    /// When the session began.
    pub const fn created_at(&self) -> UnixTime {
        UnixTime::from_seconds(self.facts.created)
    }

    /// The same head, ended. Its facts about the user go: an ended session needs no record.
    #[must_use]
    pub fn ended(self, at: UnixTime, why: EndReason) -> Self {
        let at = at.as_seconds();
        Self {
            facts: HeadFacts {
                state: HeadState::Ended { at, why },
                identity: None,
                ..self.facts
            },
            copy: Vec::new(),
        }
    }

    /// Seals the head for its place in the ledger: `length 4 | JSON of the facts | sealed copy`.
    ///
    /// # Errors
    /// [`SealFault`], which a head of this size cannot cause.
    pub fn seal(
        &self,
        ring: &KeyRing,
        origin: &str,
        user: &UserKey,
        handle: SessionHandle,
        nonce: [u8; 24],
    ) -> Result<Vec<u8>, SealFault> {
        let facts = serde_json::to_vec(&self.facts).map_err(|_| SealFault)?;
        let length = u32::try_from(facts.len()).map_err(|_| SealFault)?;
        let mut plaintext = Vec::new();
        plaintext.extend_from_slice(&length.to_be_bytes());
        plaintext.extend_from_slice(&facts);
        plaintext.extend_from_slice(&self.copy);
        let name = place_name(user, handle);
        ring.seal(place(&name, origin), nonce, &plaintext)
    }

    /// Opens a head.
    ///
    /// # Errors
    /// [`Unreadable`] where it was not sealed by us for this session's place.
    pub fn open(
        stored: &Versioned,
        ring: &KeyRing,
        origin: &str,
        user: &UserKey,
        handle: SessionHandle,
        now: UnixTime,
    ) -> Result<Self, Unreadable> {
        let name = place_name(user, handle);
        let opened = ring.open(place(&name, origin), &stored.value, now);
        let opened = opened.map_err(|_| Unreadable)?;
        let (length, rest) = opened
            .plaintext
            .expose()
            .split_first_chunk::<4>()
            .ok_or(Unreadable)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| Unreadable)?;
        let (facts, copy) = rest.split_at_checked(length).ok_or(Unreadable)?;
        Ok(Self {
            facts: Members::parse(facts)
                .and_then(HeadFacts::read)
                .ok_or(Unreadable)?,
            copy: copy.to_vec(),
        })
    }
}

impl HeadFacts {
    fn read(mut members: Members) -> Option<Self> {
        let facts = Self {
            state: HeadState::read(members.take("state")?)?,
            created: members.number("created")?,
            provider: members.text("provider")?,
            sid: members.optional_text("sid")?,
            identity: members.optional_text("identity")?,
            generation: members.number("generation")?.try_into().ok()?,
        };
        members.end()?;
        Some(facts)
    }
}

impl HeadState {
    fn read(value: Value) -> Option<Self> {
        let mut members = match value {
            Value::String(state) => return (state == "live").then_some(Self::Live),
            Value::Object(members) => Members::of(members),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => return None,
        };
        let mut ended = Members::of(members.object("ended")?);
        members.end()?;
        let state = Self::Ended {
            at: ended.number("at")?,
            why: EndReason::read(&ended.text("why")?)?,
        };
        ended.end()?;
        Some(state)
    }
}

impl EndReason {
    fn read(text: &str) -> Option<Self> {
        match text {
            "logout" => Some(Self::Logout),
            "replaced" => Some(Self::Replaced),
            _ => None,
        }
    }
}

fn place_name(user: &UserKey, handle: SessionHandle) -> String {
    user.partition()
        .place(&RecordName::head(*handle.as_bytes()))
}

const fn place<'a>(name: &'a str, origin: &'a str) -> Place<'a> {
    Place {
        purpose: Purpose::Head,
        name,
        origin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cookie::ring::RingSecret, platform::ledger::Version, secret::Secret};
    use alloc::borrow::ToOwned;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const ORIGIN: &str = "https://app.example.com";
    const NOW: UnixTime = UnixTime::from_seconds(10);
    const HANDLE: SessionHandle = SessionHandle::from_bytes([4; 16]);

    fn ring() -> KeyRing {
        let secret = RingSecret {
            id: 1,
            secret: Secret::new([3; 32]),
            not_after: None,
        };
        KeyRing::new(&secret, &[])
    }

    fn head() -> Head {
        Head {
            facts: HeadFacts {
                state: HeadState::Live,
                created: 5,
                provider: "demo".to_owned(),
                sid: Some("s".to_owned()),
                identity: Some("digest".to_owned()),
                generation: 3,
            },
            copy: b"copy".to_vec(),
        }
    }

    #[test]
    fn a_head_opens_in_its_place_only() {
        let user = UserKey::new("i", "s");
        let stored = Versioned {
            version: Version::first([0; 6]),
            value: head()
                .seal(&ring(), ORIGIN, &user, HANDLE, [1; 24])
                .unwrap(),
        };
        let open = |user: &UserKey, handle| Head::open(&stored, &ring(), ORIGIN, user, handle, NOW);
        assert_eq!(open(&user, HANDLE), Ok(head()));
        assert_eq!(open(&UserKey::new("i", "t"), HANDLE), Err(Unreadable));
        assert_eq!(
            open(&user, SessionHandle::from_bytes([5; 16])),
            Err(Unreadable)
        );
    }

    #[test]
    fn facts_of_another_version_are_not_read() {
        let read = |json: &str| Members::parse(json.as_bytes()).and_then(HeadFacts::read);
        let live = r#"{"state":"live","created":5,"provider":"demo","generation":3}"#;
        let ended = r#"{"state":{"ended":{"at":7,"why":"logout"}},"created":5,"provider":"demo","generation":3}"#;
        assert_eq!(read(live).unwrap().state, HeadState::Live);
        let why = EndReason::Logout;
        assert_eq!(read(ended).unwrap().state, HeadState::Ended { at: 7, why });
        for (from, to) in [
            ("live", "alive"),
            ("\"generation\":3", "\"generation\":-3"),
            ("\"generation\":3", "\"generation\":4294967296"),
            ("\"created\":5,", ""),
            ("\"created\":5,", "\"created\":5,\"identity\":1,"),
            ("{", "{\"more\":1,"),
        ] {
            assert!(read(&live.replacen(from, to, 1)).is_none(), "{to}");
        }
        assert!(read(&ended.replace("logout", "other")).is_none());
        assert!(read(&ended.replace("\"at\":7", "\"at\":7,\"x\":1")).is_none());
    }

    #[test]
    fn an_ended_head_keeps_its_facts_and_loses_its_copy() {
        let ended = head().ended(NOW, EndReason::Logout);
        assert_eq!(
            ended.facts.state,
            HeadState::Ended {
                at: 10,
                why: EndReason::Logout
            }
        );
        assert_eq!(ended.facts.sid.as_deref(), Some("s"));
        assert!(ended.copy.is_empty() && ended.facts.identity.is_none());
    }
}

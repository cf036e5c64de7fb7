//! The session record: what the provider said about the user, sealed with the session's own key.

use super::keys::{Generation, SessionSecret};
use crate::{
    cookie::seal::{Place, Purpose, SealFault},
    encoding::members::Members,
    time::UnixTime,
};
use alloc::{string::String, vec::Vec};
use serde::Serialize;
use serde_json::{Map, Value};
use zeroize::Zeroize;

/// The facts that a session holds about its user.
#[derive(Clone, Serialize)]
pub struct SessionRecord {
    /// The provider's id in the configuration.
    pub provider: String,
    /// `iss`
    pub iss: String,
    /// `sub`
    pub sub: String,
    /// `sid`: the provider's session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// `auth_time`, where the provider stated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<u64>,
    /// `acr`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// `amr`
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// The configured claims, as the provider sent them.
    pub claims: Map<String, Value>,
    /// Groups, from the configured claim.
    pub groups: Vec<String>,
    /// Roles, from the configured claim.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// The claims that the provider was asked for in vain when the session began.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// The scope granted, where the provider named it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// For signing out at the provider, where it sent one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// For calls on the user's behalf; none where a page handed an ID token over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// For new tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// When the session began.
    pub created: u64,
    /// When the token expires that the session ends with, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<u64>,
    /// Which generation of the session's record this is.
    pub generation: u32,
}

/// Why a record cannot be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordFault {
    /// Larger than 64 KiB: the provider says too much about the user.
    TooLarge,
    /// It cannot be sealed.
    Seal(SealFault),
}

/// The most bytes of a sealed record.
pub const LARGEST: usize = 64 * 1024;

/// Records are sealed with the session's key, not with one of the ring.
const SESSION_KEY: u8 = 0;

impl SessionRecord {
    /// The record that stands for an unknown user, who meets no condition.
    pub(crate) fn nobody() -> Self {
        Self {
            provider: String::new(),
            iss: String::new(),
            sub: String::new(),
            sid: None,
            auth_time: None,
            acr: None,
            amr: Vec::new(),
            claims: Map::new(),
            groups: Vec::new(),
            roles: Vec::new(),
            missing: Vec::new(),
            scope: None,
            id_token: None,
            access_token: None,
            refresh_token: None,
            created: 0,
            ends: None,
            generation: 0,
        }
    }

    /// Seals the record as this generation of the session.
    ///
    /// # Errors
    /// Any [`RecordFault`].
    pub fn seal(
        &self,
        session: &SessionSecret,
        generation: Generation,
        origin: &str,
        nonce: [u8; 24],
    ) -> Result<Vec<u8>, RecordFault> {
        let mut json = serde_json::to_vec(self).map_err(|_| RecordFault::Seal(SealFault))?;
        let key = session.store_key(generation);
        let place = place(key.as_str(), origin);
        let sealed = session
            .record_key(generation)
            .seal(SESSION_KEY, place, nonce, &json);
        json.zeroize();
        let sealed = sealed.map_err(RecordFault::Seal)?;
        if sealed.len() > LARGEST {
            return Err(RecordFault::TooLarge);
        }
        Ok(sealed)
    }

    /// Opens what was sealed as this generation of the session; `None` where it was not.
    pub fn open(
        sealed: &[u8],
        session: &SessionSecret,
        generation: Generation,
        origin: &str,
    ) -> Option<Self> {
        if sealed.len() > LARGEST {
            return None;
        }
        let key = session.store_key(generation);
        let opened = session
            .record_key(generation)
            .open(place(key.as_str(), origin), sealed);
        Self::read(Members::parse(opened.ok()?.expose())?)
    }

    fn read(mut members: Members) -> Option<Self> {
        let record = Self {
            provider: members.text("provider")?,
            iss: members.text("iss")?,
            sub: members.text("sub")?,
            sid: members.optional_text("sid")?,
            auth_time: members.optional_number("auth_time")?,
            acr: members.optional_text("acr")?,
            amr: members.texts("amr")?,
            claims: members.object("claims")?,
            groups: members.texts("groups")?,
            roles: members.texts("roles")?,
            missing: members.texts("missing")?,
            scope: members.optional_text("scope")?,
            id_token: members.optional_text("id_token")?,
            access_token: members.optional_text("access_token")?,
            refresh_token: members.optional_text("refresh_token")?,
            created: members.number("created")?,
            ends: members.optional_number("ends")?,
            generation: members.number("generation")?.try_into().ok()?,
        };
        members.end()?;
        Some(record)
    }

    /// About how many bytes the record takes in memory.
    pub fn weight(&self) -> usize {
        let texts = [&self.provider, &self.iss, &self.sub];
        let claims = self
            .claims
            .iter()
            .map(|(name, value)| name.len().saturating_add(value_weight(value)));
        let tokens = [&self.id_token, &self.access_token, &self.refresh_token];
        let tokens = tokens.into_iter().flatten();
        let tokens = tokens.map(String::len).fold(0, usize::saturating_add);
        texts
            .iter()
            .map(|text| text.len())
            .chain(claims)
            .chain(
                self.groups
                    .iter()
                    .chain(&self.roles)
                    .map(|text| text.len().saturating_add(24)),
            )
            .fold(tokens.saturating_add(512), usize::saturating_add)
    }

    /// When the session began.
    pub const fn created_at(&self) -> UnixTime {
        UnixTime::from_seconds(self.created)
    }

    /// The e-mail address, where it is a text.
    pub fn email(&self) -> Option<&str> {
        self.claims.get("email").and_then(Value::as_str)
    }

    /// Whether the provider vouches for the address: `true` as a boolean, nothing else.
    pub fn is_email_verified(&self) -> bool {
        self.claims.get("email_verified") == Some(&Value::Bool(true))
    }
}

impl Drop for SessionRecord {
    fn drop(&mut self) {
        self.id_token.zeroize();
        self.access_token.zeroize();
        self.refresh_token.zeroize();
    }
}

impl core::fmt::Debug for SessionRecord {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SessionRecord(..)")
    }
}

fn value_weight(value: &Value) -> usize {
    let inner = match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len(),
        Value::Array(values) => values
            .iter()
            .map(value_weight)
            .fold(0, usize::saturating_add),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| name.len().saturating_add(value_weight(value)))
            .fold(0, usize::saturating_add),
    };
    inner.saturating_add(48)
}

const fn place<'a>(name: &'a str, origin: &'a str) -> Place<'a> {
    Place {
        purpose: Purpose::Record,
        name,
        origin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use alloc::{borrow::ToOwned, vec};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const ORIGIN: &str = "https://app.example.com";

    fn session() -> SessionSecret {
        SessionSecret::new(Secret::new([1; 32]))
    }

    fn record() -> SessionRecord {
        SessionRecord {
            provider: "demo".to_owned(),
            iss: "https://op.example.com".to_owned(),
            sub: "sub".to_owned(),
            sid: None,
            auth_time: Some(1),
            acr: None,
            amr: vec![],
            claims: Map::new(),
            groups: vec!["staff".to_owned()],
            roles: vec![],
            missing: vec!["email".to_owned()],
            scope: None,
            id_token: Some("SECRET-ID-TOKEN".to_owned()),
            access_token: Some("SECRET-ACCESS-TOKEN".to_owned()),
            refresh_token: None,
            created: 1,
            ends: None,
            generation: 1,
        }
    }

    #[test]
    fn a_record_opens_as_its_own_generation_only() {
        let sealed = record()
            .seal(&session(), Generation(1), ORIGIN, [2; 24])
            .unwrap();
        let open =
            |generation| SessionRecord::open(&sealed, &session(), Generation(generation), ORIGIN);
        assert_eq!(open(1).unwrap().groups, ["staff"]);
        assert_eq!(open(1).unwrap().missing, ["email"]);
        assert!(open(0).is_none());
        assert!(open(2).is_none());
        let other = SessionSecret::new(Secret::new([2; 32]));
        assert!(SessionRecord::open(&sealed, &other, Generation(1), ORIGIN).is_none());
    }

    /// A record that an earlier version sealed: no roles, and a time of authentication always.
    #[test]
    fn a_record_without_newer_members_opens() {
        let mut record = record();
        let json = |record: &SessionRecord| serde_json::to_string(record).unwrap();
        assert!(json(&record).contains("\"auth_time\":1,"));
        assert!(!json(&record).contains("roles"));
        let read = |record: &SessionRecord| {
            SessionRecord::read(Members::parse(json(record).as_bytes()).unwrap())
        };
        assert!(read(&record).unwrap().roles.is_empty());
        record.roles = vec!["editor".to_owned()];
        record.auth_time = None;
        let newer = read(&record).unwrap();
        assert_eq!(newer.roles, ["editor"]);
        assert_eq!(newer.auth_time, None);
    }

    #[test]
    fn a_record_that_is_too_large_is_refused() {
        let mut large = record();
        large.id_token = Some("x".repeat(LARGEST));
        let seal = |record: &SessionRecord| record.seal(&session(), Generation(0), ORIGIN, [2; 24]);
        assert_eq!(seal(&large), Err(RecordFault::TooLarge));
        large.id_token = Some("x".repeat(LARGEST / 2));
        assert!(seal(&large).is_ok());
    }

    #[test]
    fn only_the_boolean_true_verifies_an_address() {
        let verified = |value: Value| {
            let mut record = record();
            record.claims.insert("email_verified".to_owned(), value);
            record.is_email_verified()
        };
        assert!(verified(Value::Bool(true)));
        for value in [Value::Bool(false), Value::from("true"), Value::from(1)] {
            assert!(!verified(value));
        }
    }
}

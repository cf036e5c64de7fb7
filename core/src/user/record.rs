//! The record of a user: who they are, since when, and whether they are shut out.

use super::{Unreadable, key::UserKey};
use crate::{
    cookie::{
        ring::{KeyRing, SealedBy},
        seal::{Place, Purpose, SealFault},
    },
    encoding::members::Members,
    platform::ledger::{RecordName, Versioned},
    time::UnixTime,
};
use alloc::{string::String, vec::Vec};
use core::fmt;
use serde::Serialize;
use serde_json::{Map, Value};

/// The facts that the deployment keeps of a user.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct UserRecord {
    /// Whether the user may have sessions.
    pub status: Status,
    /// Sessions created before this end; seconds since the epoch.
    pub not_before: u64,
    /// `iss` of the identity that they first signed in with.
    pub iss: String,
    /// `sub` of that identity.
    pub sub: String,
    /// The name at the last sign-in, for show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address at the last sign-in, where the provider had verified it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The first sign-in; seconds since the epoch.
    pub created: u64,
    /// The day of the last sign-in, as its first second in UTC.
    pub last_sign_in: u64,
}

/// Whether a user may have sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// They may.
    Active,
    /// They are shut out altogether.
    Disabled,
}

/// The facts that a sign-in tells of a user.
#[derive(Clone, Copy, Debug)]
pub struct SignIn<'a> {
    /// `iss`
    pub iss: &'a str,
    /// `sub`
    pub sub: &'a str,
    /// The claims that the session keeps.
    pub claims: &'a Map<String, Value>,
    /// When.
    pub now: UnixTime,
}

/// A record, and the key that sealed it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The record.
    pub record: UserRecord,
    /// Whether it should be sealed anew.
    pub sealed_by: SealedBy,
}

/// The most bytes of a name for show. A longer one is left out.
const LONGEST_NAME: usize = 256;

/// The longest address that mail knows (RFC 5321, section 4.5.3.1.3).
const LONGEST_ADDRESS: usize = 254;

const DAY: u64 = 24 * 60 * 60;

/// A user record has no end.
pub const EXPIRES: UnixTime = UnixTime::from_seconds(253_402_300_799);

impl SignIn<'_> {
    fn text(&self, name: &str, longest: usize) -> Option<String> {
        let text = self.claims.get(name).and_then(Value::as_str)?;
        let is_fit = (1..=longest).contains(&text.len()) && !text.contains(char::is_control);
        is_fit.then(|| text.into())
    }

    fn name(&self) -> Option<String> {
        let name = self.text("name", LONGEST_NAME);
        name.or_else(|| self.text("preferred_username", LONGEST_NAME))
    }

    /// `email_verified` counts as the boolean alone.
    fn email(&self) -> Option<String> {
        let is_verified = self.claims.get("email_verified") == Some(&Value::Bool(true));
        self.text("email", LONGEST_ADDRESS).filter(|_| is_verified)
    }

    fn day(&self) -> u64 {
        let now = self.now.as_seconds();
        now.saturating_sub(now.checked_rem(DAY).unwrap_or_default())
    }

    /// The record of a user who was never here.
    pub fn first(&self) -> UserRecord {
        UserRecord {
            status: Status::Active,
            not_before: 0,
            iss: self.iss.into(),
            sub: self.sub.into(),
            name: self.name(),
            email: self.email(),
            created: self.now.as_seconds(),
            last_sign_in: self.day(),
        }
    }

    /// The record after this sign-in; `None` where it stays as it is. A clock that is behind takes no day back, and a
    /// provider that does not speak of an address does not take it back.
    pub fn again(&self, record: &UserRecord) -> Option<UserRecord> {
        let states = |claims: &[&str]| claims.iter().any(|name| self.claims.contains_key(*name));
        let after = UserRecord {
            name: match states(&["name", "preferred_username"]) {
                true => self.name(),
                false => record.name.clone(),
            },
            email: match states(&["email", "email_verified"]) {
                true => self.email(),
                false => record.email.clone(),
            },
            last_sign_in: self.day().max(record.last_sign_in),
            ..record.clone()
        };
        (after != *record).then_some(after)
    }
}

impl fmt::Debug for UserRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserRecord(..)")
    }
}

impl UserRecord {
    /// Seals the record for its place in the ledger.
    ///
    /// # Errors
    /// [`SealFault`], which a record of this size cannot cause.
    pub fn seal(
        &self,
        directory: &KeyRing,
        origin: &str,
        user: &UserKey,
        nonce: [u8; 24],
    ) -> Result<Vec<u8>, SealFault> {
        let name = place_name(user);
        let json = serde_json::to_vec(self).map_err(|_| SealFault)?;
        directory.seal(place(&name, origin), nonce, &json)
    }

    fn read(mut members: Members) -> Option<Self> {
        let record = Self {
            status: match members.text("status")?.as_str() {
                "active" => Status::Active,
                "disabled" => Status::Disabled,
                _ => return None,
            },
            not_before: members.number("not_before")?,
            iss: members.text("iss")?,
            sub: members.text("sub")?,
            name: members.optional_text("name")?,
            email: members.optional_text("email")?,
            created: members.number("created")?,
            last_sign_in: members.number("last_sign_in")?,
        };
        members.end()?;
        Some(record)
    }

    /// Opens a user record.
    ///
    /// # Errors
    /// [`Unreadable`] where it was not sealed by us for this place, or a later version wrote it. Nobody knows then whether
    /// the user is shut out.
    pub fn open(
        stored: &Versioned,
        directory: &KeyRing,
        origin: &str,
        user: &UserKey,
        now: UnixTime,
    ) -> Result<Opened, Unreadable> {
        let name = place_name(user);
        let opened = directory.open(place(&name, origin), &stored.value, now);
        let opened = opened.map_err(|_| Unreadable)?;
        let record = Members::parse(opened.plaintext.expose()).and_then(Self::read);
        Ok(Opened {
            record: record.ok_or(Unreadable)?,
            sealed_by: opened.sealed_by,
        })
    }
}

fn place_name(user: &UserKey) -> String {
    user.partition().place(&RecordName::user())
}

const fn place<'a>(name: &'a str, origin: &'a str) -> Place<'a> {
    Place {
        purpose: Purpose::User,
        name,
        origin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// The first second of a day.
    const MIDNIGHT: u64 = 1_799_971_200;

    fn sign_in(claims: &Value, at: u64) -> (Map<String, Value>, UnixTime) {
        let claims = claims.as_object().unwrap().clone();
        (claims, UnixTime::from_seconds(at))
    }

    fn first(claims: &Value, at: u64) -> UserRecord {
        let (claims, now) = sign_in(claims, at);
        let claims = &claims;
        let (iss, sub) = ("https://op.example.com", "alice");
        SignIn {
            iss,
            sub,
            claims,
            now,
        }
        .first()
    }

    fn again(record: &UserRecord, claims: &Value, at: u64) -> Option<UserRecord> {
        let (claims, now) = sign_in(claims, at);
        let claims = &claims;
        let (iss, sub) = ("https://op.example.com", "alice");
        SignIn {
            iss,
            sub,
            claims,
            now,
        }
        .again(record)
    }

    #[test]
    fn an_address_is_kept_where_it_is_verified() {
        for (verified, kept) in [
            (json!(true), Some("a@b.example")),
            (json!("true"), None),
            (json!(false), None),
            (Value::Null, None),
        ] {
            let claims = json!({"email": "a@b.example", "email_verified": verified});
            assert_eq!(
                first(&claims, MIDNIGHT).email.as_deref(),
                kept,
                "{verified}"
            );
        }
    }

    #[test]
    fn a_name_is_one_that_can_be_shown() {
        let long = "x".repeat(LONGEST_NAME + 1);
        for (claims, name) in [
            (
                json!({"name": "Alice", "preferred_username": "alice"}),
                Some("Alice"),
            ),
            (json!({"preferred_username": "alice"}), Some("alice")),
            (
                json!({"name": long, "preferred_username": "alice"}),
                Some("alice"),
            ),
            (json!({"name": "a\nb"}), None),
            (json!({"name": ""}), None),
            (json!({"name": 7}), None),
        ] {
            assert_eq!(first(&claims, MIDNIGHT).name.as_deref(), name, "{claims}");
        }
    }

    #[test]
    fn a_record_changes_once_a_day_and_where_the_provider_says_something_else() {
        let claims = json!({"name": "Alice"});
        let record = first(&claims, MIDNIGHT + 100);
        assert_eq!(
            (record.created, record.last_sign_in),
            (MIDNIGHT + 100, MIDNIGHT)
        );
        assert_eq!(again(&record, &claims, MIDNIGHT + DAY - 1), None);
        let tomorrow = again(&record, &claims, MIDNIGHT + DAY).unwrap();
        assert_eq!(tomorrow.last_sign_in, MIDNIGHT + DAY);
        assert_eq!(tomorrow.created, MIDNIGHT + 100);
        assert_eq!(again(&tomorrow, &claims, MIDNIGHT), None);
        // A sign-in that says less takes nothing away.
        assert_eq!(again(&record, &json!({}), MIDNIGHT + 100), None);
        let mail = json!({"email": "a@b.example", "email_verified": true});
        let with_mail = again(&record, &mail, MIDNIGHT + 100).unwrap();
        assert_eq!(with_mail.name.as_deref(), Some("Alice"));
        let unverified = json!({"email": "a@b.example", "email_verified": false});
        let without = again(&with_mail, &unverified, MIDNIGHT + 100).unwrap();
        assert_eq!(without.email, None);
        let renamed = again(&record, &json!({"name": "Alicia"}), MIDNIGHT + 100).unwrap();
        assert_eq!(renamed.name.as_deref(), Some("Alicia"));
    }

    #[test]
    fn a_sign_in_gives_nobody_back_what_was_taken_from_them() {
        let claims = json!({});
        let shut_out = UserRecord {
            status: Status::Disabled,
            not_before: 7,
            ..first(&claims, MIDNIGHT)
        };
        let after = again(&shut_out, &claims, MIDNIGHT + DAY).unwrap();
        assert_eq!((after.status, after.not_before), (Status::Disabled, 7));
    }
}

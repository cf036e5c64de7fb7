//! One attempt to sign in: what the browser keeps, sealed, until it comes back.
//!
//! `state`, `nonce` and the PKCE `code_verifier` are derived from one secret, so that they cannot
//! be mixed between attempts, and nothing is stored before someone has signed in.

use super::return_to::ReturnTo;
use crate::{
    cookie::{name, seal},
    encoding::base64url,
    platform::ledger::{Partition, PartitionKind},
    secret::Secret,
    session::handle::SessionHandle,
    time::{Seconds, UnixTime},
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use sha2::{Digest, Sha256};

/// An attempt to sign in.
#[derive(Debug)]
pub struct Attempt {
    secret: Secret<[u8; 32]>,
    /// When it began.
    pub created: UnixTime,
    /// The sessions that the browser held then, alive or not; two at most count.
    pub held: Vec<SessionHandle>,
    /// The provider's id in the configuration.
    pub provider: String,
    /// `max_age` of the request, where there was one: the answer must keep to it.
    pub max_age: Option<Seconds>,
    /// Where the browser goes afterwards.
    pub return_to: ReturnTo,
}

/// How long a browser has to come back.
pub const LIFETIME: Seconds = Seconds::minutes(10);

/// The session of the session cookie, and that of the predecessor cookie.
const MOST_HELD: usize = 2;

/// How many attempts one browser may have under way.
pub const MOST_PER_BROWSER: usize = 12;

/// The attempt's plaintext is not what we write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptFault;

impl Attempt {
    /// A new attempt; `secret` must be random.
    pub const fn new(
        secret: Secret<[u8; 32]>,
        created: UnixTime,
        held: Vec<SessionHandle>,
        provider: String,
        max_age: Option<Seconds>,
        return_to: ReturnTo,
    ) -> Self {
        Self {
            secret,
            created,
            held,
            provider,
            max_age,
            return_to,
        }
    }

    fn derive(&self, what: &str) -> String {
        let bytes = seal::expand::<32>(
            self.secret.expose(),
            &[b"lychgate/1/attempt ", what.as_bytes()],
        );
        base64url::encode(bytes.expose())
    }

    /// `state` (RFC 6749, section 10.12): 43 characters.
    pub fn state(&self) -> String {
        self.derive("state")
    }

    /// `nonce` (OpenID Connect Core, section 3.1.2.1): 43 characters.
    pub fn nonce(&self) -> String {
        self.derive("nonce")
    }

    /// `code_verifier` (RFC 7636, section 4.1): 43 characters.
    pub fn code_verifier(&self) -> Secret<String> {
        Secret::new(self.derive("code_verifier"))
    }

    /// `code_challenge` with the method S256 (RFC 7636, section 4.2).
    pub fn code_challenge(&self) -> String {
        base64url::encode(&Sha256::digest(self.code_verifier().expose().as_bytes()))
    }

    /// Where the ledger marks this attempt as used.
    pub fn partition(&self) -> Partition {
        let id = seal::expand::<32>(self.secret.expose(), &[b"lychgate/1/attempt partition"]);
        Partition {
            kind: PartitionKind::Attempt,
            id: *id.expose(),
        }
    }

    /// Whether the browser took too long.
    pub fn is_expired(&self, now: UnixTime) -> bool {
        now > self.created.plus(LIFETIME)
    }

    /// The plaintext of the attempt cookie:
    /// `secret 32 | created 8 | handles 1 (0 to 2), each 16 | provider length 1, provider |
    /// max_age length 1 (0 or 8), max_age | return_to`.
    ///
    /// `None` where the provider's id is longer than 255 bytes; the configuration allows 32.
    pub fn to_bytes(&self) -> Option<Secret<Vec<u8>>> {
        let mut out = Vec::new();
        out.extend_from_slice(self.secret.expose());
        out.extend_from_slice(&self.created.as_seconds().to_be_bytes());
        let held = self.held.get(..MOST_HELD).unwrap_or(&self.held);
        out.push(u8::try_from(held.len()).ok()?);
        for handle in held {
            out.extend_from_slice(handle.as_bytes());
        }
        out.push(u8::try_from(self.provider.len()).ok()?);
        out.extend_from_slice(self.provider.as_bytes());
        match self.max_age {
            None => out.push(0),
            Some(max_age) => {
                out.push(8);
                out.extend_from_slice(&max_age.as_seconds().to_be_bytes());
            }
        }
        out.extend_from_slice(self.return_to.as_str().as_bytes());
        Some(Secret::new(out))
    }

    /// Reads what [`Attempt::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`AttemptFault`] where it is anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, AttemptFault> {
        let (secret, rest) = bytes.split_first_chunk::<32>().ok_or(AttemptFault)?;
        let (created, rest) = rest.split_first_chunk::<8>().ok_or(AttemptFault)?;
        let (count, mut rest) = rest.split_first().ok_or(AttemptFault)?;
        if usize::from(*count) > MOST_HELD {
            return Err(AttemptFault);
        }
        let mut held = Vec::new();
        for _ in 0..*count {
            let (handle, after) = rest.split_first_chunk::<16>().ok_or(AttemptFault)?;
            held.push(SessionHandle::from_bytes(*handle));
            rest = after;
        }
        let (length, rest) = rest.split_first().ok_or(AttemptFault)?;
        let (provider, rest) = rest
            .split_at_checked(usize::from(*length))
            .ok_or(AttemptFault)?;
        let (max_age, return_to) = match rest.split_first() {
            Some((0, return_to)) => (None, return_to),
            Some((8, rest)) => {
                let (max_age, return_to) = rest.split_first_chunk::<8>().ok_or(AttemptFault)?;
                (Some(Seconds::new(u64::from_be_bytes(*max_age))), return_to)
            }
            _ => return Err(AttemptFault),
        };
        let text = |bytes| core::str::from_utf8(bytes).map_err(|_| AttemptFault);
        Ok(Self {
            secret: Secret::new(*secret),
            created: UnixTime::from_seconds(u64::from_be_bytes(*created)),
            held,
            provider: text(provider)?.to_owned(),
            max_age,
            return_to: ReturnTo::parse(text(return_to)?),
        })
    }
}

/// The name of the cookie that holds the attempt with this `state`.
pub fn cookie_name(state: &str) -> String {
    name::attempt(&Sha256::digest(state.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn attempt() -> Attempt {
        Attempt::new(
            Secret::new([5; 32]),
            UnixTime::from_seconds(1_000),
            Vec::new(),
            "demo".to_owned(),
            None,
            ReturnTo::parse("/members/?a=b"),
        )
    }

    fn after_authentication() -> Attempt {
        Attempt {
            max_age: Some(Seconds::minutes(15)),
            ..attempt()
        }
    }

    fn of_browser_with(sessions: u8) -> Attempt {
        let handles = 0..sessions;
        Attempt {
            held: handles
                .map(|byte| SessionHandle::from_bytes([byte; 16]))
                .collect(),
            ..attempt()
        }
    }

    #[test]
    fn an_attempt_reads_back() {
        for attempt in [
            attempt(),
            after_authentication(),
            of_browser_with(1),
            of_browser_with(2),
        ] {
            let read = Attempt::from_bytes(attempt.to_bytes().unwrap().expose()).unwrap();
            assert_eq!(read.state(), attempt.state());
            assert_eq!(read.created, attempt.created);
            assert_eq!(read.held, attempt.held);
            assert_eq!(read.provider, "demo");
            assert_eq!(read.max_age, attempt.max_age);
            assert_eq!(read.return_to.as_str(), "/members/?a=b");
        }
    }

    #[test]
    fn no_prefix_of_an_attempt_is_one() {
        let plain = 32 + 8 + 1 + 1 + 4 + 1;
        for (attempt, shortest) in [
            (attempt(), plain),
            (after_authentication(), plain + 8),
            (of_browser_with(1), plain + 16),
            (of_browser_with(2), plain + 32),
        ] {
            let bytes = attempt.to_bytes().unwrap();
            for length in 0..shortest {
                assert_eq!(
                    Attempt::from_bytes(&bytes.expose()[..length]).err(),
                    Some(AttemptFault)
                );
            }
            assert!(Attempt::from_bytes(&bytes.expose()[..shortest]).is_ok());
        }
    }

    #[test]
    fn two_sessions_of_the_browser_count_and_no_third() {
        let bytes = of_browser_with(3).to_bytes().unwrap();
        let read = Attempt::from_bytes(bytes.expose()).unwrap();
        assert_eq!(read.held, of_browser_with(2).held);
        let mut bytes = of_browser_with(2).to_bytes().unwrap().expose().clone();
        bytes[40] = 3;
        assert_eq!(Attempt::from_bytes(&bytes).err(), Some(AttemptFault));
    }

    #[test]
    fn derived_values_differ_from_each_other_and_say_nothing() {
        let attempt = attempt();
        let verifier = attempt.code_verifier();
        let values = [
            attempt.state(),
            attempt.nonce(),
            verifier.expose().clone(),
            attempt.code_challenge(),
        ];
        for (index, value) in values.iter().enumerate() {
            assert_eq!(value.len(), 43);
            assert!(values.iter().skip(index + 1).all(|other| other != value));
            assert!(!format!("{attempt:?}").contains(value.as_str()));
        }
    }

    #[test]
    fn ten_minutes_is_in_time_and_a_second_more_is_not() {
        let created = attempt().created;
        assert!(!attempt().is_expired(created.plus(LIFETIME)));
        assert!(attempt().is_expired(created.plus(LIFETIME).plus(Seconds::new(1))));
    }
}

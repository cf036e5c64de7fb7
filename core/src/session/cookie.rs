//! The session cookie: a secret and the times that decide whether it still counts.

use super::keys::{Generation, SessionSecret};
use crate::{
    config::SessionRules,
    cookie::{
        name,
        ring::{KeyRing, SealedBy},
        seal::{Place, Purpose, SealFault},
    },
    secret::Secret,
    time::{Seconds, UnixTime},
    user::key::UserKey,
};
use alloc::{string::String, vec::Vec};

/// The content of a session cookie; only an opened cookie, or a new session, is one.
#[derive(Clone, Debug)]
pub struct SessionCookie {
    /// The session's secret.
    pub secret: SessionSecret,
    /// The user of the session.
    pub user: UserKey,
    /// The generation of the record when the cookie was written.
    pub generation: Generation,
    /// When the session began.
    pub created: UnixTime,
    /// When the user last authenticated at the provider.
    pub authenticated_at: UnixTime,
    /// When the cookie was last written.
    pub renewed: UnixTime,
    /// When the token expires that the session stands on, where the session ends with it.
    pub ends: Option<UnixTime>,
}

/// Why a cookie is no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieFault {
    /// Not sealed by us, for this cookie and deployment.
    Forged,
    /// Unused for longer than `idle_timeout`.
    Idle,
    /// Older than `absolute_timeout`, or than the token that the session ends with.
    TooOld,
    /// From the future: a clock went wrong, and times cannot be judged.
    FromTheFuture,
}

/// An opened cookie whose times are good.
#[derive(Clone, Debug)]
pub struct OpenedCookie {
    /// The content of the cookie.
    pub cookie: SessionCookie,
    /// Whether the key it was sealed with is on its way out.
    pub sealed_by: SealedBy,
    /// The key it was sealed with.
    pub key_id: u8,
}

/// Secret 32, user 32, generation 4, three times of 8, flags 1; without the end of a bounded session.
const LENGTH: usize = 32 + 32 + 4 + 3 * 8 + 1;

/// How far two edge machines' clocks may differ.
const LEEWAY: Seconds = Seconds::new(60);

impl SessionCookie {
    /// Opens the text of a session cookie and judges its times.
    ///
    /// # Errors
    /// Any [`CookieFault`]. A false accept lets in an attacker who wrote the cookie.
    pub fn open(
        text: &str,
        ring: &KeyRing,
        origin: &str,
        rules: &SessionRules,
        now: UnixTime,
    ) -> Result<OpenedCookie, CookieFault> {
        let opened = ring
            .open_text(place(origin), text, now)
            .map_err(|_| CookieFault::Forged)?;
        let cookie = Self::from_bytes(opened.plaintext.expose()).ok_or(CookieFault::Forged)?;
        cookie.check_times(rules, now)?;
        Ok(OpenedCookie {
            cookie,
            sealed_by: opened.sealed_by,
            key_id: opened.key_id,
        })
    }

    /// Judges the cookie's times by the rules as they stand now.
    ///
    /// # Errors
    /// [`CookieFault::Idle`], [`CookieFault::TooOld`] and [`CookieFault::FromTheFuture`].
    pub fn check_times(&self, rules: &SessionRules, now: UnixTime) -> Result<(), CookieFault> {
        if self.renewed > now.plus(LEEWAY) || self.created > now.plus(LEEWAY) {
            return Err(CookieFault::FromTheFuture);
        }
        if now.since(self.created) >= rules.absolute_timeout
            || self.ends.is_some_and(|end| now >= end)
        {
            return Err(CookieFault::TooOld);
        }
        if now.since(self.renewed) >= rules.idle_timeout {
            return Err(CookieFault::Idle);
        }
        Ok(())
    }

    /// Whether enough of the idle time has passed to write the cookie again: a quarter.
    pub fn is_renewal_due(&self, rules: &SessionRules, now: UnixTime) -> bool {
        now.since(self.renewed) >= rules.idle_timeout.divided_by(4)
    }

    /// Seals the cookie's text.
    ///
    /// # Errors
    /// [`SealFault`], which a cookie of this size cannot cause.
    pub fn seal(&self, ring: &KeyRing, origin: &str, nonce: [u8; 24]) -> Result<String, SealFault> {
        ring.seal_text(place(origin), nonce, self.to_bytes().expose())
    }

    /// How long the browser keeps the cookie: until the session would be idle or too old.
    pub fn max_age(&self, rules: &SessionRules, now: UnixTime) -> Seconds {
        self.end(rules).since(now).min(rules.idle_timeout)
    }

    /// When the session ends, used or not.
    pub fn end(&self, rules: &SessionRules) -> UnixTime {
        let end = self.created.plus(rules.absolute_timeout);
        self.ends.map_or(end, |bound| bound.min(end))
    }

    fn to_bytes(&self) -> Secret<Vec<u8>> {
        let mut out = Vec::with_capacity(LENGTH.saturating_add(8));
        out.extend_from_slice(self.secret.expose());
        out.extend_from_slice(self.user.as_bytes());
        out.extend_from_slice(&self.generation.0.to_be_bytes());
        for time in [self.created, self.authenticated_at, self.renewed] {
            out.extend_from_slice(&time.as_seconds().to_be_bytes());
        }
        match self.ends {
            None => out.push(NO_FLAGS),
            Some(ends) => {
                out.push(BOUNDED);
                out.extend_from_slice(&ends.as_seconds().to_be_bytes());
            }
        }
        Secret::new(out)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (secret, rest) = bytes.split_first_chunk::<32>()?;
        let (user, rest) = rest.split_first_chunk::<32>()?;
        let (generation, rest) = rest.split_first_chunk::<4>()?;
        let (created, rest) = rest.split_first_chunk::<8>()?;
        let (authenticated_at, rest) = rest.split_first_chunk::<8>()?;
        let (renewed, rest) = rest.split_first_chunk::<8>()?;
        let time = |bytes: &[u8; 8]| UnixTime::from_seconds(u64::from_be_bytes(*bytes));
        let ends = match rest.split_first()? {
            (&NO_FLAGS, []) => None,
            (&BOUNDED, ends) => Some(time(ends.try_into().ok()?)),
            _ => return None,
        };
        Some(Self {
            secret: SessionSecret::new(Secret::new(*secret)),
            user: UserKey::from_bytes(*user),
            generation: Generation(u32::from_be_bytes(*generation)),
            created: time(created),
            authenticated_at: time(authenticated_at),
            renewed: time(renewed),
            ends,
        })
    }
}

/// A session that ends by its times alone.
const NO_FLAGS: u8 = 0;

/// One that also ends at a point in time, which follows. A cookie with another flag comes from a later version and is not
/// understood.
const BOUNDED: u8 = 1;

const fn place(origin: &str) -> Place<'_> {
    Place {
        purpose: Purpose::Session,
        name: name::SESSION,
        origin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::Freshness,
        cookie::{ring::RingSecret, set_cookie::SameSite},
    };
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const ORIGIN: &str = "https://app.example.com";
    const RULES: SessionRules = SessionRules {
        idle_timeout: Seconds::minutes(30),
        absolute_timeout: Seconds::minutes(600),
        freshness: Freshness::Strict,
        same_site: SameSite::Lax,
        bounded_by_token: false,
    };

    fn ring() -> KeyRing {
        let secret = RingSecret {
            id: 1,
            secret: Secret::new([3; 32]),
            not_after: None,
        };
        KeyRing::new(&secret, &[])
    }

    fn cookie() -> SessionCookie {
        SessionCookie {
            secret: SessionSecret::new(Secret::new([1; 32])),
            user: UserKey::new("https://op.example.com", "sub"),
            generation: Generation(7),
            created: UnixTime::from_seconds(100_000),
            authenticated_at: UnixTime::from_seconds(99_000),
            renewed: UnixTime::from_seconds(100_600),
            ends: None,
        }
    }

    fn bounded() -> SessionCookie {
        SessionCookie {
            ends: Some(UnixTime::from_seconds(100_900)),
            ..cookie()
        }
    }

    fn open(text: &str, at: u64) -> Result<OpenedCookie, CookieFault> {
        SessionCookie::open(text, &ring(), ORIGIN, &RULES, UnixTime::from_seconds(at))
    }

    #[test]
    fn a_cookie_opens_with_all_it_said() {
        let text = cookie().seal(&ring(), ORIGIN, [2; 24]).unwrap();
        assert_eq!(text.len(), 180);
        let opened = open(&text, 100_700).unwrap().cookie;
        assert_eq!(opened.to_bytes().expose(), cookie().to_bytes().expose());
    }

    #[test]
    fn a_cookie_ends_idle_or_old_and_counts_a_second_before() {
        let text = cookie().seal(&ring(), ORIGIN, [2; 24]).unwrap();
        assert!(open(&text, 100_600 + 1_799).is_ok());
        assert_eq!(open(&text, 100_600 + 1_800).err(), Some(CookieFault::Idle));
        let mut used = cookie();
        used.renewed = UnixTime::from_seconds(100_000 + 35_000);
        let text = used.seal(&ring(), ORIGIN, [2; 24]).unwrap();
        assert!(open(&text, 100_000 + 35_999).is_ok());
        assert_eq!(
            open(&text, 100_000 + 36_000).err(),
            Some(CookieFault::TooOld)
        );
        assert_eq!(open(&text, 100_000).err(), Some(CookieFault::FromTheFuture));
    }

    #[test]
    fn a_bounded_session_ends_with_its_token_or_before() {
        let text = bounded().seal(&ring(), ORIGIN, [2; 24]).unwrap();
        assert_eq!(open(&text, 100_899).unwrap().cookie.ends, bounded().ends);
        assert_eq!(open(&text, 100_900).err(), Some(CookieFault::TooOld));
        let now = UnixTime::from_seconds(100_600);
        assert_eq!(bounded().max_age(&RULES, now), Seconds::new(300));
        let beyond = SessionCookie {
            ends: Some(UnixTime::from_seconds(900_000)),
            ..cookie()
        };
        assert_eq!(beyond.end(&RULES), cookie().end(&RULES));
    }

    #[test]
    fn only_the_exact_format_is_a_cookie() {
        let bytes = cookie().to_bytes();
        assert!(SessionCookie::from_bytes(bytes.expose()).is_some());
        let mut longer = bytes.expose().clone();
        longer.push(0);
        assert!(SessionCookie::from_bytes(&longer).is_none());
        for flag in [1, 2, 255] {
            let mut flagged = bytes.expose().clone();
            flagged[LENGTH - 1] = flag;
            assert!(SessionCookie::from_bytes(&flagged).is_none());
        }
        let bounded = bounded().to_bytes();
        assert!(SessionCookie::from_bytes(bounded.expose()).is_some());
        for cut in LENGTH..bounded.expose().len() {
            assert!(SessionCookie::from_bytes(&bounded.expose()[..cut]).is_none());
        }
        let longer = [bounded.expose().as_slice(), &[0]].concat();
        assert!(SessionCookie::from_bytes(&longer).is_none());
        assert!(SessionCookie::from_bytes(&bytes.expose()[..LENGTH - 1]).is_none());
    }

    #[test]
    fn renewal_is_due_after_a_quarter_of_the_idle_time() {
        let at = |seconds: u64| UnixTime::from_seconds(100_600 + seconds);
        assert!(!cookie().is_renewal_due(&RULES, at(449)));
        assert!(cookie().is_renewal_due(&RULES, at(450)));
    }

    #[test]
    fn the_browser_forgets_the_cookie_when_it_ends() {
        let now = UnixTime::from_seconds(100_600);
        assert_eq!(cookie().max_age(&RULES, now), Seconds::new(1_800));
        let late = UnixTime::from_seconds(100_000 + 35_990);
        assert_eq!(cookie().max_age(&RULES, late), Seconds::new(10));
    }
}

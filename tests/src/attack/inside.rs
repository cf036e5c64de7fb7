//! A session as an attacker with the ring key and both databases sees it, to move what is stored about it.

use crate::{
    host::{configuration::key, exposed::Exposed},
    http::browser::Browser,
    ledger::OwnedWrite,
};
use lychgate_core::{
    config::{Freshness, SessionRules},
    cookie::{
        ring::{KeyRing, RingSecret},
        set_cookie::SameSite,
    },
    encoding::base64url,
    platform::{
        ledger::{Expected, RecordName, Versioned, Written},
        store::StoreKey,
    },
    secret::Secret,
    session::{cookie::SessionCookie, head::Head, keys::Generation, record::SessionRecord},
    time::Seconds,
};

/// The parts of a session of the suite's deployment.
pub struct Inside<'h> {
    host: &'h dyn Exposed,
    cookie: SessionCookie,
}

/// Nothing here is sealed twice with one key for one place and another text that anybody has to keep.
const NONCE: [u8; 24] = [7; 24];

const LONG: Seconds = Seconds::minutes(600);

impl<'h> Inside<'h> {
    /// Opens the session of a browser.
    pub fn of(host: &'h dyn Exposed, browser: &Browser<'_>) -> Self {
        let rules = SessionRules {
            bounded_by_token: false,
            idle_timeout: LONG,
            absolute_timeout: LONG,
            freshness: Freshness::Strict,
            same_site: SameSite::Lax,
        };
        let text = browser.session().unwrap();
        let opened = SessionCookie::open(&text, &ring(), host.origin(), &rules, host.now());
        Self {
            host,
            cookie: opened.unwrap().cookie,
        }
    }

    /// The generation that the cookie names.
    pub const fn generation(&self) -> Generation {
        self.cookie.generation
    }

    /// Where the store has a generation of the record.
    pub fn key(&self, generation: Generation) -> StoreKey {
        self.cookie.secret.store_key(generation)
    }

    /// Opens a record of this session.
    pub fn open(&self, sealed: &[u8], generation: Generation) -> Option<SessionRecord> {
        SessionRecord::open(sealed, &self.cookie.secret, generation, self.host.origin())
    }

    /// Seals a record of this session.
    pub fn seal(&self, record: &SessionRecord, generation: Generation) -> Vec<u8> {
        let origin = self.host.origin();
        let sealed = record.seal(&self.cookie.secret, generation, origin, NONCE);
        sealed.unwrap()
    }

    /// The head as the ledger has it.
    pub fn stored_head(&self) -> Versioned {
        let ledger = self.host.ledger();
        let now = self.host.now();
        let found = ledger.read(&self.cookie.user.partition(), &[self.name()], now);
        found.unwrap().pop().unwrap().unwrap()
    }

    /// The head.
    pub fn head(&self) -> Head {
        let handle = self.cookie.secret.handle();
        let (origin, now) = (self.host.origin(), self.host.now());
        let user = &self.cookie.user;
        Head::open(&self.stored_head(), &ring(), origin, user, handle, now).unwrap()
    }

    /// Seals a head of this session.
    pub fn seal_head(&self, head: &Head) -> Vec<u8> {
        let handle = self.cookie.secret.handle();
        let origin = self.host.origin();
        let sealed = head.seal(&ring(), origin, &self.cookie.user, handle, NONCE);
        sealed.unwrap()
    }

    /// Writes these bytes in place of the head.
    pub fn put_head(&self, value: &[u8]) {
        let now = self.host.now();
        let write = OwnedWrite {
            expected: Expected::Version(self.stored_head().version),
            value: value.to_vec(),
            expires: now.plus(LONG),
            now,
        };
        let ledger = self.host.ledger();
        let written = ledger.write(&self.cookie.user.partition(), &self.name(), &write);
        assert!(matches!(written, Ok(Written::Stored(_))), "{written:?}");
    }

    fn name(&self) -> RecordName {
        RecordName::head(*self.cookie.secret.handle().as_bytes())
    }
}

/// The suite's key ring.
fn ring() -> KeyRing {
    let secret = RingSecret {
        id: 1,
        secret: Secret::new(base64url::decode_array(&key(1)).unwrap()),
        not_after: None,
    };
    KeyRing::new(&secret, &[])
}

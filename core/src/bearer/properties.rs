//! No text makes a parser panic, or opens where it was not sealed.

use super::{
    Presented, UnverifiedAccessToken,
    dpop::UnverifiedProof,
    stored_keys::{self, StoredKeys},
};
use crate::{
    config::Config,
    cookie::ring::{KeyRing, RingSecret},
    secret::Secret,
    time::UnixTime,
};
use alloc::{format, string::String, vec::Vec};
use proptest::prelude::*;

const ORIGIN: &str = "https://app.example.com";
const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);

fn ring() -> KeyRing {
    let secret = RingSecret {
        id: 1,
        secret: Secret::new([7; 32]),
        not_after: None,
    };
    KeyRing::new(&secret, &[])
}

#[expect(clippy::unwrap_used, reason = "the text is a configuration")]
fn config() -> Config {
    let text = r#"{"version": 1, "public_url": "https://app.example.com",
        "key": [{"id": 1, "secret": "A"}],
        "issuer": [{"issuer": "https://op.example.com", "audiences": ["api"]}],
        "upstream": [{"id": "api", "url": "https://api.example.com"}],
        "route": [{"path": "/**", "access": ["bearer"], "upstream": "api"}]}"#;
    Config::from_json(text.as_bytes()).unwrap()
}

proptest! {
    #[test]
    fn no_authorization_makes_a_parser_panic(text in any::<String>(), scheme in "(Bearer|DPoP|bearer) ") {
        let config = config();
        for text in [text.clone(), format!("{scheme}{text}")] {
            if let Ok(presented) = Presented::read(&text) {
                prop_assert!(UnverifiedAccessToken::read(presented.token, &config.issuers).is_err());
            }
        }
        prop_assert!(UnverifiedProof::read(&text).is_err());
    }

    #[test]
    fn no_parts_make_a_parser_panic(parts in proptest::collection::vec("[A-Za-z0-9_-]{0,60}", 0..6)) {
        let text = parts.join(".");
        prop_assert!(UnverifiedAccessToken::read(&text, &config().issuers).is_err());
        prop_assert!(UnverifiedProof::read(&text).is_err());
    }

    #[test]
    fn stored_keys_read_back_and_nothing_else_opens(
        document in proptest::collection::vec(any::<u8>(), 0..200),
        fetched in any::<u64>(),
        asked in any::<u64>(),
        at in any::<prop::sample::Index>(),
        bit in 0_u32..8,
        garbage in proptest::collection::vec(any::<u8>(), 0..100),
    ) {
        let key = stored_keys::place("https://op.example.com", "https://op.example.com/");
        let other = stored_keys::place("https://op.example.com", "https://op.example.com/jwks");
        let stored = StoredKeys {
            document,
            fetched_at: UnixTime::from_seconds(fetched),
            asked_at: UnixTime::from_seconds(asked),
        };
        let sealed = stored.seal(&ring(), &key, ORIGIN, [5; 24]).unwrap();
        let open = |bytes: &[u8], key| StoredKeys::open(bytes, &ring(), key, ORIGIN, NOW);
        prop_assert_eq!(open(&sealed, &key), Some(stored));
        prop_assert_eq!(open(&sealed, &other), None);
        let mut changed: Vec<u8> = sealed.clone();
        let place = at.index(changed.len());
        changed[place] ^= 1 << bit;
        prop_assert_eq!(open(&changed, &key), None);
        prop_assert_eq!(open(&sealed[..place], &key), None);
        prop_assert_eq!(open(&garbage, &key), None);
    }
}

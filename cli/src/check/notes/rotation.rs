//! The notes of `lychgate check` on keys on their way out.
//!
//! These are notes, not errors: a rotation that was right yesterday must not keep today's deploy
//! from passing.

use lychgate_core::{config::Config, time::UnixTime};

/// A sentence about each earlier key whose end lies behind or near.
pub(crate) fn notes(config: &Config, now: UnixTime) -> Vec<String> {
    let lifetime = config.session.absolute_timeout;
    let note = |id: u8, end: UnixTime| {
        if end < now {
            Some(format!(
                "key {id} has ended: nothing it sealed is accepted, and it can be removed"
            ))
        } else if end < now.plus(lifetime) {
            Some(format!(
                "key {id} ends within absolute_timeout ({lifetime}): where it sealed until just now, people who do not come back before that lose their session"
            ))
        } else {
            None
        }
    };
    config
        .keys
        .iter()
        .filter_map(|key| note(key.id, key.not_after?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `2030-01-01T00:00:00Z`
    const END: u64 = 1_893_456_000;

    fn notes_at(now: u64) -> Vec<String> {
        let json = br#"{"version":1,"public_url":"https://app.example.com",
            "key":[{"id":2,"secret":"KEY_2"},{"id":1,"secret":"KEY_1","not_after":"2030-01-01T00:00:00Z"}],
            "session":{"absolute_timeout":"10h"},
            "upstream":[{"id":"site","assets":true}],
            "route":[{"path":"/**","access":["public"],"upstream":"site"}]}"#;
        let config = Config::from_json(json).unwrap();
        notes(&config, UnixTime::from_seconds(now))
    }

    #[test]
    fn a_key_is_mentioned_near_its_end_and_after_it() {
        let hours = |hours: u64| hours * 3600;
        assert!(notes_at(END - hours(10)).is_empty());
        assert!(notes_at(END - hours(10) + 1)[0].contains("key 1 ends within"));
        assert!(notes_at(END)[0].contains("key 1 ends within"));
        assert!(notes_at(END + 1)[0].contains("key 1 has ended"));
    }
}

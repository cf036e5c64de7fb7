//! The digest of a provider's facts about a user: two sign-ins with the same digest were told the same.

use super::record::SessionRecord;
use crate::encoding::base64url;
use alloc::string::String;
use sha2::{Digest, Sha256};

/// How many characters of the digest are kept: 132 bits.
const CHARACTERS: usize = 22;

/// The first 22 characters of base64url(SHA-256(JSON of all members of the record but its tokens, `created` and
/// `generation`)). `None` where the record cannot be written as JSON, which does not happen.
///
/// A sign-in that was told anything else, a later `auth_time` among it, has another digest.
pub fn digest(record: &SessionRecord) -> Option<String> {
    // By name, so that a new member of the record has to be thought of here.
    let SessionRecord {
        provider,
        iss,
        sub,
        sid,
        auth_time,
        acr,
        amr,
        claims,
        groups,
        roles,
        missing,
        scope,
        id_token: _,
        access_token: _,
        ends: _,
        refresh_token: _,
        created: _,
        generation: _,
    } = record;
    let source = (provider, iss, sub, sid);
    let authentication = (auth_time, acr, amr);
    let rights = (claims, groups, roles, missing, scope);
    let json = serde_json::to_vec(&(source, authentication, rights)).ok()?;
    let mut text = base64url::encode(&Sha256::digest(&json));
    text.truncate(CHARACTERS);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{borrow::ToOwned, boxed::Box, vec, vec::Vec};
    use serde_json::{Map, Value};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn record() -> SessionRecord {
        SessionRecord {
            provider: "demo".to_owned(),
            iss: "https://op.example.com".to_owned(),
            sub: "sub".to_owned(),
            sid: None,
            auth_time: Some(1),
            acr: None,
            amr: vec!["pwd".to_owned()],
            claims: Map::new(),
            groups: vec!["a".to_owned()],
            roles: Vec::new(),
            missing: Vec::new(),
            scope: None,
            id_token: Some("one".to_owned()),
            access_token: Some("one".to_owned()),
            refresh_token: None,
            created: 1,
            ends: None,
            generation: 0,
        }
    }

    fn changed(change: impl FnOnce(&mut SessionRecord)) -> Option<String> {
        let mut record = record();
        change(&mut record);
        digest(&record)
    }

    #[test]
    fn tokens_and_times_of_the_session_make_no_difference() {
        let later = changed(|record| {
            record.id_token = None;
            record.access_token = Some("two".to_owned());
            record.refresh_token = Some("two".to_owned());
            record.created = 2;
            record.generation = 1;
        });
        assert_eq!(later, digest(&record()));
        assert_eq!(later.map(|text| text.len()), Some(22));
    }

    #[test]
    fn everything_that_decides_makes_one() {
        type Change = Box<dyn FnOnce(&mut SessionRecord)>;
        let text = || "x".to_owned();
        let changes: [Change; 13] = [
            Box::new(move |record| record.provider = text()),
            Box::new(move |record| record.iss = text()),
            Box::new(move |record| record.sub = text()),
            Box::new(move |record| record.sid = Some(text())),
            Box::new(|record| record.auth_time = Some(2)),
            Box::new(|record| record.auth_time = None),
            Box::new(move |record| record.acr = Some(text())),
            Box::new(|record| record.amr.clear()),
            Box::new(move |record| drop(record.claims.insert(text(), Value::Null))),
            Box::new(|record| record.groups.clear()),
            // A group is not the role of its name.
            Box::new(|record| core::mem::swap(&mut record.groups, &mut record.roles)),
            Box::new(move |record| record.missing.push(text())),
            Box::new(move |record| record.scope = Some(text())),
        ];
        let mut seen = vec![digest(&record())];
        for change in changes {
            let digest = changed(change);
            assert!(!seen.contains(&digest));
            seen.push(digest);
        }
    }
}

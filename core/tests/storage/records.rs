//! The records in the store and in the ledger.

use crate::{
    cookies::record_key,
    support::{
        CREATED, ISSUER, ORIGIN, SUBJECT, Vector, counting, directory, directory_purpose_key, hex,
        nonce, purpose_key, ring, sealed, session, user,
    },
};
use lychgate_core::{
    bearer::stored_keys::{self, StoredKeys},
    cookie::seal::{Place, Purpose},
    encoding::base64url,
    oidc::{attempt::Attempt, hand_over, return_to::ReturnTo},
    platform::ledger::{Partition, PartitionKind, RecordName, Version},
    secret::Secret,
    session::{
        head::{EndReason, Head, HeadFacts, HeadState},
        identity,
        keys::Generation,
        record::SessionRecord,
    },
    time::Seconds,
    user::{
        record::{Status, UserRecord},
        roster::Roster,
    },
};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

fn unsealed() -> SessionRecord {
    let mut claims = Map::new();
    claims.insert("email".to_owned(), Value::from("jo@example.com"));
    claims.insert("email_verified".to_owned(), Value::Bool(true));
    SessionRecord {
        provider: "example".to_owned(),
        iss: ISSUER.to_owned(),
        sub: SUBJECT.to_owned(),
        sid: Some("op-session".to_owned()),
        auth_time: Some(CREATED.minus(Seconds::new(5)).as_seconds()),
        acr: None,
        amr: vec!["pwd".to_owned()],
        claims,
        groups: vec!["staff".to_owned()],
        roles: vec![],
        missing: vec![],
        scope: Some("openid email".to_owned()),
        id_token: Some("SECRET-ID-TOKEN".to_owned()),
        access_token: Some("SECRET-ACCESS-TOKEN".to_owned()),
        refresh_token: None,
        created: CREATED.as_seconds(),
        ends: None,
        generation: 0,
    }
}

fn record() -> Vec<u8> {
    unsealed()
        .seal(&session(), Generation(0), ORIGIN, nonce(0xb1))
        .unwrap()
}

pub(crate) fn session_record() -> Vector {
    let key = session().store_key(Generation(0));
    let place = Place {
        purpose: Purpose::Record,
        name: key.as_str(),
        origin: ORIGIN,
    };
    let bytes = record();
    assert_eq!(bytes[1], 0, "the key is the session's own");
    sealed(Vector::new("session-record"), place, record_key(0), &bytes)
}

fn live() -> Head {
    let json = concat!(
        r#"[["example","https://op.example.com","248289761001","op-session"],[1799999995,null,["pwd"]],"#,
        r#"[{"email":"jo@example.com","email_verified":true},["staff"],[],[],"openid email"]]"#,
    );
    let mut digest = base64url::encode(&Sha256::digest(json));
    digest.truncate(22);
    assert_eq!(identity::digest(&unsealed()), Some(digest.clone()));
    Head {
        facts: HeadFacts {
            state: HeadState::Live,
            created: CREATED.as_seconds(),
            provider: "example".to_owned(),
            sid: Some("op-session".to_owned()),
            identity: Some(digest),
            generation: 0,
        },
        copy: record(),
    }
}

fn head(name: &'static str, head: &Head, nonce_byte: u8) -> Vector {
    let handle = session().handle();
    let record_name = RecordName::head(*handle.as_bytes()).text();
    let partition = user().partition().name();
    let place = Place {
        purpose: Purpose::Head,
        name: &format!("{partition}/{record_name}"),
        origin: ORIGIN,
    };
    let bytes = head.seal(&ring(), ORIGIN, &user(), handle, nonce(nonce_byte));
    let vector = Vector::new(name)
        .line("facts", serde_json::to_string(&head.facts).unwrap())
        .line("partition", partition)
        .line("record name", record_name);
    sealed(vector, place, purpose_key(Purpose::Head), &bytes.unwrap())
}

pub(crate) fn live_head() -> Vector {
    head("head-live", &live(), 0xb2)
}

pub(crate) fn ended_head() -> Vector {
    let at = CREATED.plus(Seconds::minutes(20));
    head("head-ended", &live().ended(at, EndReason::Logout), 0xb3)
}

pub(crate) fn replaced_head() -> Vector {
    let at = CREATED.plus(Seconds::minutes(20));
    head(
        "head-replaced",
        &live().ended(at, EndReason::Replaced),
        0xb6,
    )
}

pub(crate) fn user_record() -> Vector {
    let record = UserRecord {
        status: Status::Active,
        not_before: 0,
        iss: ISSUER.to_owned(),
        sub: SUBJECT.to_owned(),
        name: Some("Jo".to_owned()),
        email: Some("jo@example.com".to_owned()),
        created: CREATED.as_seconds(),
        last_sign_in: 1_799_971_200,
    };
    let record_name = RecordName::user().text();
    let partition = user().partition().name();
    let place = Place {
        purpose: Purpose::User,
        name: &format!("{partition}/{record_name}"),
        origin: ORIGIN,
    };
    let bytes = record.seal(&directory(), ORIGIN, &user(), nonce(0xb4));
    let bytes = bytes.unwrap();
    let vector = Vector::new("user-record")
        .line("partition", partition)
        .line("record name", record_name);
    sealed(vector, place, directory_purpose_key(Purpose::User), &bytes)
}

pub(crate) fn roster_entry() -> Vector {
    let user = user();
    let partition = Roster::of(&user).partition().name();
    let record_name = Roster::name(&user).text();
    let last = base64url::encode(&user.as_bytes()[16..]);
    assert_eq!(record_name, format!("m{last}"));
    let place = Place {
        purpose: Purpose::Roster,
        name: &format!("{partition}/{record_name}"),
        origin: ORIGIN,
    };
    let bytes = Roster::seal(&user, &directory(), ORIGIN, nonce(0xb7)).unwrap();
    let vector = Vector::new("roster-entry")
        .line("partition", partition)
        .line("record name", record_name);
    sealed(
        vector,
        place,
        directory_purpose_key(Purpose::Roster),
        &bytes,
    )
}

pub(crate) fn handed_over_mark() -> Vector {
    let token = "SECRET-ACCESS-TOKEN";
    let length = u32::try_from(ISSUER.len()).unwrap().to_be_bytes();
    let hashed = [&length[..], ISSUER.as_bytes(), token.as_bytes()].concat();
    let partition = hand_over::partition(ISSUER, token);
    assert_eq!(partition.id, *Sha256::digest(&hashed));
    Vector::new("handed-over-mark")
        .line("issuer", ISSUER)
        .line("access token", token)
        .line("partition", partition.name())
        .line("record name", RecordName::attempt().text())
}

pub(crate) fn issuer_keys() -> Vector {
    let published_at = "https://op.example.com/";
    let key = stored_keys::place(ISSUER, published_at);
    let digest = Sha256::digest([&Sha256::digest(ISSUER)[..], published_at.as_bytes()].concat());
    assert_eq!(key.as_str(), format!("j1/{}", base64url::encode(&digest)));
    let stored = StoredKeys {
        document: br#"{"keys":[]}"#.to_vec(),
        fetched_at: CREATED,
        asked_at: CREATED.plus(Seconds::new(30)),
    };
    let bytes = stored.seal(&ring(), &key, ORIGIN, nonce(0xb5)).unwrap();
    let place = Place {
        purpose: Purpose::IssuerKeys,
        name: key.as_str(),
        origin: ORIGIN,
    };
    let vector = Vector::new("issuer-keys")
        .line("issuer", ISSUER)
        .line("published at", published_at);
    sealed(vector, place, purpose_key(Purpose::IssuerKeys), &bytes)
}

pub(crate) fn proof_mark() -> Vector {
    let partition = Partition {
        kind: PartitionKind::ProofKey,
        id: counting(0x60),
    };
    Vector::new("proof-mark")
        .line("thumbprint", hex(counting(0x60)))
        .line("partition", partition.name())
        .line("record name", RecordName::proof([0x70; 16]).text())
}

pub(crate) fn attempt_mark() -> Vector {
    let home = ReturnTo::home();
    let attempt = Attempt::new(
        Secret::new(counting(0x40)),
        CREATED,
        vec![],
        "example".to_owned(),
        None,
        home,
    );
    let first = Version::first([0x01, 0x02, 0x03, 0x04, 0x05, 0x06]);
    Vector::new("attempt-mark")
        .line("partition", attempt.partition().name())
        .line("record name", RecordName::attempt().text())
        .line("random", "010203040506")
        .line("first version", first.number().to_string())
}

//! Keys, and the cookies that are sealed with them.

use crate::support::{
    CREATED, ISSUER, ORIGIN, SUBJECT, Vector, cookie, counting, expand, hex, nonce, purpose_key,
    ring, ring_key, session, user,
};
use lychgate_core::{
    config::{Freshness, SessionRules},
    cookie::{
        name,
        seal::{Place, Purpose},
        set_cookie::{SameSite, clear, set},
    },
    encoding::base64url,
    http::header::HeaderValue,
    oidc::{
        attempt::{self, Attempt},
        challenge::Challenge,
        loop_guard,
        return_to::ReturnTo,
    },
    secret::Secret,
    session::{
        cookie::SessionCookie, handle::SessionHandle, keys::Generation, predecessor::Predecessor,
        tombstone,
    },
    time::Seconds,
};
use sha2::{Digest, Sha256};

pub(crate) fn keys() -> Vector {
    let names = [
        "session",
        "attempt",
        "challenge",
        "tombstone",
        "predecessor",
        "head",
        "user",
        "roster",
        "record",
        "issuer-keys",
    ];
    let ring = Vector::new("ring").line("ring key", hex(ring_key()));
    Purpose::ALL
        .into_iter()
        .zip(names)
        .fold(ring, |vector, (purpose, name)| {
            assert_eq!(purpose.name(), name);
            vector.line(name, hex(purpose_key(purpose)))
        })
}

pub(crate) fn session_secret() -> Vector {
    let (session, secret) = (session(), counting(0x20));
    let generation = Generation(0);
    let name: [u8; 32] = expand(&secret, b"lychgate/1/session name");
    let store_key = format!("s1/{}/0", base64url::encode(&name));
    assert_eq!(session.store_key(generation).as_str(), store_key);
    let handle: [u8; 16] = expand(&secret, b"lychgate/1/session handle");
    assert_eq!(session.handle().as_bytes(), &handle);
    Vector::new("session-secret")
        .line("secret", hex(secret))
        .line("handle", hex(handle))
        .line("handle in logs", session.handle().to_text())
        .line("store key", store_key)
        .line("record key", hex(record_key(0)))
}

/// The key of a session's record; [`crate::records::session_record`] opens with it.
pub(crate) fn record_key(generation: u32) -> [u8; 32] {
    let mut info = b"lychgate/1/session record key ".to_vec();
    info.extend(generation.to_be_bytes());
    expand(&counting(0x20), &info)
}

pub(crate) fn user_key() -> Vector {
    let mut hashed = Vec::new();
    for part in [ISSUER, SUBJECT] {
        hashed.extend(u32::try_from(part.len()).unwrap().to_be_bytes());
        hashed.extend(part.as_bytes());
    }
    assert_eq!(user().as_bytes(), &*Sha256::digest(&hashed));
    Vector::new("user-key")
        .line("iss", ISSUER)
        .line("sub", SUBJECT)
        .line("hashed", hex(hashed))
        .line("user key", hex(user().as_bytes()))
        .line("partition", user().partition().name())
}

fn signed_in() -> SessionCookie {
    SessionCookie {
        secret: session(),
        user: user(),
        generation: Generation(0),
        created: CREATED,
        authenticated_at: CREATED.minus(Seconds::new(5)),
        renewed: CREATED.plus(Seconds::minutes(10)),
        ends: None,
    }
}

pub(crate) fn session_cookie() -> Vector {
    let place = Place {
        purpose: Purpose::Session,
        name: name::SESSION,
        origin: ORIGIN,
    };
    let text = signed_in().seal(&ring(), ORIGIN, nonce(0xa1)).unwrap();
    cookie(Vector::new("session-cookie"), place, &text)
}

/// A session that ends with its token, a quarter of an hour after it began.
pub(crate) fn bounded_cookie() -> Vector {
    let place = Place {
        purpose: Purpose::Session,
        name: name::SESSION,
        origin: ORIGIN,
    };
    let bounded = SessionCookie {
        ends: Some(CREATED.plus(Seconds::minutes(15))),
        ..signed_in()
    };
    let text = bounded.seal(&ring(), ORIGIN, nonce(0xa6)).unwrap();
    cookie(Vector::new("session-cookie-bounded"), place, &text)
}

pub(crate) fn challenge_cookie() -> Vector {
    let secret = counting(0x50);
    let challenge = Challenge::new(Secret::new(secret), CREATED);
    let nonce_of: [u8; 32] = expand(&secret, b"lychgate/1/challenge nonce");
    assert_eq!(challenge.nonce(), base64url::encode(&nonce_of));
    let partition: [u8; 32] = expand(&secret, b"lychgate/1/challenge partition");
    assert_eq!(challenge.partition().id, partition);
    let place = Place {
        purpose: Purpose::Challenge,
        name: name::CHALLENGE,
        origin: ORIGIN,
    };
    let text = ring().seal_text(place, nonce(0xa7), challenge.to_bytes().expose());
    let vector = Vector::new("challenge-cookie")
        .line("secret", hex(secret))
        .line("nonce of the page", challenge.nonce())
        .line("partition", challenge.partition().name());
    cookie(vector, place, &text.unwrap())
}

fn sign_in(max_age: Option<Seconds>, held: Vec<SessionHandle>) -> Attempt {
    let return_to = ReturnTo::parse("/members/?year=2027");
    let secret = Secret::new(counting(0x40));
    let provider = "example".to_owned();
    Attempt::new(secret, CREATED, held, provider, max_age, return_to)
}

pub(crate) fn attempt() -> Vector {
    let attempt = sign_in(None, vec![]);
    let derived = |what: &str| {
        let info = format!("lychgate/1/attempt {what}");
        expand::<32>(&counting(0x40), info.as_bytes())
    };
    let text = |what| base64url::encode(&derived(what));
    assert_eq!(attempt.state(), text("state"));
    assert_eq!(attempt.nonce(), text("nonce"));
    assert_eq!(*attempt.code_verifier().expose(), text("code_verifier"));
    assert_eq!(attempt.partition().id, derived("partition"));
    let digest = base64url::encode(&Sha256::digest(attempt.state()));
    let name = format!("__Host-Http-lychgate-a-{}", digest.split_at(11).0);
    assert_eq!(attempt::cookie_name(&attempt.state()), name);
    Vector::new("attempt")
        .line("secret", hex(counting(0x40)))
        .line("state", attempt.state())
        .line("nonce", attempt.nonce())
        .line("code_verifier", attempt.code_verifier().expose().clone())
        .line("code_challenge", attempt.code_challenge())
        .line("cookie name", name)
        .line("partition", attempt.partition().name())
}

pub(crate) fn attempt_cookie() -> Vector {
    sealed_attempt("attempt-cookie", &sign_in(None, vec![]), 0xa2)
}

pub(crate) fn step_up_cookie() -> Vector {
    let attempt = sign_in(Some(Seconds::minutes(15)), vec![session().handle()]);
    sealed_attempt("attempt-cookie-max-age", &attempt, 0xa4)
}

fn sealed_attempt(name: &'static str, attempt: &Attempt, nonce_byte: u8) -> Vector {
    let place = Place {
        purpose: Purpose::Attempt,
        name: &attempt::cookie_name(&attempt.state()),
        origin: ORIGIN,
    };
    let plaintext = attempt.to_bytes().unwrap();
    let text = ring().seal_text(place, nonce(nonce_byte), plaintext.expose());
    cookie(Vector::new(name), place, &text.unwrap())
}

pub(crate) fn tombstone_cookie() -> Vector {
    let place = Place {
        purpose: Purpose::Tombstone,
        name: name::TOMBSTONE,
        origin: ORIGIN,
    };
    let text = tombstone::seal(session().handle(), &ring(), ORIGIN, nonce(0xa3)).unwrap();
    cookie(Vector::new("tombstone-cookie"), place, &text)
}

pub(crate) fn predecessor_cookie() -> Vector {
    let place = Place {
        purpose: Purpose::Predecessor,
        name: name::PREDECESSOR,
        origin: ORIGIN,
    };
    let named = Predecessor {
        user: user(),
        handle: session().handle(),
    };
    let text = named.seal(&ring(), ORIGIN, nonce(0xa5)).unwrap();
    cookie(Vector::new("predecessor-cookie"), place, &text)
}

/// The fields that carry the cookies, with the default time-outs.
pub(crate) fn fields() -> Vector {
    let rules = SessionRules {
        idle_timeout: Seconds::minutes(30),
        absolute_timeout: Seconds::minutes(600),
        bounded_by_token: false,
        freshness: Freshness::Strict,
        same_site: SameSite::Lax,
    };
    let lax = SameSite::Lax;
    let last_minute = CREATED.plus(Seconds::minutes(599));
    let session = |now| {
        set(
            name::SESSION,
            "VALUE",
            signed_in().max_age(&rules, now),
            lax,
        )
    };
    let attempt = attempt::cookie_name(&sign_in(None, vec![]).state());
    let page = ReturnTo::parse("/members/?year=2027");
    let digest = base64url::encode(&Sha256::digest(page.as_str()));
    let rounds = loop_guard::one_more(None, &page);
    assert_eq!(rounds, format!("1-{}", digest.split_at(11).0));
    let text = |field: Option<HeaderValue>| field.unwrap().as_str().to_owned();
    Vector::new("set-cookie")
        .line("session", text(session(CREATED)))
        .line("session, in its last minute", text(session(last_minute)))
        .line(
            "attempt",
            text(set(&attempt, "VALUE", attempt::LIFETIME, lax)),
        )
        .line(
            "tombstone",
            text(set(name::TOMBSTONE, "VALUE", tombstone::LIFETIME, lax)),
        )
        .line(
            "predecessor",
            text(set(name::PREDECESSOR, "VALUE", rules.absolute_timeout, lax)),
        )
        .line(
            "rounds",
            text(set(name::LOOP_GUARD, &rounds, loop_guard::LIFETIME, lax)),
        )
        .line("session, cleared", text(clear(name::SESSION, lax)))
}

//! Events as lines of JSON.

use super::*;
use crate::fault::ProviderFault;
use crate::oidc::token::{TokenError, TokenFault};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn line(event: &Event<'_>, timings: Timings) -> String {
    let line = Line {
        event,
        time: UnixTime::from_seconds(1_798_761_600),
        timings,
    };
    line.to_json()
}

#[test]
fn an_event_is_one_line_of_json() {
    let fault = Fault::from(BrowserFault::AttemptUsed);
    let event = Event::Refused {
        incident: Incident::new([0, 1, 2, 0xfd, 0xfe, 0xff]),
        fault: &fault,
        provider: None,
        upstream: None,
    };
    assert_eq!(
        line(&event, Timings::default()),
        r#"{"level":"info","event":"refused","time":"2027-01-01T00:00:00Z","incident":"000102fdfeff","code":"login_used","reason":"browser: AttemptUsed"}"#
    );
}

#[test]
fn a_setting_that_is_to_blame_is_named_with_its_provider() {
    let refused = TokenFault::Refused(TokenError::InvalidClient);
    let fault = Fault::from(ProviderFault::Token(refused));
    let of = |provider| {
        let event = Event::Refused {
            incident: Incident::new([0; 6]),
            fault: &fault,
            provider,
            upstream: None,
        };
        line(&event, Timings::default())
    };
    let named = of(Some("demo"));
    assert!(
        named.contains(r#""provider":"demo","code":"provider_error""#),
        "{named}"
    );
    assert!(
        named.contains(r#""setting":"provider[demo].client_secret""#),
        "{named}"
    );
    let unnamed = of(None);
    assert!(unnamed.contains(r#""setting":"provider.client_secret""#));
}

#[test]
fn what_was_waited_for_is_written_and_nothing_else_is() {
    let fault = Fault::from(BrowserFault::AttemptUsed);
    let event = Event::BackgroundFailed { fault: &fault };
    let timings = Timings {
        total: Milliseconds::new(31),
        ledger: Some(Milliseconds::new(30)),
        ..Timings::default()
    };
    let waited = line(&event, timings);
    assert!(waited.ends_with(r#","ms":31,"ledger_ms":30}"#), "{waited}");
    let total = Timings {
        total: Milliseconds::new(31),
        ..Timings::default()
    };
    assert!(!line(&event, total).contains("ms\""));
}

#[test]
fn a_missing_secret_is_named_in_the_log() {
    let fault = ConfigurationFault::MissingSecret {
        name: "LYCHGATE_KEY_1".into(),
    };
    let event = Event::Closed {
        incident: Incident::new([0; 6]),
        fault: &fault,
    };
    let line = line(&event, Timings::default());
    assert!(
        line.contains("the secret LYCHGATE_KEY_1 is not set"),
        "{line}"
    );
    assert!(line.contains(r#""setting":"LYCHGATE_KEY_1""#), "{line}");
    assert!(line.contains(r#""level":"error""#));
}

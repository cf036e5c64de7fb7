//! `POST {base_path}/directory/reseal`: one step of the walk that seals user records with the newest directory key.
//!
//! `lychgate keys reseal` asks until no step is left. It sends the secret that `[directory]` names; without that table
//! there is no such endpoint.

use crate::{
    encoding::{
        json::{self, Limits},
        members::Members,
    },
    fault::BrowserFault,
    gateway::{
        accounts::reseal::{self, Cursor, Step},
        answer::refusal::Refusal,
        context::{body, call::Call},
        endpoints::operator,
    },
    http::{
        inbound::Inbound,
        response::{Response, Status},
    },
    page::json::json as answer_json,
    platform::Platform,
};
use alloc::format;

const LIMITS: Limits = Limits {
    bytes: 256,
    depth: 1,
};

/// Takes `{"from": cursor}`, or `{}` for the beginning. 200 with `users`, `resealed` and `unreadable`, three
/// numbers, and `next`: the cursor of the step after it, or `null`.
///
/// # Errors
/// [`BrowserFault::BadCredential`] without the secret, [`BrowserFault::Malformed`] for another body, and those of
/// [`reseal::step`].
pub(super) async fn serve<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
) -> Result<Response, Refusal> {
    operator::check(call, call.deployment.secrets.operator.as_ref())?;
    let body = body::json(call).await;
    let body = body.map_err(|_| BrowserFault::Malformed)?;
    let from = read(&body).ok_or(BrowserFault::Malformed)?;
    let Step {
        users,
        resealed,
        unreadable,
        next,
    } = reseal::step(call, from).await?;
    // Hex digits, a slash and base64url, which JSON needs no escapes for.
    let next = next.map_or_else(|| "null".into(), |next| format!("\"{}\"", next.text()));
    let body = format!(
        "{{\"users\":{users},\"resealed\":{resealed},\"unreadable\":{unreadable},\"next\":{next}}}"
    );
    Ok(answer_json(Status::OK, body))
}

fn read(body: &[u8]) -> Option<Cursor> {
    let mut members = Members::of(json::parse_object(body, LIMITS).ok()?);
    let from = members.optional_text("from")?;
    members.end()?;
    match from {
        Some(text) => Cursor::parse(&text),
        None => Some(Cursor::start()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_step_begins_where_the_body_says_or_at_the_beginning() {
        assert_eq!(read(b"{}"), Some(Cursor::start()));
        assert_eq!(read(br#"{"from":"1f"}"#), Cursor::parse("1f"));
        for body in [
            "",
            "[]",
            r#"{"from":1}"#,
            r#"{"from":"x"}"#,
            r#"{"to":"1f"}"#,
        ] {
            assert_eq!(read(body.as_bytes()), None, "{body}");
        }
    }
}

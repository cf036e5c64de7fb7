//! Whether a value of `Authorization` is one value (RFC 9110, section 11.4).
//!
//! Hosts join repeated fields by a comma, and the parameters of one credential stand between commas, too: those of
//! Digest (RFC 7616), of OAuth 1.0 (RFC 5849), of AWS and of many others.

use super::header::is_token;

/// Whether `value` is one credential: a scheme and what follows it, or a scheme and its parameters.
///
/// A false "yes" lets a request be decided by one credential and served with another. A false "no" refuses clients
/// whose scheme has parameters.
pub fn is_one(value: &str) -> bool {
    if !value.contains(',') {
        return true;
    }
    let Some((scheme, parameters)) = value.split_once(' ') else {
        return false;
    };
    if scheme.is_empty() || !scheme.bytes().all(is_token) {
        return false;
    }
    let mut rest = parameters.trim_start_matches(' ');
    while let Some(after) = after_parameter(rest) {
        let after = after.trim_start_matches(BLANKS);
        match after.strip_prefix(',') {
            Some(next) => rest = next.trim_start_matches(BLANKS),
            None => return after.is_empty(),
        }
    }
    false
}

const BLANKS: [char; 2] = [' ', '\t'];

/// The text after the parameter at the start of `text`: `name=value` or `name="value"`, where a value that is not
/// quoted may hold what AWS writes into it.
fn after_parameter(text: &str) -> Option<&str> {
    let (name, value) = text.split_once('=')?;
    if name.is_empty() || !name.bytes().all(is_token) {
        return None;
    }
    match value.strip_prefix('"') {
        Some(quoted) => after_quoted(quoted),
        None => {
            let ends = |byte: u8| matches!(byte, b',' | b'"' | b' ' | b'\t');
            let end = value.bytes().position(ends).unwrap_or(value.len());
            if end == 0 { None } else { value.get(end..) }
        }
    }
}

/// The text after the first quote in `text`; a backslash before a quote takes its meaning away.
fn after_quoted(text: &str) -> Option<&str> {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return text.get(at.checked_add(1)?..),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_parameters_of_one_credential_stand_between_commas() {
        for value in [
            "Bearer a.b.c",
            "Basic YTpi",
            "",
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6",
            "AWS4-HMAC-SHA256 Credential=A/b,SignedHeaders=host,Signature=5d",
            "Digest username=\"Mufasa\", realm=\"http-auth, \\\"all\\\"\", uri=\"/dir\", qop=auth, nc=00000001",
            "OAuth realm=\"Example\",oauth_nonce=\"4572616e48616d6d\",oauth_signature=\"wOJIO9A2W5mFwDgiDvZbTSMK%2FPY%3D\"",
            "Hawk id=\"dh37fgj492je\", ts=\"1353832234\", mac=\"6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE=\"",
            "Signature keyId=\"k\",headers=\"(request-target) host\",signature=\"ab==\"",
            "vapid t=eyJ0.eyJh.abc, k=BA1Hxz",
        ] {
            assert!(is_one(value), "{value}");
        }
    }

    #[test]
    fn a_second_credential_is_seen() {
        for value in [
            "Bearer a, Bearer b",
            "Bearer a,b",
            "Bearer a, x=1",
            "Digest a=\"1\", Bearer b",
            "Digest a=\"1\", Bearer b=",
            "Digest a=\"1\", Digest b=\"2\"",
            "Digest a=\"1\", Negotiate",
            "Digest a=\"1\", ",
            "Digest a=1,,b=2",
            "Digest a=\", Bearer b",
            "Digest a=\"1\"x, b=2",
            "Digest a=, b=2",
            "Digest =1, b=2",
            "a, b",
            ",",
            ", Bearer a",
            "a=1, b=2",
        ] {
            assert!(!is_one(value), "{value}");
        }
    }
}

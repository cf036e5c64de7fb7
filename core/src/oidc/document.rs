//! A JSON document that a provider answered, before anyone reads what it says.

use crate::{
    encoding::json::{self, JsonFault, Limits},
    http::outbound::Reply,
};
use alloc::string::String;
use serde_json::{Map, Value};

/// Why an answer is no document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentFault {
    /// Another status than the one of success.
    Status(u16),
    /// Not declared as JSON: HTML of an error page, for example, or a signed response.
    NotJson,
    /// Not a JSON object, or one that repeats a name or is too large.
    Json(JsonFault),
}

/// The largest document a provider needs.
pub const LARGEST: usize = 256 * 1024;

/// The limits of every document.
pub const LIMITS: Limits = Limits {
    bytes: LARGEST,
    depth: 16,
};

/// Reads the JSON object of a successful reply.
///
/// # Errors
/// Any [`DocumentFault`].
pub fn read(reply: &Reply) -> Result<Map<String, Value>, DocumentFault> {
    if reply.status != 200 {
        return Err(DocumentFault::Status(reply.status));
    }
    read_any_status(reply)
}

/// Reads the JSON object of a reply with any status, as the token endpoint's errors have one.
///
/// # Errors
/// [`DocumentFault::NotJson`] and [`DocumentFault::Json`].
pub fn read_any_status(reply: &Reply) -> Result<Map<String, Value>, DocumentFault> {
    if !is_json(reply) {
        return Err(DocumentFault::NotJson);
    }
    json::parse_object(&reply.body, LIMITS).map_err(DocumentFault::Json)
}

/// Whether a reply is declared as JSON.
fn is_json(reply: &Reply) -> bool {
    let declared = reply.content_type.as_deref().unwrap_or_default();
    let media_type = declared.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/json")
        || media_type
            .get(media_type.len().saturating_sub(5)..)
            .is_some_and(|end| end.eq_ignore_ascii_case("+json"))
}

/// Reads a document that is published for everyone: metadata, or a key set.
///
/// It is known by what it says, under whatever media type a server of files gives it out, and what is odd in it takes
/// nothing else down ([`json::parse_usable`]). An answer to a request of ours is held to its type.
///
/// # Errors
/// Any [`DocumentFault`].
pub fn read_published(reply: &Reply) -> Result<Map<String, Value>, DocumentFault> {
    if reply.status != 200 {
        return Err(DocumentFault::Status(reply.status));
    }
    json::parse_usable(&reply.body, LIMITS).map_err(|fault| unreadable(reply, fault))
}

/// A page for people is called what it is.
fn unreadable(reply: &Reply, fault: JsonFault) -> DocumentFault {
    match fault {
        JsonFault::Malformed if !is_json(reply) => DocumentFault::NotJson,
        JsonFault::Malformed
        | JsonFault::NotAnObject
        | JsonFault::TooLarge
        | JsonFault::TooDeep => DocumentFault::Json(fault),
    }
}

/// The text member `name`; `None` where it is absent, empty or no text.
pub fn text<'a>(document: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    document
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn reply(status: u16, content_type: &str, body: &str) -> Reply {
        Reply {
            status,
            content_type: Some(content_type.to_owned()),
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn what_is_published_is_known_by_what_it_says() {
        for content_type in [
            "application/json",
            "text/plain; charset=utf-8",
            "binary/octet-stream",
            "",
        ] {
            for body in ["{}", "\u{feff}{}"] {
                let read = read_published(&reply(200, content_type, body));
                assert_eq!(read, Ok(Map::new()), "{content_type} {body}");
            }
        }
        for (status, content_type, body, fault) in [
            (404, "application/json", "{}", DocumentFault::Status(404)),
            (302, "application/json", "{}", DocumentFault::Status(302)),
            (200, "text/html", "<html>", DocumentFault::NotJson),
            (
                200,
                "application/json",
                "<html>",
                DocumentFault::Json(JsonFault::Malformed),
            ),
            (
                200,
                "text/plain",
                "[]",
                DocumentFault::Json(JsonFault::NotAnObject),
            ),
        ] {
            let read = read_published(&reply(status, content_type, body));
            assert_eq!(read, Err(fault), "{status} {content_type} {body}");
        }
    }

    #[test]
    fn only_declared_json_objects_are_documents() {
        assert!(read(&reply(200, "application/json; charset=utf-8", "{}")).is_ok());
        assert!(read(&reply(200, "application/jwk-set+json", "{}")).is_ok());
        assert_eq!(
            read(&reply(200, "text/html", "{}")),
            Err(DocumentFault::NotJson)
        );
        assert_eq!(
            read(&reply(302, "application/json", "{}")),
            Err(DocumentFault::Status(302))
        );
        assert!(matches!(
            read(&reply(200, "application/json", "<html>")),
            Err(DocumentFault::Json(_))
        ));
    }
}

//! Which file of a folder answers a request, and how: for hosts that serve the static files themselves.
//!
//! Cloudflare serves the files of a deployment by rules of its own (`html_handling =
//! "auto-trailing-slash"`, `not_found_handling = "404-page"`). Elsewhere this module answers as that
//! server does for the same folder, so that a site does not change with its edge. It was compared
//! with the real server, answer by answer; `testdata/observed.txt` has what was seen.
//!
//! Nothing here opens a file. [`plan::plan`] says which names to look for, in order; the adapter
//! looks and says what it found, until there is a response or a file to make one from.
//!
//! # Deliberate differences
//! - Ranges are answered, and `Accept-Ranges` says so; Cloudflare sends the whole file.
//! - `If-None-Match` takes lists and `*`, and `If-Match`, `If-Modified-Since` and
//!   `If-Unmodified-Since` count; Cloudflare compares `If-None-Match` with its tag as text and knows
//!   no other. A page of a 404 is never 304, as RFC 9110, section 13.2.1 asks.
//! - 405 says `Allow`, as RFC 9110, section 15.5.6 asks; Cloudflare's does not.
//! - An answer to a request with `Range` has its `Cache-Control`; Cloudflare's has none.
//! - Nothing is compressed, which Cloudflare does at its edge.
//! - A redirect never goes to a dot segment, as Cloudflare's for a file `..html` does; the file is
//!   served where it stands.
//! - A `404.html` more than 32 folders down is not looked for.
//!
//! # Files without effect here
//! `_headers`, `_redirects` and `.assetsignore` at the root are never served, but not obeyed either:
//! set headers that a site needs at its pages, and leave files out of the folder instead of listing
//! them in `.assetsignore`, because here they would be served.
//!
//! # Requirements on the folder
//! On a file system that folds letters, or drops dots and blanks at the end of a name, `/STAFF/x` is the file `staff/x`;
//! the rules of both hold there (`access::loose`). One that takes names for the same in other ways, as by Unicode
//! normalization or short names (`MEMBER~1`), must not hold protected files whose folders have such names.

mod condition;
pub mod content_type;
pub mod entity_tag;
pub mod file_name;
pub mod plan;
mod range;
mod resolve;
pub mod response;

#[cfg(all(test, not(target_family = "wasm")))]
mod properties;

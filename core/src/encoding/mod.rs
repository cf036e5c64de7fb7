//! Text encodings of the web: base64url, percent-encoding, form parameters, numbers and JSON.

pub mod ascii;
pub mod base64url;
pub mod digits;
pub mod json;
pub mod members;
pub mod parameters;
pub mod percent;
mod unusable;

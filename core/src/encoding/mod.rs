//! Text encodings of the web: base64url, percent-encoding and form parameters.

pub mod ascii;
pub mod base64url;
pub mod members;
pub mod parameters;
pub mod percent;

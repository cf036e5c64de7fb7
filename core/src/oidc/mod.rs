//! OpenID Connect, one file per message: each builds a request or reads a response, none sends.
//!
//! OpenID Connect Core 1.0, Discovery 1.0 and RP-Initiated Logout 1.0; RFC 6749, 7523, 7636, 9126, 9207, 9700.

pub mod attempt;
pub mod authorization_error;
pub mod authorization_request;
pub mod callback;
pub mod challenge;
pub mod client_assertion;
pub mod client_authentication;
pub mod discovery;
pub mod document;
pub mod hand_over;
pub mod id_token;
pub mod identity;
pub mod initiation;
pub mod logout;
pub mod loop_guard;
pub mod pushed_authorization;
pub mod return_to;
pub mod token;
pub mod token_hash;
pub mod userinfo;

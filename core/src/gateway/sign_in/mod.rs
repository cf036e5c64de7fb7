//! Signing in: from a protected page to the provider, and back to a session.
//!
//! On the way there, [`login`] begins an attempt, keeps it in a cookie of its own ([`attempt_cookie`]) and leads to a
//! provider. [`loop_guard`] stops a browser that goes round. On the way back:
//!
//! 1. [`endpoints`](crate::gateway::endpoints) hands the request with the provider's answer to [`callback`], which
//!    finds the attempt.
//! 2. [`openid`] or [`oauth`] reads the answer, and says in the end who signed in.
//! 3. [`redeem`] marks the attempt as used and trades the code for tokens.
//! 4. [`providers::verify`](crate::gateway::providers::verify) verifies the signature of an ID token. [`openid`] judges
//!    what the token says, and [`claims`] asks userinfo for the claims that are missing there.
//! 5. [`sessions::create`](crate::gateway::sessions::create) makes the session.
//! 6. [`page::onward`](crate::page::onward) leads the browser to the page that was asked for.
//!
//! Without redirects, [`hand_over`] gives a page a challenge ([`challenge_cookie`]) and takes the token that the page
//! got with a script of the provider. [`token_of_page`] says whose it is.
//!
//! [`resume`] leads a browser on that came from another site without its session cookie.

mod attempt_cookie;
pub(in crate::gateway) mod callback;
mod challenge_cookie;
pub(in crate::gateway) mod claims;
pub(in crate::gateway) mod hand_over;
pub(in crate::gateway) mod login;
pub(in crate::gateway) mod loop_guard;
pub(in crate::gateway) mod oauth;
pub(in crate::gateway) mod openid;
pub(in crate::gateway) mod redeem;
pub(in crate::gateway) mod resume;
mod token_of_page;

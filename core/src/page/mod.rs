//! The pages and JSON errors that the gateway answers by itself.
//!
//! One file per page; their words stand in [`words`], one file per language. Whatever a page shows is either a literal of ours or goes through
//! [`html::Html::text`], which escapes; a text that a provider sent has no way in. The pages load
//! nothing but the logo that a configuration names, and hold no script but the static ones of `script.rs`, and their Content-Security-Policy says so.

pub mod authenticate_again;
pub mod chooser;
pub mod color;
pub mod failure;
pub mod forbidden;
pub mod href;
pub mod json;
pub mod language;
pub mod onward;
pub mod problem;
pub mod redirect;
pub mod sign_in_failed;
pub mod sign_out;
pub mod sign_out_incomplete;
pub mod signed_out;
pub mod theme;
pub mod voice;

mod html;
mod layout;
mod script;
mod words;

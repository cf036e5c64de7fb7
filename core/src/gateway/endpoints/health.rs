//! `GET {base_path}/health`: whether the gateway is open.
//!
//! It asks neither store nor ledger: anyone may call it, as often as they like.

use crate::{
    http::response::{Response, Status},
    page::json::json,
};

/// 200 with `{"status":"open"}`.
pub(in crate::gateway) fn answer() -> Response {
    json(Status::OK, r#"{"status":"open"}"#.into())
}

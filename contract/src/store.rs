//! The questions to the store.

use crate::question::{bytes, text, time};
use crate::reply::reply;
use lychgate_core::encoding::base64url;
use lychgate_core::platform::{Platform, store::StoreKey};
use serde_json::Value;

pub(crate) async fn load<P: Platform>(platform: &P, question: &Value) -> Option<Value> {
    let loaded = platform.store_load(&key(question)?).await;
    Some(reply(loaded, |value| match value {
        Some(value) => base64url::encode(&value).into(),
        None => Value::Null,
    }))
}

pub(crate) async fn save<P: Platform>(platform: &P, question: &Value) -> Option<Value> {
    let (key, value) = (key(question)?, bytes(question, "value")?);
    let expires = time(question, "expires")?;
    let saved = platform.store_save(&key, &value, expires).await;
    Some(reply(saved, |()| Value::Bool(true)))
}

pub(crate) async fn remove<P: Platform>(platform: &P, question: &Value) -> Option<Value> {
    let removed = platform.store_remove(&key(question)?).await;
    Some(reply(removed, |()| Value::Bool(true)))
}

fn key(question: &Value) -> Option<StoreKey> {
    StoreKey::parse(text(question, "key")?)
}

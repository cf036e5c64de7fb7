//! Verifies signatures by the runtime's own cryptography (<https://www.w3.org/TR/webcrypto-2/>), which is ten times
//! faster than Rust in wasm.
//!
//! The core refused weak keys when it read them; the runtime checks only whether a point lies on its curve. A wrong
//! `Valid` from here lets anyone in as anyone.

use crate::host;
use lychgate_core::jose::{Algorithm, SignatureCheck, SignatureVerdict};
use lychgate_core::platform::VerifierError;
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// The most imported keys that the cache keeps: those of a few providers, with old and new ones of each.
const MOST_KEYS: usize = 32;

struct Imported {
    algorithm: Algorithm,
    jwk: String,
    key: JsValue,
}

/// A cache of imported public keys, the most recent last. They belong to providers, not to requests.
#[derive(Default)]
pub(crate) struct Keys(RefCell<Vec<Imported>>);

impl Keys {
    /// Verifies one signature.
    ///
    /// # Errors
    /// [`VerifierError`] where the runtime fails.
    pub(crate) async fn verify(
        &self,
        check: &SignatureCheck<'_>,
    ) -> Result<SignatureVerdict, VerifierError> {
        let Some(key) = self.key(check).await? else {
            return Ok(SignatureVerdict::Invalid);
        };
        let verifying = host::verify(
            check.algorithm().name(),
            &key,
            check.signature(),
            check.signing_input(),
        );
        let answer = JsFuture::from(verifying.map_err(|_| VerifierError)?).await;
        match answer.map_err(|_| VerifierError)?.as_bool() {
            Some(true) => Ok(SignatureVerdict::Valid),
            Some(false) => Ok(SignatureVerdict::Invalid),
            None => Err(VerifierError),
        }
    }

    /// The imported key; `None` where the runtime refuses it.
    async fn key(&self, check: &SignatureCheck<'_>) -> Result<Option<JsValue>, VerifierError> {
        let (algorithm, jwk) = (check.algorithm(), check.key().jwk());
        if let Some(key) = kept(&self.0.borrow(), algorithm, jwk) {
            return Ok(Some(key));
        }
        let importing = host::import_key(algorithm.name(), jwk).map_err(|_| VerifierError)?;
        let key = JsFuture::from(importing).await.map_err(|_| VerifierError)?;
        if key.is_undefined() {
            return Ok(None);
        }
        let mut keys = self.0.borrow_mut();
        // Another request may have imported the same key meanwhile.
        if kept(&keys, algorithm, jwk).is_none() {
            if keys.len() >= MOST_KEYS {
                keys.remove(0);
            }
            keys.push(Imported {
                algorithm,
                jwk: jwk.to_owned(),
                key: key.clone(),
            });
        }
        Ok(Some(key))
    }
}

fn kept(keys: &[Imported], algorithm: Algorithm, jwk: &str) -> Option<JsValue> {
    keys.iter()
        .find(|kept| kept.algorithm == algorithm && kept.jwk == jwk)
        .map(|kept| kept.key.clone())
}

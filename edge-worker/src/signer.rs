//! Signatures with the private keys of Lychgate, by the runtime's own cryptography.
//!
//! The runtime imports the key for each signature: that happens once per sign-in, and no key stays in the runtime.

use crate::host;
use js_sys::Uint8Array;
use lychgate_core::jose::SigningKey;
use lychgate_core::platform::SignerError;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// Signs `input`.
///
/// # Errors
/// [`SignerError`] where the runtime refuses the key, or fails.
pub(crate) async fn sign(key: &SigningKey, input: &[u8]) -> Result<Vec<u8>, SignerError> {
    let signing = host::sign(
        key.algorithm().name(),
        key.jwk().expose(),
        Uint8Array::from(input),
    );
    let signed = JsFuture::from(signing.map_err(|_| SignerError)?).await;
    let signature: Uint8Array = signed
        .map_err(|_| SignerError)?
        .dyn_into()
        .map_err(|_| SignerError)?;
    Ok(signature.to_vec())
}

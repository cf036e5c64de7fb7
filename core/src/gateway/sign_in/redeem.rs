//! From a code to tokens, once.
//!
//! The attempt is marked as used before the code is sent: of two callbacks with one state exactly
//! one ever speaks to the provider, and a mark whose write is in doubt counts as used.

use crate::{
    config::Provider,
    fault::{BrowserFault, Exchange, Fault, PlatformFault, ProviderFault},
    gateway::{
        context::{
            call::Call,
            record::{self, NewValue, Once},
        },
        providers::{
            self,
            client::{self, Client},
        },
    },
    http::{inbound::Inbound, url::Url},
    oidc::{
        attempt::{self, Attempt},
        token::{self, CodeExchange, Tokens},
    },
    platform::{Platform, ledger::RecordName},
    secret::Secret,
};
use alloc::string::String;

/// Marks the attempt as used and trades the code for tokens.
///
/// # Errors
/// [`BrowserFault::AttemptUsed`] for a second callback, [`PlatformFault::Ledger`] where that is in doubt, and
/// [`ProviderFault`] where no tokens came (RFC 6749, section 5.2).
pub(in crate::gateway) async fn code<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    token_endpoint: &Url,
    code: &Secret<String>,
    attempt: &Attempt,
) -> Result<Tokens, Fault> {
    mark_used(call, attempt).await?;
    let credential = client::credential(call, Client::at(provider)).await?;
    let exchange = CodeExchange {
        code,
        redirect_uri: &call.deployment.redirect_uri(provider),
        code_verifier: &attempt.code_verifier(),
        client_id: &provider.client_id,
    };
    let request = token::request(token_endpoint, &exchange, &credential);
    let request = request.ok_or(PlatformFault::Internal)?;
    let reply = providers::send(call, request, Exchange::Token).await?;
    Ok(token::read(&reply).map_err(ProviderFault::Token)?)
}

/// Marks the attempt in the ledger. A second callback is refused.
async fn mark_used<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    attempt: &Attempt,
) -> Result<(), Fault> {
    let mark = NewValue {
        value: &[],
        expires: attempt
            .created
            .plus(attempt::LIFETIME)
            .plus(attempt::LIFETIME),
    };
    let name = RecordName::attempt();
    match record::write_once(call, &attempt.partition(), &name, mark).await? {
        Once::Written => Ok(()),
        Once::AlreadyThere => Err(BrowserFault::AttemptUsed.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gateway::context::for_tests::{Sent, calling, deployment},
        oidc::return_to::ReturnTo,
        platform::{
            for_tests::{Edge, NOW},
            ledger::{LedgerError, Version, Written},
        },
    };
    use alloc::{collections::VecDeque, vec};
    use core::cell::RefCell;
    use futures_util::FutureExt;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_code_is_sent_after_its_attempt_was_marked_and_never_in_doubt() {
        let first = Version::first([0; 6]);
        let used = Err(BrowserFault::AttemptUsed.into());
        let unknown = Err(PlatformFault::Ledger.into());
        for (answer, marked) in [
            (Ok(Written::Stored(first)), Ok(())),
            (Ok(Written::Conflict(None)), used),
            (Err(LedgerError::OutcomeUnknown), unknown),
        ] {
            let edge = Edge {
                writes: RefCell::new(VecDeque::from([answer])),
                ..Edge::default()
            };
            let (secret, home) = (Secret::new([5; 32]), ReturnTo::home());
            let attempt = Attempt::new(secret, NOW, vec![], "demo".into(), None, home);
            let request = Sent::new("GET", "/auth/callback/demo");
            let deployment = deployment();
            let provider = deployment.config.provider("demo").unwrap();
            let endpoint = Url::parse("https://op.example.com/token").unwrap();
            let sent = calling(&deployment, &edge, &request, |call| {
                let code = Secret::new("c".into());
                let tokens = super::code(call, provider, &endpoint, &code, &attempt);
                tokens.now_or_never().unwrap().map(|_| ())
            });
            let is_sent = !edge.sent.borrow().is_empty();
            assert_eq!(is_sent, marked.is_ok());
            match marked {
                // Nobody answers at the endpoint.
                Ok(()) => assert!(matches!(sent, Err(Fault::Provider(_)))),
                Err(_) => assert_eq!(sent, marked),
            }
        }
    }
}

//! One exchange with a provider or an issuer: a request of ours, its limits, and the count of what came of it.

use crate::{
    fault::Exchange,
    http::{
        inbound::ByteCount,
        outbound::{Outbound, Reply, SendError, SendLimits},
    },
    metrics::{Family, Metrics},
    oidc::document::LARGEST,
    platform::Platform,
    time::Seconds,
};

/// The limits of an exchange: ten seconds, and as many bytes of the answer's body as a published document may have.
const LIMITS: SendLimits = SendLimits {
    timeout: Seconds::new(10),
    body: ByteCount(LARGEST),
};

/// Sends a request of ours to a provider or an issuer, and counts what came of it: `ok` for a status of 2xx, `refused`
/// for another one, `failed` without an answer.
///
/// # Errors
/// Any [`SendError`].
pub(in crate::gateway) async fn send<P: Platform>(
    platform: &P,
    metrics: &Metrics,
    request: Outbound,
    exchange: Exchange,
) -> Result<Reply, SendError> {
    let reply = platform.send(request, LIMITS).await;
    let result = match &reply {
        Ok(reply) if (200..300).contains(&reply.status) => "ok",
        Ok(_) => "refused",
        Err(_) => "failed",
    };
    metrics.count(Family::Exchanges, [exchange.as_str(), result]);
    reply
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        http::{method::Method, url::Url},
        platform::for_tests::Edge,
    };
    use alloc::{collections::VecDeque, format, vec};
    use core::cell::RefCell;
    use futures_util::FutureExt;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn an_exchange_is_counted_by_what_came_of_it() {
        let reply = |status| {
            Ok(Reply {
                status,
                content_type: None,
                body: vec![],
            })
        };
        for (answer, result) in [
            (reply(200), "ok"),
            (reply(299), "ok"),
            (reply(302), "refused"),
            (reply(500), "refused"),
            (Err(SendError::TimedOut), "failed"),
        ] {
            let edge = Edge {
                replies: RefCell::new(VecDeque::from([answer])),
                ..Edge::default()
            };
            let metrics = Metrics::default();
            let request = Outbound {
                method: Method::Get,
                url: Url::parse("https://op.example.com/keys").unwrap(),
                headers: vec![],
                body: None,
            };
            let sent = send(&edge, &metrics, request, Exchange::Keys);
            assert_eq!(sent.now_or_never().unwrap().is_err(), result == "failed");
            let text = metrics.to_text("i");
            let line = format!("exchange=\"keys\",result=\"{result}\"}} 1");
            assert!(text.contains(&line), "{text}");
        }
    }
}

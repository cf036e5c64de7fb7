//! Requests that components send: by the allow-list alone, to another component or over the network.

use crate::allowed_hosts::AllowedHosts;
use crate::application::Components;
use crate::logs::complain;
use http::header::HOST;
use http::{Request, Response, Uri};
use http_body_util::BodyExt as _;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use wasmtime_wasi_http::p3::bindings::http::types::{DnsErrorPayload, ErrorCode};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks, default_send_request};

/// Where a chained request comes from, as far as its receiver is told.
const CHAINED_CLIENT: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 0);

/// The needs of an instance that sends requests.
#[derive(Clone)]
pub struct Outbound {
    component: Arc<str>,
    allowed: Arc<AllowedHosts>,
    components: Arc<Components>,
}

type Ended = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Answer = Result<(Response<WasiBody>, Ended), Error>;

impl Outbound {
    /// The requests of one component.
    pub fn new(component: &str, allowed: AllowedHosts, components: Arc<Components>) -> Self {
        Self {
            component: component.into(),
            allowed: Arc::new(allowed),
            components,
        }
    }

    async fn send(self, mut request: Request<WasiBody>, options: Option<RequestOptions>) -> Answer {
        let uri = request.uri();
        if !self.allowed.allow(&uri.to_string()) {
            let (scheme, authority) = (uri.scheme_str(), uri.authority());
            complain(&format!(
                "the component `{}` may not send a request to {}://{}; its allowed_outbound_hosts decide",
                self.component,
                scheme.unwrap_or_default(),
                authority.map_or("", |authority| authority.as_str()),
            ));
            return Err(Error::HttpRequestDenied);
        }
        if let Some(target) = chained(uri) {
            let target = target.to_owned();
            request.headers_mut().remove(HOST);
            let answer = self.components.chain(&target, request, CHAINED_CLIENT);
            return Ok((answer.await?, Box::new(async { Ok(()) })));
        }
        let (response, ended) = default_send_request(request, options).await?;
        Ok((response.map(|body| body.boxed_unsync()), Box::new(ended)))
    }
}

/// The component that a request is for.
fn chained(uri: &Uri) -> Option<&str> {
    let (name, domain) = uri.host()?.split_once('.')?;
    (domain == "spin.internal").then_some(name)
}

impl WasiHttpHooks for Outbound {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Ended,
    ) -> Box<dyn Future<Output = Answer> + Send> {
        Box::new(self.clone().send(request, options))
    }

    /// A name that cannot be resolved is told apart from a host that does not listen.
    fn p3_error_from_connect(&mut self, error: &io::Error) -> ErrorCode {
        let unresolved = error.raw_os_error().is_none();
        if unresolved || error.kind() == io::ErrorKind::AddrNotAvailable {
            return ErrorCode::DnsError(DnsErrorPayload {
                rcode: Some("address not available".to_owned()),
                info_code: Some(0),
            });
        }
        ErrorCode::ConnectionRefused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_named_by_one_label() {
        let target = |uri: &'static str| chained(&Uri::from_static(uri)).map(str::to_owned);
        assert_eq!(
            target("http://back.spin.internal/x").as_deref(),
            Some("back")
        );
        assert_eq!(
            target("http://back.spin.internal:8080/").as_deref(),
            Some("back")
        );
        assert_eq!(target("http://a.back.spin.internal/"), None);
        assert_eq!(target("http://back.spin.internal.example/"), None);
        assert_eq!(target("http://spin.internal/"), None);
    }
}

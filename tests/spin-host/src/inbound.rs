//! Spin's changes to a request before a component sees it.

use crate::routes::RouteMatch;
use http::Request;
use http::header::{CONNECTION, HOST, HeaderMap, HeaderName, HeaderValue};
use http::uri::{Authority, Scheme, Uri};
use std::net::SocketAddr;
use std::str;
use wasmtime::{Result, bail, ensure, error::Context as _};

/// Removes what means nothing to a component.
pub fn strip<B>(request: &mut Request<B>) {
    let headers = request.headers_mut();
    headers.remove(CONNECTION);
    // A client cannot pretend that a component sent its request.
    if headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .is_some_and(is_chained)
    {
        headers.remove(HOST);
    }
}

fn is_chained(host: &str) -> bool {
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    host.split_once('.')
        .is_some_and(|(_, domain)| domain == "spin.internal")
}

/// Makes the URI absolute, from the `Host` or from the request line.
///
/// # Errors
/// No authority, two different ones, or one that cannot be read.
pub fn set_uri<B>(request: &mut Request<B>, scheme: Scheme) -> Result<()> {
    let host = match request.headers().get(HOST) {
        Some(host) => {
            let host = host.to_str().context("the Host header is not ASCII")?;
            Some(
                host.parse::<Authority>()
                    .context("the Host header is no authority")?,
            )
        }
        None => None,
    };
    let mut parts = request.uri().clone().into_parts();
    parts.authority = match (host, parts.authority) {
        (None, None) => bail!("no Host header"),
        (Some(one), None) | (None, Some(one)) => Some(one),
        (Some(host), Some(authority)) => {
            ensure!(
                host == authority,
                "the Host header and the URI name different authorities"
            );
            Some(host)
        }
    };
    parts.scheme = Some(scheme);
    *request.uri_mut() = Uri::from_parts(parts)?;
    Ok(())
}

/// Adds what Spin tells about the request. Headers that the client sent under these names stay before it.
///
/// # Errors
/// A header that is not UTF-8.
pub fn prepare<B>(
    request: &mut Request<B>,
    route: &RouteMatch<'_>,
    client: SocketAddr,
) -> Result<()> {
    for value in request.headers().values() {
        str::from_utf8(value.as_bytes()).context("a header is not UTF-8")?;
    }
    let uri = request.uri();
    let host = match request.headers().get(HOST) {
        Some(host) => str::from_utf8(host.as_bytes())?,
        None => "localhost",
    };
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let scheme = uri.scheme_str().unwrap_or("http");
    let full_url = format!("{scheme}://{host}{path}");
    let headers = request.headers_mut();
    tell(headers, "spin-path-info", &route.path_info);
    tell(headers, "spin-full-url", &full_url);
    tell(headers, "spin-matched-route", route.raw);
    tell(headers, "spin-base-path", "/");
    tell(headers, "spin-raw-component-route", route.raw);
    tell(headers, "spin-component-route", route.prefix());
    tell(headers, "spin-client-addr", &client.to_string());
    Ok(())
}

fn tell(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
        headers.append(HeaderName::from_static(name), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 9))
    }

    #[test]
    fn connection_and_internal_hosts_are_removed() {
        let mut request = Request::get("/x")
            .header("host", "back.spin.internal:80")
            .header("connection", "keep-alive")
            .body(())
            .unwrap();
        strip(&mut request);
        assert!(request.headers().is_empty());
        let mut request = Request::get("/x")
            .header("host", "a.example")
            .body(())
            .unwrap();
        strip(&mut request);
        assert_eq!(request.headers()["host"], "a.example");
    }

    #[test]
    fn the_authority_has_to_be_clear() {
        let uri = |uri: &str, host: Option<&str>| {
            let mut request = Request::get(uri);
            if let Some(host) = host {
                request = request.header("host", host);
            }
            let mut request = request.body(()).unwrap();
            set_uri(&mut request, Scheme::HTTP).map(|()| request.uri().to_string())
        };
        assert_eq!(uri("/x?y", Some("a:1")).unwrap(), "http://a:1/x?y");
        assert_eq!(uri("http://a/x", None).unwrap(), "http://a/x");
        assert_eq!(uri("http://a/x", Some("a")).unwrap(), "http://a/x");
        assert!(uri("http://a/x", Some("b")).is_err());
        assert!(uri("/x", None).is_err());
        assert!(uri("/x", Some("a b")).is_err());
    }

    #[test]
    fn the_component_is_told_about_its_request() {
        let mut request = Request::get("http://a:1/api/x?y=z")
            .header("host", "a:1")
            .header("spin-client-addr", "forged")
            .body(())
            .unwrap();
        let route = RouteMatch {
            component: "c",
            raw: "/api/...",
            path_info: "/x".to_owned(),
        };
        prepare(&mut request, &route, client()).unwrap();
        let headers = request.headers();
        assert_eq!(headers["spin-full-url"], "http://a:1/api/x?y=z");
        assert_eq!(headers["spin-path-info"], "/x");
        assert_eq!(headers["spin-matched-route"], "/api/...");
        assert_eq!(headers["spin-raw-component-route"], "/api/...");
        assert_eq!(headers["spin-component-route"], "/api");
        assert_eq!(headers["spin-base-path"], "/");
        let told: Vec<_> = headers.get_all("spin-client-addr").iter().collect();
        assert_eq!(told, ["forged", "127.0.0.1:9"]);
    }

    #[test]
    fn a_header_that_is_no_text_is_refused() {
        let request = |value: &[u8]| {
            let mut request = Request::get("http://a/").body(()).unwrap();
            let value = HeaderValue::from_bytes(value).unwrap();
            request.headers_mut().insert("x", value);
            prepare(&mut request, &RouteMatch::chained("c", "/"), client())
        };
        assert!(request("ä".as_bytes()).is_ok());
        assert!(request(b"\xff").is_err());
    }
}

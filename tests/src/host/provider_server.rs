//! The scripted provider behind a socket, for gateways in other processes.

use crate::scripted::provider::Provider;
use lychgate_core::{
    http::{
        header::{HeaderName, HeaderValue},
        inbound::ByteCount,
        method::Method,
        outbound::{Outbound, SendLimits},
        url::Url,
    },
    time::{Seconds, UnixTime},
};
use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::SystemTime,
};

/// Serves a provider for as long as the tests run.
pub fn start() -> Arc<Mutex<Provider>> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let issuer = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    serve_at(listener, issuer)
}

/// Serves a provider that stands behind a server at `issuer`; its port.
pub fn start_behind(issuer: &str) -> (Arc<Mutex<Provider>>, u16) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    (serve_at(listener, issuer.to_owned()), port)
}

fn serve_at(listener: TcpListener, issuer: String) -> Arc<Mutex<Provider>> {
    let provider = Arc::new(Mutex::new(Provider::new(&issuer)));
    let shared = Arc::clone(&provider);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let provider = Arc::clone(&shared);
            let issuer = issuer.clone();
            thread::spawn(move || serve(stream.unwrap(), &issuer, &provider));
        }
    });
    provider
}

/// One request per connection. An answer that does not come is a connection that closes.
fn serve(mut stream: TcpStream, issuer: &str, provider: &Mutex<Provider>) {
    let Some(request) = read(&mut stream, issuer) else {
        return;
    };
    let limits = SendLimits {
        timeout: Seconds::new(10),
        body: ByteCount(usize::MAX),
    };
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = UnixTime::from_seconds(since.unwrap().as_secs());
    let (answer, takes) = {
        let mut provider = provider.lock().unwrap();
        let answer = provider.answer(&request, limits, now);
        (answer, provider.settings.takes)
    };
    let (_kept, nobody) = mpsc::channel::<()>();
    let _ = nobody.recv_timeout(takes);
    if let Ok(reply) = answer {
        let kind = reply.content_type.unwrap_or_default();
        let head = format!(
            "HTTP/1.1 {} x\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            reply.status,
            reply.body.len()
        );
        // The client may have gone.
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(&reply.body);
    }
}

fn read(stream: &mut TcpStream, issuer: &str) -> Option<Outbound> {
    let mut bytes = Vec::new();
    loop {
        if let Some(request) = parse(&bytes, issuer) {
            return Some(request);
        }
        let mut buffer = [0; 16 * 1024];
        let read = stream.read(&mut buffer).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
    }
}

/// The request, once it is there as a whole.
fn parse(bytes: &[u8], issuer: &str) -> Option<Outbound> {
    let mut fields = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut fields);
    let httparse::Status::Complete(end) = parsed.parse(bytes).unwrap() else {
        return None;
    };
    let field = |name: &str| {
        let found = parsed
            .headers
            .iter()
            .find(|field| field.name.eq_ignore_ascii_case(name));
        found.map(|field| String::from_utf8(field.value.to_vec()).unwrap())
    };
    let body = if field("transfer-encoding").is_some() {
        dechunked(&bytes[end..])?
    } else {
        let length = field("content-length").map_or(0, |text| text.parse().unwrap());
        bytes.get(end..end + length)?.to_vec()
    };
    let looked_at = [HeaderName::AUTHORIZATION, HeaderName::ACCEPT].into_iter();
    let headers = looked_at.filter_map(|name| {
        let value = HeaderValue::parse(field(name.as_str())?);
        Some((name, value.unwrap()))
    });
    Some(Outbound {
        method: Method::parse(parsed.method?),
        url: Url::parse(&format!("{issuer}{}", parsed.path?)).unwrap(),
        headers: headers.collect(),
        body: Some(String::from_utf8(body).unwrap()),
    })
}

fn dechunked(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = bytes.windows(2).position(|at| at == b"\r\n")?;
        let size = std::str::from_utf8(&bytes[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        let chunk = bytes.get(end + 2..end + 2 + size + 2)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(&chunk[..size]);
        bytes = &bytes[end + 2 + size + 2..];
    }
}

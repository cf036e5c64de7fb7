//! The HTTP server.

use crate::application::{Application, status};
use crate::inbound;
use crate::logs::complain;
use crate::routes::WELL_KNOWN;
use crate::sqlite;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use wasmtime::{Result, error::Context as _};
use wasmtime_wasi_http::io::TokioIo;
use wasmtime_wasi_http::{Error, WasiBody};

/// Serves an application until the process ends.
///
/// # Errors
/// An address that cannot be listened on.
pub async fn serve(application: Application, listen: SocketAddr) -> Result<()> {
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("unable to listen on {listen}"))?;
    let origin = format!("http://{}", listener.local_addr()?);
    println!("\nServing {origin}\nAvailable Routes:");
    for (route, component) in application.routes.iter() {
        println!("  {component}: {origin}{route}");
    }
    let application = Arc::new(application);
    loop {
        let (stream, client) = listener.accept().await?;
        tokio::spawn(connection(Arc::clone(&application), stream, client));
    }
}

async fn connection(application: Arc<Application>, stream: TcpStream, client: SocketAddr) {
    let service = service_fn(move |request| answer(Arc::clone(&application), request, client));
    let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    if let Err(error) = served.await {
        complain(&format!("a connection failed: {error:?}"));
    }
}

async fn answer(
    application: Arc<Application>,
    mut request: Request<Incoming>,
    client: SocketAddr,
) -> Result<Response<WasiBody>> {
    inbound::strip(&mut request);
    let path = request.uri().path().to_owned();
    if let Some(known) = path.strip_prefix(WELL_KNOWN) {
        return Ok(match known {
            "health" => text("OK".to_owned()),
            "calls" => text(sqlite::calls()),
            "forget" if request.method() == Method::POST => {
                application.components.forget();
                text(String::new())
            }
            _ => status(StatusCode::NOT_FOUND),
        });
    }
    let Some(route) = application.routes.find(&path) else {
        return Ok(status(StatusCode::NOT_FOUND));
    };
    let request = request.map(|body| body.map_err(Error::from).boxed_unsync());
    application.components.answer(&route, request, client).await
}

fn text(text: String) -> Response<WasiBody> {
    let body = Full::new(Bytes::from(text));
    Response::new(body.map_err(Error::from).boxed_unsync())
}

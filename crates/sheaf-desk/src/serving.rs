//! Sockets: listening, TLS, limits of time and size, and an orderly end. The only place that is async.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, Request as HttpRequest, Response, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::answer::Answer;
use crate::desk::{Desk, Request};
use crate::error::{DeskError, Result};
use crate::media;

/// How to serve.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Serving {
    /// The address to listen on; port 0 for any that is free.
    pub listen: SocketAddr,
    /// The certificate, for TLS.
    pub tls: Option<Tls>,
}

/// A certificate and its key, as PEM files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tls {
    /// The certificate, followed by those that vouch for it.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

const FOR_HEADERS: Duration = Duration::from_secs(10);
const FOR_A_BODY: Duration = Duration::from_secs(60);
const FOR_TLS: Duration = Duration::from_secs(10);
const FOR_THE_END: Duration = Duration::from_secs(10);
/// How long work that nobody asked for may go on at the end.
const FOR_THE_REST: Duration = Duration::from_secs(1);
const BETWEEN_TICKS: Duration = Duration::from_secs(10);
/// How long after one round of messages the next one begins.
const BETWEEN_DELIVERIES: Duration = Duration::from_secs(5);
/// How often it is looked whether the pool has changed.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
const MOST_CONNECTIONS: usize = 1024;
/// Every header of a request together, in bytes.
const LONGEST_HEADERS: usize = 64 << 10;

/// Serves until the process is told to end (SIGTERM, SIGINT), then finishes what it has begun.
///
/// `started` is told the address, with the port that was chosen, once requests are answered.
///
/// # Errors
///
/// `cannot-listen` where the address is taken or not ours; `bad-certificate` where the files for TLS hold
/// none.
pub fn serve(desk: Desk, how: &Serving, started: impl FnOnce(SocketAddr)) -> Result<()> {
    let acceptor = how.tls.as_ref().map(acceptor).transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|err| cannot_listen(how, &err))?;
    let served = runtime.block_on(async {
        let listener =
            TcpListener::bind(how.listen).await.map_err(|err| cannot_listen(how, &err))?;
        let at = listener.local_addr().map_err(|err| cannot_listen(how, &err))?;
        let mut end = Box::pin(told_to_end().map_err(|err| cannot_listen(how, &err))?);
        let desk = Arc::new(desk);
        // What came due while nobody served is done before anybody asks.
        let _ = desk.tick((desk.clock)());
        let ticking = tokio::spawn(tick(desk.clone()));
        let delivering = tokio::spawn(deliver(desk.clone()));
        let readying = tokio::spawn(ready(desk.clone()));
        started(at);
        let router = Router::new().fallback(handle).with_state(desk);
        let graceful = GracefulShutdown::new();
        let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        loop {
            // Also a server that is full ends when it is told to.
            let place = tokio::select! {
                place = room.clone().acquire_owned() => place,
                () = &mut end => break,
            };
            let Ok(place) = place else { break };
            let (stream, from) = tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok(accepted) => accepted,
                    // Out of file handles, say; others are let go meanwhile.
                    Err(_) => {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        continue;
                    }
                },
                () = &mut end => break,
            };
            let _ = stream.set_nodelay(true);
            let peer = Peer { from: from.ip(), is_tls: acceptor.is_some() };
            let router = router.clone().layer(Extension(peer));
            let (acceptor, watcher) = (acceptor.clone(), graceful.watcher());
            tokio::spawn(async move {
                let _place = place;
                match acceptor {
                    None => converse(stream, router, watcher).await,
                    Some(acceptor) => {
                        if let Ok(Ok(stream)) = timeout(FOR_TLS, acceptor.accept(stream)).await {
                            converse(stream, router, watcher).await;
                        }
                    }
                }
            });
        }
        ticking.abort();
        delivering.abort();
        readying.abort();
        drop(listener);
        let _ = timeout(FOR_THE_END, graceful.shutdown()).await;
        Ok(())
    });
    // Who asked has the answer. What is made ready for others is of no use any more, and nobody waits for it.
    runtime.shutdown_timeout(FOR_THE_REST);
    served
}

/// Lets the desk do by the clock what no request brings about.
async fn tick(desk: Arc<Desk>) {
    let first = tokio::time::Instant::now() + BETWEEN_TICKS;
    let mut ticks = tokio::time::interval_at(first, BETWEEN_TICKS);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let desk = desk.clone();
        // What fails, as on a full disk, is tried again at the next tick.
        let _ = on_a_thread(move || desk.tick((desk.clock)())).await;
    }
}

/// Tells people what is new. A door that is slow holds up nothing else.
async fn deliver(desk: Arc<Desk>) {
    loop {
        tokio::time::sleep(BETWEEN_DELIVERIES).await;
        let desk = desk.clone();
        // What fails is kept as due, and goes out another time.
        let _ = on_a_thread(move || desk.deliver((desk.clock)())).await;
    }
}

/// Makes what people will look at before they do. What fails is told to whoever asks for it.
async fn ready(desk: Arc<Desk>) {
    let expecting = desk.clone();
    let _ = on_a_thread(move || expecting.expect((expecting.clock)())).await;
    loop {
        let desk = desk.clone();
        let _ = on_a_thread(move || desk.ready((desk.clock)())).await;
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

/// Where a request came from.
#[derive(Clone, Copy, Debug)]
struct Peer {
    from: IpAddr,
    is_tls: bool,
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + 'static,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(FOR_HEADERS)
        .max_buf_size(LONGEST_HEADERS)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    // A peer that breaks off harms nobody but itself.
    let _ = watcher.watch(connection).await;
}

async fn handle(
    State(desk): State<Arc<Desk>>,
    Extension(peer): Extension<Peer>,
    request: HttpRequest<Body>,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let is_sending = body.size_hint().exact() != Some(0);
    let head = Arc::new(head);
    let longest = if is_sending && head.method != "GET" {
        let (desk, head) = (desk.clone(), head.clone());
        let asked =
            on_a_thread(move || desk.longest_body(&request_of(&head, peer, &[]), (desk.clock)()));
        match asked.await {
            Ok(Ok(longest)) => longest,
            Ok(Err(answer)) => return response(answer),
            Err(answer) => return response(answer),
        }
    } else {
        0
    };
    if body.size_hint().lower() > longest as u64 && longest > 0 {
        return response(crate::taxii::too_large(longest as u64));
    }
    let body = match longest {
        0 => Bytes::new(),
        longest => match timeout(FOR_A_BODY, Limited::new(body, longest).collect()).await {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(err)) if err.is::<LengthLimitError>() => {
                return response(crate::taxii::too_large(longest as u64));
            }
            Ok(Err(_)) => return response(Answer::bad_request("the body broke off")),
            Err(_) => {
                return response(Answer::error(408, "RequestTimeout", "the body took too long"));
            }
        },
    };
    let answer =
        on_a_thread(move || desk.answer(&request_of(&head, peer, &body), (desk.clock)())).await;
    response(answer.unwrap_or_else(|answer| answer))
}

/// SQLite and argon2 block; they get threads on which that is no harm.
async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> std::result::Result<T, Answer> {
    tokio::task::spawn_blocking(work).await.map_err(|_| {
        Answer::error(500, "InternalServerError", "the request could not be answered; try again")
    })
}

fn request_of<'a>(head: &'a axum::http::request::Parts, peer: Peer, body: &'a [u8]) -> Request<'a> {
    let text = |name| header_text(&head.headers, name);
    Request {
        method: head.method.as_str(),
        path: head.uri.path(),
        query: head.uri.query().unwrap_or_default(),
        authorization: text("authorization"),
        accept: text("accept"),
        content_type: text("content-type"),
        idempotency_key: text("idempotency-key"),
        accept_encoding: text("accept-encoding"),
        if_none_match: text("if-none-match"),
        cookie: text("cookie"),
        origin: text("origin"),
        csrf: text("x-csrf-token"),
        host: text("host"),
        is_tls: peer.is_tls,
        from: peer.from,
        body,
    }
}

fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn response(answer: Answer) -> Response<Body> {
    // What is answered is what it says it is.
    let mut response =
        Response::builder().status(answer.status).header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    let says = |wanted: &str| answer.headers.iter().any(|(name, _)| *name == wanted);
    if !says("Content-Type") {
        response = response.header(header::CONTENT_TYPE, media::TAXII);
    }
    if !says("Cache-Control") {
        response = response.header(header::CACHE_CONTROL, "no-store");
    }
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(answer.body)).unwrap_or_else(|_| Response::new(Body::empty()))
}

fn acceptor(tls: &Tls) -> Result<TlsAcceptor> {
    let bad = |path: &PathBuf, what: &dyn std::fmt::Display| {
        DeskError::new(
            "bad-certificate",
            format!("{}: {what}", path.display()),
            "a certificate and its key are two files in PEM form",
        )
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&tls.certificate)
        .and_then(Iterator::collect)
        .map_err(|err| bad(&tls.certificate, &err))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|err| bad(&tls.key, &err))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|err| bad(&tls.certificate, &err))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn cannot_listen(how: &Serving, err: &io::Error) -> DeskError {
    DeskError::new(
        "cannot-listen",
        format!("{}: the server cannot listen here: {err}", how.listen),
        "choose another address or port; port 0 takes any that is free",
    )
}

#[cfg(unix)]
fn told_to_end() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn told_to_end() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

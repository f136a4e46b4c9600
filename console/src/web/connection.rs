//! One connection: perhaps TLS, then HTTP/1.1, with a time for everything that a stranger could draw out.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{io, pin};

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::crowd::{Crowd, Place};
use crate::gate::Peer;
use crate::life::Life;

/// For the handshake of TLS.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// From the beginning of a connection, or the last answer, to the end of the next request's head: browsers keep connections
/// open for less than they would like, and nobody sends a head octet by octet.
const HEAD: Duration = Duration::from_secs(15);
/// Headers of a request.
const HEADERS: usize = 64;
/// Octets of a request's head.
const BUFFER: usize = 32 * 1024;
/// For a request that is on its way when the life ends.
const LATE: Duration = Duration::from_millis(300);
/// Pause when the system gives no connection (no descriptor is left).
const PAUSE: Duration = Duration::from_millis(100);

/// What all connections of a life share.
#[derive(Clone)]
pub(super) struct Hall {
    pub(super) router: Router,
    pub(super) tls: Option<Arc<ServerConfig>>,
    pub(super) crowd: Crowd,
    pub(super) life: Life,
}

impl Hall {
    /// Takes connections until the life ends.
    pub(super) async fn receive(self, listener: TcpListener) {
        loop {
            let taken = tokio::select! {
                () = self.life.ended() => return,
                taken = listener.accept() => taken,
            };
            let Ok((stream, peer)) = taken else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            // One too many is closed at once: whoever is inside keeps working.
            if let Some(place) = self.crowd.enter(peer.ip()) {
                tokio::spawn(self.clone().serve(
                    Held {
                        stream,
                        _place: place,
                    },
                    peer,
                ));
            }
        }
    }

    async fn serve(self, held: Held, peer: SocketAddr) {
        // Events are small and must not wait for the next one.
        let _ = held.stream.set_nodelay(true);
        match self.tls.clone() {
            None => self.http(held, peer).await,
            Some(tls) => {
                let shaken = TlsAcceptor::from(tls).accept(held);
                // Whoever cannot speak TLS learns nothing here.
                if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, shaken).await {
                    self.http(stream, peer).await;
                }
            }
        }
    }

    async fn http<S>(self, stream: S, peer: SocketAddr)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let router = TowerToHyperService::new(self.router);
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            router.call(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .max_headers(HEADERS)
            .max_buf_size(BUFFER)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let mut connection = pin::pin!(connection);
        // How a browser ends a connection is its own business.
        tokio::select! {
            _ = connection.as_mut() => {}
            () = self.life.ended() => {
                // Whoever came in just now has not been read yet, and would be shut out without an answer.
                if tokio::time::timeout(LATE, connection.as_mut()).await.is_err() {
                    connection.as_mut().graceful_shutdown();
                    let _ = connection.await;
                }
            }
        }
    }
}

/// A stream that keeps its place until it is closed, also when a socket has taken it over.
struct Held {
    stream: TcpStream,
    _place: Place,
}

impl AsyncRead for Held {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Held {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, data)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

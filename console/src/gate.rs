//! What every request passes first: is it meant for us, does a page of ours ask it, and what every answer carries (RELIABILITY S16).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, LOCATION, ORIGIN, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, UPGRADE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::page;
use crate::settings::Settings;

/// What a page may do: nothing inline, nothing from elsewhere, no frame around it, no HTML out of strings but the page's own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; media-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types view";
/// The same for pages that the server writes: they have forms that come to us, and no script.
pub(crate) const FORM_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
/// A year; browsers keep it for host names alone, and only when the certificate satisfied them.
const HSTS: &str = "max-age=31536000";
/// Longest time from a request's head to its answer; sockets and event streams have none.
const LONGEST: Duration = Duration::from_secs(15);

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

impl Peer {
    /// The address, for records.
    pub(crate) fn of(extensions: &Extensions) -> String {
        let peer = extensions.get::<Peer>();
        peer.map_or_else(String::new, |peer| peer.0.ip().to_canonical().to_string())
    }
}

/// The names and addresses that are ours.
#[derive(Clone, Debug)]
pub(crate) struct Ours {
    scheme: &'static str,
    /// `address:port` as browsers write it; with the scheme's own port also without it.
    authorities: Arc<[String]>,
    names: Arc<[String]>,
    /// Listening on every address: any address is ours. No name on the internet can stand for one.
    any_address: bool,
    /// Where `localhost` is sent.
    loopback: Arc<[SocketAddr]>,
}

impl Ours {
    /// Those of the addresses that are really listened on.
    pub(crate) fn new(settings: &Settings, bound: &[SocketAddr]) -> Ours {
        let usual = if settings.tls.is_some() { 443 } else { 80 };
        let mut authorities = Vec::new();
        for address in bound {
            authorities.push(address.to_string());
            if address.port() == usual {
                authorities.push(host_of(*address));
            }
        }
        let names = settings.names.iter().map(|name| name.to_ascii_lowercase());
        let loopback = bound.iter().filter(|address| address.ip().is_loopback());
        Ours {
            scheme: settings.scheme(),
            authorities: authorities.into(),
            names: names.collect(),
            any_address: bound.iter().any(|address| address.ip().is_unspecified()),
            loopback: loopback.copied().collect(),
        }
    }

    /// Whether a browser that says this `Host` means us.
    fn knows(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let (name, _) = parts(&host);
        self.authorities.contains(&host)
            || self.names.iter().any(|known| known == name)
            || (self.any_address && is_address(name))
    }

    /// The origin of the pages that are asked for under this `Host`.
    fn origin(&self, host: &str) -> String {
        format!("{}://{}", self.scheme, host.to_ascii_lowercase())
    }

    /// Where somebody goes who asked for `localhost`: pages of two names would share no session.
    fn instead_of_localhost(&self, host: &str) -> Option<SocketAddr> {
        let host = host.to_ascii_lowercase();
        let (name, port) = parts(&host);
        let port = port.or(Some(if self.scheme == "https" { 443 } else { 80 }));
        let there = |address: &&SocketAddr| Some(address.port()) == port;
        (name == "localhost" && !self.names.iter().any(|known| known == name))
            .then(|| self.loopback.iter().find(there).copied())
            .flatten()
    }
}

/// An address as the host of a URL.
fn host_of(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    }
}

/// Name and port of a `Host`.
fn parts(host: &str) -> (&str, Option<u16>) {
    let end_of_name = host.rfind(']').map_or(0, |bracket| bracket + 1);
    let colon = host
        .get(end_of_name..)
        .and_then(|rest| rest.rfind(':'))
        .map(|colon| end_of_name + colon);
    match colon {
        Some(colon) => (
            host.get(..colon).unwrap_or(host),
            host.get(colon + 1..).and_then(|port| port.parse().ok()),
        ),
        None => (host, None),
    }
}

fn is_address(name: &str) -> bool {
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<std::net::IpAddr>().is_ok()
}

/// The one `Host` of a request.
fn host(headers: &HeaderMap) -> Option<&str> {
    let mut hosts = headers.get_all(HOST).iter();
    let only = hosts.next()?.to_str().ok()?;
    hosts.next().is_none().then_some(only)
}

fn is_upgrade(headers: &HeaderMap) -> bool {
    headers.contains_key(UPGRADE)
}

/// Reads only, and so may be asked for by a link on anybody's page.
fn only_reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Stands before everything.
pub(crate) async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let mut response = pass(&app, request, next).await;
    carry(response.headers_mut(), app.settings.tls.is_some());
    response
}

async fn pass(app: &App, request: Request, next: Next) -> Response {
    let (headers, settings) = (request.headers(), &*app.settings);
    let Some(host) = host(headers) else {
        return page::strange(headers, settings);
    };
    if let Some(address) = app.ours.instead_of_localhost(host) {
        let path = request.uri().path_and_query();
        let path = path.map_or("/", axum::http::uri::PathAndQuery::as_str);
        let there = format!("{}://{address}{path}", settings.scheme());
        return match HeaderValue::from_str(&there) {
            Ok(there) => (StatusCode::PERMANENT_REDIRECT, [(LOCATION, there)]).into_response(),
            Err(_) => page::strange(headers, settings),
        };
    }
    if !app.ours.knows(host) {
        return page::strange(headers, settings);
    }
    if !only_reads(request.method()) || is_upgrade(headers) {
        let origin = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok());
        let ours = app.ours.origin(host);
        if !origin.is_some_and(|origin| origin.eq_ignore_ascii_case(&ours)) {
            return page::foreign(headers, settings);
        }
    }
    if only_reads(request.method()) {
        return next.run(request).await;
    }
    let headers = headers.clone();
    match tokio::time::timeout(LONGEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => page::too_much(&headers, settings, StatusCode::REQUEST_TIMEOUT),
    }
}

/// What every answer carries, whatever it is.
fn carry(headers: &mut HeaderMap, secure: bool) {
    let fixed = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not "no-referrer": with that, browsers say `Origin: null` when our own form is sent.
        (REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), payment=(), usb=(), microphone=(self)",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if secure {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
    // A page of the server's own brought its policy; whatever forgot to gets the strictest, and is not kept by anybody.
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(POLICY));
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

//! The route set of a dialog and how a request travels along it (RFC 3261 sections 12.1.1, 12.1.2 and 12.2.1.1).

use crate::headers::NameAddr;
use crate::message::Message;

/// The most proxies one dialog may go through. A longer Record-Route is an attack on our memory.
pub(super) const MAX_ROUTES: usize = 32;

/// One proxy of the route set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hop {
    /// The whole name-addr, as it goes into Route.
    value: String,
    /// The URI alone.
    uri: String,
    /// Whether it has `;lr` (RFC 3261 section 19.1.1).
    loose: bool,
}

impl Hop {
    fn new(address: &NameAddr<'_>) -> Hop {
        Hop {
            value: address.to_string(),
            uri: address.uri.to_owned(),
            loose: is_loose(address.uri),
        }
    }
}

/// Where a request inside the dialog goes (12.2.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way<'a> {
    /// The Request-URI.
    pub(super) request_uri: &'a str,
    /// The Route values that are left.
    pub(super) hops: &'a [Hop],
    /// What goes at the end of Route: the remote target, behind a strict router.
    pub(super) last: Option<&'a str>,
}

impl<'a> Way<'a> {
    /// 12.2.1.1: with a loose router first, the target is asked for and the set stands in Route; a strict router first
    /// becomes the Request-URI, and the target goes to the end.
    pub(super) fn new(hops: &'a [Hop], target: &'a str) -> Way<'a> {
        match hops.split_first() {
            Some((strict, rest)) if !strict.loose => Way {
                request_uri: without_headers(&strict.uri),
                hops: rest,
                last: Some(target),
            },
            _ => Way {
                request_uri: without_headers(target),
                hops,
                last: None,
            },
        }
    }

    /// The Route values in order.
    pub(super) fn routes(&self) -> impl Iterator<Item = String> {
        let hops = self.hops.iter().map(|hop| hop.value.clone());
        hops.chain(self.last.map(|target| format!("<{target}>")))
    }
}

/// The URI whose address the request is sent to: the first proxy, or the target itself.
pub(super) fn next_hop<'a>(hops: &'a [Hop], target: &'a str) -> &'a str {
    hops.first().map_or(target, |hop| hop.uri.as_str())
}

/// The Record-Route of a message, in its order; `None` when it cannot be read or is too long.
pub(super) fn recorded(message: &Message) -> Option<Vec<Hop>> {
    let addresses = message.record_routes().ok()?;
    (addresses.len() <= MAX_ROUTES).then(|| addresses.iter().map(Hop::new).collect())
}

/// `;lr` among the URI's parameters, with or without a value as some proxies write it.
fn is_loose(uri: &str) -> bool {
    // The user part may hold semicolons; parameters come behind the host.
    let host = uri.rsplit_once('@').map_or(uri, |(_, host)| host);
    let params = host
        .split('?')
        .next()
        .unwrap_or_default()
        .split(';')
        .skip(1);
    params
        .map(|param| param.split('=').next().unwrap_or_default())
        .any(|name| name.trim().eq_ignore_ascii_case("lr"))
}

/// A Request-URI has no headers (19.1.1 table 1).
fn without_headers(uri: &str) -> &str {
    // A question mark may stand in the user part.
    let host = uri.rfind('@').unwrap_or(0);
    match uri.get(host..).and_then(|rest| rest.find('?')) {
        Some(at) => uri.get(..host.saturating_add(at)).unwrap_or(uri),
        None => uri,
    }
}

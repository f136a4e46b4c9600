//! Which transaction a message belongs to: RFC 3261 sections 17.1.3 (responses) and 17.2.3 (requests).
//!
//! A key is text written into a buffer the table reuses, so a look-up allocates nothing. Keys hold a NUL between their
//! parts, which no SIP token, host or URI contains.

use std::fmt::Write;

use crate::headers::via::MAGIC_COOKIE;
use crate::message::Message;
use crate::{Method, Peer};

/// The key of a request that arrived, as if its method were `method`: an ACK and a CANCEL look for their INVITE.
///
/// With an RFC 3261 branch it is branch, sent-by and method, and the address it came from: sites behind address
/// translation share private sent-by values, and phones that start together can share their first random numbers.
/// Without one, or with the bare cookie, it is everything section 17.2.3 lists for RFC 2543, and the source.
pub(super) fn server_key(key: &mut String, request: &Message, from: &Peer, method: &Method) {
    write_server_key(key, request, from, method, request.to_tag());
}

/// For the ACK of a peer without RFC 3261 branches: the key of an INVITE that had no To tag yet, whose response brought
/// the tag this ACK carries. Whether there can be such a key.
pub(super) fn untagged_key(key: &mut String, ack: &Message, from: &Peer, method: &Method) -> bool {
    let possible = unique_branch(ack).is_none() && ack.to_tag().is_some();
    if possible {
        write_server_key(key, ack, from, method, None);
    }
    possible
}

fn write_server_key(
    key: &mut String,
    request: &Message,
    from: &Peer,
    method: &Method,
    to_tag: Option<&str>,
) {
    let via = request.top_via();
    let ip = from.remote.ip().to_canonical();
    key.clear();
    // Writing into a String cannot fail.
    let _ = match unique_branch(request) {
        Some(branch) => write!(key, "{branch}\0{method}\0{ip}\0{:?}", via.port),
        None => write!(
            key,
            "\0{}\0{}\0{}\0{}\0{method}\0{ip}:{}\0{}\0{:?}\0{}",
            request.request_uri(),
            to_tag.unwrap_or_default(),
            request.from_tag().unwrap_or_default(),
            request.call_id(),
            from.remote.port(),
            request.cseq().seq,
            via.port,
            via.branch().unwrap_or_default(),
        ),
    };
    key.push('\0');
    // Host names are compared without regard to case (19.1.4).
    key.extend(via.host.chars().map(|c| c.to_ascii_lowercase()));
}

/// The branch of the top Via when it identifies a transaction by itself (8.1.1.7): the cookie and something behind it.
fn unique_branch(request: &Message) -> Option<&str> {
    let branch = request.top_via().branch()?;
    let (cookie, rest) = branch.split_at_checked(MAGIC_COOKIE.len())?;
    (cookie.eq_ignore_ascii_case(MAGIC_COOKIE) && !rest.is_empty()).then_some(branch)
}

/// The branch a response answers; none when it is not for us (8.1.3.3: there is one Via, ours).
pub(super) fn response_branch(response: &Message) -> Option<&str> {
    if response.vias().nth(1).is_some() {
        return None;
    }
    response.top_via().branch()
}

/// The key of a request of ours.
pub(super) fn client_key(key: &mut String, branch: &str, method: &Method) {
    key.clear();
    key.push_str(branch);
    key.push('\0');
    key.push_str(method.as_str());
}

//! Which transaction a message belongs to: RFC 3261 sections 17.1.3 (responses) and 17.2.3 (requests).
//!
//! A key is text written into a buffer the table reuses, so a look-up allocates nothing. Keys hold a NUL between their
//! parts, which no SIP token, host or URI contains.

use crate::headers::via::MAGIC_COOKIE;
use crate::message::Message;
use crate::value::Value;
use crate::{Method, Peer, Via};

/// The key of a request that arrived, as if its method were `method`: an ACK and a CANCEL look for their INVITE.
///
/// With an RFC 3261 branch it is branch, sent-by and method, and the address it came from: sites behind address
/// translation share private sent-by values, and phones that start together can share their first random numbers.
/// Without one, or with the bare cookie, it is everything section 17.2.3 lists for RFC 2543, and the source.
pub(super) fn server_key(key: &mut Vec<u8>, request: &Message, from: &Peer, method: &Method) {
    write_server_key(key, request, from, method, request.to_tag());
}

/// For the ACK of a peer without RFC 3261 branches: the key of an INVITE that had no To tag yet, whose response brought
/// the tag this ACK carries. Whether there can be such a key.
pub(super) fn untagged_key(key: &mut Vec<u8>, ack: &Message, from: &Peer, method: &Method) -> bool {
    let possible = unique_branch(&ack.top_via()).is_none() && ack.to_tag().is_some();
    if possible {
        write_server_key(key, ack, from, method, None);
    }
    possible
}

fn write_server_key(
    key: &mut Vec<u8>,
    request: &Message,
    from: &Peer,
    method: &Method,
    to_tag: Option<&str>,
) {
    let via = request.top_via();
    let ip = from.remote.ip().to_canonical();
    // Port 0 is none: `Via` reads no such port.
    let port = via.port.unwrap_or(0);
    key.clear();
    match unique_branch(&via) {
        Some(branch) => (branch, "\0", method, "\0", ip, "\0", port).put(key),
        None => {
            let to_tag = to_tag.unwrap_or_default();
            let from_tag = request.from_tag().unwrap_or_default();
            ("\0", request.request_uri(), "\0", to_tag, "\0").put(key);
            (from_tag, "\0", request.call_id(), "\0", method).put(key);
            ("\0", ip, ":", from.remote.port(), "\0").put(key);
            let branch = via.branch().unwrap_or_default();
            (request.cseq().seq, "\0", port, "\0", branch).put(key);
        }
    }
    key.push(b'\0');
    // Host names are compared without regard to case (19.1.4).
    key.extend(via.host.bytes().map(|byte| byte.to_ascii_lowercase()));
}

/// The branch of the top Via when it identifies a transaction by itself (8.1.1.7): the cookie and something behind it.
fn unique_branch<'a>(via: &Via<'a>) -> Option<&'a str> {
    let branch = via.branch()?;
    let (cookie, rest) = branch.split_at_checked(MAGIC_COOKIE.len())?;
    (cookie.eq_ignore_ascii_case(MAGIC_COOKIE) && !rest.is_empty()).then_some(branch)
}

/// The branch a response answers; none when it is not for us (8.1.3.3: there is one Via, ours).
pub(super) fn response_branch(response: &Message) -> Option<&str> {
    if response.has_more_vias() {
        return None;
    }
    response.top_via().branch()
}

/// The key of a request of ours.
pub(super) fn client_key(key: &mut Vec<u8>, branch: &str, method: &Method) {
    key.clear();
    (branch, "\0", method).put(key);
}

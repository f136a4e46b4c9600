//! The client's side of digest: the credentials for a challenge (RFC 7616 section 3.4, RFC 3261 section 22.2).

use super::hash::{Ha1, Inputs, response};
use super::{Algorithm, quote};
use crate::Method;
use crate::headers::Challenge;

/// How we prove who we are to one peer.
#[derive(Debug, Clone, Copy)]
pub struct Login<'a> {
    /// The user name.
    pub user: &'a str,
    /// The realm it belongs to. A challenge of another realm is not answered: our credentials are for their own peer.
    pub realm: &'a str,
    /// The password's sums.
    pub ha1: &'a Ha1,
}

/// The value of Authorization or Proxy-Authorization for the first challenge that we can answer; the realm, the
/// algorithm and `qop` decide. `cnonce` is random text of token characters; `nc` counts the requests with this nonce
/// from 1.
///
/// A challenge without `qop` is answered as RFC 2069 had it, for old registrars.
pub fn answer(
    challenges: &[Challenge<'_>],
    login: &Login<'_>,
    method: &Method,
    uri: &str,
    cnonce: &str,
    nc: u32,
) -> Option<String> {
    challenges
        .iter()
        .find_map(|challenge| answer_one(challenge, login, method, uri, cnonce, nc))
}

fn answer_one(
    challenge: &Challenge<'_>,
    login: &Login<'_>,
    method: &Method,
    uri: &str,
    cnonce: &str,
    nc: u32,
) -> Option<String> {
    if challenge.realm != login.realm {
        return None;
    }
    let algorithm = Algorithm::from_parameter(challenge.algorithm)?;
    let ha1 = login.ha1.hex(algorithm)?;
    let counted = challenge.qop.is_some();
    if counted && !challenge.has_qop("auth") {
        return None;
    }
    let nc = format!("{nc:08x}");
    let inputs = Inputs {
        method: method.as_str(),
        uri,
        nonce: challenge.nonce,
        counted: counted.then_some((nc.as_str(), cnonce)),
    };
    let proof = response(algorithm, &ha1, &inputs);
    // What comes from the challenge goes back as it came, escapes included.
    let mut value = format!(
        "Digest username={}, realm=\"{}\", nonce=\"{}\", uri={}, response=\"{}\"",
        quote(login.user),
        challenge.realm,
        challenge.nonce,
        quote(uri),
        proof.as_str(),
    );
    if challenge.algorithm.is_some() {
        value.push_str(", algorithm=");
        value.push_str(algorithm.as_str());
    }
    if counted {
        value.push_str(", qop=auth, nc=");
        value.push_str(&nc);
        value.push_str(", cnonce=");
        value.push_str(&quote(cnonce));
    }
    if let Some(opaque) = challenge.opaque {
        value.push_str(", opaque=\"");
        value.push_str(opaque);
        value.push('"');
    }
    Some(value)
}

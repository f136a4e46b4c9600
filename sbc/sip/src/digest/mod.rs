//! Digest authentication: RFC 7616 with the algorithms of RFC 8760, as RFC 3261 section 22 uses it.
//!
//! [`Challenger`] is the server's side, [`answer`] the client's. Only `qop=auth`, with SHA-256 or MD5.

mod client;
mod hash;
mod nonce;
mod server;

pub use client::{Login, answer};
pub use hash::{Ha1, Mac};
pub use server::{Challenger, LIFETIME, Verdict};

/// A digest algorithm (RFC 8760 section 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// `SHA-256`.
    Sha256,
    /// `MD5`: only for peers that know nothing better.
    Md5,
}

impl Algorithm {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Algorithm::Sha256 => "SHA-256",
            Algorithm::Md5 => "MD5",
        }
    }

    /// Reads an `algorithm` parameter; without one it is MD5 (RFC 7616 section 3.3). Session variants are not ours.
    pub fn from_parameter(name: Option<&str>) -> Option<Algorithm> {
        match name {
            None => Some(Algorithm::Md5),
            Some(name) => [Algorithm::Sha256, Algorithm::Md5]
                .into_iter()
                .find(|known| known.as_str().eq_ignore_ascii_case(name)),
        }
    }
}

/// A quoted string (RFC 3261 section 25.1); control characters, which none may contain, are left out.
fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len().saturating_add(2));
    quoted.push('"');
    for c in text.chars().filter(|c| !c.is_control()) {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests;

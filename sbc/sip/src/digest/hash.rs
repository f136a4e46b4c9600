//! The sums of RFC 7616 section 3.4: HA1, HA2 and the response, and HMAC-SHA-256 (RFC 2104) for nonces.

use std::fmt;

use md5::Md5;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Algorithm;

/// `H(user:realm:password)` for each algorithm an account may use. It is as secret as the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Ha1 {
    /// With SHA-256.
    pub sha256: [u8; 32],
    /// With MD5, only for an account whose phone knows nothing better.
    pub md5: Option<[u8; 16]>,
}

impl Ha1 {
    /// From a password; with MD5 as well when `md5` says so.
    pub fn new(user: &str, realm: &str, password: &str, md5: bool) -> Ha1 {
        let parts = [user, ":", realm, ":", password].map(str::as_bytes);
        Ha1 {
            sha256: sha256(&parts),
            md5: md5.then(|| md5_sum(&parts)),
        }
    }

    /// As hexadecimal text, which is what the response is computed from.
    pub(super) fn hex(&self, algorithm: Algorithm) -> Option<Hex> {
        match algorithm {
            Algorithm::Sha256 => Some(Hex::new(&self.sha256)),
            Algorithm::Md5 => self.md5.as_ref().map(|sum| Hex::new(sum)),
        }
    }
}

impl fmt::Debug for Ha1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ha1(…)")
    }
}

/// A sum as lower-case hexadecimal text.
#[derive(Clone, Copy)]
pub(super) struct Hex {
    digits: [u8; 64],
    len: usize,
}

impl Hex {
    /// At most 32 bytes.
    pub(super) fn new(sum: &[u8]) -> Hex {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut hex = Hex {
            digits: [0; 64],
            len: 0,
        };
        for (pair, byte) in hex.digits.chunks_exact_mut(2).zip(sum) {
            for (digit, value) in pair.iter_mut().zip([byte >> 4, byte & 15]) {
                *digit = DIGITS.get(usize::from(value)).copied().unwrap_or(b'0');
            }
            hex.len = hex.len.saturating_add(2);
        }
        hex
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.digits.get(..self.len).unwrap_or_default()
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// Equality in a time that does not tell where they differ; letters may be of either case.
    pub(super) fn matches(&self, text: &str) -> bool {
        let mut lower = [0; 64];
        if text.len() != self.len {
            return false;
        }
        for (to, from) in lower.iter_mut().zip(text.bytes()) {
            *to = from.to_ascii_lowercase();
        }
        self.digits.ct_eq(&lower).into()
    }
}

/// What a response is computed from besides HA1, all as sent.
#[derive(Clone, Copy)]
pub(super) struct Inputs<'a> {
    pub(super) method: &'a str,
    pub(super) uri: &'a str,
    pub(super) nonce: &'a str,
    /// `nc` and `cnonce` with `qop=auth`; none is the form of RFC 2069.
    pub(super) counted: Option<(&'a str, &'a str)>,
}

/// RFC 7616 section 3.4.1.
pub(super) fn response(algorithm: Algorithm, ha1: &Hex, inputs: &Inputs<'_>) -> Hex {
    let ha2 = hex_sum(
        algorithm,
        &[inputs.method.as_bytes(), b":", inputs.uri.as_bytes()],
    );
    let (ha1, ha2, nonce) = (ha1.as_bytes(), ha2.as_bytes(), inputs.nonce.as_bytes());
    match inputs.counted {
        Some((nc, cnonce)) => {
            let (nc, cnonce) = (nc.as_bytes(), cnonce.as_bytes());
            hex_sum(
                algorithm,
                &[ha1, b":", nonce, b":", nc, b":", cnonce, b":auth:", ha2],
            )
        }
        None => hex_sum(algorithm, &[ha1, b":", nonce, b":", ha2]),
    }
}

fn hex_sum(algorithm: Algorithm, parts: &[&[u8]]) -> Hex {
    match algorithm {
        Algorithm::Sha256 => Hex::new(&sha256(parts)),
        Algorithm::Md5 => Hex::new(&md5_sum(parts)),
    }
}

pub(super) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

fn md5_sum(parts: &[&[u8]]) -> [u8; 16] {
    let mut hasher = Md5::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

/// A key of HMAC-SHA-256 (RFC 2104), shorter than a block. Both of its blocks are hashed once, which is half of what the sum
/// of a short text costs.
#[derive(Clone)]
pub struct Mac {
    inner: Sha256,
    outer: Sha256,
}

impl Mac {
    /// Of this key.
    pub fn new(key: &[u8; 32]) -> Mac {
        let keyed = |pad: u8| {
            let mut block = [pad; 64];
            for (byte, key) in block.iter_mut().zip(key) {
                *byte ^= key;
            }
            Sha256::new_with_prefix(block)
        };
        Mac {
            inner: keyed(0x36),
            outer: keyed(0x5c),
        }
    }

    /// The sum of the parts, one after the other.
    pub fn sum(&self, parts: &[&[u8]]) -> [u8; 32] {
        let (mut inner, mut outer) = (self.inner.clone(), self.outer.clone());
        parts.iter().for_each(|part| inner.update(part));
        outer.update(inner.finalize());
        outer.finalize().into()
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mac(…)")
    }
}

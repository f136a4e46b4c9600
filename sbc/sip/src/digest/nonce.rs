//! Nonces that need no memory: a time, a serial number and a keyed sum over both and the source (RFC 7616 section 3.3).

use std::net::IpAddr;

use subtle::ConstantTimeEq;

use super::hash::{Hex, Mac};
use crate::value;

/// What a nonce says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Nonce {
    /// Milliseconds since the challenger began.
    pub(super) minted: u64,
    /// Counts the nonces of one challenger, in the order of their times.
    pub(super) serial: u64,
}

impl Nonce {
    /// 64 hexadecimal digits: time, serial number, half of the sum.
    pub(super) fn write(&self, secret: &Mac, source: IpAddr) -> String {
        let front = (u128::from(self.minted) << 64) | u128::from(self.serial);
        let seal = self.seal(secret, source);
        value::text((value::Hex(front), seal.as_str()))
    }

    /// Reads a nonce that we made for this source; `None` for any other text.
    pub(super) fn read(secret: &Mac, source: IpAddr, text: &str) -> Option<Nonce> {
        let minted = u64::from_str_radix(text.get(..16)?, 16).ok()?;
        let serial = u64::from_str_radix(text.get(16..32)?, 16).ok()?;
        let nonce = Nonce { minted, serial };
        // The whole text is compared, so that a nonce has one spelling.
        let genuine = nonce
            .write(secret, source)
            .as_bytes()
            .ct_eq(text.as_bytes());
        bool::from(genuine).then_some(nonce)
    }

    fn seal(&self, secret: &Mac, source: IpAddr) -> Hex {
        let source = match source {
            IpAddr::V4(v4) => v4.to_ipv6_mapped(),
            IpAddr::V6(v6) => v6,
        };
        let sum = secret.sum(&[
            b"nonce",
            &self.minted.to_be_bytes(),
            &self.serial.to_be_bytes(),
            &source.octets(),
        ]);
        Hex::new(sum.get(..16).unwrap_or_default())
    }
}

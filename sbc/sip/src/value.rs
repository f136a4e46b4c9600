//! What a header's value is made of, written straight into the message: `core::fmt` costs hundreds of instructions for an
//! address or a number, and several of them stand in every message.

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::headers::{NameAddr, SessionExpires};
use crate::{Method, StatusCode, Transport};

/// Text, numbers and addresses, and several of them one after the other as a tuple.
pub trait Value {
    /// Appends it.
    fn put(&self, out: &mut Vec<u8>);
}

/// The value as text of its own.
pub fn text(value: impl Value) -> String {
    let mut out = Vec::with_capacity(96);
    value.put(&mut out);
    // Every value is made of text.
    String::from_utf8(out).unwrap_or_default()
}

/// 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug)]
pub struct Hex(pub u128);

impl Value for Hex {
    fn put(&self, out: &mut Vec<u8>) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut hex = [b'0'; 32];
        for (pair, byte) in hex.chunks_exact_mut(2).zip(self.0.to_be_bytes()) {
            for (digit, value) in pair.iter_mut().zip([byte >> 4, byte & 15]) {
                *digit = DIGITS.get(usize::from(value)).copied().unwrap_or(b'0');
            }
        }
        out.extend_from_slice(&hex);
    }
}

/// A number in decimal.
fn decimal(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [b'0'; 20];
    let mut length = 0_usize;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' | (number % 10) as u8;
        number /= 10;
        length = length.saturating_add(1);
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(
        digits
            .get(digits.len().saturating_sub(length)..)
            .unwrap_or_default(),
    );
}

/// What `Display` prints, for values that are rare.
struct Printed<'a>(&'a mut Vec<u8>);

impl Write for Printed<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// Writes what `Display` prints. Writing into a vector cannot fail.
pub(crate) fn print(out: &mut Vec<u8>, printed: impl fmt::Display) {
    let _ = write!(Printed(out), "{printed}");
}

impl Value for str {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}

impl Value for Ipv4Addr {
    fn put(&self, out: &mut Vec<u8>) {
        for (place, octet) in self.octets().into_iter().enumerate() {
            if place > 0 {
                out.push(b'.');
            }
            decimal(out, u64::from(octet));
        }
    }
}

impl Value for IpAddr {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            IpAddr::V4(ip) => ip.put(out),
            IpAddr::V6(ip) => print(out, ip),
        }
    }
}

impl Value for SocketAddr {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            SocketAddr::V4(address) => (address.ip(), ":", address.port()).put(out),
            SocketAddr::V6(address) => print(out, address),
        }
    }
}

impl Value for StatusCode {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }
}

macro_rules! printed {
    ($($type:ty),*) => {
        $(impl Value for $type {
            fn put(&self, out: &mut Vec<u8>) {
                print(out, self);
            }
        })*
    };
}

impl<T: Value + ?Sized> Value for &T {
    fn put(&self, out: &mut Vec<u8>) {
        (**self).put(out);
    }
}

macro_rules! spelled {
    ($($type:ty: $as_str:ident),*) => {
        $(impl Value for $type {
            fn put(&self, out: &mut Vec<u8>) {
                self.$as_str().put(out);
            }
        })*
    };
}

macro_rules! numbers {
    ($($type:ty),*) => {
        $(impl Value for $type {
            fn put(&self, out: &mut Vec<u8>) {
                decimal(out, u64::from(*self));
            }
        })*
    };
}

macro_rules! tuples {
    ($($($name:ident)*;)*) => {
        $(impl<$($name: Value),*> Value for ($($name,)*) {
            #[allow(non_snake_case, reason = "each is named like its type")]
            fn put(&self, out: &mut Vec<u8>) {
                let ($($name,)*) = self;
                $($name.put(out);)*
            }
        })*
    };
}

spelled! { String: as_str, Cow<'_, str>: as_ref, Method: as_str, Transport: as_str }
printed! { fmt::Arguments<'_>, SessionExpires, NameAddr<'_>, i32, u128, usize }
numbers! { u8, u16, u32, u64 }
tuples! { A B; A B C; A B C D; A B C D E; A B C D E F G; }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_addresses_are_written_as_they_are_printed() {
        for number in [0, 7, 10, 99, 100, 65_535, u64::MAX] {
            assert_eq!(text(number), number.to_string());
        }
        for ip in ["0.0.0.0", "192.0.2.1", "255.10.100.9", "2001:db8::1", "::"] {
            let ip: IpAddr = ip.parse().unwrap();
            assert_eq!(text(ip), ip.to_string());
            let at = SocketAddr::new(ip, 5060);
            assert_eq!(text(at), at.to_string());
        }
        for half in [0, 1, u128::MAX, 0xab30_317f_1a78_4dc4] {
            assert_eq!(text(Hex(half)), format!("{half:032x}"));
        }
        let cseq = (7_u32, " ", Method::Invite);
        assert_eq!(text(cseq), "7 INVITE");
        assert_eq!(text(format_args!("{:>3}", 7)), "  7");
    }
}

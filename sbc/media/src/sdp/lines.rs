//! Lines of a description as we write our own, without `core::fmt` and without a value for each of them: two are written for
//! every call.

use std::fmt::Write;
use std::net::IpAddr;

/// A description being written.
#[derive(Debug)]
pub(crate) struct Lines(Vec<u8>);

impl Lines {
    /// Room for one stream.
    pub(crate) fn new() -> Lines {
        Lines(Vec::with_capacity(512))
    }

    /// The whole description, without the room that it did not need: it is kept as long as its call.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.0.shrink_to_fit();
        self.0
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Lines {
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    pub(crate) fn number(&mut self, mut number: u64) -> &mut Lines {
        let mut digits = [b'0'; 20];
        let mut left = digits.len();
        for digit in digits.iter_mut().rev() {
            *digit = b'0' | (number % 10) as u8;
            number /= 10;
            left -= 1;
            if number == 0 {
                break;
            }
        }
        self.0
            .extend_from_slice(digits.get(left..).unwrap_or_default());
        self
    }

    /// With the words before it: `IN IP4 192.0.2.1`.
    pub(crate) fn address(&mut self, ip: IpAddr) -> &mut Lines {
        match ip {
            IpAddr::V4(ip) => {
                let [a, b, c, d] = ip.octets();
                self.text("IN IP4 ").number(a.into());
                for octet in [b, c, d] {
                    self.text(".").number(octet.into());
                }
            }
            IpAddr::V6(ip) => {
                let mut text = String::new();
                // A String takes everything.
                let _ = write!(text, "IN IP6 {ip}");
                self.text(&text);
            }
        }
        self
    }

    pub(crate) fn end(&mut self) -> &mut Lines {
        self.text("\r\n")
    }
}

//! Writes requests and responses straight into one buffer (RFC 3261 sections 7, 8.1.1, 8.2.6).
//!
//! Whatever a caller or a peer puts into a value, no control character leaves: a CR, LF or NUL becomes a space, so a value
//! can never end its line.

use std::net::SocketAddr;

use bytes::Bytes;

use crate::grammar::{is_control, is_token};
use crate::headers::{HeaderName, Via};
use crate::message::{Elements, Message};
use crate::method::Method;
use crate::status::StatusCode;
use crate::value::{Value, print};

/// A message under construction: start line first, headers in the order they are called, Content-Length always.
#[derive(Clone, Debug)]
#[must_use]
pub struct Writer {
    buf: Vec<u8>,
}

impl Writer {
    /// Starts a request. White space and control characters in `uri` are escaped.
    pub fn request(method: &Method, uri: &str) -> Writer {
        let mut buf = Vec::with_capacity(1024);
        buf.extend(
            method
                .as_str()
                .bytes()
                .filter(|byte| byte.is_ascii_graphic()),
        );
        buf.push(b' ');
        for byte in uri.bytes() {
            if byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'"') {
                buf.push(byte);
            } else {
                print(&mut buf, format_args!("%{byte:02X}"));
            }
        }
        buf.extend_from_slice(b" SIP/2.0\r\n");
        Writer { buf }
    }

    /// Starts the response to `req`: copies every Via (the topmost with `received` and `rport` of `source`, RFC 3581, also
    /// unasked), From, To (with `to_tag` when it has none), Call-ID and CSeq. `reason` defaults to the usual phrase. A 100
    /// repeats Timestamp. Also answers the half-read request of a `Defect`.
    pub fn response(
        req: &Message,
        source: SocketAddr,
        status: StatusCode,
        reason: Option<&str>,
        to_tag: Option<&str>,
    ) -> Writer {
        let mut writer = Writer {
            buf: Vec::with_capacity(1024),
        };
        let reason = reason.unwrap_or(status.default_reason());
        writer.value(("SIP/2.0 ", status, " ", reason));
        writer.end_line();
        writer.answered_vias(req, source);
        writer = writer.copy_first(req, &HeaderName::From);
        if let Some(to) = req.raw_values(&HeaderName::To).next() {
            writer.start_line(&HeaderName::To);
            writer.guarded(to);
            if let Some(tag) = to_tag
                && req.to_tag().is_none()
            {
                writer.value((";tag=", tag));
            }
            writer.end_line();
        }
        for name in [HeaderName::CallId, HeaderName::CSeq] {
            writer = writer.copy_first(req, &name);
        }
        if status == StatusCode::TRYING {
            writer = writer.copy(req, &HeaderName::Timestamp);
        }
        writer
    }

    /// Adds a header. Content-Length is left out: it is always written at the end.
    pub fn header(mut self, name: HeaderName, value: impl Value) -> Writer {
        if self.start_line(&name) {
            self.value(value);
            self.end_line();
        }
        self
    }

    /// Adds a header by spelled name. A name that is no token, or means Content-Length, is left out.
    pub fn raw(self, name: &str, value: &[u8]) -> Writer {
        self.field(&HeaderName::from_name(name), value)
    }

    /// Copies every field of a header from another message, one line each, unfolded.
    pub fn copy(mut self, from: &Message, name: &HeaderName) -> Writer {
        for value in from.raw_values(name) {
            self = self.field(name, value);
        }
        self
    }

    /// Ends with a body. An empty `content_type` writes no Content-Type.
    pub fn body(mut self, content_type: &str, body: &[u8]) -> Bytes {
        if !content_type.is_empty() {
            self = self.header(HeaderName::ContentType, content_type);
        }
        let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
        ("Content-Length: ", length, "\r\n\r\n").put(&mut self.buf);
        self.buf.extend_from_slice(body);
        // Requests are kept as long as their dialog: without the room that they did not need.
        Bytes::from(self.buf.into_boxed_slice())
    }

    /// Ends without a body.
    pub fn finish(self) -> Bytes {
        self.body("", &[])
    }

    fn copy_first(self, from: &Message, name: &HeaderName) -> Writer {
        match from.raw_values(name).next() {
            Some(value) => self.field(name, value),
            None => self,
        }
    }

    fn field(mut self, name: &HeaderName, value: &[u8]) -> Writer {
        if self.start_line(name) {
            self.guarded(value);
            self.end_line();
        }
        self
    }

    fn answered_vias(&mut self, req: &Message, source: SocketAddr) {
        let mut elements = Elements::new(req, const { HeaderName::Via.slot() });
        if elements.next().is_none() {
            return;
        }
        let mut line = Vec::with_capacity(128);
        req.top_via().write_answered(&mut line, source);
        self.start_line(&HeaderName::Via);
        self.guarded(&line);
        self.end_line();
        for element in elements.filter(|element| Via::parse(element).is_ok()) {
            self.start_line(&HeaderName::Via);
            self.guarded(element);
            self.end_line();
        }
    }

    /// Whether the header may stand in a message. A name that is known is a token; one that is spelled may be any.
    fn start_line(&mut self, name: &HeaderName) -> bool {
        let may_stand = match name {
            HeaderName::ContentLength => false,
            HeaderName::Other(name) => {
                is_token(name.as_bytes())
                    && HeaderName::from_name(name) != HeaderName::ContentLength
            }
            _ => true,
        };
        if may_stand {
            (name.as_str(), ": ").put(&mut self.buf);
        }
        may_stand
    }

    /// Writes a value and lets no control character stand in it.
    fn value(&mut self, value: impl Value) {
        let from = self.buf.len();
        value.put(&mut self.buf);
        if self.buf.get(from..).is_some_and(has_control) {
            let written = self.buf.split_off(from);
            guard(&mut self.buf, &written);
        }
    }

    fn end_line(&mut self) {
        self.buf.extend_from_slice(b"\r\n");
    }

    fn guarded(&mut self, value: &[u8]) {
        guard(&mut self.buf, value);
    }
}

/// Without branches, because it runs over every value of every message.
fn has_control(value: &[u8]) -> bool {
    value
        .iter()
        .fold(false, |found, &byte| found | is_control(byte))
}

/// Copies `value`; a fold becomes one space, any other control character too.
fn guard(out: &mut Vec<u8>, value: &[u8]) {
    if !has_control(value) {
        out.extend_from_slice(value);
        return;
    }
    let mut folding = false;
    for &byte in value {
        match byte {
            b'\r' | b'\n' if !folding => {
                folding = true;
                out.push(b' ');
            }
            b'\r' | b'\n' | b' ' | b'\t' if folding => {}
            _ => {
                folding = false;
                out.push(if is_control(byte) { b' ' } else { byte });
            }
        }
    }
}

#[cfg(test)]
mod tests;

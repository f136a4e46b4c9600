//! A SIP message as a zero-copy index over its bytes (RFC 3261 section 7).

mod access;
mod defect;
pub(crate) mod index;
mod parse;
mod top;

use std::borrow::Cow;

use bytes::Bytes;

pub use defect::Defect;

use crate::grammar::{element, text, trim};
use crate::headers::name::OTHER;
use crate::headers::name_addr::unfold;
use crate::headers::{CSeq, HeaderName, NameAddr, Via};
use crate::method::Method;
use crate::status::StatusCode;
use index::{Entry, Index, Span};
use top::Top;

/// A message that holds Via, From, To, Call-ID and CSeq in readable form. Cloning shares the bytes.
#[derive(Clone, Debug)]
pub struct Message {
    buf: Bytes,
    index: Index,
    method: Method,
    status: StatusCode,
    seq: u32,
    uri: Span,
    phrase: Span,
    from_tag: Option<Span>,
    to_tag: Option<Span>,
    /// None in what could not be read to its end.
    top: Option<Top>,
}

impl Message {
    /// Whether this is a request.
    pub fn is_request(&self) -> bool {
        // A status line that could not be read never becomes a message; see `Defect`.
        self.status == StatusCode(0)
            && !self
                .buf
                .get(..4)
                .is_some_and(|front| front.eq_ignore_ascii_case(b"SIP/"))
    }

    /// The method of the request line, or of CSeq for a response.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The Request-URI as spelled; empty for a response. Its syntax was checked; the scheme may be any.
    pub fn request_uri(&self) -> &str {
        text(self.uri.of(&self.buf))
    }

    /// The status code, 100 to 699; `StatusCode(0)` for a request.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The reason phrase; empty for a request or when it is not UTF-8.
    pub fn reason_phrase(&self) -> &str {
        text(self.phrase.of(&self.buf))
    }

    /// The whole message.
    pub fn bytes(&self) -> &Bytes {
        &self.buf
    }

    /// The body: Content-Length bytes, or the rest of the datagram without it.
    pub fn body(&self) -> &[u8] {
        self.buf.get(self.index.head..).unwrap_or_default()
    }

    /// The body, shared with the message.
    pub fn body_bytes(&self) -> Bytes {
        self.buf.slice(self.index.head.min(self.buf.len())..)
    }

    /// Call-ID: compared byte by byte (RFC 3261 section 20.8).
    pub fn call_id(&self) -> &str {
        text(self.value(const { HeaderName::CallId.slot() }))
    }

    /// CSeq.
    pub fn cseq(&self) -> CSeq {
        CSeq {
            seq: self.seq,
            method: self.method.clone(),
        }
    }

    /// From.
    pub fn from(&self) -> NameAddr<'_> {
        NameAddr::parse(self.value(const { HeaderName::From.slot() })).unwrap_or_default()
    }

    /// To.
    pub fn to(&self) -> NameAddr<'_> {
        NameAddr::parse(self.value(const { HeaderName::To.slot() })).unwrap_or_default()
    }

    /// The tag of From; an RFC 2543 peer sends none.
    pub fn from_tag(&self) -> Option<&str> {
        self.from_tag.map(|tag| text(tag.of(&self.buf)))
    }

    /// The tag of To.
    pub fn to_tag(&self) -> Option<&str> {
        self.to_tag.map(|tag| text(tag.of(&self.buf)))
    }

    /// The topmost Via.
    pub fn top_via(&self) -> Via<'_> {
        if let Some(top) = &self.top {
            return top.via(&self.buf);
        }
        Elements::new(self, const { HeaderName::Via.slot() })
            .next()
            .and_then(Via::salvage)
            .unwrap_or_default()
    }

    /// Every Via, topmost first. All are readable.
    pub fn vias(&self) -> impl Iterator<Item = Result<Via<'_>, crate::headers::HeaderError>> {
        Elements::new(self, const { HeaderName::Via.slot() }).map(Via::parse)
    }

    /// Whether there is more than one Via.
    pub fn has_more_vias(&self) -> bool {
        Elements::new(self, const { HeaderName::Via.slot() })
            .nth(1)
            .is_some()
    }

    /// The first value of a header, unfolded. What is not UTF-8 becomes U+FFFD.
    pub fn header(&self, name: &HeaderName) -> Option<Cow<'_, str>> {
        self.raw_values(name).next().map(unfold)
    }

    /// Whether a header is there.
    pub fn has(&self, name: &HeaderName) -> bool {
        self.raw_values(name).next().is_some()
    }

    /// Every value of a header as it came: trimmed, folds included, comma lists whole.
    pub fn raw_values<'a, 'n>(
        &'a self,
        name: &'n HeaderName,
    ) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        let slot = name.slot();
        let same = move |entry: &&Entry| {
            entry.slot == slot
                && (slot != OTHER
                    || entry
                        .name
                        .of(&self.buf)
                        .eq_ignore_ascii_case(name.as_str().as_bytes()))
        };
        self.index
            .entries
            .iter()
            .filter(same)
            .map(|entry| entry.value.of(&self.buf))
    }

    /// The elements of a comma list, over all header fields of that name, in order and trimmed.
    pub fn elements<'a, 'n>(
        &'a self,
        name: &'n HeaderName,
    ) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.raw_values(name).flat_map(Pieces::of)
    }

    /// Every header field in order, unknown ones included, with its raw value: trimmed, folds included.
    pub fn headers(&self) -> impl Iterator<Item = (HeaderName, &[u8])> {
        self.index.entries.iter().map(|entry| {
            let name = HeaderName::from_slot(entry.slot, text(entry.name.of(&self.buf)));
            (name, entry.value.of(&self.buf))
        })
    }

    /// The first raw value of a slot; empty when absent.
    fn value(&self, slot: u8) -> &[u8] {
        self.index
            .first(slot)
            .map(|entry| entry.value.of(&self.buf))
            .unwrap_or_default()
    }
}

/// The elements of one header with a known name, over all its fields.
pub(crate) struct Elements<'a> {
    buf: &'a [u8],
    fields: std::slice::Iter<'a, Entry>,
    slot: u8,
    pieces: Pieces<'a>,
}

impl<'a> Elements<'a> {
    pub(crate) fn new(message: &'a Message, slot: u8) -> Elements<'a> {
        Elements {
            buf: &message.buf,
            fields: message.index.entries.iter(),
            slot,
            pieces: Pieces { rest: None },
        }
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            if let Some(piece) = self.pieces.next() {
                return Some(piece);
            }
            let slot = self.slot;
            self.pieces = Pieces::of(
                self.fields
                    .find(|entry| entry.slot == slot)?
                    .value
                    .of(self.buf),
            );
        }
    }
}

/// The pieces of one comma list, trimmed; empty ones are handed out too.
pub(crate) struct Pieces<'a> {
    rest: Option<&'a [u8]>,
}

impl<'a> Pieces<'a> {
    pub(crate) fn of(value: &'a [u8]) -> Pieces<'a> {
        Pieces { rest: Some(value) }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (first, rest) = element(self.rest?);
        self.rest = rest;
        Some(trim(first))
    }
}

#[cfg(test)]
mod tests;

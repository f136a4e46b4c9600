//! Reads a message and checks what every element must be able to rely on (RFC 3261 sections 7, 8.1.1, 8.2 and 18.3).

use bytes::{Buf, Bytes};

use crate::grammar::{is_token, text};
use crate::headers::via::MAGIC_COOKIE;
use crate::headers::{CSeq, HeaderName, NameAddr, Via};
use crate::limits::MAX_MESSAGE;
use crate::message::index::{Fault, Index, Span};
use crate::message::top::Top;
use crate::message::{Defect, Elements, Message};
use crate::method::Method;
use crate::status::StatusCode;
use crate::uri::Parts;

const fn bad(reason: &'static str) -> Fault {
    (StatusCode::BAD_REQUEST, reason)
}

impl Message {
    /// Reads one datagram (UDP) or one framed message of a stream. What stands behind Content-Length is cut off.
    pub fn parse(mut buf: Bytes) -> Result<Message, Defect> {
        if buf.len() > MAX_MESSAGE {
            return Err(Defect::silent(
                StatusCode::MESSAGE_TOO_LARGE,
                "Message Too Large",
            ));
        }
        // RFC 3261 section 7.5: empty lines in front are keep-alives.
        while buf.starts_with(b"\r\n") {
            buf.advance(2);
        }
        if buf.is_empty() {
            return Err(Defect::silent(StatusCode::BAD_REQUEST, "Keep-Alive"));
        }
        let (index, fault) = Index::scan(&buf);
        let mut message = Message {
            method: Method::Other("".into()),
            status: StatusCode(0),
            seq: 0,
            uri: Span::default(),
            phrase: Span::default(),
            from_tag: None,
            to_tag: None,
            top: None,
            index,
            buf,
        };
        match message.read(fault) {
            Ok(()) => Ok(message),
            Err((status, reason)) => {
                let message = message
                    .is_answerable()
                    .then(|| Box::new(message.with_tags()));
                Err(Defect {
                    status,
                    reason,
                    message,
                })
            }
        }
    }

    /// Fills in what the accessors hand out. The first fault wins, but reading goes on where an answer needs it.
    fn read(&mut self, scan: Option<Fault>) -> Result<(), Fault> {
        let start = self.start_line();
        let length = self.index.content_length(&self.buf);
        let body = match length {
            Ok(Some(length)) => self.cut_body(length),
            Ok(None) => Ok(()),
            Err(fault) => Err(fault),
        };
        start.and(scan.map_or(Ok(()), Err))?;
        body?;
        self.mandatory()
    }

    fn cut_body(&mut self, length: usize) -> Result<(), Fault> {
        let end = self.index.head.saturating_add(length);
        if end > self.buf.len() {
            return Err(bad("Content-Length Larger Than Message"));
        }
        self.buf.truncate(end);
        Ok(())
    }

    fn start_line(&mut self) -> Result<(), Fault> {
        let line = self.index.start_line.of(&self.buf);
        if line
            .get(..4)
            .is_some_and(|front| front.eq_ignore_ascii_case(b"SIP/"))
        {
            let (status, phrase) = status_line(line)?;
            let phrase = Span::within(&self.buf, phrase).unwrap_or_default();
            (self.status, self.phrase) = (status, phrase);
            return Ok(());
        }
        let malformed = bad("Malformed Request Line");
        let space = memchr::memchr(b' ', line).ok_or(malformed)?;
        let (method, rest) = line.split_at_checked(space).ok_or(malformed)?;
        if !is_token(method) {
            return Err(malformed);
        }
        let method = Method::from_token(text(method));
        let rest = rest.get(1..).unwrap_or_default();
        let uri = request_uri(rest).map(|uri| Span::within(&self.buf, uri).unwrap_or_default());
        self.method = method;
        self.uri = uri?;
        Ok(())
    }

    fn mandatory(&mut self) -> Result<(), Fault> {
        let buf = &self.buf;
        let value = |name: u8| self.index.first(name).map(|entry| entry.value.of(buf));
        let mut vias = Elements::new(self, const { HeaderName::Via.slot() });
        let top = vias.next().ok_or(bad("Missing Via"))?;
        let via = Via::parse(top).map_err(|error| bad(error.0))?;
        if via
            .branch()
            .is_some_and(|branch| branch.eq_ignore_ascii_case(MAGIC_COOKIE))
        {
            return Err(bad("Empty Branch"));
        }
        let top = Top::of(buf, &via);
        for via in vias {
            Via::parse(via).map_err(|error| bad(error.0))?;
        }
        let from =
            NameAddr::parse(value(const { HeaderName::From.slot() }).ok_or(bad("Missing From"))?)
                .map_err(|error| bad(error.0))?;
        let to = NameAddr::parse(value(const { HeaderName::To.slot() }).ok_or(bad("Missing To"))?)
            .map_err(|error| bad(error.0))?;
        let tag =
            |addr: &NameAddr<'_>| addr.tag().and_then(|tag| Span::within(buf, tag.as_bytes()));
        let (from_tag, to_tag) = (tag(&from), tag(&to));
        let call_id = value(const { HeaderName::CallId.slot() }).ok_or(bad("Missing Call-ID"))?;
        // RFC 3261's `word` is wider than a token; what matters is that it is one piece of visible text.
        if call_id.is_empty() || !call_id.iter().all(|byte| byte.is_ascii_graphic()) {
            return Err(bad("Malformed Call-ID"));
        }
        let cseq = value(const { HeaderName::CSeq.slot() }).ok_or(bad("Missing CSeq"))?;
        let (seq, method) = CSeq::split(cseq).map_err(|error| bad(error.0))?;
        let mismatch = self.is_request() && method != self.method.as_str();
        let method = if self.is_request() {
            None
        } else {
            Some(Method::from_token(method))
        };
        if let Some(hops) = value(const { HeaderName::MaxForwards.slot() })
            && crate::grammar::number(hops).is_none_or(|hops| hops > 255)
        {
            return Err(bad("Malformed Max-Forwards"));
        }
        (self.seq, self.from_tag, self.to_tag, self.top) = (seq, from_tag, to_tag, top);
        if let Some(method) = method {
            self.method = method;
        }
        if mismatch {
            // RFC 4475 section 3.1.2.18: a method we do not know is told apart from a slip.
            return Err(match self.method.is_known() {
                true => bad("CSeq Method Mismatch"),
                false => (StatusCode::NOT_IMPLEMENTED, "Not Implemented"),
            });
        }
        Ok(())
    }

    /// The tags as far as they can be read, so that an answer does not add a second one.
    fn with_tags(mut self) -> Message {
        let tag = |slot: u8| {
            NameAddr::parse(self.value(slot))
                .ok()
                .and_then(|addr| Span::within(&self.buf, addr.tag()?.as_bytes()))
        };
        (self.from_tag, self.to_tag) = (
            tag(const { HeaderName::From.slot() }),
            tag(const { HeaderName::To.slot() }),
        );
        self
    }

    /// Whether a request that is refused can be told so.
    fn is_answerable(&self) -> bool {
        let value = |name: u8| {
            self.index
                .first(name)
                .map(|entry| entry.value.of(&self.buf))
                .filter(|value| !value.is_empty())
        };
        let ack = |cseq: &[u8]| CSeq::split(cseq).is_ok_and(|(_, method)| method == "ACK");
        let via = Elements::new(self, const { HeaderName::Via.slot() }).next();
        self.is_request()
            && !self.method.as_str().is_empty()
            && self.method != Method::Ack
            && via.and_then(Via::salvage).is_some()
            && value(const { HeaderName::From.slot() }).is_some()
            && value(const { HeaderName::To.slot() }).is_some()
            && value(const { HeaderName::CallId.slot() }).is_some()
            && value(const { HeaderName::CSeq.slot() }).is_some_and(|cseq| !ack(cseq))
    }
}

/// The checked Request-URI of what stands behind the method.
fn request_uri(rest: &[u8]) -> Result<&[u8], Fault> {
    let malformed = bad("Malformed Request Line");
    let space = memchr::memrchr(b' ', rest).ok_or(malformed)?;
    let (uri, version) = rest.split_at_checked(space).ok_or(malformed)?;
    let version = version.get(1..).unwrap_or_default();
    if !version.eq_ignore_ascii_case(b"SIP/2.0") {
        let other = version
            .get(..4)
            .is_some_and(|front| front.eq_ignore_ascii_case(b"SIP/"));
        let numbered = version.get(4..).is_some_and(|number| {
            number
                .iter()
                .all(|byte| byte.is_ascii_digit() || *byte == b'.')
        });
        return Err(if other && numbered {
            (StatusCode::VERSION_NOT_SUPPORTED, "Version Not Supported")
        } else {
            malformed
        });
    }
    let parts = Parts::split(uri).map_err(|_| bad("Malformed Request-URI"))?;
    // RFC 3261 section 19.1.1: a Request-URI carries no headers.
    if parts.headers.is_some() {
        return Err(bad("Headers in Request-URI"));
    }
    Ok(uri)
}

/// Status code and reason phrase; the phrase may be empty, also without its space.
fn status_line(line: &[u8]) -> Result<(StatusCode, &[u8]), Fault> {
    let malformed = bad("Malformed Status Line");
    let rest = line.get(7..).filter(|_| {
        line.get(..7)
            .is_some_and(|version| version.eq_ignore_ascii_case(b"SIP/2.0"))
    });
    let (code, phrase) = rest
        .and_then(|rest| rest.strip_prefix(b" "))
        .and_then(|rest| rest.split_at_checked(3))
        .ok_or(malformed)?;
    let status = crate::grammar::number(code)
        .and_then(|code| u16::try_from(code).ok())
        .filter(|code| (100..700).contains(code));
    let phrase = match phrase.split_first() {
        None => phrase,
        Some((b' ', phrase)) => phrase,
        Some(_) => return Err(malformed),
    };
    Ok((StatusCode(status.ok_or(malformed)?), phrase))
}

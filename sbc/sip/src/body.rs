//! Message bodies of one or several parts (RFC 5621, RFC 2046 section 5.1): which of them are to be read, and when a
//! message must be refused for one that nobody understands.
//!
//! Bounded: parts, nesting, boundary and the headers of a part. The bytes of a part are shared with the message.

use std::borrow::Cow;

use bytes::Bytes;
use memchr::memmem;

use crate::headers::{HeaderName, MediaType, Params};
use crate::limits;
use crate::message::Message;

/// One part of a body; a body that is not multipart is one part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Content-Type as written; `text/plain` inside a multipart that says none (RFC 2046 section 5.1).
    pub content_type: String,
    /// The type of Content-Disposition in lower case, e.g. `session`, `by-reference`; empty when it is not said.
    pub disposition: String,
    /// Whether a message with it is to be refused by who does not understand it (`handling`, RFC 3261 section 20.11).
    pub required: bool,
    /// Content-ID without its angle brackets: what a `cid:` URI names (RFC 2392).
    pub content_id: Option<String>,
    /// Its Content-Encoding as written; empty when its bytes are what its type says.
    pub encoding: String,
    /// Its Content-Transfer-Encoding as written; empty when its bytes stand there as they are.
    pub transfer_encoding: String,
    /// What it holds.
    pub bytes: Bytes,
}

impl Part {
    /// Whether it is of this type: `is("application", "sdp")`.
    pub fn is(&self, kind: &str, subtype: &str) -> bool {
        MediaType::parse(self.content_type.as_bytes()).is_ok_and(|said| said.is(kind, subtype))
    }

    /// Whether it describes the session: SDP that is not meant for anything else (RFC 3261 section 20.11).
    pub fn is_session(&self) -> bool {
        self.is("application", "sdp") && matches!(self.disposition.as_str(), "" | "session")
    }

    /// Whether it is only there to be pointed at (RFC 5621 section 5): it is never a reason to refuse.
    pub fn is_referenced(&self) -> bool {
        self.disposition == "by-reference"
    }

    /// A part that must be understood and says nothing else of itself.
    pub fn plain(content_type: String, bytes: Bytes) -> Part {
        Part {
            content_type,
            disposition: String::new(),
            required: true,
            content_id: None,
            encoding: String::new(),
            transfer_encoding: String::new(),
            bytes,
        }
    }

    /// Whether it is compressed or otherwise encoded, and its bytes are not what its type says.
    pub fn is_encoded(&self) -> bool {
        !(self.encoding.is_empty() && self.transfer_encoding.is_empty())
    }

    /// Takes a header that speaks of the part. A control character is read as the blank that [`mixed`] writes for it: what
    /// goes out must mean what was understood when it came in.
    fn take(&mut self, name: &HeaderName, value: &str) {
        let clean = if value.contains(char::is_control) {
            Cow::Owned(value.replace(char::is_control, " "))
        } else {
            Cow::Borrowed(value)
        };
        let value = clean.trim();
        match name {
            HeaderName::ContentType => value.clone_into(&mut self.content_type),
            HeaderName::ContentDisposition => self.take_disposition(value),
            HeaderName::ContentEncoding if !value.eq_ignore_ascii_case("identity") => {
                add(&mut self.encoding, value);
            }
            HeaderName::ContentId => {
                let id = value.strip_prefix('<').and_then(|id| id.strip_suffix('>'));
                let id = id.filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_graphic()));
                self.content_id = id.map(str::to_owned);
            }
            HeaderName::ContentTransferEncoding => {
                let as_it_is = ["binary", "8bit", "7bit"];
                if !as_it_is.iter().any(|way| value.eq_ignore_ascii_case(way)) {
                    add(&mut self.transfer_encoding, value);
                }
            }
            _ => {}
        }
    }

    fn take_disposition(&mut self, value: &str) {
        let end = value.find(';').unwrap_or(value.len());
        let (kind, params) = value.split_at(end);
        self.disposition = kind.trim().to_ascii_lowercase();
        let handling = Params::parse(params.as_bytes()).ok();
        let handling = handling.and_then(|params| params.get("handling"));
        self.required = !handling.is_some_and(|how| how.eq_ignore_ascii_case("optional"));
    }
}

/// One encoding over another, in the order in which they were said.
fn add(encoding: &mut String, value: &str) {
    if !encoding.is_empty() {
        encoding.push_str(", ");
    }
    // Said without a value it still is one, which nobody knows.
    encoding.push_str(if value.is_empty() { "unknown" } else { value });
}

/// Writes a `multipart/mixed` of these parts: its Content-Type, and the body. `boundary` must not occur in a part; a random
/// token never does. What a peer put into a header of a part cannot end its line.
pub fn mixed(boundary: &str, parts: &[Part]) -> (String, Bytes) {
    let mut body = Vec::new();
    let line = |name: &str, value: &str| {
        let value = value.replace(char::is_control, " ");
        format!("{name}: {value}\r\n").into_bytes()
    };
    for part in parts {
        body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        body.extend(line("Content-Type", &part.content_type));
        if let Some(id) = &part.content_id {
            body.extend(line("Content-ID", &format!("<{id}>")));
        }
        if !part.disposition.is_empty() {
            let optional = if part.required {
                ""
            } else {
                ";handling=optional"
            };
            let disposition = format!("{}{optional}", part.disposition);
            body.extend(line("Content-Disposition", &disposition));
        }
        for (name, value) in [
            ("Content-Encoding", &part.encoding),
            ("Content-Transfer-Encoding", &part.transfer_encoding),
        ] {
            if !value.is_empty() {
                body.extend(line(name, value));
            }
        }
        body.extend_from_slice(b"\r\n");
        body.extend_from_slice(&part.bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let content_type = format!("multipart/mixed;boundary={boundary}");
    (content_type, Bytes::from(body))
}

/// Why a body cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Its parts cannot be told apart: 400.
    #[error("malformed multipart body")]
    Malformed,
    /// A part that must be understood is not: 415 (RFC 5621 section 8.2).
    #[error("a required body part is not understood")]
    NotUnderstood,
}

/// The parts of a message's body that are to be read, in order; none when there is no body. What is not understood is left
/// out when its handling is optional. Of a `multipart/alternative` the last part that is understood is taken.
pub fn parts(
    message: &Message,
    understands: &dyn Fn(&Part) -> bool,
) -> Result<Vec<Part>, BodyError> {
    let mut found = Vec::new();
    if message.body().is_empty() {
        return Ok(found);
    }
    let mut whole = Part::plain(String::new(), message.body_bytes());
    for name in [
        HeaderName::ContentType,
        HeaderName::ContentDisposition,
        HeaderName::ContentEncoding,
        HeaderName::ContentId,
        HeaderName::ContentTransferEncoding,
    ] {
        if let Some(value) = message.header(&name) {
            whole.take(&name, &value);
        }
    }
    collect(whole, 0, understands, &mut found)?;
    Ok(found)
}

fn collect(
    part: Part,
    depth: usize,
    understands: &dyn Fn(&Part) -> bool,
    found: &mut Vec<Part>,
) -> Result<(), BodyError> {
    let Some((boundary, alternative)) = multipart(&part)? else {
        let taken = part.is_referenced() || (!part.is_encoded() && understands(&part));
        if !taken && part.required {
            return Err(BodyError::NotUnderstood);
        }
        if taken {
            found.push(part);
        }
        return Ok(());
    };
    if depth >= limits::MAX_BODY_DEPTH {
        return Err(BodyError::Malformed);
    }
    let inner = split(&part.bytes, &boundary)?;
    let mut taken = Vec::new();
    let outcome = if alternative {
        last_understood(inner, depth, understands, &mut taken)
    } else {
        inner
            .into_iter()
            .try_for_each(|part| collect(part, depth.saturating_add(1), understands, &mut taken))
    };
    match outcome {
        Ok(()) => found.append(&mut taken),
        Err(BodyError::NotUnderstood) if !part.required => {}
        Err(why) => return Err(why),
    }
    if found.len() > limits::MAX_BODY_PARTS {
        return Err(BodyError::Malformed);
    }
    Ok(())
}

fn last_understood(
    parts: Vec<Part>,
    depth: usize,
    understands: &dyn Fn(&Part) -> bool,
    found: &mut Vec<Part>,
) -> Result<(), BodyError> {
    for part in parts.into_iter().rev() {
        match collect(part, depth.saturating_add(1), understands, found) {
            Ok(()) if found.is_empty() => {}
            Ok(()) => return Ok(()),
            Err(BodyError::NotUnderstood) => found.clear(),
            Err(why) => return Err(why),
        }
    }
    Err(BodyError::NotUnderstood)
}

/// The boundary of a multipart, and whether its parts are alternatives. An unknown kind of multipart is read like `mixed`
/// (RFC 2046 section 5.1.3).
fn multipart(part: &Part) -> Result<Option<(String, bool)>, BodyError> {
    let Ok(kind) = MediaType::parse(part.content_type.as_bytes()) else {
        return Ok(None);
    };
    if !kind.kind.eq_ignore_ascii_case("multipart") || part.is_encoded() {
        return Ok(None);
    }
    let boundary = kind.params.get("boundary").filter(|boundary| {
        (1..=limits::MAX_BOUNDARY).contains(&boundary.len())
            && boundary.bytes().all(is_boundary)
            && !boundary.ends_with(' ')
    });
    let boundary = boundary.ok_or(BodyError::Malformed)?.to_owned();
    Ok(Some((
        boundary,
        kind.subtype.eq_ignore_ascii_case("alternative"),
    )))
}

fn is_boundary(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte)
}

/// Cuts a multipart at its boundary. What stands before the first delimiter and behind the last is nothing (RFC 2046
/// section 5.1.1). A body that ends without the closing delimiter was cut short, and is refused.
fn split(body: &Bytes, boundary: &str) -> Result<Vec<Part>, BodyError> {
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut begin = None;
    for at in memmem::find_iter(body, delimiter.as_bytes()) {
        let before = body.get(..at).unwrap_or_default();
        if !(before.is_empty() || before.ends_with(b"\n")) {
            continue;
        }
        let behind = body.get(at.saturating_add(delimiter.len())..);
        let Some((closes, rest)) = line_end(behind.unwrap_or_default()) else {
            continue;
        };
        if let Some(begin) = begin {
            if parts.len() >= limits::MAX_BODY_PARTS {
                return Err(BodyError::Malformed);
            }
            let part = body.get(begin..at).unwrap_or_default();
            parts.push(read(&body.slice_ref(without_line_end(part)))?);
        }
        if closes {
            return Ok(parts);
        }
        begin = Some(body.len().saturating_sub(rest.len()));
    }
    Err(BodyError::Malformed)
}

/// What follows a boundary when it is a delimiter: `--` of the last one, spaces, the end of the line.
fn line_end(behind: &[u8]) -> Option<(bool, &[u8])> {
    let closing = behind.strip_prefix(b"--");
    let mut rest = closing.unwrap_or(behind);
    while let [b' ' | b'\t', more @ ..] = rest {
        rest = more;
    }
    if rest.is_empty() && closing.is_some() {
        return Some((true, rest));
    }
    let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
    Some((closing.is_some(), rest.strip_prefix(b"\n")?))
}

/// The line end before a delimiter belongs to the delimiter.
fn without_line_end(part: &[u8]) -> &[u8] {
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    part.strip_suffix(b"\r").unwrap_or(part)
}

/// Reads a part: its headers, an empty line, its bytes.
fn read(raw: &Bytes) -> Result<Part, BodyError> {
    let mut part = Part::plain("text/plain".to_owned(), Bytes::new());
    let mut header: Option<String> = None;
    let mut rest: &[u8] = raw;
    for _ in 0..=limits::MAX_PART_HEADERS {
        let (line, behind) = match memchr::memchr(b'\n', rest) {
            Some(end) => rest.split_at_checked(end.saturating_add(1)),
            // A part of nothing but headers has no bytes.
            None => Some((rest, Default::default())),
        }
        .ok_or(BodyError::Malformed)?;
        rest = behind;
        let line = std::str::from_utf8(without_line_end(line));
        let line = line.map_err(|_| BodyError::Malformed)?;
        if line.starts_with([' ', '\t'])
            && let Some(folded) = &mut header
        {
            folded.push(' ');
            folded.push_str(line.trim());
            continue;
        }
        if let Some(header) = header.take() {
            let (name, value) = header.split_once(':').ok_or(BodyError::Malformed)?;
            part.take(&HeaderName::from_name(name.trim()), value);
        }
        if line.is_empty() {
            part.bytes = raw.slice_ref(rest);
            return Ok(part);
        }
        header = Some(line.to_owned());
    }
    Err(BodyError::Malformed)
}

#[cfg(test)]
mod tests;

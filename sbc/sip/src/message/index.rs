//! Finds the header fields of a message without copying them (RFC 3261 section 7.3).
//!
//! The stream framer uses the same scan, so that both always agree where a message ends.

use memchr::memchr;
use smallvec::SmallVec;

use crate::grammar::{is_control, is_lws, is_token_byte, number, take_while, trim};
use crate::headers::HeaderName;
use crate::headers::name::{OTHER, SINGLE, slot_of};
use crate::limits::{MAX_HEADERS, MAX_LINE};
use crate::status::StatusCode;

/// The first thing found wrong, with the status code it deserves.
pub(crate) type Fault = (StatusCode, &'static str);

/// A half-open range of a message of at most 64 KiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    start: u16,
    end: u16,
}

impl Span {
    /// `None` when an end does not fit, which the limit on messages excludes for anything in front of the empty line.
    pub(crate) fn new(start: usize, end: usize) -> Option<Span> {
        Some(Span {
            start: u16::try_from(start).ok()?,
            end: u16::try_from(end).ok()?,
        })
    }

    /// The bytes of `part`, which is a slice of `whole`.
    pub(crate) fn within(whole: &[u8], part: &[u8]) -> Option<Span> {
        let start = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
        Span::new(start, start.checked_add(part.len())?)
    }

    pub(crate) fn of(self, bytes: &[u8]) -> &[u8] {
        bytes
            .get(usize::from(self.start)..usize::from(self.end))
            .unwrap_or_default()
    }
}

/// One header field: its slot in the table of names, its spelling and its raw value, trimmed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) slot: u8,
    pub(crate) name: Span,
    pub(crate) value: Span,
}

/// The header fields of a message.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    pub(crate) entries: SmallVec<[Entry; 28]>,
    /// Behind the start line, without its line end.
    pub(crate) start_line: Span,
    /// Where the body starts.
    pub(crate) head: usize,
    /// Line ends found, and whether each was CR and LF.
    ends: usize,
    whole: bool,
    /// One bit for each name that is there.
    pub(crate) seen: u128,
}

impl Index {
    /// Scans start line and header fields. The index holds what could be read, also when a fault is returned.
    pub(crate) fn scan(bytes: &[u8]) -> (Index, Option<Fault>) {
        let mut index = Index {
            whole: true,
            ..Index::default()
        };
        let mut fault = index.lines(bytes).err();
        let head = bytes.get(..index.head).unwrap_or_default();
        if fault.is_none() && !(index.whole && is_clean(head, index.ends)) {
            fault = stray_control(head);
        }
        (index, fault)
    }

    fn lines(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let mut fault = Ok(());
        let mut at = 0usize;
        self.head = bytes.len();
        loop {
            let Some(end) = self.line_end(bytes, at) else {
                return fault.and(Err((
                    StatusCode::BAD_REQUEST,
                    "No Empty Line After Headers",
                )));
            };
            let next = end.saturating_add(1);
            let line = bytes.get(at..end).unwrap_or_default();
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if at == 0 {
                self.start_line = Span::new(0, line.len()).unwrap_or_default();
                if line.len() > MAX_LINE {
                    fault = fault.and(Err((
                        StatusCode::REQUEST_URI_TOO_LONG,
                        "Start Line Too Long",
                    )));
                } else if memchr(b'\n', line).is_some() {
                    fault = fault.and(Err((StatusCode::BAD_REQUEST, "Folded Start Line")));
                }
            } else if line.is_empty() {
                self.head = next;
                return fault;
            } else if line.len() > MAX_LINE {
                fault = fault.and(Err((StatusCode::BAD_REQUEST, "Header Line Too Long")));
            } else if self.entries.len() >= MAX_HEADERS {
                fault = fault.and(Err((StatusCode::BAD_REQUEST, "Too Many Headers")));
            } else {
                fault = fault.and(self.field(line, at));
            }
            at = next;
        }
    }

    /// The line feed that ends the logical line at `at`: the first that no white space follows. The start line never continues
    /// over an empty line, because an empty line has no white space in front.
    fn line_end(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        let mut from = at;
        loop {
            let end = from.saturating_add(memchr(b'\n', bytes.get(from..)?)?);
            let line = bytes.get(at..end)?;
            self.ends = self.ends.saturating_add(1);
            self.whole &= line.last() == Some(&b'\r');
            from = end.saturating_add(1);
            if matches!(line, b"" | b"\r") || !matches!(bytes.get(from), Some(b' ' | b'\t')) {
                return Some(end);
            }
        }
    }

    fn field(&mut self, line: &[u8], at: usize) -> Result<(), Fault> {
        let bad = (StatusCode::BAD_REQUEST, "Malformed Header Line");
        let (name, rest) = take_while(line, is_token_byte);
        let mut behind = rest;
        // HCOLON: white space may stand in front of the colon, and then it is still the same header.
        while let [first, more @ ..] = behind
            && is_lws(*first)
        {
            behind = more;
        }
        let Some((b':', value)) = behind.split_first() else {
            return Err(bad);
        };
        if name.is_empty() {
            return Err(bad);
        }
        let start = at.saturating_add(line.len()).saturating_sub(value.len());
        let trimmed = trim(value);
        let lead = value.len().saturating_sub(trimmed_front(value).len());
        let from = start.saturating_add(lead);
        let slot = slot_of(name);
        self.entries.push(Entry {
            slot,
            name: Span::new(at, at.saturating_add(name.len())).ok_or(bad)?,
            value: Span::new(from, from.saturating_add(trimmed.len())).ok_or(bad)?,
        });
        if slot == OTHER {
            return Ok(());
        }
        let bit = 1u128.checked_shl(u32::from(slot)).unwrap_or(0);
        let again = self.seen & bit & SINGLE != 0;
        self.seen |= bit;
        if again {
            Err((StatusCode::BAD_REQUEST, "Header Stands Twice"))
        } else {
            Ok(())
        }
    }

    /// The first field of a name.
    pub(crate) fn first(&self, slot: u8) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.slot == slot)
    }

    /// The value of Content-Length: `Ok(None)` when absent.
    pub(crate) fn content_length(&self, bytes: &[u8]) -> Result<Option<usize>, Fault> {
        let Some(entry) = self.first(const { HeaderName::ContentLength.slot() }) else {
            return Ok(None);
        };
        let length = number(entry.value.of(bytes)).and_then(|length| usize::try_from(length).ok());
        length
            .map(Some)
            .ok_or((StatusCode::BAD_REQUEST, "Bad Content-Length"))
    }
}

fn trimmed_front(mut value: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = value
        && is_lws(*first)
    {
        value = rest;
    }
    value
}

/// Whether CR and LF only stand together and no other control character stands anywhere, when `ends` line feeds with a CR in
/// front were found. Bytes instead of booleans, and no branch, so that the compiler makes vectors of it: this runs over every
/// byte of every head.
fn is_clean(head: &[u8], ends: usize) -> bool {
    let mut returns = 0usize;
    let mut dirt = 0u8;
    // As many bytes as a count of 8 bits can hold.
    for chunk in head.chunks(128) {
        let mut count = 0u8;
        for &byte in chunk {
            let white = u8::from(byte == b'\t') | u8::from(byte == b'\r') | u8::from(byte == b'\n');
            dirt |= (u8::from(byte < 0x20) & (white ^ 1)) | u8::from(byte == 0x7f);
            count = count.wrapping_add(u8::from(byte == b'\r'));
        }
        returns = returns.saturating_add(usize::from(count));
    }
    dirt == 0 && returns == ends
}

/// Control characters may stand in a quoted pair (RFC 3261 section 25.1), CR and LF never alone.
fn stray_control(head: &[u8]) -> Option<Fault> {
    let mut before = 0u8;
    let mut bytes = head.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' if bytes.peek() == Some(&b'\n') => {}
            b'\n' if before == b'\r' => {}
            b'\r' | b'\n' => return Some((StatusCode::BAD_REQUEST, "CR or LF Alone")),
            _ if is_control(byte) && before != b'\\' => {
                return Some((StatusCode::BAD_REQUEST, "Control Character in Header"));
            }
            _ => {}
        }
        // An escaped backslash escapes nothing.
        before = if before == b'\\' && byte == b'\\' {
            0
        } else {
            byte
        };
    }
    None
}

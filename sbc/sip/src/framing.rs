//! Cuts a byte stream into messages and keep-alives (RFC 3261 section 18.3, RFC 5626 section 4.4.1).
//!
//! Framing uses the very scan the message parser uses, so both always agree where a message ends. What cannot be framed
//! beyond doubt ends the connection: guessing is how requests are smuggled.

use bytes::{Buf, Bytes, BytesMut};
use memchr::memmem;

use crate::limits::MAX_MESSAGE;
use crate::message::index::Index;

/// One thing a peer sent over a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The bytes of one message, for `Message::parse`.
    Message(Bytes),
    /// The second CRLF of a double one: answer with one CRLF.
    Ping,
    /// A CRLF alone: the answer to our ping, or the first half of theirs.
    Pong,
}

/// The place of the next message is lost: answer what can be answered, then close.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct FramingError {
    /// What is wrong.
    pub reason: &'static str,
    /// The head of the message, when it was complete: `Message::parse` makes the `Defect` of it whose reply may still be sent.
    pub head: Option<Bytes>,
}

/// Collects what one connection delivers. Holds at most one message of the largest size and what was pushed last;
/// drain it with `next` after each push.
#[derive(Debug, Default)]
pub struct StreamFramer {
    buf: BytesMut,
    /// Bytes in front that hold no end of a head.
    searched: usize,
    /// Bytes of the message whose head is complete.
    wanted: Option<usize>,
    after_crlf: bool,
    lost: bool,
}

impl StreamFramer {
    /// For a new connection.
    pub fn new() -> StreamFramer {
        StreamFramer::default()
    }

    /// Takes what arrived. After a `FramingError` it is thrown away.
    pub fn push(&mut self, bytes: &[u8]) {
        if !self.lost {
            self.buf.extend_from_slice(bytes);
        }
    }

    /// Whether nothing is half received.
    pub fn is_empty(&self) -> bool {
        self.buf.is_empty()
    }

    /// The next frame; `None` when more bytes are needed. An error is told once, then nothing more comes.
    #[allow(
        clippy::should_implement_trait,
        reason = "an iterator would be borrowed while bytes are pushed"
    )]
    pub fn next(&mut self) -> Option<Result<Frame, FramingError>> {
        if self.lost {
            return None;
        }
        if self.wanted.is_none() {
            match self.buf.first()? {
                b'\r' => return self.keep_alive(),
                // Both a method and "SIP/2.0" start with a token character.
                &byte if !crate::grammar::is_token_byte(byte) => return self.lose("Not SIP", 0),
                _ => self.after_crlf = false,
            }
            let from = self.searched.saturating_sub(3);
            let Some(at) = memmem::find(self.buf.get(from..)?, b"\r\n\r\n") else {
                self.searched = self.buf.len();
                return if self.searched >= MAX_MESSAGE {
                    self.lose("Head Too Large", 0)
                } else {
                    None
                };
            };
            if let Err(error) = self.measure(from.saturating_add(at).saturating_add(4)) {
                return Some(Err(error));
            }
        }
        let length = self.wanted.filter(|&length| length <= self.buf.len())?;
        self.wanted = None;
        self.searched = 0;
        Some(Ok(Frame::Message(self.buf.split_to(length).freeze())))
    }

    /// Learns the length of the message whose head ends at `head`.
    fn measure(&mut self, head: usize) -> Result<(), FramingError> {
        if head > MAX_MESSAGE {
            return Err(self.fail("Head Too Large", 0));
        }
        let bytes = self.buf.get(..head).unwrap_or_default();
        let (index, fault) = Index::scan(bytes);
        // A head whose lines are in doubt does not say for sure how long the body is.
        let length = match (fault, index.content_length(bytes)) {
            (Some((_, reason)), _) | (None, Err((_, reason))) => Err(reason),
            (None, Ok(None)) => Err("Missing Content-Length"),
            (None, Ok(Some(_))) if index.head != head => Err("Malformed Head"),
            (None, Ok(Some(length))) => Ok(head.saturating_add(length)),
        };
        match length {
            Ok(length) if length <= MAX_MESSAGE => {
                self.wanted = Some(length);
                Ok(())
            }
            Ok(_) => Err(self.fail("Message Too Large", head)),
            Err(reason) => Err(self.fail(reason, head)),
        }
    }

    fn keep_alive(&mut self) -> Option<Result<Frame, FramingError>> {
        match self.buf.get(1)? {
            b'\n' => {
                self.buf.advance(2);
                self.after_crlf = !self.after_crlf;
                Some(Ok(if self.after_crlf {
                    Frame::Pong
                } else {
                    Frame::Ping
                }))
            }
            _ => self.lose("Not SIP", 0),
        }
    }

    fn lose(&mut self, reason: &'static str, head: usize) -> Option<Result<Frame, FramingError>> {
        Some(Err(self.fail(reason, head)))
    }

    fn fail(&mut self, reason: &'static str, head: usize) -> FramingError {
        self.lost = true;
        let mut buf = std::mem::take(&mut self.buf);
        let head = (head != 0 && head <= buf.len()).then(|| buf.split_to(head).freeze());
        FramingError { reason, head }
    }
}

#[cfg(test)]
mod tests;

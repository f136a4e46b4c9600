//! A message that is refused, and the answer to it (RFC 3261 section 8.2, RFC 4475).

use std::net::SocketAddr;

use bytes::Bytes;

use crate::message::Message;
use crate::status::StatusCode;
use crate::writer::Writer;

/// Why a message is refused and how to answer it. The fault is the peer's.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{status} {reason}")]
pub struct Defect {
    /// The status code of an answer: 400, 414, 501, 505, 513.
    pub status: StatusCode,
    /// What is wrong, in words fit for a reason phrase.
    pub reason: &'static str,
    /// The request, when Via, From, To, Call-ID and CSeq could be read well enough to answer it. `None` means silence:
    /// for a response, an ACK, and what cannot be answered. Only `Writer::response` may look at it: its other accessors
    /// return what could be read.
    pub message: Option<Box<Message>>,
}

impl Defect {
    pub(crate) fn silent(status: StatusCode, reason: &'static str) -> Defect {
        Defect {
            status,
            reason,
            message: None,
        }
    }

    /// The stateless answer, without a body (RFC 3261 section 8.2.7); `None` means silence.
    pub fn reply(&self, source: SocketAddr, to_tag: &str) -> Option<Bytes> {
        let request = self.message.as_deref()?;
        Some(
            Writer::response(
                request,
                source,
                self.status,
                Some(self.reason),
                Some(to_tag),
            )
            .finish(),
        )
    }
}

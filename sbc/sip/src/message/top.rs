//! The topmost Via of a message, where it stands. It is read once, when the message is: the transaction, our tag, the loop
//! guard and every response ask for it.

use crate::grammar::text;
use crate::headers::{Params, Via};
use crate::message::index::Span;

/// Its pieces.
#[derive(Clone, Copy, Debug)]
pub(super) struct Top {
    front: Span,
    transport: Span,
    host: Span,
    port: Option<u16>,
    params: Span,
    branch: Option<Span>,
}

impl Top {
    /// Remembers where the pieces of `via` stand in `buf`, which it was read from.
    pub(super) fn of(buf: &[u8], via: &Via<'_>) -> Option<Top> {
        let at = |part: &str| Span::within(buf, part.as_bytes());
        Some(Top {
            front: Span::within(buf, via.front)?,
            transport: at(via.transport)?,
            host: at(via.host)?,
            port: via.port,
            params: at(via.params.as_str())?,
            branch: via.branch().and_then(at),
        })
    }

    /// The value as it was read.
    pub(super) fn via<'a>(&self, buf: &'a [u8]) -> Via<'a> {
        Via {
            transport: text(self.transport.of(buf)),
            host: text(self.host.of(buf)),
            port: self.port,
            params: Params::salvage(self.params.of(buf)),
            front: self.front.of(buf),
            branch: self.branch.map(|branch| text(branch.of(buf))),
        }
    }
}

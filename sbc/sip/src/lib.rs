//! SIP without calls, media, sockets or clocks (RFC 3261): messages, transactions, dialogs and digest as values that are fed.
//!
//! `message` reads, `writer` writes, `framing` cuts a byte stream into messages; `headers` has one file for each header concept.
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::disallowed_methods
    )
)]

pub mod accept;
pub mod body;
pub mod dialog;
pub mod digest;
pub mod framing;
pub mod headers;
pub mod limits;
pub mod message;
pub mod method;
pub mod reliable;
pub mod session_timer;
pub mod status;
pub mod transaction;
pub mod transport;
pub mod uri;
pub mod value;
pub mod writer;

mod grammar;

pub use framing::{Frame, FramingError, StreamFramer};
pub use headers::{CSeq, HeaderError, HeaderName, NameAddr, Via};
pub use message::{Defect, Message};
pub use method::Method;
pub use status::StatusCode;
pub use transport::{FlowId, Peer, Transport};
pub use uri::{Host, Scheme, Uri, UriError};
pub use writer::Writer;

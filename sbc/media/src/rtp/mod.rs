//! RTP (RFC 3550 section 5): the header, what it says about a stream, and how good the stream sounds.

mod header;
mod quality;
mod reception;

pub use header::{HEADER, Header, Packet, RtpDefect, is_rtcp, rewrite};
pub use quality::{Conditions, Quality};
pub use reception::{Arrived, Block, Reception};

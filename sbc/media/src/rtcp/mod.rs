//! RTCP (RFC 3550 section 6): what a party says about our stream, what we say about its, and when.

mod build;
mod interval;
mod parse;

pub use build::{OutgoingReport, SenderFacts, write_bye, write_report};
pub use interval::interval;
pub use parse::{Feedback, PeerReport, RtcpDefect, SenderReport};

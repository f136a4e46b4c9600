//! Header values, one file for each concept. Every parser takes the raw value, folds included, and borrows from it.

pub mod contact;
pub mod cseq;
pub mod name;
pub mod name_addr;
pub mod params;
pub mod via;

pub use contact::Contacts;
pub use cseq::CSeq;
pub use name::HeaderName;
pub use name_addr::NameAddr;
pub use params::{Param, Params};
pub use via::Via;

/// Why a header value cannot be read: the peer's fault, in a few words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct HeaderError(pub &'static str);

//! Header values, one file for each concept. Every parser takes the raw value, folds included, and borrows from it.
//!
//! Route, Record-Route, P-Asserted-Identity, Diversion, History-Info, Refer-To and Referred-By are lists or single values
//! of `name_addr`.

pub mod auth;
pub mod contact;
pub mod cseq;
pub mod event;
pub mod media_type;
pub mod name;
pub mod name_addr;
pub mod params;
pub mod privacy;
pub mod rack;
pub mod reason;
pub mod refer;
pub mod replaces;
pub mod session_expires;
pub mod session_id;
pub mod via;

pub use auth::{Challenge, Credentials};
pub use contact::Contacts;
pub use cseq::CSeq;
pub use event::{Event, Subscription, SubscriptionState};
pub use media_type::MediaType;
pub use name::HeaderName;
pub use name_addr::NameAddr;
pub use params::{Param, Params};
pub use privacy::Privacy;
pub use rack::RAck;
pub use reason::Reason;
pub use refer::Referral;
pub use replaces::Replaces;
pub use session_expires::{Refresher, SessionExpires};
pub use session_id::SessionId;
pub use via::Via;

/// Why a header value cannot be read: the peer's fault, in a few words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct HeaderError(pub &'static str);

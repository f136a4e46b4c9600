//! Dialogs: RFC 3261 section 12. What two user agents share between the first response and the BYE.
//!
//! One INVITE may make many dialogs, one for each To tag that comes back (section 13.2.2.4): the owner keeps a
//! [`Dialog`] for each [`DialogId`] it sees.

mod id;
mod route;
mod state;

pub use id::{CallId, DialogId, LocalTag, RemoteTag};
pub use state::{Dialog, DialogError, HOPS, OutOfOrder, Phase, Role};

#[cfg(test)]
mod tests;

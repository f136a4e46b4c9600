//! Whom a call back after an emergency call is for (FEATURES CMP-1).
use super::{Moment, PeerAddress};
use serde::{Deserialize, Serialize};

/// The phone that called for help last with a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callback {
    /// The number that was shown, E.164; it is the key.
    pub number: String,
    /// Who called.
    pub origin: CallOrigin,
    /// Until when calls to the number are for it.
    pub until: Moment,
    /// The number that the emergency centre answered with, when it said one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub centre: Option<String>,
}

/// Where an emergency call came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum CallOrigin {
    /// A phone.
    Phone {
        /// Its account, proven or claimed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
        /// Its contact URI.
        contact: String,
        /// Where its INVITE came from.
        peer: PeerAddress,
    },
    /// A caller behind another exchange.
    Line {
        /// The trunk to it.
        trunk: String,
        /// The caller's number there.
        digits: String,
    },
}

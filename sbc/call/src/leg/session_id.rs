//! Session-ID of a leg (RFC 7989): the party's own half, and the half of whoever it is connected to. Each message we send
//! names both, so that one call can be followed through every exchange on its way.

use sip::value::{Hex, Value};
use sip::{HeaderName, Message};

use crate::random::Random;

/// The two halves. Zero is the RFC's nil: not known yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SessionId {
    /// What the party said, or what we made for one that says nothing (section 7).
    pub(crate) party: u128,
    /// The party at the other end, or ours while nobody but us speaks to it.
    pub(crate) other: u128,
}

impl SessionId {
    /// The header value of a message to this party: the other one is the sender.
    pub(super) fn value(self) -> impl Value {
        (Hex(self.other), ";remote=", Hex(self.party))
    }

    /// Takes the party's half from one of its messages.
    pub(super) fn learn(&mut self, message: &Message) {
        if let Some(party) = said(message) {
            self.party = party;
        }
    }

    /// A party that says nothing gets a half of our making.
    pub(super) fn complete(&mut self, random: &mut Random) {
        if self.party == 0 {
            self.party = random.u128();
        }
    }
}

/// The sender's half of a message: 32 hex digits that are not all zero. Capitals, which the RFC forbids, are forgiven.
pub(crate) fn said(message: &Message) -> Option<u128> {
    let value = message.header(&HeaderName::SessionId)?;
    let half = value.split(';').next()?.trim();
    let hex = half.len() == 32 && half.bytes().all(|byte| byte.is_ascii_hexdigit());
    let half = u128::from_str_radix(half, 16).ok().filter(|_| hex)?;
    (half != 0).then_some(half)
}

//! A peer, in the core's words and in those that outlive the process.

use directory::PeerAddress;
use sip::{FlowId, Peer, Transport};

/// For the record.
pub(crate) fn to_record(peer: &Peer) -> PeerAddress {
    PeerAddress {
        transport: peer.transport.as_str().to_ascii_lowercase(),
        local: peer.local.to_string(),
        remote: peer.remote.to_string(),
        flow: peer.flow.map(|flow| flow.0),
    }
}

/// From the record; `None` when it cannot be read, which only a changed database brings about.
pub(crate) fn from_record(address: &PeerAddress) -> Option<Peer> {
    Some(Peer {
        transport: Transport::from_name(&address.transport)?,
        local: address.local.parse().ok()?,
        remote: address.remote.parse().ok()?,
        flow: address.flow.map(FlowId),
    })
}

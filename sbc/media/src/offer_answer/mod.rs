//! Offer and answer (RFC 3264, RFC 6337) as pure functions: what we write, and what a peer's description means for us.
//!
//! One audio stream is taken; every other m= line keeps its place with port 0 (RFC 3264 section 6). An answer holds one codec only:
//! a peer may switch at any moment between the formats of an answer (section 6.1), and every switch would cost a transcoder.

mod browser;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use crate::plane::Rtcp;
pub use browser::{BrowserAgreement, LocalBrowser, answer_browser};

use crate::Codec;
use crate::sdp::{Direction, SessionDescription};
use smallvec::SmallVec;
use std::net::{IpAddr, SocketAddr};

/// The payload type we give telephone-event where the peer has not chosen one.
pub const TELEPHONE_EVENT_PT: u8 = 101;

/// Our side of a stream: what we offer, or what we are willing to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalMedia {
    /// The o= session identifier, the same for the life of a dialog.
    pub session_id: u64,
    /// The o= version; one higher whenever the description changes (RFC 3264 section 8). See [`revise`].
    pub version: u64,
    /// The advertised address.
    pub address: IpAddr,
    /// The RTP port.
    pub port: u16,
    /// Our RTCP port, where a socket for it is bound; `None` when RTCP only shares the RTP port.
    pub rtcp_port: Option<u16>,
    /// Codecs in order of preference. Our order decides, not the peer's.
    pub codecs: Vec<Codec>,
    /// Whether keys may come and go as RFC 4733 events.
    pub telephone_event: bool,
    /// What we want: `SendRecv`, or less to hold the peer.
    pub direction: Direction,
    /// Packet length in milliseconds that we like to receive.
    pub ptime: u16,
}

/// What both sides have agreed on, from our side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Negotiated {
    /// Where our RTP goes. An unspecified address (`0.0.0.0`) means nowhere, and `direction` then does not send.
    pub remote: SocketAddr,
    /// Where our RTCP goes.
    pub rtcp: Rtcp,
    /// The codec we send.
    pub codec: Codec,
    /// The payload type we send it with, the peer's number for it.
    pub send_pt: u8,
    /// Payload types we understand: the agreed ones first, then those a careless peer may use.
    pub receive: SmallVec<[(u8, Codec); 4]>,
    /// The payload type to send keys with, at the 8000 Hz clock; `None` when the peer did not agree to telephone-event.
    pub telephone_event: Option<u8>,
    /// The payload types keys may arrive with: our number and the peer's. Empty without agreement.
    pub telephone_event_receive: SmallVec<[u8; 2]>,
    /// Our direction.
    pub direction: Direction,
    /// Packet length in milliseconds the peer likes to receive, within its `maxptime`.
    pub ptime: u16,
    /// The peer does not listen though we would send: it holds us (`sendonly`, `inactive`, or RFC 2543's `c=0.0.0.0`).
    pub held_by_peer: bool,
    /// The signalled address is one that no packet can reach from outside its own network ([`is_private`]).
    pub private_address: bool,
}

/// Why there is no agreement. All of them are answered with 488; the session stays as it was (RFC 3264 section 8, RFC 6141).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// No open audio stream.
    #[error("no audio stream")]
    NoAudio,
    /// Audio only over a transport we do not speak here, for instance SRTP or WebRTC.
    #[error("audio only over a transport profile we do not speak")]
    Profile,
    /// No codec in common.
    #[error("no codec in common")]
    NoCommonCodec,
    /// No address, a name, or a multicast address.
    #[error("no usable media address")]
    Address,
    /// IPv4 against IPv6 (RFC 6157).
    #[error("the media address is of another family than ours")]
    AddressFamily,
}

/// A first offer: one audio stream.
pub fn offer(local: &LocalMedia) -> Vec<u8> {
    write::offer(local, None)
}

/// An offer within a dialog: like [`offer`], but every other m= line of the last description we sent stays in its place, refused
/// (RFC 3264 section 8), and payload types keep their meaning (section 8.3.2).
pub fn reoffer(sent: &SessionDescription, local: &LocalMedia) -> Vec<u8> {
    write::offer(local, Some(sent))
}

/// Answers an offer: our description, and what it means.
///
/// # Errors
/// [`Refusal`] when there is nothing to agree on; no description is sent then.
pub fn answer(
    offer: &SessionDescription,
    local: &LocalMedia,
) -> Result<(Vec<u8>, Negotiated), Refusal> {
    let (index, negotiated) = read::negotiate(offer, local, read::Role::Answerer)?;
    Ok((write::answer(offer, index, local, &negotiated), negotiated))
}

/// Whether an offer can be answered, without writing the answer.
///
/// # Errors
/// The [`Refusal`] that [`answer`] would give.
pub fn check(offer: &SessionDescription, local: &LocalMedia) -> Result<(), Refusal> {
    read::negotiate(offer, local, read::Role::Answerer).map(|_| ())
}

/// Reads the answer to an offer of ours.
///
/// # Errors
/// [`Refusal`] when the peer refused our stream or agreed to nothing we know.
pub fn accept(answer: &SessionDescription, sent: &LocalMedia) -> Result<Negotiated, Refusal> {
    read::negotiate(answer, sent, read::Role::Offerer).map(|(_, negotiated)| negotiated)
}

/// Gives a fresh description the o= line it must have after the previous one we sent in the dialog: the same session identifier, the
/// same version when nothing changed, one higher when something did (RFC 3264 section 8). A `previous` that is not ours leaves it as is.
pub fn revise(previous: &[u8], fresh: Vec<u8>) -> Vec<u8> {
    let (Ok(previous), Ok(mut next)) = (
        SessionDescription::parse(previous),
        SessionDescription::parse(&fresh),
    ) else {
        return fresh;
    };
    let Ok(version) = previous.origin.version.parse::<u64>() else {
        return fresh;
    };
    next.origin = previous.origin.clone();
    if next != previous {
        next.origin.version = version.saturating_add(1).to_string().into();
    }
    next.to_string().into_bytes()
}

/// Whether an address belongs to a network of its own: loopback, RFC 1918, carrier NAT (RFC 6598), link-local, unique local (RFC 4193).
pub fn is_private(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || (a == 100 && b & 0xC0 == 64)
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

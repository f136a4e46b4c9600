//! A browser's transport (RFC 8834, 8835): ICE-lite, DTLS and SRTP on one port, fed with datagrams, time, credentials and a
//! certificate. The media plane sees plain RTP behind it; nothing of a browser is believed before it proved the ICE password.

mod dtls;
mod fence;
mod ice;
mod identity;
mod keys;
mod kind;
mod report;
mod srtp;
mod stun;

mod transport;
mod wire;

pub use identity::{Fingerprint, Identity, IdentityError};
pub use keys::{Credentials, Terms};
pub use wire::Wire;

pub(crate) use transport::{Arrived, Transport};

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The address that stands for a browser in a [`Stream`](crate::plane::Stream): where it really is, only its proven ICE path
/// knows, which moves with the browser's network. Of TEST-NET-1 (RFC 5737), so that a packet sent there by mistake ends nowhere.
pub const NOWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 9);

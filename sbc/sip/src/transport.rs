//! Where a message came from or goes to: transport, addresses and the connection (RFC 3261 section 18, RFC 5626).

use std::fmt;
use std::net::SocketAddr;

/// A SIP transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transport {
    /// RFC 3261 section 18.
    Udp,
    /// RFC 3261 section 18.
    Tcp,
    /// RFC 3261 section 26.2.1.
    Tls,
    /// RFC 7118.
    Ws,
    /// RFC 7118.
    Wss,
}

impl Transport {
    /// The name in a Via header: `UDP`, `TCP`, …
    pub fn as_str(self) -> &'static str {
        match self {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
            Transport::Tls => "TLS",
            Transport::Ws => "WS",
            Transport::Wss => "WSS",
        }
    }

    /// Whether the transport itself delivers in order or fails: timers A, E, G stay off (RFC 3261 section 17.1.1.2).
    pub fn is_reliable(self) -> bool {
        self != Transport::Udp
    }

    /// Whether a third party on the path cannot read it.
    pub fn is_secure(self) -> bool {
        matches!(self, Transport::Tls | Transport::Wss)
    }

    /// The port when none is given (RFC 3261 section 19.1.2, RFC 7118 section 5.2).
    pub fn default_port(self) -> u16 {
        match self {
            Transport::Udp | Transport::Tcp => 5060,
            Transport::Tls => 5061,
            Transport::Ws => 80,
            Transport::Wss => 443,
        }
    }

    /// Reads a Via transport or a `transport=` URI parameter, in any case.
    pub fn from_name(name: &str) -> Option<Transport> {
        [
            Transport::Udp,
            Transport::Tcp,
            Transport::Tls,
            Transport::Ws,
            Transport::Wss,
        ]
        .into_iter()
        .find(|transport| transport.as_str().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One connection of a stream transport (a flow, RFC 5626 section 3.2). Never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FlowId(pub u64);

/// Where a message came from, or where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Peer {
    /// How it travels.
    pub transport: Transport,
    /// Our address: the socket it arrived on or leaves from.
    pub local: SocketAddr,
    /// Their address.
    pub remote: SocketAddr,
    /// The connection, for a stream transport that has one.
    pub flow: Option<FlowId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case() {
        assert_eq!(Transport::from_name("wSs"), Some(Transport::Wss));
        assert_eq!(Transport::from_name("SCTP"), None);
        assert!(!Transport::Udp.is_reliable() && Transport::Ws.is_reliable());
    }
}

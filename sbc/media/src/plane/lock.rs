//! Whose packets are believed, and where ours go (RFC 7362 latching, with its cautions of section 4 as
//! rules). Nothing but a believed RTP packet or a new `Connect` ever changes the answer.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use super::command::{Rtcp, SourcePolicy, Stream};

/// A learnt source that was not the signalled host is on trial so long, in case the real one speaks up.
const TRIAL: Duration = Duration::from_millis(300);
/// What is taken from it meanwhile.
const TRIAL_PACKETS: u8 = 5;
/// The same host may come back on a new port when the old one was silent so long (a NAT that rebound).
const REBIND: Duration = Duration::from_secs(2);

/// How well a source fits what was signalled; a better one displaces a worse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Stranger,
    SameHost,
    Exact,
}

#[derive(Clone, Copy, Debug)]
struct Learnt {
    from: SocketAddr,
    fit: Fit,
    since: Instant,
    last: Instant,
    /// Packets taken on trial; trials end by time.
    trial: Option<u8>,
}

/// The lock of one endpoint.
#[derive(Clone, Debug, Default)]
pub(super) struct Lock {
    learnt: Option<Learnt>,
    rtcp: Option<SocketAddr>,
}

impl Lock {
    /// Forgets what was learnt: the party has a new address.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }

    /// Whether a well-formed RTP packet from `from` is the party's.
    pub(super) fn believes(&mut self, now: Instant, stream: &Stream, from: SocketAddr) -> bool {
        let fit = match stream.source {
            SourcePolicy::Signalled => return from == stream.remote,
            SourcePolicy::Loopback => {
                let local = from.ip().is_loopback() || from.ip() == stream.remote.ip();
                if from.port() != stream.remote.port() || !local {
                    return false;
                }
                Fit::Exact
            }
            SourcePolicy::Learn if from == stream.remote => Fit::Exact,
            SourcePolicy::Learn if from.ip() == stream.remote.ip() => Fit::SameHost,
            SourcePolicy::Learn => Fit::Stranger,
        };
        if let Some(learnt) = &mut self.learnt {
            if learnt.from == from {
                return learnt.again(now);
            }
            let rebound =
                learnt.from.ip() == from.ip() && now.duration_since(learnt.last) >= REBIND;
            if fit <= learnt.fit && !rebound {
                return false;
            }
        }
        let trial = (fit == Fit::Stranger).then_some(1);
        self.learnt = Some(Learnt {
            from,
            fit,
            since: now,
            last: now,
            trial,
        });
        self.rtcp = None;
        true
    }

    /// Whether RTCP from `from` is the party's. It is never believed before RTP was learnt.
    pub(super) fn believes_rtcp(
        &mut self,
        stream: &Stream,
        from: SocketAddr,
        shared_port: bool,
    ) -> bool {
        let port = match stream.rtcp {
            Rtcp::Mux => return shared_port && self.is_party(stream, from),
            Rtcp::Port(_) if shared_port => return false,
            Rtcp::Port(port) => port,
        };
        match stream.source {
            SourcePolicy::Signalled => from == port,
            SourcePolicy::Loopback => {
                from.port() == port.port() && (from.ip().is_loopback() || from.ip() == port.ip())
            }
            SourcePolicy::Learn => {
                let same_host = self.settled().is_some_and(|party| party.ip() == from.ip());
                same_host && *self.rtcp.get_or_insert(from) == from
            }
        }
    }

    fn is_party(&self, stream: &Stream, from: SocketAddr) -> bool {
        match stream.source {
            SourcePolicy::Signalled => from == stream.remote,
            SourcePolicy::Loopback | SourcePolicy::Learn => self.settled() == Some(from),
        }
    }

    /// The learnt source, unless it is on trial.
    fn settled(&self) -> Option<SocketAddr> {
        self.learnt
            .filter(|learnt| learnt.trial.is_none())
            .map(|learnt| learnt.from)
    }

    /// Where our RTP goes: the learnt source once it is settled, else the signalled address.
    pub(super) fn destination(&self, stream: &Stream) -> SocketAddr {
        match stream.source {
            SourcePolicy::Signalled => stream.remote,
            SourcePolicy::Loopback => self.settled().unwrap_or_else(|| loopback(stream.remote)),
            SourcePolicy::Learn => self.settled().unwrap_or(stream.remote),
        }
    }

    /// Where our RTCP goes when it has a port of its own.
    pub(super) fn rtcp_destination(&self, stream: &Stream, signalled: SocketAddr) -> SocketAddr {
        match stream.source {
            SourcePolicy::Signalled => signalled,
            SourcePolicy::Loopback => loopback(signalled),
            SourcePolicy::Learn => self.rtcp.unwrap_or(signalled),
        }
    }
}

impl Learnt {
    /// One more packet from the learnt source.
    fn again(&mut self, now: Instant) -> bool {
        self.last = now;
        let Some(taken) = &mut self.trial else {
            return true;
        };
        if now.duration_since(self.since) >= TRIAL {
            self.trial = None;
            return true;
        }
        *taken = taken.saturating_add(1);
        *taken <= TRIAL_PACKETS
    }
}

/// A signalled address of this host, as seen from this host.
fn loopback(signalled: SocketAddr) -> SocketAddr {
    if signalled.ip().is_loopback() {
        return signalled;
    }
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), signalled.port())
}

#[cfg(test)]
#[path = "lock_tests.rs"]
mod tests;

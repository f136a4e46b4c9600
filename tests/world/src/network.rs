//! The network between the parties and the exchange: seeded loss, delay, reordering and duplication of datagrams, and a
//! NAT in front of those parties that have one (RFC 4787: address-dependent filtering).

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::Rng;

/// How bad the network is. Loss and duplication are in thousandths of the datagrams; streams know neither.
#[derive(Clone, Copy, Debug)]
pub struct Conditions {
    /// SIP datagrams lost.
    pub loss: u32,
    /// RTP packets lost.
    pub rtp_loss: u32,
    /// SIP datagrams that arrive twice.
    pub twice: u32,
    /// Least delay of one way.
    pub delay: Duration,
    /// Added to it at random; above the distance of two packets it reorders them.
    pub jitter: Duration,
}

impl Conditions {
    /// A quiet local network.
    pub const GOOD: Conditions = Conditions {
        loss: 0,
        rtp_loss: 0,
        twice: 0,
        delay: Duration::from_millis(5),
        jitter: Duration::ZERO,
    };
}

/// The dice of the world, in its own generator so that the core's are not disturbed.
pub(crate) struct Dice(pub(crate) ChaCha20Rng);

impl Dice {
    /// A number below `below`.
    pub(crate) fn below(&mut self, below: u64) -> u64 {
        self.0.next_u64() % below.max(1)
    }

    pub(crate) fn chance(&mut self, thousandths: u32) -> bool {
        thousandths > 0 && self.below(1000) < u64::from(thousandths)
    }

    pub(crate) fn millis(&mut self, most: Duration) -> Duration {
        Duration::from_millis(self.below(u64::try_from(most.as_millis()).unwrap_or(0) + 1))
    }
}

impl Conditions {
    /// When each copy of a datagram arrives; empty: lost.
    pub(crate) fn copies(&self, dice: &mut Dice) -> Vec<Duration> {
        if dice.chance(self.loss) {
            return Vec::new();
        }
        let copies = if dice.chance(self.twice) { 2 } else { 1 };
        (0..copies)
            .map(|_| self.delay + dice.millis(self.jitter))
            .collect()
    }
}

/// A NAT: each inside port has a port outside, and lets in only whom was written to.
#[derive(Debug)]
pub(crate) struct Nat {
    pub(crate) outside: IpAddr,
    shift: u16,
    written_to: BTreeSet<(u16, IpAddr)>,
}

impl Nat {
    pub(crate) fn new(outside: IpAddr) -> Nat {
        Nat {
            outside,
            shift: 1_000,
            written_to: BTreeSet::new(),
        }
    }

    /// The outside address of a packet that leaves.
    pub(crate) fn leave(&mut self, from: SocketAddr, to: SocketAddr) -> SocketAddr {
        self.written_to.insert((from.port(), to.ip()));
        SocketAddr::new(self.outside, from.port() + self.shift)
    }

    /// The inside port of a packet that arrives, if it is let in.
    pub(crate) fn enter(&self, from: SocketAddr, to: SocketAddr) -> Option<u16> {
        let inside = to.port().checked_sub(self.shift)?;
        self.written_to
            .contains(&(inside, from.ip()))
            .then_some(inside)
    }

    /// The NAT forgets, and gives every inside port another one outside.
    pub(crate) fn rebind(&mut self) {
        self.shift += 2_000;
        self.written_to.clear();
    }
}

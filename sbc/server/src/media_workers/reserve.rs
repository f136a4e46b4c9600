//! A worker's small reserve of bound RTP ports: even, drawn at random from the worker's part of the range (a guessed port is
//! an attacked port), rested after use so that late packets of one call are not heard in the next.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::net::UdpSocket;
use rand::RngExt;
use rand_chacha::ChaCha20Rng;

use super::owner_of;
use crate::bind;
use crate::counters::Counters;
use crate::descriptors::RESERVE;

/// How long a port rests after its endpoint closed.
const REST: Duration = Duration::from_secs(5);
/// With fewer ports than this ready and no other left, one rests no longer than [`SHORT_REST`]: a new call is worth more than the
/// last doubt.
const SCARCE: usize = RESERVE / 4;
const SHORT_REST: Duration = Duration::from_secs(1);
/// Ports bound between two looks at the sockets: a bind costs microseconds, and packets come first.
const BINDS: usize = 8;
/// With no descriptor left, binding is tried again after this; calls that are up give theirs back.
const EXHAUSTED: Duration = Duration::from_secs(1);

/// Ports of one worker.
pub(crate) struct Reserve {
    address: IpAddr,
    /// Neither bound by us nor resting, in no order.
    free: Vec<u16>,
    /// Bound, announced, not yet opened.
    held: HashMap<u16, UdpSocket>,
    resting: VecDeque<(Instant, u16)>,
    /// The system gave no socket: nothing is bound before.
    not_before: Option<Instant>,
    random: ChaCha20Rng,
    counters: Arc<Counters>,
}

impl Reserve {
    /// The part of `range` that falls to `worker`, nothing bound yet.
    pub(crate) fn new(
        address: IpAddr,
        range: &RangeInclusive<u16>,
        (worker, workers): (usize, usize),
        random: ChaCha20Rng,
        counters: Arc<Counters>,
    ) -> Reserve {
        let has_neighbour = |port: u16| port.checked_add(1).is_some_and(|odd| range.contains(&odd));
        Reserve {
            address,
            free: range
                .clone()
                .filter(|port| {
                    port % 2 == 0 && has_neighbour(*port) && owner_of(*port, workers) == worker
                })
                .collect(),
            held: HashMap::new(),
            resting: VecDeque::new(),
            not_before: None,
            random,
            counters,
        }
    }

    /// Fills the whole reserve; an error only when not one port can be bound.
    pub(crate) fn fill(&mut self, now: Instant) -> io::Result<Vec<u16>> {
        let mut bound = Vec::new();
        let mut error = io::Error::new(
            io::ErrorKind::AddrNotAvailable,
            "the range holds no even port",
        );
        while self.held.len() < RESERVE && !self.free.is_empty() {
            match self.bind_one(now) {
                Ok(port) => bound.push(port),
                Err(refused) => error = refused,
            }
        }
        if bound.is_empty() {
            Err(error)
        } else {
            Ok(bound)
        }
    }

    /// A few more ports, when some are missing. To be called between packets.
    pub(crate) fn refill(&mut self, now: Instant) -> Vec<u16> {
        while let Some((_, port)) = self.resting.pop_front_if(|(until, _)| *until <= now) {
            self.free.push(port);
        }
        while self.is_scarce()
            && self.free.len() < BINDS
            && let Some((_, port)) = self.resting.pop_front_if(|(until, _)| early(*until) <= now)
        {
            self.free.push(port);
        }
        if self.not_before.is_some_and(|at| at <= now) {
            self.not_before = None;
        }
        let mut bound = Vec::new();
        for _ in 0..BINDS {
            if !self.is_wanting() {
                break;
            }
            bound.extend(self.bind_one(now));
        }
        bound
    }

    fn is_scarce(&self) -> bool {
        self.held.len() < SCARCE && self.free.len() < BINDS
    }

    /// Whether a refill would bind something now.
    pub(crate) fn is_wanting(&self) -> bool {
        self.held.len() < RESERVE && !self.free.is_empty() && self.not_before.is_none()
    }

    /// When a refill would bind something, if not now.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        if self.held.len() >= RESERVE {
            return None;
        }
        let resting = self.resting.front().map(|(until, _)| *until);
        let resting = resting.map(|until| {
            if self.is_scarce() {
                early(until)
            } else {
                until
            }
        });
        self.not_before.into_iter().chain(resting).min()
    }

    /// The socket of a port that the core chose. One that is not held (its worker fell and was started again) is bound now.
    pub(crate) fn take(&mut self, port: u16) -> io::Result<UdpSocket> {
        match self.held.remove(&port) {
            Some(socket) => Ok(socket),
            None => bind::media_port(self.address, port),
        }
    }

    /// Where RTP is bound.
    pub(crate) fn address(&self) -> IpAddr {
        self.address
    }

    /// The port's sockets are closed: it rests.
    pub(crate) fn rest(&mut self, now: Instant, port: u16) {
        self.resting.push_back((now + REST, port));
    }

    fn bind_one(&mut self, now: Instant) -> io::Result<u16> {
        let place = self.random.random_range(0..self.free.len());
        let port = self.free.swap_remove(place);
        match bind::media_port(self.address, port) {
            Ok(socket) => {
                self.held.insert(port, socket);
                Ok(port)
            }
            Err(error) => {
                self.counters.ports_taken.one();
                self.rest(now, port);
                if error.kind() != io::ErrorKind::AddrInUse {
                    self.not_before = Some(now + EXHAUSTED);
                }
                Err(error)
            }
        }
    }
}

/// When a port that rests may be used in want of others.
fn early(until: Instant) -> Instant {
    until.checked_sub(REST - SHORT_REST).unwrap_or(until)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 41, 0, 1));

    fn reserve(range: RangeInclusive<u16>, worker: usize, workers: usize) -> Reserve {
        let random = ChaCha20Rng::from_seed([7; 32]);
        Reserve::new(
            HERE,
            &range,
            (worker, workers),
            random,
            Arc::new(Counters::default()),
        )
    }

    #[test]
    fn ports_are_even_random_and_dealt_out_between_workers() {
        let now = Instant::now();
        let (mut one, mut two) = (
            reserve(30_001..=31_000, 0, 2),
            reserve(30_001..=31_000, 1, 2),
        );
        let (first, second) = (one.fill(now).unwrap(), two.fill(now).unwrap());
        assert_eq!((first.len(), second.len()), (RESERVE, RESERVE));
        assert!(
            first
                .iter()
                .chain(&second)
                .all(|port| port % 2 == 0 && (30_002..=30_998).contains(port))
        );
        assert!(first.iter().all(|port| !second.contains(port)));
        assert!(!first.is_sorted());
    }

    #[test]
    fn a_port_rests_before_it_is_used_again() {
        let mut now = Instant::now();
        let mut small = reserve(32_000..=32_003, 0, 1);
        let bound = small.fill(now).unwrap();
        assert_eq!(bound.len(), 2);
        drop(small.take(bound[0]).unwrap());
        small.rest(now, bound[0]);
        assert!(small.refill(now).is_empty());
        assert_eq!(small.next_deadline(), Some(now + SHORT_REST));
        now += SHORT_REST;
        assert_eq!(small.refill(now), [bound[0]], "there is no other");
    }

    #[test]
    fn where_there_are_others_a_port_rests_longer() {
        let now = Instant::now();
        let mut reserve = reserve(36_000..=36_999, 0, 1);
        let bound = reserve.fill(now).unwrap();
        for port in &bound {
            drop(reserve.take(*port).unwrap());
            reserve.rest(now, *port);
        }
        let short = now + SHORT_REST;
        let again = (0..RESERVE / BINDS).flat_map(|_| reserve.refill(short));
        assert!(again.into_iter().all(|port| !bound.contains(&port)));
    }

    #[test]
    fn a_port_of_another_program_is_passed_over() {
        let now = Instant::now();
        let other = bind::media_port(HERE, 33_000).unwrap();
        let mut small = reserve(33_000..=33_003, 0, 1);
        assert_eq!(small.fill(now).unwrap(), [33_002]);
        assert_eq!(small.counters.ports_taken.get(), 1);
        drop(other);
        assert_eq!(small.refill(now + REST), [33_000]);
    }

    #[test]
    fn a_system_without_sockets_is_not_asked_in_a_circle() {
        let now = Instant::now();
        let mut reserve = reserve(35_000..=35_100, 0, 1);
        reserve.address = IpAddr::from([192, 0, 2, 1]);
        assert!(reserve.is_wanting());
        assert!(reserve.refill(now).is_empty());
        assert_eq!(reserve.counters.ports_taken.get(), 1);
        assert!(!reserve.is_wanting());
        assert_eq!(reserve.next_deadline(), Some(now + EXHAUSTED));
        reserve.address = HERE;
        assert_eq!(reserve.refill(now + EXHAUSTED).len(), BINDS);
    }

    #[test]
    fn nothing_to_bind_is_an_error_that_says_why() {
        let mut none = reserve(34_000..=34_000, 0, 1);
        assert!(none.fill(Instant::now()).is_err());
        let mut elsewhere = reserve(34_000..=34_100, 0, 1);
        elsewhere.address = IpAddr::from([192, 0, 2, 1]);
        let error = elsewhere.fill(Instant::now()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrNotAvailable);
    }
}

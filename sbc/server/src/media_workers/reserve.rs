//! A worker's small reserve of bound RTP ports: even, drawn at random from the worker's part of the range (a guessed port is
//! an attacked port), rested after use so that late packets of one call are not heard in the next.
//!
//! Binding and closing costs more than all packets of a short call's first second, so a port keeps its sockets while it rests,
//! and is drawn again, at random among many, before others are bound. What came while it rested is thrown away then.

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
/// Open ports are drawn again only when so many have rested: nobody shall guess which comes next.
const POOL: usize = 256;
/// Packets thrown away at most when a port is drawn again: more than a socket's buffer holds. One that still gets some is closed.
const LATE: usize = 1_024;

/// The sockets of a port: one for RTP, and one for RTCP at its odd neighbour once a call needed it.
pub(crate) struct Pair {
    pub(crate) rtp: UdpSocket,
    pub(crate) rtcp: Option<UdpSocket>,
}

impl Pair {
    fn bind(address: IpAddr, port: u16) -> io::Result<Pair> {
        let rtp = bind::media_port(address, port)?;
        Ok(Pair { rtp, rtcp: None })
    }

    /// Throws away what is there; whether nothing is left.
    fn is_emptied(&self) -> bool {
        is_emptied(&self.rtp) && self.rtcp.as_ref().is_none_or(is_emptied)
    }
}

fn is_emptied(socket: &UdpSocket) -> bool {
    // Any other error is an ICMP answer to what the last call sent.
    let is_empty = |error: io::Error| error.kind() == io::ErrorKind::WouldBlock;
    (0..LATE).any(|_| socket.recv_from(&mut [0]).is_err_and(is_empty))
}

/// Ports of one worker.
pub(crate) struct Reserve {
    address: IpAddr,
    /// Neither bound by us nor resting, in no order.
    free: Vec<u16>,
    /// Bound, announced, not yet opened.
    held: HashMap<u16, Pair>,
    /// Until when; with its sockets, if they were kept.
    resting: VecDeque<(Instant, u16, Option<Pair>)>,
    /// Of those that rest.
    resting_open: usize,
    /// Rested, and their sockets open still.
    rested: Vec<(u16, Pair)>,
    /// Pairs of sockets that calls and kept ports may have together.
    most: usize,
    /// The system gave no socket: nothing is bound before.
    not_before: Option<Instant>,
    random: ChaCha20Rng,
    counters: Arc<Counters>,
}

impl Reserve {
    /// The part of `range` that falls to `worker`, nothing bound yet. Sockets of ended calls are kept as long as calls and
    /// they together are at most `most` pairs.
    pub(crate) fn new(
        address: IpAddr,
        range: &RangeInclusive<u16>,
        (worker, workers): (usize, usize),
        most: usize,
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
            resting_open: 0,
            rested: Vec::new(),
            most,
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
            match self.draw(now) {
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

    /// A few more ports, when as many are missing: each announcement wakes the signalling thread. To be called between packets.
    pub(crate) fn refill(&mut self, now: Instant) -> Vec<u16> {
        while let Some((_, port, pair)) = self.resting.pop_front_if(|(until, ..)| *until <= now) {
            self.rise(port, pair);
        }
        while self.is_scarce()
            && let Some((_, port, pair)) = self
                .resting
                .pop_front_if(|(until, ..)| early(*until) <= now)
        {
            self.rise(port, pair);
        }
        if self.not_before.is_some_and(|at| at <= now) {
            self.not_before = None;
        }
        let mut bound = Vec::new();
        if self.is_wanting() {
            while bound.len() < BINDS && self.has_more() {
                bound.extend(self.draw(now));
            }
        }
        bound
    }

    fn rise(&mut self, port: u16, pair: Option<Pair>) {
        match pair {
            Some(pair) => {
                self.resting_open = self.resting_open.saturating_sub(1);
                self.rested.push((port, pair));
            }
            None => self.free.push(port),
        }
    }

    fn is_scarce(&self) -> bool {
        self.held.len() < SCARCE && self.free.len() + self.rested.len() < BINDS
    }

    /// Whether a refill would bind something now.
    pub(crate) fn is_wanting(&self) -> bool {
        self.is_missing_some() && self.has_more()
    }

    fn is_missing_some(&self) -> bool {
        self.held.len() + BINDS <= RESERVE
    }

    fn has_more(&self) -> bool {
        !self.rested.is_empty() || !self.free.is_empty() && self.not_before.is_none()
    }

    /// When a refill would bind something, if not now.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        if !self.is_missing_some() {
            return None;
        }
        let resting = self.resting.front().map(|(until, ..)| *until);
        let resting = resting.map(|until| {
            if self.is_scarce() {
                early(until)
            } else {
                until
            }
        });
        self.not_before.into_iter().chain(resting).min()
    }

    /// The sockets of a port that the core chose, while `live` others are in use. One that is not held (its worker fell and was
    /// started again) is bound now.
    pub(crate) fn take(&mut self, port: u16, live: usize) -> io::Result<Pair> {
        while live + self.rested.len() + self.resting_open > self.most
            && let Some((port, _)) = self.rested.pop()
        {
            self.free.push(port);
        }
        match self.held.remove(&port) {
            Some(pair) => Ok(pair),
            None => Pair::bind(self.address, port),
        }
    }

    /// Where RTP is bound.
    pub(crate) fn address(&self) -> IpAddr {
        self.address
    }

    /// The port's endpoint is closed, and `live` others are in use: it rests, with its sockets where there is room for them.
    pub(crate) fn rest(&mut self, now: Instant, port: u16, pair: Option<Pair>, live: usize) {
        let pair = pair.filter(|_| live + self.rested.len() + self.resting_open < self.most);
        self.resting_open += usize::from(pair.is_some());
        self.resting.push_back((now + REST, port, pair));
    }

    /// One more port: of those that are open, or a new one.
    fn draw(&mut self, now: Instant) -> io::Result<u16> {
        let none_new = self.free.is_empty() || self.not_before.is_some();
        if self.rested.len() >= POOL || none_new && !self.rested.is_empty() {
            let place = self.random.random_range(0..self.rested.len());
            let (port, pair) = self.rested.swap_remove(place);
            if pair.is_emptied() {
                self.held.insert(port, pair);
                return Ok(port);
            }
            self.resting.push_back((now + REST, port, None));
            return Err(io::ErrorKind::AddrInUse.into());
        }
        let place = self.random.random_range(0..self.free.len());
        let port = self.free.swap_remove(place);
        match Pair::bind(self.address, port) {
            Ok(pair) => {
                self.held.insert(port, pair);
                Ok(port)
            }
            Err(error) => {
                self.counters.ports_taken.one();
                self.resting.push_back((now + REST, port, None));
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
    use std::net::SocketAddr;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 41, 0, 1));

    fn reserve(range: RangeInclusive<u16>, worker: usize, workers: usize) -> Reserve {
        let random = ChaCha20Rng::from_seed([7; 32]);
        Reserve::new(
            HERE,
            &range,
            (worker, workers),
            1_000,
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
        let pair = small.take(bound[0], 0).unwrap();
        small.rest(now, bound[0], Some(pair), 0);
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
            drop(reserve.take(*port, 0).unwrap());
            reserve.rest(now, *port, None, 0);
        }
        let short = now + SHORT_REST;
        let again = (0..RESERVE / BINDS).flat_map(|_| reserve.refill(short));
        assert!(again.into_iter().all(|port| !bound.contains(&port)));
    }

    #[test]
    fn what_came_late_is_not_heard_in_the_next_call() {
        let now = Instant::now();
        let mut small = reserve(37_000..=37_001, 0, 1);
        assert_eq!(small.fill(now).unwrap(), [37_000]);
        let pair = small.take(37_000, 0).unwrap();
        small.rest(now, 37_000, Some(pair), 1);
        let late = std::net::UdpSocket::bind("127.41.0.1:0").unwrap();
        for _ in 0..40 {
            late.send_to(b"late", SocketAddr::new(HERE, 37_000))
                .unwrap();
        }
        assert_eq!(small.refill(now + REST), [37_000]);
        let pair = small.take(37_000, 0).unwrap();
        let nothing = pair.rtp.recv_from(&mut [0; 9]).unwrap_err();
        assert_eq!(nothing.kind(), io::ErrorKind::WouldBlock);
        assert_eq!(small.counters.ports_taken.get(), 0, "it was open all along");
    }

    #[test]
    fn open_ports_are_drawn_again_among_many_and_give_way_to_calls() {
        let now = Instant::now();
        let mut reserve = reserve(38_000..=39_999, 0, 1);
        let used: Vec<u16> = (0..4)
            .flat_map(|_| {
                let bound = reserve.fill(now).unwrap();
                for port in &bound {
                    let pair = reserve.take(*port, 0).unwrap();
                    reserve.rest(now, *port, Some(pair), 0);
                }
                bound
            })
            .collect();
        let again: Vec<u16> = (0..16).flat_map(|_| reserve.refill(now + REST)).collect();
        assert_eq!(again.len(), RESERVE);
        assert!(again.iter().all(|port| used.contains(port)));
        assert!(!again.iter().all(|port| used[..RESERVE].contains(port)));
        assert_eq!(reserve.rested.len(), used.len() - RESERVE);
        reserve.take(again[0], 1_000 - 300).unwrap();
        assert_eq!(reserve.rested.len(), 300, "calls need the descriptors");
        let pair = reserve.take(again[1], 0).unwrap();
        reserve.rest(now, again[1], Some(pair), 700);
        assert_eq!(reserve.resting_open, 0, "there is no room");
        assert!(bind::media_port(HERE, again[1]).is_ok(), "it is closed");
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

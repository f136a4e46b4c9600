//! File descriptors and ports: how many calls the machine allows (RELIABILITY fault 36: refuse new ones early, keep the
//! old ones).

use std::ops::RangeInclusive;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors kept for the database, the journal, the listeners, the polls, the control socket and the log.
const OWN: u64 = 96;
/// Each media worker's reserve of bound ports.
pub(crate) const RESERVE: usize = 128;
/// Two parties, each with a socket for RTP and perhaps one for RTCP.
const DESCRIPTORS_PER_CALL: u64 = 4;
/// Two parties, each with an even port.
const PORTS_PER_CALL: usize = 2;

/// What ports and descriptors allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Calls of two parties at once: the smaller of the next two. For `Settings::calls` and the printed line.
    pub calls: usize,
    /// Calls that the port range carries, with the reserve left untouched.
    pub calls_by_ports: usize,
    /// Calls that the descriptors carry.
    pub calls_by_descriptors: usize,
    /// TCP connections at once.
    pub connections: usize,
    /// Descriptors that the process may open.
    pub descriptors: u64,
}

/// Raises the soft limit of open files to the hard one and returns the limit that holds from now on. A kernel that
/// refuses leaves the old one, and the capacity tells.
pub fn raise_descriptor_limit() -> u64 {
    let before = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: before.maximum,
        maximum: before.maximum,
    };
    if raised.current != before.current && setrlimit(Resource::Nofile, raised).is_err() {
        return before.current.unwrap_or(u64::MAX);
    }
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// How many calls fit: `ports` is the range of RTP ports, `workers` the number of media workers.
pub fn capacity(ports: &RangeInclusive<u16>, descriptors: u64, workers: usize) -> Capacity {
    let reserve = RESERVE.saturating_mul(workers);
    let pairs = even_ports(ports);
    let calls_by_ports = pairs.saturating_sub(reserve) / PORTS_PER_CALL;
    let spare = descriptors
        .saturating_sub(OWN)
        .saturating_sub(u64::try_from(reserve).unwrap_or(u64::MAX));
    let connections = usize::try_from(spare / 4)
        .unwrap_or(usize::MAX)
        .min(call::limits::FLOWS);
    let left = spare.saturating_sub(u64::try_from(connections).unwrap_or(u64::MAX));
    let calls_by_descriptors = usize::try_from(left / DESCRIPTORS_PER_CALL).unwrap_or(usize::MAX);
    Capacity {
        calls: calls_by_ports.min(calls_by_descriptors),
        calls_by_ports,
        calls_by_descriptors,
        connections,
        descriptors,
    }
}

/// Even ports of the range whose odd neighbour is in it too (RFC 3550 section 11).
pub(crate) fn even_ports(ports: &RangeInclusive<u16>) -> usize {
    let first = u32::from(*ports.start()).next_multiple_of(2);
    let end = u32::from(*ports.end()) + 1;
    usize::try_from(end.saturating_sub(first) / 2).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_range_is_bound_by_its_ports() {
        let capacity = capacity(&(20_000..=31_999), 1_048_576, 1);
        assert_eq!(capacity.calls, (6_000 - RESERVE) / 2);
        assert_eq!(capacity.connections, call::limits::FLOWS);
    }

    #[test]
    fn few_descriptors_mean_few_calls_and_never_an_underflow() {
        let small = capacity(&(20_000..=31_999), 512, 1);
        assert_eq!((small.connections, small.calls), (72, 54));
        assert_eq!(capacity(&(20_000..=20_001), 10, 8).calls, 0);
    }

    #[test]
    fn only_whole_pairs_count() {
        assert_eq!(even_ports(&(20_001..=20_004)), 1);
        assert_eq!(even_ports(&(65_534..=65_535)), 1);
        assert_eq!(even_ports(&(20_000..=20_000)), 0);
    }

    #[test]
    fn the_limit_is_raised_to_the_hard_one() {
        let limit = raise_descriptor_limit();
        assert_eq!(
            Some(limit),
            getrlimit(Resource::Nofile).maximum.or(Some(limit))
        );
    }
}

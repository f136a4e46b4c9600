//! How often somebody may try a password: a few times freely, then waiting that doubles (RELIABILITY S4 for people).
//!
//! Counted for a user from one address first, so that nobody is locked out by somebody elsewhere; then for the address, for many
//! people share one; then for the user alone, with a short wait, against many addresses.

use std::collections::HashMap;
use std::net::IpAddr;

use directory::Moment;

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// This user from this address.
    Pair(String, IpAddr),
    /// Anybody from this address.
    Address(IpAddr),
    /// This user from anywhere.
    User(String),
}

impl Key {
    /// Failures without waiting, and the longest wait, ms.
    fn bounds(&self) -> (u32, i64) {
        match self {
            Key::Pair(..) => (5, 15 * 60_000),
            Key::Address(_) => (20, 15 * 60_000),
            Key::User(_) => (50, 30_000),
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Count {
    failures: u32,
    last: i64,
    until: i64,
}

/// The first wait, ms; each further failure doubles it.
const FIRST: i64 = 1_000;
/// Failures are forgotten so long after the last one, ms.
const MEMORY: i64 = 30 * 60_000;
/// Keys that are remembered; above it the oldest quarter goes.
const MOST: usize = 8_192;
/// Longest name that is told apart, bytes: more is nobody's.
const LONGEST: usize = 64;

/// All counts.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    counts: HashMap<Key, Count>,
}

fn keys(user: &str, address: IpAddr) -> [Key; 3] {
    let mut user = user.to_lowercase();
    user.truncate(user.floor_char_boundary(LONGEST));
    let address = network(address);
    [
        Key::Pair(user.clone(), address),
        Key::Address(address),
        Key::User(user),
    ]
}

/// One subscriber: an IPv4 address, or the 64 bits of an IPv6 one that he is given.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 => v4,
    }
}

impl Attempts {
    /// Somebody tries: counted as a failure until [`Attempts::succeeded`] says otherwise, so that many tries at once count
    /// too. An error is how many milliseconds there are still to wait; then nothing was counted.
    pub(super) fn try_one(&mut self, user: &str, address: IpAddr, now: Moment) -> Result<(), i64> {
        let keys = keys(user, address);
        let wait = keys
            .iter()
            .filter_map(|key| self.counts.get(key))
            .map(|count| count.until.saturating_sub(now.0))
            .max();
        if let Some(wait) = wait.filter(|wait| *wait > 0) {
            return Err(wait);
        }
        for key in keys {
            self.count(key, now.0);
        }
        Ok(())
    }

    /// The last try was right.
    pub(super) fn succeeded(&mut self, user: &str, address: IpAddr) {
        let [pair, address, user] = keys(user, address);
        self.counts.remove(&pair);
        self.counts.remove(&user);
        // One right password does not excuse the wrong ones of others at this address.
        if let Some(count) = self.counts.get_mut(&address) {
            count.failures = count.failures.saturating_sub(1);
            count.until = 0;
        }
    }

    fn count(&mut self, key: Key, now: i64) {
        if self.counts.len() >= MOST && !self.counts.contains_key(&key) {
            self.make_room(now);
        }
        let (free, longest) = key.bounds();
        let count = self.counts.entry(key).or_insert(Count {
            failures: 0,
            last: now,
            until: 0,
        });
        if now.saturating_sub(count.last) > MEMORY {
            count.failures = 0;
        }
        count.failures = count.failures.saturating_add(1);
        count.last = now;
        if let Some(doubled) = count.failures.checked_sub(free) {
            let wait = FIRST.checked_shl(doubled.min(30)).unwrap_or(longest);
            count.until = now.saturating_add(wait.min(longest));
        }
    }

    fn make_room(&mut self, now: i64) {
        self.counts
            .retain(|_, count| now.saturating_sub(count.last) <= MEMORY);
        if self.counts.len() >= MOST {
            let mut lasts: Vec<i64> = self.counts.values().map(|count| count.last).collect();
            let (_, oldest, _) = lasts.select_nth_unstable(MOST / 4);
            let oldest = *oldest;
            self.counts.retain(|_, count| count.last > oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    fn there(n: u32) -> IpAddr {
        IpAddr::from((0x0a00_0000_u32 + n).to_be_bytes())
    }

    #[test]
    fn five_are_free_and_then_the_wait_doubles_to_a_quarter_of_an_hour() {
        let mut attempts = Attempts::default();
        let mut now = 0;
        for _ in 0..5 {
            attempts.try_one("ann", HERE, Moment(now)).unwrap();
        }
        let mut waits = Vec::new();
        for _ in 0..12 {
            let wait = attempts.try_one("ann", HERE, Moment(now)).unwrap_err();
            waits.push(wait / 1_000);
            now += wait;
            attempts.try_one("ann", HERE, Moment(now)).unwrap();
        }
        assert_eq!(
            waits,
            [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900],
            "asking while waiting makes it no longer"
        );
    }

    #[test]
    fn nobody_is_locked_out_from_elsewhere_for_long() {
        let mut attempts = Attempts::default();
        for n in 0..200 {
            let _ = attempts.try_one("ann", there(n), Moment(0));
        }
        let wait = attempts.try_one("ann", HERE, Moment(0)).unwrap_err();
        assert!(wait <= 30_000, "{wait}");
        let mut others = Attempts::default();
        for _ in 0..9 {
            let _ = others.try_one("ann", there(1), Moment(0));
        }
        assert!(others.try_one("ann", HERE, Moment(0)).is_ok());
        assert!(others.try_one("bob", there(1), Moment(0)).is_ok());
    }

    #[test]
    fn an_address_that_tries_many_names_waits_and_a_right_password_clears_its_own() {
        let mut attempts = Attempts::default();
        for n in 0..20 {
            attempts
                .try_one(&format!("user{n}"), HERE, Moment(0))
                .unwrap();
        }
        assert!(attempts.try_one("ann", HERE, Moment(0)).is_err());
        let mut mine = Attempts::default();
        for _ in 0..4 {
            mine.try_one("ann", HERE, Moment(0)).unwrap();
        }
        mine.try_one("Ann", HERE, Moment(0)).unwrap();
        mine.succeeded("ann", HERE);
        for _ in 0..5 {
            mine.try_one("ann", HERE, Moment(0)).unwrap();
        }
        assert!(mine.try_one("ann", HERE, Moment(0)).is_err());
        assert!(mine.try_one("ann", HERE, Moment(MEMORY + 2_000)).is_ok());
    }

    #[test]
    fn memory_is_bounded_and_one_subscriber_is_one() {
        let mut attempts = Attempts::default();
        for n in 0..20_000 {
            let _ = attempts.try_one(&format!("u{n}"), there(n), Moment(i64::from(n)));
        }
        assert!(attempts.counts.len() <= MOST);
        let same = |one: &str, other: &str| {
            network(one.parse().unwrap()) == network(other.parse().unwrap())
        };
        assert!(same("2001:db8::1", "2001:db8::ffff:1"));
        assert!(!same("2001:db8::1", "2001:db8:0:1::1"));
        assert!(same("::ffff:192.0.2.1", "192.0.2.1") && !same("192.0.2.1", "192.0.2.2"));
    }
}

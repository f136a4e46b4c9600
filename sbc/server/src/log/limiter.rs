//! The bound on log lines (RELIABILITY fault 37): ten a second from one source, half of them of one kind, 200 in all; what is
//! left out is counted and told when the second is over.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use call::io::Note;

const WINDOW: Duration = Duration::from_secs(1);
/// Lines of one source in a second, the closing count included.
const PER_SOURCE: u32 = 10;
/// Lines of one kind from one source, so that the loud kind leaves room for the others.
const PER_KIND: u32 = 5;
/// Lines of all in a second, the closing counts included.
const TOTAL: u32 = 200;
/// Closing counts in a second; the rest is told as one number.
const TOLD: usize = 19;
/// Sources remembered inside a second; those above share one place.
const SOURCES: usize = 1_024;

/// What a limit goes by: the peer's address, or the kind alone for what no peer caused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Origin {
    Peer(IpAddr),
    Own(&'static str),
    Others,
}

#[derive(Debug, Default)]
struct Share {
    lines: u32,
    kinds: Vec<(&'static str, u32)>,
    left_out: u64,
    loudest: &'static str,
}

/// The counts of one second.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    began: Option<Instant>,
    total: u32,
    shares: HashMap<Origin, Share>,
}

impl Limiter {
    /// Whether the line may be written. Call [`Limiter::close_window`] first.
    pub(crate) fn admits(&mut self, now: Instant, note: &Note) -> bool {
        self.began.get_or_insert(now);
        let mut origin = note.source.map_or(Origin::Own(note.kind), |source| {
            Origin::Peer(source.ip().to_canonical())
        });
        if self.shares.len() >= SOURCES && !self.shares.contains_key(&origin) {
            origin = Origin::Others;
        }
        let share = self.shares.entry(origin).or_default();
        let kind_lines = match share.kinds.iter_mut().find(|(kind, _)| *kind == note.kind) {
            Some((_, lines)) => lines,
            None => {
                share.kinds.push((note.kind, 0));
                match share.kinds.last_mut() {
                    Some((_, lines)) => lines,
                    None => return false,
                }
            }
        };
        // One line of each share and TOLD + 1 of all stay free for the closing counts of the window before.
        let room = u32::try_from(TOLD + 1).unwrap_or(0);
        if *kind_lines < PER_KIND && share.lines < PER_SOURCE - 1 && self.total < TOTAL - room {
            *kind_lines += 1;
            share.lines += 1;
            self.total += 1;
            return true;
        }
        share.left_out += 1;
        share.loudest = note.kind;
        false
    }

    /// When a window that left something out is over; then [`Limiter::close_window`] has counts to tell.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.began.map(|began| began + WINDOW)
    }

    /// Ends a window that is over; the sentences tell what it left out, at most [`TOLD`] + 1 of them.
    pub(crate) fn close_window(&mut self, now: Instant) -> Vec<String> {
        if self.next_deadline().is_none_or(|end| now < end) {
            return Vec::new();
        }
        let mut left_out: Vec<(Origin, u64, &'static str)> = self
            .shares
            .drain()
            .filter(|(_, share)| share.left_out > 0)
            .map(|(origin, share)| (origin, share.left_out, share.loudest))
            .collect();
        self.began = None;
        self.total = 0;
        left_out.sort_by_key(|(origin, count, _)| (std::cmp::Reverse(*count), *origin));
        let rest: u64 = left_out.iter().skip(TOLD).map(|(_, count, _)| count).sum();
        let mut told: Vec<String> = left_out
            .iter()
            .take(TOLD)
            .map(|(origin, count, kind)| match origin {
                Origin::Peer(address) => {
                    format!("{count} more lines about {address} left out, the last kind {kind}")
                }
                Origin::Own(kind) => format!("{count} more lines of kind {kind} left out"),
                Origin::Others => {
                    format!("{count} more lines about other sources left out, the last kind {kind}")
                }
            })
            .collect();
        if rest > 0 {
            told.push(format!("{rest} more lines about further sources left out"));
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use call::io::Level;

    fn note(kind: &'static str, address: Option<[u8; 4]>) -> Note {
        Note {
            level: Level::Warn,
            kind,
            source: address.map(|address| (address, 5060).into()),
            journey: None,
            text: String::new(),
        }
    }

    #[test]
    fn one_loud_source_has_ten_lines_a_second_and_its_count_is_told() {
        let (mut limiter, start) = (Limiter::default(), Instant::now());
        let mut written = 0;
        for round in 0..10_000_u32 {
            let kind = ["malformed", "refused", "dropped"][(round % 3) as usize];
            written += u32::from(limiter.admits(start, &note(kind, Some([127, 0, 0, 2]))));
        }
        let told = limiter.close_window(start + WINDOW);
        assert_eq!(written as usize + told.len(), 10);
        assert_eq!(
            told,
            ["9991 more lines about 127.0.0.2 left out, the last kind malformed"]
        );
        assert!(limiter.admits(start + WINDOW, &note("malformed", Some([127, 0, 0, 2]))));
    }

    #[test]
    fn a_loud_kind_leaves_room_for_another_of_the_same_source() {
        let (mut limiter, start) = (Limiter::default(), Instant::now());
        let loud = (0..100)
            .filter(|_| limiter.admits(start, &note("malformed", Some([127, 0, 0, 2]))))
            .count();
        assert_eq!(loud, 5);
        assert!(limiter.admits(start, &note("refused", Some([127, 0, 0, 2]))));
        assert!(limiter.admits(start, &note("malformed", Some([127, 0, 0, 3]))));
    }

    #[test]
    fn all_together_have_two_hundred_and_the_memory_is_bounded() {
        let (mut limiter, start) = (Limiter::default(), Instant::now());
        let mut written = 0;
        for source in 0..20_000_u16 {
            let [high, low] = source.to_be_bytes();
            written +=
                usize::from(limiter.admits(start, &note("malformed", Some([10, 1, high, low]))));
        }
        assert!(limiter.shares.len() <= SOURCES + 1);
        let told = limiter.close_window(start + WINDOW);
        assert_eq!((written, told.len()), (180, 20));
        assert!(limiter.next_deadline().is_none());
    }
}

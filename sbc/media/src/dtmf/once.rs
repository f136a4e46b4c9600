//! One press, one digit, when a party's keys come in more than one way.

use super::Digit;
use std::time::{Duration, Instant};

/// How a press came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DigitBy {
    /// As telephone-event packets (RFC 4733).
    Rfc4733,
    /// As a tone in the sound.
    InBand,
    /// As a SIP INFO request (RFC 6086).
    Info,
}

/// Presses remembered; more within the window than anyone can type.
const REMEMBERED: usize = 8;

/// Pairs up the reports of one press.
///
/// Each way reports a press at most once. So a report is news unless an earlier press of the same key within the window still lacks
/// this way: then it is that press, heard again. Two quick presses of one key stay two, whichever way is first each time.
#[derive(Debug, Clone)]
pub struct Once {
    window: Duration,
    /// Newest last.
    presses: [Option<Press>; REMEMBERED],
}

#[derive(Debug, Clone, Copy)]
struct Press {
    digit: Digit,
    at: Instant,
    by: [bool; 3],
}

impl Once {
    /// The window that fits RFC 4733 with tones, and INFO that was repeated once (RFC 3261 timer T1).
    pub const WINDOW: Duration = Duration::from_millis(800);

    /// Nothing pressed yet.
    pub fn new(window: Duration) -> Once {
        Once {
            window,
            presses: [None; REMEMBERED],
        }
    }

    /// Whether a report is a new press.
    pub fn admit(&mut self, now: Instant, digit: Digit, by: DigitBy) -> bool {
        let window = self.window;
        let mut young = self
            .presses
            .iter_mut()
            .flatten()
            .filter(|p| now.saturating_duration_since(p.at) <= window);
        if let Some(press) = young.find(|p| p.digit == digit && !p.has(by)) {
            press.mark(by);
            return false;
        }
        let mut press = Press {
            digit,
            at: now,
            by: [false; 3],
        };
        press.mark(by);
        self.presses.rotate_left(1);
        if let Some(slot) = self.presses.last_mut() {
            *slot = Some(press);
        }
        true
    }
}

impl Default for Once {
    fn default() -> Once {
        Once::new(Once::WINDOW)
    }
}

impl Press {
    fn has(&self, by: DigitBy) -> bool {
        self.by.get(by as usize).copied().unwrap_or(false)
    }

    fn mark(&mut self, by: DigitBy) {
        if let Some(flag) = self.by.get_mut(by as usize) {
            *flag = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DigitBy::*;
    use super::*;

    /// The keys that count of reports (milliseconds, key, way).
    fn keys(reports: &[(u64, char, DigitBy)]) -> String {
        let (start, mut once) = (Instant::now(), Once::default());
        let mut admit = |(ms, key, by): &(u64, char, DigitBy)| {
            once.admit(
                start + Duration::from_millis(*ms),
                Digit::from_char(*key).unwrap(),
                *by,
            )
            .then_some(*key)
        };
        reports.iter().filter_map(&mut admit).collect()
    }

    #[test]
    fn a_press_heard_three_ways_is_one() {
        assert_eq!(
            keys(&[(0, '1', Rfc4733), (60, '1', InBand), (300, '1', Info)]),
            "1"
        );
        assert_eq!(
            keys(&[
                (0, '1', InBand),
                (20, '1', Rfc4733),
                (700, '2', Info),
                (720, '2', Rfc4733)
            ]),
            "12"
        );
    }

    #[test]
    fn quick_presses_of_one_key_stay_apart_whichever_way_is_first() {
        assert_eq!(
            keys(&[
                (0, '5', Rfc4733),
                (60, '5', InBand),
                (290, '5', InBand),
                (300, '5', Rfc4733)
            ]),
            "55"
        );
        assert_eq!(
            keys(&[
                (0, '5', Rfc4733),
                (150, '5', Rfc4733),
                (160, '5', InBand),
                (310, '5', InBand)
            ]),
            "55"
        );
        assert_eq!(
            keys(&[(0, '5', InBand), (100, '5', InBand), (200, '5', InBand)]),
            "555"
        );
    }

    #[test]
    fn after_the_window_the_same_key_is_a_new_press() {
        assert_eq!(keys(&[(0, '9', Rfc4733), (801, '9', InBand)]), "99");
        assert_eq!(keys(&[(0, '9', Rfc4733), (799, '9', InBand)]), "9");
    }
}

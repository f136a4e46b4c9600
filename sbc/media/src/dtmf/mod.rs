//! Keys of the telephone pad, whichever way they travel (RFC 4733 section 3.2, SIP INFO, in-band tones).

#[cfg(test)]
pub(crate) mod goertzel;
pub mod inband;
pub mod info;
mod once;
pub mod rfc4733;
#[cfg(test)]
#[path = "tests.rs"]
mod sound_tests;
pub mod tones;

pub use once::{DigitBy, Once};

use std::fmt;

/// One key: `0`-`9`, `*`, `#`, `A`-`D`. Events above 15 (flash and the rest) are not keys.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digit(u8);

/// The keys in order of their event code, RFC 4733 table 3.
const KEYS: [char; 16] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D',
];

impl Digit {
    /// The key of a telephone-event code; `None` above 15.
    pub const fn from_event(event: u8) -> Option<Digit> {
        if event < 16 { Some(Digit(event)) } else { None }
    }

    /// The key of its printed character; letters in either case.
    pub fn from_char(key: char) -> Option<Digit> {
        let key = key.to_ascii_uppercase();
        let event = KEYS.iter().position(|&k| k == key)?;
        Digit::from_event(u8::try_from(event).ok()?)
    }

    /// The telephone-event code, 0 to 15.
    pub const fn event(self) -> u8 {
        self.0
    }

    /// The printed character: `0`-`9`, `*`, `#`, `A`-`D`.
    pub fn to_char(self) -> char {
        KEYS.get(usize::from(self.0)).copied().unwrap_or('0')
    }

    /// All sixteen keys.
    pub fn all() -> impl Iterator<Item = Digit> {
        (0..16).map(Digit)
    }
}

impl fmt::Display for Digit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_char())
    }
}

impl fmt::Debug for Digit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digit({})", self.to_char())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_round_trip_through_events_and_characters() {
        for digit in Digit::all() {
            assert_eq!(Digit::from_event(digit.event()), Some(digit));
            assert_eq!(Digit::from_char(digit.to_char()), Some(digit));
        }
        assert_eq!(Digit::from_char('*').map(Digit::event), Some(10));
        assert_eq!(Digit::from_char('d').map(Digit::event), Some(15));
    }

    #[test]
    fn flash_and_other_events_are_no_keys() {
        assert_eq!(Digit::from_event(16), None);
        assert_eq!(Digit::from_event(255), None);
        assert_eq!(Digit::from_char('E'), None);
    }
}

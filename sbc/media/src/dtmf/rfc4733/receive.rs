//! Packets to presses: one press is one digit, told at its first packet (RFC 4733 section 2.5.2).
//!
//! A press is its timestamp. The marker bit counts for nothing, so it may be missing; any of the packets may be lost or come twice.
//! Tolerated besides: senders that move the timestamp with every packet, senders that never move it, and a lost end.

use super::TelephoneEvent;
use crate::dtmf::Digit;
use std::time::{Duration, Instant};

/// After this silence a press whose end was lost is over. Senders repeat every 50 ms at the slowest (section 2.5.1.3).
const SILENCE: Duration = Duration::from_millis(500);

/// Time within which a sender that moves the clock repeats its end packets.
const END_REPEATS: Duration = Duration::from_millis(100);

/// Presses remembered, so that a packet overtaken by the next press is still known.
const REMEMBERED: usize = 4;

/// One party's telephone events.
#[derive(Debug, Clone, Default)]
pub struct Receiver {
    /// Newest last.
    presses: [Option<Press>; REMEMBERED],
}

#[derive(Debug, Clone, Copy)]
struct Press {
    timestamp: u32,
    last: TelephoneEvent,
    at: Instant,
}

impl Receiver {
    /// Takes a packet with its RTP timestamp; gives the digit when it is the first of a press. Events above 15 are ignored.
    pub fn packet(&mut self, now: Instant, timestamp: u32, payload: &[u8]) -> Option<Digit> {
        let event = TelephoneEvent::parse(payload)?;
        let digit = Digit::from_event(event.event)?;
        let known = self
            .presses
            .iter_mut()
            .flatten()
            .find(|p| p.timestamp == timestamp && p.last.event == event.event);
        if let Some(press) = known {
            let anew = press.silent(now) && event.duration <= press.last.duration && !event.end;
            press.update(now, event);
            return anew.then_some(digit);
        }
        if let Some(press) = self.presses.last_mut().and_then(Option::as_mut)
            && press.continues(now, timestamp, event)
        {
            press.timestamp = timestamp;
            press.update(now, event);
            return None;
        }
        self.presses.rotate_left(1);
        if let Some(slot) = self.presses.last_mut() {
            *slot = Some(Press {
                timestamp,
                last: event,
                at: now,
            });
        }
        Some(digit)
    }
}

impl Press {
    fn silent(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.at) > SILENCE
    }

    fn update(&mut self, now: Instant, event: TelephoneEvent) {
        self.last = TelephoneEvent {
            end: event.end || self.last.end,
            ..event
        };
        self.at = now;
    }

    /// Whether a packet with another timestamp belongs to this press all the same.
    fn continues(&self, now: Instant, timestamp: u32, event: TelephoneEvent) -> bool {
        let ahead = timestamp.wrapping_sub(self.timestamp);
        if event.event != self.last.event || self.silent(now) || ahead > u32::MAX / 2 {
            return false;
        }
        if self.last.end {
            // End packets of a sender that moves the clock with each.
            let soon = now.saturating_duration_since(self.at) <= END_REPEATS;
            return soon && event.end && event.duration == self.last.duration;
        }
        // The next segment of a press longer than 65535 ticks (section 2.5.1.2) ...
        let segment = self.last.duration > 0xF000 && ahead >= u32::from(self.last.duration);
        // ... or a sender that moves the clock with every packet: the duration goes on rising, a new press would start again low.
        segment || event.duration > self.last.duration
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtmf::rfc4733::Sender;

    struct Ear {
        receiver: Receiver,
        now: Instant,
        heard: String,
    }

    impl Ear {
        fn new() -> Ear {
            Ear {
                receiver: Receiver::default(),
                now: Instant::now(),
                heard: String::new(),
            }
        }

        fn hear(&mut self, after_ms: u64, timestamp: u32, payload: &[u8]) {
            self.now += Duration::from_millis(after_ms);
            let digit = self.receiver.packet(self.now, timestamp, payload);
            self.heard.extend(digit.map(Digit::to_char));
        }
    }

    fn packets(key: char, ms: u16) -> Vec<[u8; 4]> {
        Sender::new(Digit::from_char(key).unwrap(), ms)
            .map(|p| p.payload)
            .collect()
    }

    #[test]
    fn one_press_is_one_digit_with_all_its_packets() {
        let mut ear = Ear::new();
        for (n, key) in "0123456789*#ABCD55".chars().enumerate() {
            for payload in packets(key, 100) {
                ear.hear(20, 4_294_960_000u32.wrapping_add(n as u32 * 1600), &payload);
            }
        }
        assert_eq!(ear.heard, "0123456789*#ABCD55");
    }

    #[test]
    fn any_single_packet_of_a_press_is_enough() {
        for index in 0..packets('7', 100).len() {
            let mut ear = Ear::new();
            ear.hear(0, 8000, &packets('7', 100)[index]);
            ear.hear(200, 9600, &packets('7', 100)[index]);
            assert_eq!(ear.heard, "77", "packet {index}");
        }
    }

    #[test]
    fn packets_that_come_late_or_twice_are_no_second_press() {
        let (first, second) = (packets('1', 100), packets('2', 100));
        let mut ear = Ear::new();
        for payload in &first[..4] {
            ear.hear(20, 8000, payload);
            ear.hear(0, 8000, payload);
        }
        ear.hear(20, 16000, &second[0]);
        for payload in &first[4..] {
            ear.hear(5, 8000, payload);
        }
        ear.hear(20, 16000, &second[1]);
        assert_eq!(ear.heard, "12");
    }

    #[test]
    fn a_lost_end_ends_by_itself() {
        let mut ear = Ear::new();
        ear.hear(0, 8000, &packets('3', 100)[0]);
        ear.hear(900, 15_200, &packets('3', 100)[0]);
        assert_eq!(ear.heard, "33");
        // The same key twice at human speed, every end lost.
        let mut ear = Ear::new();
        packets('3', 100)[..4]
            .iter()
            .for_each(|p| ear.hear(20, 8000, p));
        packets('3', 100)[..4]
            .iter()
            .for_each(|p| ear.hear(60, 9920, p));
        assert_eq!(ear.heard, "33");
    }

    #[test]
    fn senders_that_move_the_clock_with_every_packet_press_once() {
        let mut ear = Ear::new();
        let mut timestamp = 8000;
        for _ in 0..2 {
            for payload in packets('9', 160) {
                ear.hear(20, timestamp, &payload);
                timestamp += 160;
            }
            ear.now += Duration::from_millis(200);
        }
        assert_eq!(ear.heard, "99");
    }

    #[test]
    fn senders_that_never_move_the_clock_press_each_time() {
        let mut ear = Ear::new();
        for key in ['4', '4', '5'] {
            packets(key, 100).iter().for_each(|p| ear.hear(20, 0, p));
            ear.now += Duration::from_millis(700);
        }
        assert_eq!(ear.heard, "445");
    }

    #[test]
    fn a_press_of_ten_seconds_in_two_segments_is_one_digit() {
        let mut ear = Ear::new();
        let event = |duration| {
            TelephoneEvent {
                event: 1,
                end: false,
                volume: 10,
                duration,
            }
            .to_bytes()
        };
        (1..=163u16).for_each(|n| ear.hear(50, 8000, &event(n * 400)));
        ear.hear(50, 8000, &event(0xFFFF));
        (1..=10u16).for_each(|n| ear.hear(50, 8000 + 0xFFFF, &event(n * 400)));
        assert_eq!(ear.heard, "1");
    }

    #[test]
    fn flash_and_short_payloads_are_ignored() {
        let mut ear = Ear::new();
        ear.hear(0, 8000, &[16, 10, 0, 160]);
        ear.hear(20, 9000, &[1, 10, 0]);
        ear.hear(20, 9000, &[]);
        assert_eq!(ear.heard, "");
    }
}

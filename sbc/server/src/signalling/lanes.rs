//! Four bounded lanes before the core (DESIGN section 3), so that a flood of new requests never delays the calls that are up.
//!
//! A full lane drops the *newest* datagram: its sender repeats it (timers A and E, RFC 3261 section 17.1), while those that
//! already wait are still in time. With the bounds below the wait in the longest lane stays under T1. Bytes of a connection
//! are never dropped, for that would break its framing: a connection has one chunk in a lane at most, and is not read before.

use std::collections::VecDeque;

use call::Input;

/// Where an input waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Responses, ACK, BYE, CANCEL, requests inside a dialog, media events.
    Dialog,
    /// INVITE to an emergency number.
    Emergency,
    /// Verbs of desks.
    Command,
    /// Everything else: new calls, registrations, OPTIONS.
    Rest,
}

/// Each lane with its bound and how many it may hand over in one turn. The turns are weighted and not strict: a flood of
/// forged responses must not keep an emergency call waiting.
const LANES: [(Lane, usize, usize); 4] = [
    (Lane::Dialog, 4_096, 64),
    (Lane::Emergency, 64, 16),
    (Lane::Command, 256, 16),
    (Lane::Rest, 2_048, 32),
];

/// New requests that wait: above the first number new calls are refused, until there are fewer than the second.
const CROWDED: usize = 256;
const CALM: usize = 64;

/// The four lanes.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    crowded: bool,
    dialog: VecDeque<Input>,
    emergency: VecDeque<Input>,
    command: VecDeque<Input>,
    rest: VecDeque<Input>,
}

impl Lanes {
    /// Whether one more datagram fits, asked before its bytes are copied.
    pub(crate) fn has_room(&self, lane: Lane) -> bool {
        let bound = LANES
            .iter()
            .find(|(name, _, _)| *name == lane)
            .map_or(0, |(_, bound, _)| *bound);
        self.queue(lane).len() < bound
    }

    /// Puts an input in its lane. The caller asked [`Lanes::has_room`] when the input may be dropped.
    pub(crate) fn push(&mut self, lane: Lane, input: Input) {
        self.queue_mut(lane).push_back(input);
    }

    /// Moves one turn's inputs to `turn`, in the order in which the core gets them.
    pub(crate) fn take_turn(&mut self, turn: &mut VecDeque<Input>) {
        for (lane, _, share) in LANES {
            let queue = self.queue_mut(lane);
            let count = share.min(queue.len());
            turn.extend(queue.drain(..count));
        }
    }

    /// Whether new requests wait in a crowd, when that is another answer than the last.
    pub(crate) fn turned(&mut self) -> Option<bool> {
        let waiting = self.rest.len();
        let crowded = waiting > CROWDED || (self.crowded && waiting >= CALM);
        (std::mem::replace(&mut self.crowded, crowded) != crowded).then_some(crowded)
    }

    /// Whether anything waits.
    pub(crate) fn is_empty(&self) -> bool {
        LANES
            .iter()
            .all(|(lane, _, _)| self.queue(*lane).is_empty())
    }

    fn queue(&self, lane: Lane) -> &VecDeque<Input> {
        match lane {
            Lane::Dialog => &self.dialog,
            Lane::Emergency => &self.emergency,
            Lane::Command => &self.command,
            Lane::Rest => &self.rest,
        }
    }

    fn queue_mut(&mut self, lane: Lane) -> &mut VecDeque<Input> {
        match lane {
            Lane::Dialog => &mut self.dialog,
            Lane::Emergency => &mut self.emergency,
            Lane::Command => &mut self.command,
            Lane::Rest => &mut self.rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sip::FlowId;

    fn numbered(number: u64) -> Input {
        Input::Closed {
            flow: FlowId(number),
        }
    }

    fn numbers(turn: &VecDeque<Input>) -> Vec<u64> {
        turn.iter()
            .map(|input| match input {
                Input::Closed { flow } => flow.0,
                _ => u64::MAX,
            })
            .collect()
    }

    #[test]
    fn a_flood_of_new_requests_waits_behind_the_dialogs_and_emergencies() {
        let mut lanes = Lanes::default();
        for number in 0..100 {
            lanes.push(Lane::Rest, numbered(number));
        }
        lanes.push(Lane::Command, numbered(3_000));
        lanes.push(Lane::Emergency, numbered(2_000));
        lanes.push(Lane::Dialog, numbered(1_000));
        let mut turn = VecDeque::new();
        lanes.take_turn(&mut turn);
        let seen = numbers(&turn);
        assert_eq!(seen.get(..4), Some(&[1_000, 2_000, 3_000, 0][..]));
        assert_eq!(seen.len(), 3 + 32);
        assert!(!lanes.is_empty());
    }

    #[test]
    fn a_flood_of_forged_responses_does_not_starve_an_emergency() {
        let mut lanes = Lanes::default();
        let mut number = 0;
        while lanes.has_room(Lane::Dialog) {
            lanes.push(Lane::Dialog, numbered(number));
            number += 1;
        }
        assert_eq!(number, 4_096);
        lanes.push(Lane::Emergency, numbered(9_999));
        let mut turn = VecDeque::new();
        lanes.take_turn(&mut turn);
        assert!(numbers(&turn).contains(&9_999));
    }

    #[test]
    fn a_crowd_is_told_once_and_so_is_its_end() {
        let (mut lanes, mut turn) = (Lanes::default(), VecDeque::new());
        let mut told = Vec::new();
        for number in 0..300 {
            lanes.push(Lane::Rest, numbered(number));
            told.extend(lanes.turned());
        }
        assert_eq!(told, [true]);
        while !lanes.is_empty() {
            lanes.take_turn(&mut turn);
            told.extend(lanes.turned());
        }
        assert_eq!(told, [true, false]);
    }

    #[test]
    fn a_full_lane_says_so_and_drains_in_order() {
        let mut lanes = Lanes::default();
        for number in 0..2_048 {
            assert!(lanes.has_room(Lane::Rest));
            lanes.push(Lane::Rest, numbered(number));
        }
        assert!(!lanes.has_room(Lane::Rest));
        assert!(lanes.has_room(Lane::Emergency));
        let mut turn = VecDeque::new();
        while !lanes.is_empty() {
            lanes.take_turn(&mut turn);
        }
        assert_eq!(numbers(&turn), (0..2_048).collect::<Vec<_>>());
    }
}

//! How the program ends: the first signal drains, the second stops, and time turns each into the next. One table.

use std::time::{Duration, Instant};

/// How long running calls have after the first signal.
pub(crate) const DRAIN: Duration = Duration::from_secs(30);
/// How long the peers have to answer their BYEs.
const FAREWELL: Duration = Duration::from_secs(4);
/// With no call and no leg left, peers may still owe the answer to a BYE: so much is left for one that has to be repeated.
const LINGER: Duration = Duration::from_secs(1);

/// Where the ending stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// No end in sight.
    Running,
    /// No new calls; running ones have until then.
    Draining(Instant),
    /// Every call got its BYE; waiting for the answers until then.
    Stopping(Instant),
    /// The loop may end.
    Over,
}

/// What moves it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cue {
    /// SIGINT or SIGTERM.
    Signal,
    /// `Handle::drain`.
    Drain,
    /// `Handle::stop`.
    Stop,
    /// The core holds nothing any more, or only transactions that absorb repetitions (up to 32 s on UDP): nobody waits.
    Idle,
    /// The core holds no call and no leg, but a peer owes an answer.
    Quiet,
    /// Time passes.
    Time,
}

/// What the core is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Say {
    /// `Input::Drain`.
    Drain,
    /// `Input::Stop`.
    Stop,
}

impl Ending {
    /// The one table of the ending.
    pub(crate) fn step(self, now: Instant, cue: Cue) -> (Ending, Option<Say>) {
        match (self, cue) {
            (Ending::Running, Cue::Signal | Cue::Drain) => {
                (Ending::Draining(now + DRAIN), Some(Say::Drain))
            }
            (Ending::Running, Cue::Stop) | (Ending::Draining(_), Cue::Signal | Cue::Stop) => {
                (Ending::Stopping(now + FAREWELL), Some(Say::Stop))
            }
            (Ending::Draining(_), Cue::Quiet) => (Ending::Stopping(now + LINGER), Some(Say::Stop)),
            (Ending::Stopping(until), Cue::Quiet) => {
                (Ending::Stopping(until.min(now + LINGER)), None)
            }
            (Ending::Draining(until), Cue::Time) if until <= now => {
                (Ending::Stopping(now + FAREWELL), Some(Say::Stop))
            }
            (Ending::Draining(_) | Ending::Stopping(_), Cue::Idle) => (Ending::Over, None),
            (Ending::Stopping(until), Cue::Time) if until <= now => (Ending::Over, None),
            // A third signal: whoever sends it knows what it costs.
            (Ending::Stopping(_), Cue::Signal) => (Ending::Over, None),
            (Ending::Running, Cue::Idle | Cue::Quiet | Cue::Time)
            | (Ending::Draining(_), Cue::Drain | Cue::Time)
            | (Ending::Stopping(_), Cue::Drain | Cue::Stop | Cue::Time)
            | (Ending::Over, _) => (self, None),
        }
    }

    /// When [`Cue::Time`] changes something.
    pub(crate) fn deadline(self) -> Option<Instant> {
        match self {
            Ending::Draining(until) | Ending::Stopping(until) => Some(until),
            Ending::Running | Ending::Over => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_signals_drain_and_stop_and_idle_ends() {
        let now = Instant::now();
        let (draining, say) = Ending::Running.step(now, Cue::Signal);
        assert_eq!(
            (draining, say),
            (Ending::Draining(now + DRAIN), Some(Say::Drain))
        );
        let (stopping, say) = draining.step(now, Cue::Signal);
        assert_eq!(say, Some(Say::Stop));
        assert_eq!(stopping.step(now, Cue::Idle), (Ending::Over, None));
        assert_eq!(draining.step(now, Cue::Idle), (Ending::Over, None));
    }

    #[test]
    fn an_exchange_without_calls_ends_within_a_second() {
        let now = Instant::now();
        let (draining, _) = Ending::Running.step(now, Cue::Drain);
        let (stopping, say) = draining.step(now, Cue::Quiet);
        assert_eq!(
            (stopping, say),
            (Ending::Stopping(now + LINGER), Some(Say::Stop))
        );
        let later = now + LINGER / 2;
        assert_eq!(stopping.step(later, Cue::Quiet), (stopping, None));
        assert_eq!(stopping.step(now + LINGER, Cue::Time), (Ending::Over, None));
    }

    #[test]
    fn time_alone_ends_it_too() {
        let now = Instant::now();
        let (draining, _) = Ending::Running.step(now, Cue::Drain);
        let before = now + Duration::from_secs(29);
        assert_eq!(draining.step(before, Cue::Time), (draining, None));
        let then = draining.deadline().unwrap();
        let (stopping, say) = draining.step(then, Cue::Time);
        assert_eq!(say, Some(Say::Stop));
        assert_eq!(
            stopping.step(stopping.deadline().unwrap(), Cue::Time),
            (Ending::Over, None)
        );
        assert_eq!(
            Ending::Running.step(then, Cue::Idle),
            (Ending::Running, None)
        );
    }
}

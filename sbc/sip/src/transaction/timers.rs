//! The three base times of RFC 3261 section 17.1.1.1 (table 4), from which every timer follows.

use std::time::Duration;

/// T1, T2 and T4. A value, so that a test or a slow link can have its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// Round-trip estimate: the first repetition comes after it.
    pub t1: Duration,
    /// The longest interval between repetitions of a non-INVITE request or of a final response to INVITE.
    pub t2: Duration,
    /// The longest time a message stays in the network.
    pub t4: Duration,
}

impl Timers {
    /// 64*T1: timers B, D, F, H, J, L and M.
    pub fn long(&self) -> Duration {
        self.t1.saturating_mul(64)
    }
}

impl Default for Timers {
    /// 500 ms, 4 s and 5 s.
    fn default() -> Timers {
        Timers {
            t1: Duration::from_millis(500),
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
        }
    }
}

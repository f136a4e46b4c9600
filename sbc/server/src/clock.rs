//! The clock: the only file of the house that reads one. Everything else is told the time (DESIGN: `Now` is made once).

use std::time::{Instant, SystemTime};

use call::Now;

/// Both times of this moment.
pub(crate) fn now() -> Now {
    Now {
        monotonic: monotonic(),
        wall: SystemTime::now(),
    }
}

/// The monotonic time alone, for media and for the shell's own deadlines.
pub(crate) fn monotonic() -> Instant {
    Instant::now()
}

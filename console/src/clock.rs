//! The time on the wall. The web side lives by it alone: sessions outlive the process.

use std::time::{SystemTime, UNIX_EPOCH};

use directory::Moment;

/// Now, in milliseconds since 1970.
pub(crate) fn now() -> Moment {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Moment(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

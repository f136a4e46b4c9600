//! A point of wall time as it is stored: UTC milliseconds, which SQLite and PostgreSQL keep alike.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// UTC milliseconds since 1970-01-01. Never used for timers: wall time jumps, and only records carry it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Moment(pub i64);

impl From<DateTime<Utc>> for Moment {
    fn from(at: DateTime<Utc>) -> Self {
        Moment(at.timestamp_millis())
    }
}

impl Moment {
    /// The calendar form, `None` when the milliseconds lie outside what the calendar can name.
    pub fn utc(self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_millis(self.0)
    }
}

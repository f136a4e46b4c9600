//! `[limits]`: bounds that a town may draw tighter than ports and descriptors do.

use std::time::Duration;

use ivr::parse::table::{Report, Table};

/// Nobody needs to be reminded later than after an hour, seconds.
const LONGEST_HOLD: u64 = 3_600;

/// Bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Calls at once; what ports and descriptors allow when not said.
    pub(crate) calls: Option<usize>,
    /// How long a phone that is called directly rings.
    pub(crate) ring: Duration,
    /// How long a phone may hold before it is reminded.
    pub(crate) hold: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            calls: None,
            ring: call::limits::RING,
            hold: call::limits::HOLD,
        }
    }
}

pub(super) fn read(root: &mut Table<'_>, report: &mut Report<'_>) -> Option<Limits> {
    let mut limits = Limits::default();
    let Some(mut table) = root.table("limits", report) else {
        return Some(limits);
    };
    limits.calls = table
        .number("calls", 1, 1_000_000, report)
        .and_then(|count| usize::try_from(count).ok());
    let longest = call::limits::RING.as_secs();
    if let Some(ring) = table.length("ring", 5, longest, report) {
        limits.ring = ring;
    }
    if let Some(hold) = table.length("hold", 15, LONGEST_HOLD, report) {
        limits.hold = hold;
    }
    table.finish(report);
    Some(limits)
}

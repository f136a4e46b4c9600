//! The journal: an append-only file of facts, written before anything else knows them (DESIGN "Journal").
//!
//! A *segment* is one file, named by the writer's epoch and its first sequence number; a *record* is one line:
//! `crc sequence json`. A record is complete when its line feed is there and its check sum is right, so a file may be cut at any
//! byte. A process never writes into an earlier one's segment: it begins its own, in a higher epoch. `(epoch, sequence)` is
//! the identity of a record for ever; the same record may stand in two segments (after a failed fsync) and is folded once.
mod crc;
mod medium;
mod reader;
mod record;
mod reserve;
mod segment;
mod writer;

pub use medium::{DiskMedium, Medium, SegmentFile};
pub use reader::{Backlog, Reader};
pub use record::{Line, decode, encode};
pub use segment::{FORMAT, SegmentName};
pub use writer::{Journal, Limits, Notice};

use serde::{Deserialize, Serialize};

/// Identity of a record: the writer's epoch, then the sequence number in it. Both begin at 1; 0 is before everything.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Position {
    /// Rises with each process that writes.
    pub epoch: u64,
    /// Rises by one with each record, without gaps.
    pub sequence: u64,
}

//! The writer's end of the journal. It never fails and never loses its place: what the disk refuses waits in bounded memory.
use super::medium::{Medium, SegmentFile};
use super::segment::{FORMAT, SegmentName};
use super::{DiskMedium, Position, record};
use crate::fact::Fact;
use crate::types::Moment;
use std::collections::VecDeque;
use std::io;
use std::path::Path;

/// The journal's limits; each has its overflow answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of records kept in memory until they are on the disk. Beyond it a fact is refused, counted, and a [`Fact::Gap`]
    /// says so later.
    pub memory: usize,
    /// Bytes after which a new segment begins, so that folded ones can be removed.
    pub segment: u64,
    /// Bytes set aside on the disk for when it is full.
    pub reserve: u64,
    /// After how many [`Journal::sync`] calls a spent reserve is sought again.
    pub reserve_retry: u32,
}

impl Default for Limits {
    /// 64 MiB of memory (some 200,000 facts, a day of a town), 8 MiB segments, 4 MiB reserve, sought again every 10 syncs.
    fn default() -> Self {
        Limits {
            memory: 64 << 20,
            segment: 8 << 20,
            reserve: 4 << 20,
            reserve_retry: 10,
        }
    }
}

/// Something the log must say, once per change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The disk refuses to take records; they wait in memory, calls go on. The text is the system's.
    Waiting(String),
    /// The disk takes records again; how many facts were refused meanwhile (0 within the memory limit).
    Recovered {
        /// Facts refused because the memory was full as well.
        lost: u64,
    },
    /// The disk is full: the reserve has been given back, or there was no room for one. Records are still written, but room
    /// must be made.
    ReserveSpent,
    /// The reserve stands again.
    ReserveRestored,
    /// An fsync failed; everything unsynced is written again to a new segment. The text is the system's.
    SyncFailed(String),
}

/// Whether room is set aside on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reserve {
    Unsought,
    Held,
    Spent,
}

/// The append side. One owner, one thread; it blocks on the disk, so never on a signalling or media thread.
pub struct Journal {
    medium: Box<dyn Medium>,
    limits: Limits,
    epoch: u64,
    /// How many segments this process has begun.
    segments: u64,
    /// Next sequence number to give.
    next: u64,
    file: Option<Box<dyn SegmentFile>>,
    /// Bytes given to the present file, its first line included.
    file_bytes: u64,
    /// Encoded records that are not yet known to be on the disk, whole lines.
    held: VecDeque<u8>,
    /// Sequence number of the first record in `held`.
    held_first: u64,
    /// How many bytes of `held` the present file has taken.
    written: usize,
    /// What the present file has not yet taken of its first line.
    header: &'static [u8],
    waiting: bool,
    lost: u64,
    last_at: Moment,
    reserve: Reserve,
    syncs_without_reserve: u32,
    /// Fsyncs that failed in a row, and how many calls to let pass before the next try.
    sync_failures: u32,
    sync_pause: u32,
    notices: VecDeque<Notice>,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Journal(epoch {}, next {}, {} bytes held)",
            self.epoch,
            self.next,
            self.held.len()
        )
    }
}

impl Journal {
    /// Opens a journal in `directory` for a new epoch, higher than those of all segments there and than `after` (what the
    /// tables already hold: the directory may have been emptied by hand). Fails only when the directory cannot be read or
    /// made; a full disk is not a failure.
    pub fn open(directory: &Path, after: Position, limits: Limits) -> io::Result<Self> {
        let medium = DiskMedium::open(directory)?;
        let newest = super::reader::segments(directory)?
            .last()
            .map_or(0, |name| name.epoch);
        Ok(Self::on(
            Box::new(medium),
            newest.max(after.epoch).saturating_add(1),
            limits,
        ))
    }

    /// A journal on any medium; `epoch` must be higher than every earlier one there.
    pub fn on(medium: Box<dyn Medium>, epoch: u64, limits: Limits) -> Self {
        let mut journal = Journal {
            medium,
            limits,
            epoch,
            segments: 0,
            next: 1,
            file: None,
            file_bytes: 0,
            held: VecDeque::new(),
            held_first: 1,
            written: 0,
            header: &[],
            waiting: false,
            lost: 0,
            last_at: Moment(0),
            // Sought at the first sync: writing it takes longer than a start may.
            reserve: Reserve::Unsought,
            syncs_without_reserve: limits.reserve_retry,
            sync_failures: 0,
            sync_pause: 0,
            notices: VecDeque::new(),
        };
        journal.flush();
        journal
    }

    /// The epoch of this process: part of the identity of everything it mints.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Writes facts in one group: with the system when this returns, unless a [`Notice::Waiting`] stands. Survives the
    /// process, but the power only after [`Journal::sync`]. Call it at most 100 ms after the first of the facts.
    pub fn append(&mut self, facts: &[Fact]) {
        let mut group = Vec::with_capacity(facts.len().saturating_mul(256));
        for fact in facts {
            self.last_at = fact.at();
            if self.held.len().saturating_add(group.len()) >= self.limits.memory {
                self.lost = self.lost.saturating_add(1);
            } else {
                record::encode(self.next, fact, &mut group);
                self.next = self.next.saturating_add(1);
            }
        }
        self.held.extend(group);
        self.flush();
        // Memory is only given back by an fsync; a burst larger than the caller's rhythm must not fill it.
        if !self.waiting && self.held.len() > self.limits.memory / 2 {
            self.sync_file();
        }
    }

    /// Brings everything written to the disk itself and begins a new segment when the present one is long. Call it at most
    /// every second; it is also what tries again when the disk refuses.
    pub fn sync(&mut self) {
        self.flush();
        self.seek_reserve();
        if self.sync_pause > 0 {
            self.sync_pause = self.sync_pause.saturating_sub(1);
        } else {
            self.sync_file();
        }
        if self.file_bytes >= self.limits.segment && self.held.is_empty() {
            // When the disk has no room for a name, the present segment simply grows on.
            let _ = self.begin_segment();
        }
    }

    /// The next thing to log.
    pub fn poll_notice(&mut self) -> Option<Notice> {
        self.notices.pop_front()
    }

    /// Bytes of records that are not yet known to be on the disk.
    pub fn held_bytes(&self) -> usize {
        self.held.len()
    }

    /// The last record given, whether or not it reached the disk.
    pub fn position(&self) -> Position {
        Position {
            epoch: self.epoch,
            sequence: self.next.saturating_sub(1),
        }
    }

    fn sync_file(&mut self) {
        if self.written == 0 {
            return;
        }
        let Some(file) = self.file.as_mut() else {
            return;
        };
        match file.sync() {
            Ok(()) => {
                self.sync_failures = 0;
                self.forget_written();
            }
            Err(error) => {
                self.notices
                    .push_back(Notice::SyncFailed(error.to_string()));
                // A failed fsync may have thrown pages away, so the file is not asked again: all unsynced records go to a new
                // one. Each failure in a row doubles the pause, or a broken disk would be written full of copies.
                self.sync_failures = self.sync_failures.saturating_add(1);
                self.sync_pause = 1u32
                    .checked_shl(self.sync_failures.saturating_sub(1))
                    .unwrap_or(64)
                    .min(64);
                self.file = None;
                self.written = 0;
                self.flush();
            }
        }
    }

    /// Drops the records that are on the disk; a line of which only a part is written stays whole.
    fn forget_written(&mut self) {
        let part = self
            .held
            .iter()
            .take(self.written)
            .rev()
            .take_while(|byte| **byte != b'\n')
            .count();
        let whole = self.written.saturating_sub(part);
        let records = self
            .held
            .drain(..whole)
            .filter(|byte| *byte == b'\n')
            .count();
        self.held_first = self
            .held_first
            .saturating_add(u64::try_from(records).unwrap_or(u64::MAX));
        self.written = part;
        if self.lost > 0 {
            let gap = Fact::Gap {
                at: self.last_at,
                lost: self.lost,
            };
            let mut line = Vec::new();
            record::encode(self.next, &gap, &mut line);
            self.next = self.next.saturating_add(1);
            self.lost = 0;
            self.held.extend(line);
            self.flush();
        }
    }

    /// Gives the file all it has not yet taken, in order.
    fn flush(&mut self) {
        match self.push() {
            Ok(()) if self.waiting => {
                self.waiting = false;
                self.notices
                    .push_back(Notice::Recovered { lost: self.lost });
            }
            Ok(()) => {}
            Err(error) if !self.waiting => {
                self.waiting = true;
                self.notices.push_back(Notice::Waiting(error.to_string()));
            }
            Err(_) => {}
        }
    }

    fn push(&mut self) -> io::Result<()> {
        if self.file.is_none() {
            self.with_reserve(|journal| journal.begin_segment())?;
        }
        self.with_reserve(|journal| journal.push_header())?;
        while self.written < self.held.len() {
            self.with_reserve(|journal| journal.push_some())?;
        }
        Ok(())
    }

    /// Tries once more with the reserve given back when the disk is full.
    fn with_reserve(
        &mut self,
        mut step: impl FnMut(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        match step(self) {
            Err(error) if error.kind() == io::ErrorKind::StorageFull && self.spend_reserve() => {
                step(self)
            }
            result => result,
        }
    }

    /// Gives the reserve back to the disk; true when there was one (also one that an earlier process left).
    fn spend_reserve(&mut self) -> bool {
        if self.limits.reserve == 0 || self.reserve == Reserve::Spent || !self.medium.release() {
            return false;
        }
        self.reserve = Reserve::Spent;
        self.syncs_without_reserve = 0;
        self.notices.push_back(Notice::ReserveSpent);
        true
    }

    fn begin_segment(&mut self) -> io::Result<()> {
        // Counted even when it fails: the file may exist although its directory could not be synced.
        self.segments = self.segments.saturating_add(1);
        let name = SegmentName {
            epoch: self.epoch,
            index: self.segments,
            first: self.held_first,
        };
        self.file = Some(self.medium.create(&name.file_name())?);
        self.file_bytes = 0;
        self.written = 0;
        self.header = FORMAT.as_bytes();
        Ok(())
    }

    fn push_header(&mut self) -> io::Result<()> {
        while !self.header.is_empty() {
            let Some(file) = self.file.as_mut() else {
                return Err(io::ErrorKind::NotFound.into());
            };
            let count = write_some(file.as_mut(), self.header)?;
            self.header = self.header.get(count..).unwrap_or_default();
            self.file_bytes = self
                .file_bytes
                .saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        }
        Ok(())
    }

    fn push_some(&mut self) -> io::Result<()> {
        let Some(file) = self.file.as_mut() else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let (front, back) = self.held.as_slices();
        let bytes = match front.get(self.written..) {
            Some(rest) if !rest.is_empty() => rest,
            _ => back
                .get(self.written.saturating_sub(front.len())..)
                .unwrap_or_default(),
        };
        let count = write_some(file.as_mut(), bytes)?;
        self.written = self.written.saturating_add(count);
        self.file_bytes = self
            .file_bytes
            .saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        Ok(())
    }

    fn seek_reserve(&mut self) {
        if self.reserve == Reserve::Held || self.waiting || self.limits.reserve == 0 {
            return;
        }
        self.syncs_without_reserve = self.syncs_without_reserve.saturating_add(1);
        if self.syncs_without_reserve < self.limits.reserve_retry {
            return;
        }
        self.syncs_without_reserve = 0;
        let before = self.reserve;
        self.reserve = if self.medium.reserve(self.limits.reserve) {
            Reserve::Held
        } else {
            Reserve::Spent
        };
        match (before, self.reserve) {
            (Reserve::Spent, Reserve::Held) => self.notices.push_back(Notice::ReserveRestored),
            (Reserve::Unsought, Reserve::Spent) => self.notices.push_back(Notice::ReserveSpent),
            _ => {}
        }
    }
}

/// One write that took at least a byte.
fn write_some(file: &mut dyn SegmentFile, bytes: &[u8]) -> io::Result<usize> {
    loop {
        match file.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

//! The reader's end of the journal: every record once, in order, from a position on, across segments and cut tails.
use super::Position;
use super::record::{LINE_LIMIT, Line, decode};
use super::segment::{FORMAT, SegmentName};
use crate::error::DirectoryError;
use crate::fact::Fact;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// What one reading found.
#[derive(Debug, Default)]
pub struct Backlog {
    /// Records after the position, in order; `None` is a fact of a newer program.
    pub records: Vec<(Position, Option<Box<Fact>>)>,
    /// Whole lines whose check sum is wrong. A torn tail is not damage: it was never a record.
    pub damaged: u64,
    /// Nothing more is there for now.
    pub caught_up: bool,
}

/// Reads the journal of a directory, also while it is being written.
#[derive(Clone, Debug)]
pub struct Reader {
    directory: PathBuf,
    /// Where the last reading ended: only good when the next one begins at the same position.
    reached: Position,
    cursor: Option<(SegmentName, u64)>,
}

/// All segments of a directory in the order of writing; none when it does not exist.
pub(super) fn segments(directory: &Path) -> io::Result<Vec<SegmentName>> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry?.file_name().to_str().and_then(SegmentName::parse));
    }
    names.sort_unstable();
    Ok(names)
}

impl Reader {
    /// A reader of the journal in `directory`.
    pub fn new(directory: &Path) -> Self {
        Reader {
            directory: directory.to_owned(),
            reached: Position::default(),
            cursor: None,
        }
    }

    /// Reads at most `limit` records after `after`.
    ///
    /// # Errors
    /// [`DirectoryError::Journal`] when a segment cannot be read, or was written in a format of the future.
    pub fn read(&mut self, after: Position, limit: usize) -> Result<Backlog, DirectoryError> {
        let names = segments(&self.directory).map_err(|why| journal_error(&self.directory, why))?;
        let cursor = self.cursor.take().filter(|_| self.reached == after);
        let mut reading = Reading {
            after,
            limit,
            backlog: Backlog::default(),
            cursor,
        };
        for (place, name) in names.iter().enumerate() {
            let next = names.get(place.saturating_add(1));
            if reading.cursor.is_some_and(|(at, _)| *name < at)
                || (next.is_some() && is_past(name, next, after))
            {
                continue;
            }
            reading.segment(&self.directory, *name, next)?;
            if reading.backlog.records.len() >= limit {
                break;
            }
        }
        reading.backlog.caught_up = reading.backlog.records.len() < limit;
        self.reached = reading.after;
        self.cursor = reading.cursor;
        Ok(reading.backlog)
    }

    /// Removes the segments of which every record is at or before `folded`; the newest stays, its name carries the epoch.
    ///
    /// # Errors
    /// [`DirectoryError::Journal`] when the directory cannot be read or a file not removed.
    pub fn retire(&self, folded: Position) -> Result<usize, DirectoryError> {
        let names = segments(&self.directory).map_err(|why| journal_error(&self.directory, why))?;
        let mut removed = 0usize;
        for (name, next) in names.iter().zip(names.iter().skip(1)) {
            if is_past(name, Some(next), folded) {
                let path = self.directory.join(name.file_name());
                match fs::remove_file(&path) {
                    Err(why) if why.kind() != io::ErrorKind::NotFound => {
                        return Err(journal_error(&path, why));
                    }
                    _ => {}
                }
                removed = removed.saturating_add(1);
            }
        }
        Ok(removed)
    }
}

/// Whether all that counts in `name` is at or before `position`.
fn is_past(name: &SegmentName, next: Option<&SegmentName>, position: Position) -> bool {
    if name.epoch < position.epoch {
        return true;
    }
    let reached = if name.epoch == position.epoch {
        position.sequence
    } else {
        0
    };
    next.is_some_and(|next| next.epoch == name.epoch && next.first <= reached.saturating_add(1))
}

struct Reading {
    after: Position,
    limit: usize,
    backlog: Backlog,
    cursor: Option<(SegmentName, u64)>,
}

impl Reading {
    fn segment(
        &mut self,
        directory: &Path,
        name: SegmentName,
        next: Option<&SegmentName>,
    ) -> Result<(), DirectoryError> {
        let path = directory.join(name.file_name());
        let mut offset = self
            .cursor
            .filter(|(at, _)| *at == name)
            .map_or(0, |(_, offset)| offset);
        let fail = |why| journal_error(&path, why);
        let mut file = File::open(&path).map_err(fail)?;
        file.seek(SeekFrom::Start(offset)).map_err(fail)?;
        let mut lines = BufReader::with_capacity(64 * 1024, file);
        // A later segment of the same epoch repeats what this one may not have kept (its fsync failed): that one counts.
        let end = next
            .filter(|next| next.epoch == name.epoch)
            .map_or(u64::MAX, |next| next.first);
        let mut line = Vec::new();
        let mut pending = 0u64;
        while self.backlog.records.len() < self.limit {
            line.clear();
            let size = next_line(&mut lines, &mut line).map_err(fail)?;
            let Some(text) = line.strip_suffix(b"\n") else {
                // A torn tail, or what the writer is writing just now.
                self.count_damage(name.epoch, pending, end);
                break;
            };
            if offset == 0 && is_other_format(&line) {
                return Err(DirectoryError::JournalFormat { path });
            }
            if offset > 0 || line != FORMAT.as_bytes() {
                match self.line(name.epoch, text, end) {
                    Taken::Record => {
                        self.backlog.damaged = self.backlog.damaged.saturating_add(pending);
                        pending = 0;
                    }
                    Taken::Damaged => pending = pending.saturating_add(1),
                    Taken::Superseded => {
                        self.count_damage(name.epoch, pending, end);
                        break;
                    }
                }
            }
            offset = offset.saturating_add(size);
        }
        self.cursor = Some((name, offset));
        Ok(())
    }

    /// At the end of a segment: damaged lines whose records stand in the next segment cost nothing.
    fn count_damage(&mut self, epoch: u64, pending: u64, end: u64) {
        let reached = if self.after.epoch == epoch {
            self.after.sequence
        } else {
            0
        };
        let missing = end.saturating_sub(1).saturating_sub(reached);
        self.backlog.damaged = self.backlog.damaged.saturating_add(pending.min(missing));
    }

    /// Takes one line.
    fn line(&mut self, epoch: u64, line: &[u8], end: u64) -> Taken {
        let after = self.after;
        match decode(line, |sequence| {
            Position { epoch, sequence } > after && sequence < end
        }) {
            Line::Damaged => return Taken::Damaged,
            Line::Record { sequence, .. } if sequence >= end => return Taken::Superseded,
            Line::Record { sequence, fact } => {
                let position = Position { epoch, sequence };
                if position > after {
                    self.after = position;
                    self.backlog.records.push((position, fact));
                }
            }
        }
        Taken::Record
    }
}

/// What became of a line.
enum Taken {
    Record,
    Damaged,
    /// The rest of the segment stands in a later one.
    Superseded,
}

/// Whether a first line is that of another format; any other wrong first line is only damage.
fn is_other_format(line: &[u8]) -> bool {
    line.starts_with(b"centrale-journal ") && line != FORMAT.as_bytes()
}

/// Reads up to and with the next line feed. Of a longer line than is believed only the end is kept, which no check sum fits.
fn next_line(lines: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<u64> {
    let mut size = 0u64;
    loop {
        let limit = u64::try_from(LINE_LIMIT).unwrap_or(u64::MAX);
        let count = lines.by_ref().take(limit).read_until(b'\n', line)?;
        size = size.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        if count < LINE_LIMIT || line.last() == Some(&b'\n') {
            return Ok(size);
        }
        line.clear();
    }
}

fn journal_error(path: &Path, why: io::Error) -> DirectoryError {
    DirectoryError::Journal {
        path: path.to_owned(),
        why,
    }
}

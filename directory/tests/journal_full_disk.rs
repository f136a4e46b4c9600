//! A disk that is full, or whose fsync fails: calls go on, records wait, the log says so once, and when there is room again all
//! are there in order (RELIABILITY faults 7 and 8).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
mod town;

use directory::Fact;
use directory::journal::{
    DiskMedium, Journal, Limits, Medium, Notice, Position, Reader, SegmentFile,
};
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// A disk of so many bytes, over real files. It writes as much as fits, as file systems do, and its fsync can fail once and
/// then has thrown away what was not synced, as Linux does.
#[derive(Clone)]
struct SmallDisk(Arc<Mutex<Disk>>);

struct Disk {
    room: usize,
    reserve: usize,
    fail_syncs: u32,
    directory: std::path::PathBuf,
}

struct SmallFile {
    disk: SmallDisk,
    file: File,
    path: std::path::PathBuf,
    synced: usize,
}

impl SmallDisk {
    fn new(directory: &Path, room: usize) -> Self {
        SmallDisk(Arc::new(Mutex::new(Disk {
            room,
            reserve: 0,
            fail_syncs: 0,
            directory: directory.to_owned(),
        })))
    }

    fn set_room(&self, room: usize) {
        self.0.lock().unwrap().room = room;
    }
}

impl Medium for SmallDisk {
    fn create(&mut self, file_name: &str) -> io::Result<Box<dyn SegmentFile>> {
        let disk = self.0.lock().unwrap();
        if disk.room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let path = disk.directory.join(file_name);
        let file = File::options().append(true).create_new(true).open(&path)?;
        Ok(Box::new(SmallFile {
            disk: self.clone(),
            file,
            path,
            synced: 0,
        }))
    }

    fn reserve(&mut self, bytes: u64) -> bool {
        let mut disk = self.0.lock().unwrap();
        let bytes = usize::try_from(bytes).unwrap();
        if disk.reserve == 0 && disk.room >= 2 * bytes {
            disk.room -= bytes;
            disk.reserve = bytes;
        }
        disk.reserve == bytes
    }

    fn release(&mut self) -> bool {
        let mut disk = self.0.lock().unwrap();
        let held = std::mem::take(&mut disk.reserve);
        disk.room += held;
        held > 0
    }
}

impl SegmentFile for SmallFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut disk = self.disk.0.lock().unwrap();
        let count = bytes.len().min(disk.room);
        if count == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        disk.room -= count;
        self.file.write_all(&bytes[..count])?;
        Ok(count)
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut disk = self.disk.0.lock().unwrap();
        if disk.fail_syncs > 0 {
            disk.fail_syncs -= 1;
            // Linux drops some of the dirty pages and keeps others: the first two thirds read as zeros from now on.
            let mut bytes = std::fs::read(&self.path)?;
            let unsynced = bytes.len() - self.synced;
            bytes[self.synced..self.synced + unsynced * 2 / 3].fill(0);
            std::fs::write(&self.path, bytes)?;
            return Err(io::Error::from_raw_os_error(5));
        }
        self.synced = std::fs::read(&self.path)?.len();
        Ok(())
    }
}

fn limits() -> Limits {
    Limits {
        memory: 1 << 20,
        segment: 1 << 20,
        reserve: 0,
        reserve_retry: 2,
    }
}

fn notices(journal: &mut Journal) -> Vec<Notice> {
    std::iter::from_fn(|| journal.poll_notice()).collect()
}

fn read(path: &Path) -> Vec<Fact> {
    let backlog = Reader::new(path)
        .read(Position::default(), usize::MAX)
        .unwrap();
    assert_eq!(backlog.damaged, 0);
    let sequences: Vec<u64> = backlog
        .records
        .iter()
        .map(|(position, _)| position.sequence)
        .collect();
    assert_eq!(
        sequences,
        (1..=u64::try_from(sequences.len()).unwrap()).collect::<Vec<_>>(),
        "no gap, nothing twice"
    );
    backlog
        .records
        .into_iter()
        .map(|(_, fact)| *fact.unwrap())
        .collect()
}

#[test]
fn records_wait_in_memory_and_none_is_lost_within_the_bound() {
    // The disk fills at every byte of the first two calls in turn, so that it also fills inside a record.
    let facts: Vec<Fact> = (0..5)
        .flat_map(|call| town::call(&format!("1-{call}")))
        .collect();
    for room in (1..4000).step_by(13) {
        let temp = tempfile::tempdir().unwrap();
        let disk = SmallDisk::new(temp.path(), room);
        let mut journal = Journal::on(Box::new(disk.clone()), 1, limits());
        for group in facts.chunks(3) {
            journal.append(group);
            journal.sync();
        }
        let said = notices(&mut journal);
        assert!(
            matches!(said[..], [Notice::Waiting(_)]),
            "said once, not at every fact: {said:?}"
        );
        disk.set_room(usize::MAX);
        journal.sync();
        assert_eq!(notices(&mut journal), [Notice::Recovered { lost: 0 }]);
        assert_eq!(read(temp.path()), facts, "room {room}");
        assert_eq!(journal.held_bytes(), 0);
    }
}

#[test]
fn beyond_the_bound_facts_are_refused_and_the_record_says_how_many() {
    let temp = tempfile::tempdir().unwrap();
    let disk = SmallDisk::new(temp.path(), 2000);
    let mut journal = Journal::on(
        Box::new(disk.clone()),
        1,
        Limits {
            memory: 20_000,
            ..limits()
        },
    );
    let facts: Vec<Fact> = (0..40)
        .flat_map(|call| town::call(&format!("1-{call}")))
        .collect();
    facts
        .iter()
        .for_each(|fact| journal.append(std::slice::from_ref(fact)));
    assert!(journal.held_bytes() < 21_000);
    disk.set_room(usize::MAX);
    journal.sync();
    journal.append(&town::call("1-99"));
    let written = read(temp.path());
    let gap = written
        .iter()
        .position(|fact| matches!(fact, Fact::Gap { .. }))
        .unwrap();
    assert_eq!(
        written[..gap],
        facts[..gap],
        "what was taken is there, in order"
    );
    let Fact::Gap { lost, .. } = written[gap] else {
        panic!()
    };
    assert_eq!(lost, u64::try_from(facts.len() - gap).unwrap());
    assert_eq!(written[gap + 1..], town::call("1-99"));
    assert!(notices(&mut journal).contains(&Notice::Recovered { lost }));
}

#[test]
fn the_reserve_carries_the_journal_on_and_comes_back() {
    let temp = tempfile::tempdir().unwrap();
    let disk = SmallDisk::new(temp.path(), 60_000);
    let mut journal = Journal::on(
        Box::new(disk.clone()),
        1,
        Limits {
            reserve: 20_000,
            ..limits()
        },
    );
    journal.sync();
    disk.set_room(0);
    let facts = town::call("1-1");
    journal.append(&facts);
    assert_eq!(notices(&mut journal), [Notice::ReserveSpent]);
    assert_eq!(
        read(temp.path()),
        facts,
        "written although the disk is full"
    );
    journal.sync();
    journal.sync();
    assert_eq!(notices(&mut journal), [], "no room for the reserve yet");
    disk.set_room(100_000);
    (0..2).for_each(|_| journal.sync());
    assert_eq!(notices(&mut journal), [Notice::ReserveRestored]);
}

#[test]
fn a_failed_fsync_writes_everything_again_and_doubles_nothing() {
    for synced_before in [true, false] {
        let temp = tempfile::tempdir().unwrap();
        let disk = SmallDisk::new(temp.path(), usize::MAX);
        let mut journal = Journal::on(Box::new(disk.clone()), 1, limits());
        journal.append(&town::call("1-1"));
        if synced_before {
            journal.sync();
        }
        journal.append(&town::call("1-2"));
        disk.0.lock().unwrap().fail_syncs = 2;
        (0..8).for_each(|_| journal.sync());
        journal.append(&town::call("1-3"));
        journal.sync();
        let said = notices(&mut journal);
        assert!(
            matches!(said[..], [Notice::SyncFailed(_), Notice::SyncFailed(_)]),
            "{said:?}"
        );
        let facts: Vec<Fact> = (1..=3)
            .flat_map(|call| town::call(&format!("1-{call}")))
            .collect();
        assert_eq!(read(temp.path()), facts);
        assert_eq!(
            journal.held_bytes(),
            0,
            "all of it is known to be on the disk"
        );
    }
}

/// The real thing.
#[test]
fn a_real_file_system_that_is_full() {
    town::file_system::of(256, "a_real_file_system_that_is_full", on_tmpfs);
}

fn on_tmpfs(path: &Path) {
    let directory = path.join("journal");
    let mut journal = Journal::on(
        Box::new(DiskMedium::open(&directory).unwrap()),
        1,
        Limits {
            reserve: 32 * 1024,
            ..limits()
        },
    );
    journal.sync();
    let mut filler = File::create(path.join("filler")).unwrap();
    while filler.write_all(&[7; 1024]).is_ok() {}
    let facts: Vec<Fact> = (0..40)
        .flat_map(|call| town::call(&format!("1-{call}")))
        .collect();
    facts.chunks(9).for_each(|group| {
        journal.append(group);
        journal.sync();
    });
    let said = notices(&mut journal);
    assert!(
        matches!(said[..], [Notice::ReserveSpent, Notice::Waiting(_)]),
        "{said:?}"
    );
    assert!(journal.held_bytes() > 0);
    drop(filler); // an open file keeps its room
    std::fs::remove_file(path.join("filler")).unwrap();
    journal.sync();
    assert!(notices(&mut journal).contains(&Notice::Recovered { lost: 0 }));
    assert_eq!(read(&directory), facts);
}

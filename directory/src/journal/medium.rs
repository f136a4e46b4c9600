//! The file layer under the journal: the only part that a test replaces, to fill a disk or to fail an fsync.
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// One open segment.
pub trait SegmentFile: Send {
    /// Writes some of `bytes` at the end and says how many; a short count is normal when the disk is nearly full.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;
    /// Returns when everything written is on the disk. After an error nothing unsynced may be believed (the kernel may have
    /// dropped it), which is why the journal then begins a new segment.
    fn sync(&mut self) -> io::Result<()>;
}

/// The place where segments lie.
pub trait Medium: Send {
    /// Creates an empty segment, which must not exist; its name is on the disk when this returns.
    fn create(&mut self, file_name: &str) -> io::Result<Box<dyn SegmentFile>>;
    /// Makes sure that `bytes` of room are set aside for a full disk, and tests for as much again. True when they are.
    fn reserve(&mut self, bytes: u64) -> bool;
    /// Gives the reserve back to the file system; true when there was one.
    fn release(&mut self) -> bool;
}

/// A directory of the real file system.
#[derive(Debug)]
pub struct DiskMedium {
    directory: PathBuf,
}

impl DiskMedium {
    /// Creates the directory when missing.
    pub fn open(directory: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(directory)?;
        Ok(DiskMedium {
            directory: directory.to_owned(),
        })
    }

    /// Where it lies.
    pub fn directory(&self) -> &Path {
        &self.directory
    }
}

impl Medium for DiskMedium {
    fn create(&mut self, file_name: &str) -> io::Result<Box<dyn SegmentFile>> {
        let mut options = OpenOptions::new();
        options.append(true).create_new(true);
        owner_only(&mut options);
        let file = options.open(self.directory.join(file_name))?;
        // Without this a power cut may lose the name and with it every record inside.
        File::open(&self.directory)?.sync_all()?;
        Ok(Box::new(file))
    }

    fn reserve(&mut self, bytes: u64) -> bool {
        super::reserve::set_aside(&self.directory, bytes)
    }

    fn release(&mut self) -> bool {
        super::reserve::give_back(&self.directory)
    }
}

impl SegmentFile for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Write::write(self, bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Journals name citizens' numbers: nobody else on the machine reads them.
fn owner_only(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    #[cfg(not(unix))]
    let _ = options;
}

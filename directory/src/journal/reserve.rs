//! Room set aside on the disk: when others fill it, the journal gives its reserve back and writes on (RELIABILITY fault 7).
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

const NAME: &str = "reserve";

/// Makes a file of `bytes` zeros when there is room for twice that; true when it stands. Twice, so that taking the reserve
/// back does not fill the disk again at once.
pub(super) fn set_aside(directory: &Path, bytes: u64) -> bool {
    let path = directory.join(NAME);
    if fs::metadata(&path).is_ok_and(|held| held.len() == bytes) {
        return true;
    }
    let made = fill(&path, bytes);
    if made.is_err() {
        let _ = fs::remove_file(&path);
    }
    made.is_ok()
}

/// Removes the file; true when it was there.
pub(super) fn give_back(directory: &Path) -> bool {
    fs::remove_file(directory.join(NAME)).is_ok()
}

fn fill(path: &Path, bytes: u64) -> io::Result<()> {
    let mut file = File::create(path)?;
    let block = [0u8; 64 * 1024];
    let mut left = bytes.saturating_mul(2);
    while left > 0 {
        let size = usize::try_from(left).unwrap_or(usize::MAX).min(block.len());
        file.write_all(block.get(..size).unwrap_or_default())?;
        left = left.saturating_sub(u64::try_from(size).unwrap_or(left));
    }
    file.set_len(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reserve_is_made_once_and_given_back_once() {
        let directory = tempfile::tempdir().unwrap();
        assert!(set_aside(directory.path(), 100_000));
        assert_eq!(
            fs::metadata(directory.path().join(NAME)).unwrap().len(),
            100_000
        );
        assert!(set_aside(directory.path(), 100_000));
        assert!(give_back(directory.path()));
        assert!(!give_back(directory.path()));
    }
}

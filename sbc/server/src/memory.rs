//! What the start needed and the day does not goes back to the machine. Decoding leaves the allocator with megabytes of freed
//! pieces, and reading every built-in recording leaves the program's file mapped from end to end: neither is used again.
//!
//! The one room with unsafe code: the allocator and the kernel are asked by calls that no library wraps safely.

use std::ffi::c_void;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use rustix::mm::{Advice, madvise};

/// Gives back what is free. The allocator is locked meanwhile, and the pages of the program that run next come back from the page
/// cache by faults: called when there is nothing else to do. A machine without `/proc` keeps its pages.
pub(crate) fn give_back() {
    trim();
    let unused = fs::read_link("/proc/self/exe").and_then(|program| {
        let table = fs::File::open("/proc/self/smaps")?;
        unchanged(BufReader::new(table), &program)
    });
    for (from, length) in unused.unwrap_or_default() {
        // SAFETY: the range is a private mapping of a file, not writable, and without a page that differs from the file
        // (`unchanged`): whoever touches it next reads the same bytes, and nobody can have changed them in between, for it
        // is not writable. That it is still mapped where it was is sure, for nothing unmaps the program itself.
        let _ = unsafe { madvise(from as *mut c_void, length, Advice::LinuxDontNeed) };
    }
}

/// Freed memory at the ends and in the middle of the heaps goes back.
#[cfg(target_env = "gnu")]
fn trim() {
    unsafe extern "C" {
        fn malloc_trim(pad: usize) -> std::ffi::c_int;
    }
    // SAFETY: it takes the allocator's own locks and touches freed pieces alone (malloc_trim(3): MT-safe).
    unsafe { malloc_trim(0) };
}

#[cfg(not(target_env = "gnu"))]
fn trim() {}

/// The parts of the program's file that are mapped, not writable, and as they stand in the file: address and length, bytes.
fn unchanged(smaps: impl BufRead, program: &Path) -> io::Result<Vec<(usize, usize)>> {
    let mut found = Vec::new();
    let mut part = None;
    for line in smaps.lines() {
        let line = line?;
        if let Some(kept) = line.strip_prefix("Anonymous:") {
            // Relocated constants are read-only, too, and stand nowhere but here.
            let is_own = kept.trim() != "0 kB";
            found.extend(part.take().filter(|_| !is_own));
        } else if !line
            .split(' ')
            .next()
            .is_some_and(|word| word.ends_with(':'))
        {
            part = mapped(&line, program);
        }
    }
    Ok(found)
}

/// A line as `55e0-55f0 r-xp 00001000 08:01 4711   /usr/bin/centrale`.
fn mapped(line: &str, program: &Path) -> Option<(usize, usize)> {
    let mut words = line.split_ascii_whitespace();
    let (from, to) = words.next()?.split_once('-')?;
    let rights = words.next()?;
    let file = words.nth(3)?;
    if !matches!(rights, "r--p" | "r-xp") || program.to_str() != Some(file) {
        return None;
    }
    let from = usize::from_str_radix(from, 16).ok()?;
    let length = usize::from_str_radix(to, 16).ok()?.checked_sub(from)?;
    Some((from, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
5580-5590 r--p 00000000 fe:00 247030                     /bin/town
Rss:                   8 kB
Anonymous:             0 kB
VmFlags: rd mr mw me
5590-55f0 r-xp 00002000 fe:00 247030                     /bin/town
Anonymous:             0 kB
55f0-5600 r--p 00007000 fe:00 247030                     /bin/town
Anonymous:             4 kB
5600-5610 rw-p 00008000 fe:00 247030                     /bin/town
Anonymous:             0 kB
7000-7010 r-xp 00000000 fe:00 247031                     /lib/libc.so.6
Anonymous:             0 kB
7fff-8fff rw-p 00000000 00:00 0                          [stack]
Anonymous:            12 kB
";

    #[test]
    fn only_what_stands_in_the_file_as_it_is_mapped_is_let_go() {
        let found = unchanged(TABLE.as_bytes(), Path::new("/bin/town")).unwrap();
        assert_eq!(found, [(0x5580, 0x10), (0x5590, 0x60)]);
    }

    #[test]
    fn what_was_read_and_freed_is_given_back_and_the_program_goes_on() {
        let resident = || {
            let status = fs::read_to_string("/proc/self/status").unwrap();
            let line = status
                .lines()
                .find(|line| line.starts_with("VmRSS"))
                .unwrap();
            let kib = line.split_ascii_whitespace().nth(1).unwrap();
            kib.parse::<usize>().unwrap()
        };
        // Freed in the middle: a piece that lives on stands between each two.
        let mut pieces: Vec<Vec<u8>> = (0..2_000).map(|_| vec![1; 60_000]).collect();
        let last: Vec<Vec<u8>> = (0..2_000).map(|_| vec![2; 64]).collect();
        pieces.truncate(1);
        let before = resident();
        give_back();
        let after = resident();
        assert!(
            after + 50_000 < before,
            "{before} KiB before, {after} after"
        );
        assert!(last.iter().flatten().all(|byte| *byte == 2));
        assert_eq!(pieces.concat(), vec![1; 60_000]);
    }
}

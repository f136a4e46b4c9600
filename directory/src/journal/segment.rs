//! A segment file: its name and its first line, pure.
/// First line of every segment, with its line feed; the number rises when an older program could not read the records.
pub const FORMAT: &str = "centrale-journal 1\n";

/// Where a segment stands; sorts in the order of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SegmentName {
    /// Epoch of its writer.
    pub epoch: u64,
    /// Which segment of that epoch, from 1.
    pub index: u64,
    /// Sequence number of its first record. Where an earlier segment of the epoch holds it too (its fsync failed), this one counts.
    pub first: u64,
}

impl SegmentName {
    /// File name, e.g. `0000000003-000002-00000000000000000412.journal`.
    pub fn file_name(&self) -> String {
        format!(
            "{:010}-{:06}-{:020}.journal",
            self.epoch, self.index, self.first
        )
    }

    /// Reads a file name; `None` for any other file.
    pub fn parse(file_name: &str) -> Option<Self> {
        let mut parts = file_name.strip_suffix(".journal")?.split('-');
        let mut part = || parts.next()?.parse().ok();
        let name = SegmentName {
            epoch: part()?,
            index: part()?,
            first: part()?,
        };
        (name.file_name() == file_name).then_some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_comes_back_and_sorts_in_order_of_writing() {
        let name = |epoch, index, first| SegmentName {
            epoch,
            index,
            first,
        };
        assert_eq!(
            SegmentName::parse(&name(3, 2, 412).file_name()),
            Some(name(3, 2, 412))
        );
        assert!(name(9, 1, 1) < name(10, 1, 1));
        assert!(name(9, 2, 50) < name(9, 10, 50));
        for other in [
            "reserve",
            "3-1-412.journal",
            "0000000003-000002-00000000000000000412.journal.bak",
            "x-y-z.journal",
        ] {
            assert_eq!(SegmentName::parse(other), None, "{other}");
        }
    }
}

//! How many endpoints are open, and when most of them have gone: what they had is worth giving back then, and not sooner,
//! for the allocator uses it again for the next calls and is locked while it gives.

/// Fewer than so many are not worth it: their memory is some megabytes.
const MANY: usize = 100;

/// Of the endpoints of all workers.
#[derive(Debug, Default)]
pub(super) struct Tide {
    open: usize,
    most: usize,
}

impl Tide {
    pub(super) fn rises(&mut self) {
        self.open = self.open.saturating_add(1);
        self.most = self.most.max(self.open);
    }

    /// One is gone. `true`, once: three quarters of those that were open at a time are.
    pub(super) fn falls(&mut self) -> bool {
        self.open = self.open.saturating_sub(1);
        let is_ebb = self.most >= MANY && self.open <= self.most / 4;
        if is_ebb {
            self.most = self.open;
        }
        is_ebb
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_ebb_when_most_of_many_are_gone_and_never_after_few() {
        let mut tide = Tide::default();
        let mut ebbs = |rise: usize, fall: usize| {
            (0..rise).for_each(|_| tide.rises());
            (0..fall).filter(|_| tide.falls()).count()
        };
        assert_eq!(ebbs(99, 99), 0, "few");
        assert_eq!(ebbs(1_000, 749), 0, "more than a quarter is left");
        assert_eq!(ebbs(0, 1), 1);
        assert_eq!(ebbs(0, 187), 0, "more than a quarter of those is left");
        assert_eq!(ebbs(0, 63), 1, "and then few are");
        assert_eq!(ebbs(100, 100), 1, "again");
        assert_eq!(ebbs(0, 5), 0, "and never below nothing");
    }
}

//! Spread, not secrecy: report intervals and names, from a seed that the shell draws.

/// SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A canonical name that tells nothing: 96 random bits (RFC 7022 section 4.2) in hexadecimal.
    pub(super) fn cname(&mut self) -> Box<str> {
        format!("{:016x}{:08x}", self.next(), self.next() >> 32).into()
    }
}

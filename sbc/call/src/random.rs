//! The one source of randomness of a core, and what is minted from it: tags, branches, Call-IDs, ids.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Branches that we mint begin so: the cookie of RFC 3261 8.1.1.7 and a letter of ours.
const BRANCH: &str = "z9hG4bKc";

/// A cryptographic generator, seeded by the OS in production and by a number in tests.
#[derive(Debug)]
pub(crate) struct Random {
    rng: ChaCha20Rng,
    /// Marks the branches of this process, so that a request which comes back is known (RFC 3261 16.3 step 4).
    mark: String,
}

impl Random {
    pub(crate) fn new(seed: [u8; 32]) -> Random {
        let mut random = Random {
            rng: ChaCha20Rng::from_seed(seed),
            mark: String::new(),
        };
        random.mark = random.letters(6);
        random
    }

    /// `count` letters and digits, five bits each.
    fn letters(&mut self, count: usize) -> String {
        const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let mut text = String::with_capacity(count);
        let mut pool = 0_u64;
        let mut left = 0;
        for _ in 0..count {
            if left < 5 {
                pool = self.rng.next_u64();
                left = 64;
            }
            let index = (pool & 31) as usize;
            text.push(ALPHABET.get(index).copied().map_or('a', char::from));
            pool >>= 5;
            left -= 5;
        }
        text
    }

    /// A From or To tag: 80 bits (RFC 3261 19.3 asks for 32).
    pub(crate) fn tag(&mut self) -> String {
        self.letters(16)
    }

    /// A Call-ID: 110 bits and no host, so that it tells nothing of the inside.
    pub(crate) fn call_id(&mut self) -> String {
        self.letters(22)
    }

    /// A Via branch.
    pub(crate) fn branch(&mut self) -> String {
        let tail = self.letters(16);
        format!("{BRANCH}{}{tail}", self.mark)
    }

    /// Whether this process minted the branch.
    pub(crate) fn minted(&self, branch: &str) -> bool {
        branch
            .strip_prefix(BRANCH)
            .is_some_and(|rest| rest.starts_with(&self.mark))
    }

    /// 16 random bits.
    pub(crate) fn u16(&mut self) -> u16 {
        (self.rng.next_u32() >> 16) as u16
    }

    /// 32 random bits.
    pub(crate) fn u32(&mut self) -> u32 {
        self.rng.next_u32()
    }

    /// 64 random bits.
    pub(crate) fn u64(&mut self) -> u64 {
        self.rng.next_u64()
    }

    /// 128 random bits.
    pub(crate) fn u128(&mut self) -> u128 {
        (u128::from(self.rng.next_u64()) << 64) | u128::from(self.rng.next_u64())
    }

    /// 256 random bits.
    pub(crate) fn secret(&mut self) -> [u8; 32] {
        let mut secret = [0; 32];
        self.rng.fill_bytes(&mut secret);
        secret
    }

    /// A duration between two, both in milliseconds.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> std::time::Duration {
        let span = high.saturating_sub(low).saturating_add(1);
        std::time::Duration::from_millis(low.saturating_add(self.rng.next_u64() % span))
    }
}

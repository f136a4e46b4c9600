//! The one source of randomness of a core, and what is minted from it: tags, branches, Call-IDs, ids.

use std::time::SystemTime;

use media::webrtc::Credentials;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sip::Message;
use sip::digest::Mac;
use sip::value::text;

use crate::journal::JourneyId;

/// Branches that we mint begin so: the cookie of RFC 3261 8.1.1.7 and a letter of ours.
const BRANCH: &str = "z9hG4bKc";

/// What our tokens are written with: letters and digits that nobody mistakes for each other.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Letters of a tag: 80 bits.
const TAG: usize = 16;

/// A cryptographic generator, seeded by the OS in production and by a number in tests.
#[derive(Debug)]
pub(crate) struct Random {
    rng: ChaCha20Rng,
    /// Marks the branches of this process, so that a request which comes back is known (RFC 3261 16.3 step 4).
    mark: String,
    /// The key of tags that must come out the same again.
    key: Mac,
}

impl Random {
    pub(crate) fn new(seed: [u8; 32]) -> Random {
        let mut random = Random {
            rng: ChaCha20Rng::from_seed(seed),
            mark: String::new(),
            key: Mac::new(&[0; 32]),
        };
        random.mark = random.letters(6);
        random.key = Mac::new(&random.secret());
        random
    }

    /// `count` letters and digits, five bits each.
    fn letters(&mut self, count: usize) -> String {
        let (mut pool, mut left) = (0_u64, 0);
        let letters = (0..count).map(|_| {
            if left < 5 {
                (pool, left) = (self.rng.next_u64(), 64);
            }
            let index = (pool & 31) as usize;
            (pool, left) = (pool >> 5, left - 5);
            ALPHABET.get(index).copied().unwrap_or(b'a')
        });
        // The alphabet is ASCII.
        String::from_utf8(letters.collect()).unwrap_or_default()
    }

    /// A From or To tag: 80 bits (RFC 3261 19.3 asks for 32).
    pub(crate) fn tag(&mut self) -> String {
        self.letters(TAG)
    }

    /// The To tag of an answer outside of any dialog: the same whenever the same request comes again, for the answer may
    /// have been forgotten meanwhile (RFC 3261 8.2.7), and to nobody else foreseeable (19.3).
    pub(crate) fn tag_for(&self, request: &Message) -> String {
        let via = request.top_via();
        let branch = via.branch().unwrap_or_default();
        let from = request.from_tag().unwrap_or_default();
        // No part can hold the byte between them.
        let parts = [branch, "\0", request.call_id(), "\0", from];
        self.tag_by(&parts.map(str::as_bytes))
    }

    /// The same for a message that nobody can read.
    pub(crate) fn tag_of(&self, bytes: &[u8]) -> String {
        self.tag_by(&[bytes])
    }

    fn tag_by(&self, parts: &[&[u8]]) -> String {
        let sum = self.key.sum(parts);
        let letter = |byte: &u8| ALPHABET.get(usize::from(byte & 31)).copied();
        let letters = sum.iter().take(TAG).filter_map(letter);
        letters.map(char::from).collect()
    }

    /// A Call-ID: 110 bits and no host, so that it tells nothing of the inside.
    pub(crate) fn call_id(&mut self) -> String {
        self.letters(22)
    }

    /// ICE credentials: 40 and 130 bits (RFC 8445 section 5.3 asks for 24 and 128).
    pub(crate) fn credentials(&mut self) -> Credentials {
        Credentials {
            ufrag: self.letters(8),
            password: self.letters(26),
        }
    }

    /// A Via branch.
    pub(crate) fn branch(&mut self) -> String {
        let tail = self.letters(16);
        text((BRANCH, &self.mark, tail))
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

    /// A journey's name: milliseconds since 1970, then 80 random bits. Journeys that begin together lie together in the records,
    /// and what is written at the end of an index is cheap.
    pub(crate) fn journey(&mut self, wall: SystemTime) -> JourneyId {
        let since = wall.duration_since(SystemTime::UNIX_EPOCH);
        let at = since.map_or(0, |since| since.as_millis() & 0xffff_ffff_ffff);
        JourneyId((at << 80) | (self.u128() >> 48))
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

//! Entropy of the operating system, drawn once at start; everything random afterwards grows from this seed.

use std::io;

use media::webrtc::Identity;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

/// 32 bytes from the kernel (getrandom(2)). Errors only on a kernel without the call.
pub(crate) fn seed() -> io::Result<[u8; 32]> {
    let mut seed = [0_u8; 32];
    let mut filled = 0;
    while let Some(rest) = seed.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match rustix::rand::getrandom(rest, rustix::rand::GetRandomFlags::empty()) {
            Ok(count) => filled += count,
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(seed)
}

/// The certificate of this process towards browsers.
pub(crate) fn identity() -> io::Result<Identity> {
    Identity::generate().map_err(io::Error::other)
}

/// A generator of its own for each thread that draws ports.
pub(crate) fn generator() -> io::Result<ChaCha20Rng> {
    Ok(ChaCha20Rng::from_seed(seed()?))
}

#[cfg(test)]
mod tests {
    #[test]
    fn two_seeds_differ_and_are_full() {
        let (one, two) = (super::seed().unwrap(), super::seed().unwrap());
        assert_ne!(one, two);
        assert!(one.iter().skip(16).any(|byte| *byte != 0));
    }
}

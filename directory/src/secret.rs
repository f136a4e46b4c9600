//! Account secrets: H(A1) of RFC 7616 section 3.4.2 and passwords that nobody has to invent (FEATURES SBC-7).
use crate::error::DirectoryError;
use crate::types::{Digests, Ha1};
use md5::{Digest, Md5};
use ring::rand::SecureRandom;

/// Letters and digits that are not mistaken for each other when read aloud or typed on a phone; 32 of them, so a random byte
/// maps to one without bias.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Characters of a generated password: 24 of 32 symbols are 120 bits.
pub const GENERATED_LENGTH: usize = 24;

/// A fresh password.
///
/// # Errors
/// [`DirectoryError::Random`] when the source gives nothing.
pub fn generate(random: &dyn SecureRandom) -> Result<String, DirectoryError> {
    let mut bytes = [0u8; GENERATED_LENGTH];
    random
        .fill(&mut bytes)
        .map_err(|_| DirectoryError::Random)?;
    Ok(bytes
        .iter()
        .filter_map(|byte| ALPHABET.get(usize::from(byte & 31)))
        .map(|symbol| char::from(*symbol))
        .collect())
}

/// H(A1) for each algorithm the account uses.
pub fn ha1(name: &str, realm: &str, password: &str, digests: Digests) -> Ha1 {
    let a1 = format!("{name}:{realm}:{password}");
    let sha256 = digests.sha256().then(|| {
        let mut out = [0u8; 32];
        out.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, a1.as_bytes()).as_ref());
        out
    });
    let md5 = digests.md5().then(|| Md5::digest(a1.as_bytes()).into());
    Ha1 { sha256, md5 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn ha1_is_that_of_rfc_7616() {
        // RFC 7616 section 3.9.1: user Mufasa, realm http-auth@example.org, password "Circle of Life"; RFC 2617 section 3.5 for MD5.
        let both = ha1(
            "Mufasa",
            "http-auth@example.org",
            "Circle of Life",
            Digests::Sha256ThenMd5,
        );
        assert_eq!(
            hex(&both.sha256.unwrap()),
            "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232"
        );
        assert_eq!(hex(&both.md5.unwrap()), "3d78807defe7de2157e2b0b6573a855f");
        let old = ha1(
            "Mufasa",
            "testrealm@host.com",
            "Circle Of Life",
            Digests::Md5,
        );
        assert_eq!(
            (old.sha256, hex(&old.md5.unwrap()).as_str()),
            (None, "939e7578ed9e3c518a452acee763bce9")
        );
    }

    #[test]
    fn generated_passwords_are_long_and_different() {
        let random = ring::rand::SystemRandom::new();
        let passwords: BTreeSet<String> = (0..200).map(|_| generate(&random).unwrap()).collect();
        assert_eq!(passwords.len(), 200);
        assert!(passwords.iter().all(|password| password.len() >= 20));
        assert!(!ALPHABET.iter().any(|symbol| b"lo01".contains(symbol)));
    }
}

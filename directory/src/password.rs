//! Passwords of people at rest: Argon2id (RFC 9106) in PHC form (RELIABILITY S14). Phones' are [`crate::secret`].
use crate::error::DirectoryError;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use ring::rand::SecureRandom;

/// Shortest password that a person may choose, characters.
pub const SHORTEST: usize = 10;
/// Longest password that is looked at, bytes: hashing more costs us and helps nobody.
pub const LONGEST: usize = 256;

/// `demo`, hashed once and for all: it is public, and the demo town starts without the time that hashing takes.
pub const DEMO: &str = "$argon2id$v=19$m=19456,t=2,p=1$ylHf+FyV4Ec8C+yD1463fQ$GxtKh0N6Bj8uvKiuCChtoGQwYUK+49wVpHmAwW7G7Vo";

/// The hash of a password, with a fresh salt: 19 MiB, two passes, one lane (the crate's and OWASP's choice for Argon2id).
///
/// # Errors
/// [`DirectoryError::Random`] when there is no salt, [`DirectoryError::Invalid`] when it is too long.
pub fn hash(password: &str, random: &dyn SecureRandom) -> Result<String, DirectoryError> {
    let long = || DirectoryError::Invalid(format!("a password has at most {LONGEST} bytes"));
    if password.len() > LONGEST {
        return Err(long());
    }
    let mut salt = [0u8; 16];
    random.fill(&mut salt).map_err(|_| DirectoryError::Random)?;
    let hash = Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|_| long())?;
    Ok(hash.to_string())
}

/// Whether it is this password. Takes tens of milliseconds and 19 MiB, also when the answer is no.
pub fn verify(password: &str, hash: &str) -> bool {
    password.len() <= LONGEST
        && Argon2::default()
            .verify_password(password.as_bytes(), hash)
            .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_opens_with_its_own_password_alone() {
        let random = ring::rand::SystemRandom::new();
        let (one, other) = (
            hash("correct horse", &random).unwrap(),
            hash("correct horse", &random).unwrap(),
        );
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other, "each has a salt of its own");
        assert!(verify("correct horse", &one) && verify("correct horse", &other));
        assert!(!verify("correct horsf", &one) && !verify("", &one));
        assert!(!verify("correct horse", "") && !verify("x", "$argon2id$v=19$m=1"));
        assert!(!verify(&"x".repeat(LONGEST + 1), &one));
        assert!(hash(&"x".repeat(LONGEST + 1), &random).is_err());
    }

    #[test]
    fn the_demo_s_hash_is_that_of_its_password() {
        assert!(verify("demo", DEMO));
    }
}

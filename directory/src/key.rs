//! The sealing key: secrets at rest are closed with a key that lies outside the database (RELIABILITY S2).
use crate::error::DirectoryError;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::SecureRandom;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

const KEY_BYTES: usize = 32;

/// ChaCha20-Poly1305 (RFC 8439) under the key of the key file. A sealed value is nonce, then ciphertext with its tag.
pub struct SealingKey(LessSafeKey);

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey")
    }
}

impl SealingKey {
    /// Reads the key file; `may_create` makes a new one when it is missing (not when a database already has sealed values).
    ///
    /// # Errors
    /// [`DirectoryError::Key`] when it is missing, readable by others or not 32 bytes long; [`DirectoryError::File`] otherwise.
    pub fn open(
        path: &Path,
        may_create: bool,
        random: &dyn SecureRandom,
    ) -> Result<Self, DirectoryError> {
        let key_error = |why| DirectoryError::Key {
            path: path.to_owned(),
            why,
        };
        if !path.exists() {
            if !may_create {
                return Err(key_error(
                    "is missing, but the database has secrets sealed with it",
                ));
            }
            create(path, random)?;
        }
        let fail = |why| DirectoryError::File {
            path: path.to_owned(),
            why,
        };
        if !is_private(path).map_err(fail)? {
            return Err(key_error("can be read by others: expected mode 0600"));
        }
        let bytes = fs::read(path).map_err(fail)?;
        if bytes.len() != KEY_BYTES {
            return Err(key_error("is damaged: expected 32 bytes"));
        }
        let key = UnboundKey::new(&CHACHA20_POLY1305, &bytes)
            .map_err(|_| key_error("is damaged: expected 32 bytes"))?;
        Ok(SealingKey(LessSafeKey::new(key)))
    }

    /// Closes `plain`; `context` must be the same at opening, so that a value cannot be moved to another row.
    pub fn seal(
        &self,
        context: &str,
        plain: &[u8],
        random: &dyn SecureRandom,
    ) -> Result<Vec<u8>, DirectoryError> {
        // Random nonces of 96 bits are safe for 2^32 values under one key; a town has some thousands of accounts.
        let mut nonce = [0u8; NONCE_LEN];
        random
            .fill(&mut nonce)
            .map_err(|_| DirectoryError::Random)?;
        let mut sealed = plain.to_vec();
        let aad = Aad::from(context.as_bytes());
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)
            .map_err(|_| DirectoryError::Random)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens a sealed value, `None` when key, context or value do not fit.
    pub fn open_sealed(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, closed) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut closed = closed.to_vec();
        let plain = self
            .0
            .open_in_place(nonce, Aad::from(context.as_bytes()), &mut closed)
            .ok()?;
        Some(plain.to_vec())
    }
}

fn create(path: &Path, random: &dyn SecureRandom) -> Result<(), DirectoryError> {
    let mut bytes = [0u8; KEY_BYTES];
    random
        .fill(&mut bytes)
        .map_err(|_| DirectoryError::Random)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = || {
        let mut file = options.open(path)?;
        file.write_all(&bytes)?;
        file.sync_all()
    };
    write().map_err(|why| DirectoryError::File {
        path: path.to_owned(),
        why,
    })
}

#[cfg(unix)]
fn is_private(path: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
fn is_private(_path: &Path) -> std::io::Result<bool> {
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::rand::SystemRandom;

    #[test]
    fn a_value_opens_with_its_key_and_context_only() {
        let temp = tempfile::tempdir().unwrap();
        let random = SystemRandom::new();
        let key = SealingKey::open(&temp.path().join("key"), true, &random).unwrap();
        let again = SealingKey::open(&temp.path().join("key"), false, &random).unwrap();
        let other = SealingKey::open(&temp.path().join("other"), true, &random).unwrap();
        let mut sealed = key.seal("2101", b"secret", &random).unwrap();
        assert_eq!(
            again.open_sealed("2101", &sealed).as_deref(),
            Some(&b"secret"[..])
        );
        assert_eq!(key.open_sealed("2102", &sealed), None);
        assert_eq!(other.open_sealed("2101", &sealed), None);
        sealed[14] ^= 1;
        assert_eq!(key.open_sealed("2101", &sealed), None);
        assert_eq!(key.open_sealed("2101", &sealed[..5]), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("key");
        let random = SystemRandom::new();
        assert!(matches!(
            SealingKey::open(&path, false, &random),
            Err(DirectoryError::Key { .. })
        ));
        SealingKey::open(&path, true, &random).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(
            SealingKey::open(&path, true, &random),
            Err(DirectoryError::Key { .. })
        ));
    }
}

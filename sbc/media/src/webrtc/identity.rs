//! Who we are towards browsers: one self-signed certificate a process, known to the page by its fingerprint (RFC 8122, RFC 8827).

use ring::digest::{SHA256, digest};
use rtc_crypto::RTCCryptoProvider;
use rtc_dtls::crypto::Certificate;
use std::fmt::{self, Write};
use std::sync::Arc;

/// A certificate with its key, made at start and passed in; cloning shares it.
#[derive(Clone)]
pub struct Identity(Arc<Inner>);

struct Inner {
    certificate: Certificate,
    provider: Arc<dyn RTCCryptoProvider>,
    fingerprint: Fingerprint,
}

/// No certificate could be made: the system gives no randomness.
#[derive(Debug, thiserror::Error)]
#[error("no certificate for browsers: {0}")]
pub struct IdentityError(String);

/// SHA-256 of a certificate (RFC 8122 section 5). Browsers offer this hash; an older one is refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Identity {
    /// Makes a new key and certificate (ECDSA on P-256, as browsers make theirs). For the shell, at start: this draws from the
    /// operating system, inside `ring`, like the key agreements of the handshakes that follow.
    ///
    /// # Errors
    /// [`IdentityError`] when the system gives no randomness.
    pub fn generate() -> Result<Identity, IdentityError> {
        let provider =
            rtc_crypto::default_provider().map_err(|error| IdentityError(error.to_string()))?;
        let certificate =
            Certificate::generate_self_signed(vec!["centrale".to_owned()], provider.crypto())
                .map_err(|error| IdentityError(error.to_string()))?;
        let first = certificate
            .certificate
            .first()
            .ok_or_else(|| IdentityError("it has no octets".into()))?;
        let fingerprint = Fingerprint::of(first);
        Ok(Identity(Arc::new(Inner {
            certificate,
            provider,
            fingerprint,
        })))
    }

    /// What the SDP says of it.
    pub fn fingerprint(&self) -> Fingerprint {
        self.0.fingerprint
    }

    pub(super) fn certificate(&self) -> Certificate {
        self.0.certificate.clone()
    }

    pub(super) fn provider(&self) -> Arc<dyn RTCCryptoProvider> {
        self.0.provider.clone()
    }
}

impl PartialEq for Identity {
    fn eq(&self, other: &Identity) -> bool {
        self.fingerprint() == other.fingerprint()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.fingerprint())
    }
}

impl Fingerprint {
    /// Of a certificate in DER.
    pub fn of(certificate: &[u8]) -> Fingerprint {
        let mut octets = [0; 32];
        for (octet, hashed) in octets.iter_mut().zip(digest(&SHA256, certificate).as_ref()) {
            *octet = *hashed;
        }
        Fingerprint(octets)
    }

    /// Reads the value of `a=fingerprint`: `sha-256` and 32 octets in hexadecimal with colons. `None` for another hash.
    pub fn parse(value: &str) -> Option<Fingerprint> {
        let (hash, text) = value.trim_ascii().split_once(' ')?;
        if !hash.eq_ignore_ascii_case("sha-256") {
            return None;
        }
        let mut octets = [0; 32];
        let mut pairs = text.trim_ascii().split(':');
        for octet in &mut octets {
            let pair = pairs.next().filter(|pair| pair.len() == 2)?;
            *octet = u8::from_str_radix(pair, 16).ok()?;
        }
        pairs.next().is_none().then_some(Fingerprint(octets))
    }
}

/// As in `a=fingerprint`, the name of the hash first.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha-256 ")?;
        for (place, octet) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_char(':')?;
            }
            write!(f, "{octet:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_it_is_written_and_nothing_else_is() {
        let fingerprint = Identity::generate().unwrap().fingerprint();
        let text = fingerprint.to_string();
        assert_eq!(Fingerprint::parse(&text), Some(fingerprint));
        assert_eq!(Fingerprint::parse(&text.to_lowercase()), Some(fingerprint));
        assert_eq!(Fingerprint::parse(&text.replace("256", "1")), None);
        assert_eq!(Fingerprint::parse(&text[..text.len() - 3]), None);
        assert_eq!(Fingerprint::parse(&format!("{text}:00")), None);
        assert_eq!(Fingerprint::parse(&text.replacen(':', ":+", 1)), None);
        assert_eq!(Fingerprint::parse(""), None);
    }

    #[test]
    fn every_identity_is_another() {
        assert_ne!(Identity::generate().unwrap(), Identity::generate().unwrap());
    }
}

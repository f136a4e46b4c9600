//! The DTLS side of one attachment (RFC 5763, RFC 5764): we are the server, the browser shows the certificate its description
//! announced, and what comes out are keys for SRTP.

use super::{Fingerprint, fence::fenced, keys::Terms, srtp::Srtp};
use bytes::BytesMut;
use rtc_dtls::config::{ClientAuthType, ConfigBuilder, ExtendedMasterSecretType};
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc_srtp::config::LABEL_EXTRACTOR_DTLS_SRTP;
use rtc_srtp::protection_profile::ProtectionProfile;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Datagrams of one association we look at; a handshake over a bad network takes a few dozen, and nothing follows it.
const BUDGET: u16 = 512;
/// The longest datagram we look at.
const MAX_OCTETS: usize = 2048;
/// First interval between repetitions (RFC 6347 section 4.2.4.1 says 1 s; on the networks of a town hall an answer is there sooner).
const REPEAT: Duration = Duration::from_millis(250);
/// The association outlives changes of the browser's address, so it is kept under one that never changes.
const PEER: SocketAddr = super::NOWHERE;

/// A handshake, and afterwards what repeats its last flight.
pub(super) struct Dtls {
    endpoint: Option<Endpoint>,
    expected: Fingerprint,
    budget: u16,
}

impl Dtls {
    /// Waits for the browser's hello. Without a usable configuration (it cannot be without one) nothing is ever answered.
    pub(super) fn new(terms: &Terms) -> Dtls {
        let config = ConfigBuilder::default()
            .with_crypto_provider(terms.identity.provider())
            .with_certificates(vec![terms.identity.certificate()])
            .with_client_auth(ClientAuthType::RequireAnyClientCert)
            .with_extended_master_secret(ExtendedMasterSecretType::Require)
            // The certificate is judged by its fingerprint, when the handshake is over.
            .with_insecure_skip_verify(true)
            .with_flight_interval(REPEAT)
            .with_srtp_protection_profiles(vec![
                SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm,
                SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80,
            ])
            .build(false, None);
        let endpoint = config
            .ok()
            .map(|config| Endpoint::new(PEER, Default::default(), Some(Arc::new(config))));
        Dtls {
            endpoint,
            expected: terms.fingerprint,
            budget: BUDGET,
        }
    }

    /// Whether it can still come, or came, to an end.
    pub(super) fn lives(&self) -> bool {
        self.endpoint.is_some() && self.budget > 0
    }

    /// Takes a datagram; gives the keys when the handshake is over and the certificate is the announced one.
    pub(super) fn take(&mut self, now: Instant, bytes: &[u8]) -> Option<Srtp> {
        self.budget = self.budget.checked_sub(1)?;
        if bytes.len() > MAX_OCTETS {
            return None;
        }
        let endpoint = self.endpoint.as_mut()?;
        let datagram = BytesMut::from(bytes);
        let Some(read) = fenced(|| endpoint.read(now, PEER, None, datagram)) else {
            self.endpoint = None;
            return None;
        };
        // What the peer did wrong is answered by the alert that waits in the endpoint.
        let over = read
            .unwrap_or_default()
            .iter()
            .any(|event| matches!(event, EndpointEvent::HandshakeComplete));
        if over { self.keys() } else { None }
    }

    fn keys(&self) -> Option<Srtp> {
        let state = self.endpoint.as_ref()?.get_connection_state(PEER)?;
        if Fingerprint::of(state.peer_certificates.first()?) != self.expected {
            return None;
        }
        let profile = match state.srtp_protection_profile() {
            SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm => ProtectionProfile::AeadAes128Gcm,
            SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80 => {
                ProtectionProfile::Aes128CmHmacSha1_80
            }
            _ => return None,
        };
        let octets = 2 * (profile.key_len() + profile.salt_len());
        let material = state
            .export_keying_material(LABEL_EXTRACTOR_DTLS_SRTP, &[], octets)
            .ok()?;
        Srtp::new(profile, material.as_ref())
    }

    /// Repeats what was not answered in time.
    pub(super) fn tick(&mut self, now: Instant) {
        if let Some(endpoint) = &mut self.endpoint
            && endpoint.poll_timeout(&PEER).is_some_and(|at| at <= now)
            && fenced(|| endpoint.handle_timeout(PEER, now)).is_none()
        {
            self.endpoint = None;
        }
    }

    /// When to repeat.
    pub(super) fn next(&self) -> Option<Instant> {
        self.endpoint.as_ref()?.poll_timeout(&PEER)
    }

    /// The next datagram for the browser.
    pub(super) fn poll(&mut self) -> Option<BytesMut> {
        let sent = self.endpoint.as_mut()?.poll_transmit()?;
        Some(sent.message)
    }
}

impl std::fmt::Debug for Dtls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Dtls({} datagrams left)", self.budget)
    }
}

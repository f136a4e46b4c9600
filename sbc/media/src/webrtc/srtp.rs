//! SRTP and SRTCP of one attachment (RFC 3711, RFC 7714), keyed by the handshake.

use super::fence::fenced;
use bytes::BytesMut;
use rtc_srtp::config::{Config, SessionKeys};
use rtc_srtp::context::Context;
use rtc_srtp::option::{srtcp_replay_protection, srtp_replay_protection};
use rtc_srtp::protection_profile::ProtectionProfile;
use smallvec::SmallVec;

/// Packets a late one may be behind (RFC 3711 section 3.3.2).
const REPLAY_WINDOW: usize = 128;
/// Sources of a browser: one for its microphone, and what earlier microphones leave.
const MAX_STREAMS: usize = 4;

/// Both directions.
pub(super) struct Srtp {
    profile: ProtectionProfile,
    keys: SessionKeys,
    outward: Context,
    /// One context for each source that ever proved itself. A packet of a new source is tried with a context of its own, so that
    /// forged sources leave nothing behind.
    inward: SmallVec<[(u32, Context); MAX_STREAMS]>,
}

impl Srtp {
    /// From what the DTLS server exports (RFC 5764 section 4.2).
    pub(super) fn new(profile: ProtectionProfile, material: &[u8]) -> Option<Srtp> {
        let mut config = Config {
            profile,
            ..Config::default()
        };
        config
            .set_session_keys_from_keying_material(material, false)
            .ok()?;
        let keys = config.keys;
        let outward = context(profile, &keys.local_master_key, &keys.local_master_salt)?;
        Some(Srtp {
            profile,
            keys,
            outward,
            inward: SmallVec::new(),
        })
    }

    /// The RTP packet in a datagram, when it is the browser's and new.
    pub(super) fn open_rtp(&mut self, bytes: &[u8]) -> Option<BytesMut> {
        self.open(bytes.get(8..12)?, |context| context.decrypt_rtp(bytes).ok())
    }

    /// The RTCP packet in a datagram, likewise.
    pub(super) fn open_rtcp(&mut self, bytes: &[u8]) -> Option<BytesMut> {
        self.open(bytes.get(4..8)?, |context| context.decrypt_rtcp(bytes).ok())
    }

    fn open(
        &mut self,
        ssrc: &[u8],
        read: impl Fn(&mut Context) -> Option<BytesMut>,
    ) -> Option<BytesMut> {
        let ssrc = u32::from_be_bytes(ssrc.try_into().ok()?);
        if let Some((_, context)) = self.inward.iter_mut().find(|(known, _)| *known == ssrc) {
            return fenced(|| read(context)).flatten();
        }
        let keys = &self.keys;
        let mut fresh = context(
            self.profile,
            &keys.remote_master_key,
            &keys.remote_master_salt,
        )?;
        let plain = fenced(|| read(&mut fresh)).flatten()?;
        if self.inward.len() == MAX_STREAMS {
            self.inward.remove(0);
        }
        self.inward.push((ssrc, fresh));
        Some(plain)
    }

    /// Seals an RTP packet of ours.
    pub(super) fn seal_rtp(&mut self, bytes: &[u8]) -> Option<BytesMut> {
        self.outward.encrypt_rtp(bytes).ok()
    }

    /// Seals an RTCP packet of ours.
    pub(super) fn seal_rtcp(&mut self, bytes: &[u8]) -> Option<BytesMut> {
        self.outward.encrypt_rtcp(bytes).ok()
    }
}

fn context(profile: ProtectionProfile, key: &[u8], salt: &[u8]) -> Option<Context> {
    let provider = rtc_crypto::default_provider().ok()?;
    Context::new(
        key,
        salt,
        profile,
        Some(srtp_replay_protection(REPLAY_WINDOW)),
        Some(srtcp_replay_protection(REPLAY_WINDOW)),
        provider.crypto(),
    )
    .ok()
}

impl std::fmt::Debug for Srtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Srtp({:?})", self.profile)
    }
}

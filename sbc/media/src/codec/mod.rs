//! The audio codecs we speak ourselves: names, payload types and sizes (RFC 3551 sections 4.5 and 6).

pub mod g711;
pub mod g722;
pub mod opus;
mod resample;
mod transcode;

pub use resample::{Resampler, Way};
pub use transcode::{COMFORT_NOISE_PT, Decoder, Encoder, Transcoder};

/// Duration of one audio packet we make, in milliseconds (RFC 3551 section 4.2, the default packetization).
pub const FRAME_MS: u16 = 20;

/// RTP clock ticks in one 20 ms packet; the same for all our codecs, because G.722 is clocked at 8000 Hz (RFC 3551 section 4.5.2).
pub const FRAME_TICKS: u32 = 160;

/// An audio codec that we can encode and decode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Codec {
    /// G.711 µ-law, 8 kHz, 64 kbit/s.
    Pcmu,
    /// G.711 A-law, 8 kHz, 64 kbit/s.
    Pcma,
    /// G.722 mode 1, 16 kHz sampling, 64 kbit/s, RTP clock 8000 Hz.
    G722,
}

impl Codec {
    /// Every codec, best sound first.
    pub const ALL: [Codec; 3] = [Codec::G722, Codec::Pcma, Codec::Pcmu];

    /// The encoding name of RFC 3551 table 4, as written in `a=rtpmap`.
    pub const fn name(self) -> &'static str {
        match self {
            Codec::Pcmu => "PCMU",
            Codec::Pcma => "PCMA",
            Codec::G722 => "G722",
        }
    }

    /// RTP timestamp ticks a second. 8000 also for G.722, by the historical error that RFC 3551 section 4.5.2 keeps.
    pub const fn clock_rate(self) -> u32 {
        8000
    }

    /// Audio samples a second before encoding, in Hz.
    pub const fn sample_rate(self) -> u32 {
        match self {
            Codec::Pcmu | Codec::Pcma => 8000,
            Codec::G722 => 16000,
        }
    }

    /// The static payload type of RFC 3551 table 4.
    pub const fn static_pt(self) -> u8 {
        match self {
            Codec::Pcmu => 0,
            Codec::Pcma => 8,
            Codec::G722 => 9,
        }
    }

    /// The codec of a static payload type, if we speak it.
    pub const fn from_static_pt(pt: u8) -> Option<Codec> {
        match pt {
            0 => Some(Codec::Pcmu),
            8 => Some(Codec::Pcma),
            9 => Some(Codec::G722),
            _ => None,
        }
    }

    /// The codec of an `a=rtpmap` encoding name (any case) and clock rate in Hz. `G722/16000` is taken as G.722: some phones write the true rate.
    pub fn from_name(name: &str, clock_rate: u32) -> Option<Codec> {
        let codec = Codec::ALL
            .into_iter()
            .find(|c| c.name().eq_ignore_ascii_case(name))?;
        let fits = clock_rate == codec.clock_rate() || clock_rate == codec.sample_rate();
        fits.then_some(codec)
    }

    /// Payload bytes of one 20 ms packet: 160 for all three, each being 64 kbit/s.
    pub const fn frame_bytes(self) -> usize {
        160
    }

    /// Audio samples in one 20 ms packet: 160, or 320 for G.722.
    pub const fn frame_samples(self) -> usize {
        match self {
            Codec::Pcmu | Codec::Pcma => 160,
            Codec::G722 => 320,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_only_with_a_fitting_clock() {
        assert_eq!(Codec::from_name("pcma", 8000), Some(Codec::Pcma));
        assert_eq!(Codec::from_name("G722", 8000), Some(Codec::G722));
        assert_eq!(Codec::from_name("g722", 16000), Some(Codec::G722));
        assert_eq!(Codec::from_name("PCMU", 16000), None);
        assert_eq!(Codec::from_name("opus", 48000), None);
    }

    #[test]
    fn static_payload_types_round_trip() {
        for codec in Codec::ALL {
            assert_eq!(Codec::from_static_pt(codec.static_pt()), Some(codec));
        }
        assert_eq!(Codec::from_static_pt(18), None);
    }
}

//! What kind of datagram shares the one port (RFC 7983 section 7; RFC 5761 section 4 between RTP and RTCP).

/// A datagram's protocol, by its first octets alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Stun,
    Dtls,
    Rtp,
    Rtcp,
}

impl Kind {
    /// `None` for what none of ours begins with (ZRTP, TURN channels, rubbish).
    pub(super) fn of(bytes: &[u8]) -> Option<Kind> {
        match (bytes.first()?, bytes.get(1)?) {
            (0..=3, _) => Some(Kind::Stun),
            (20..=63, _) => Some(Kind::Dtls),
            (128..=191, 192..=223) => Some(Kind::Rtcp),
            (128..=191, _) => Some(Kind::Rtp),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_octets_tell() {
        let of = |first, second| Kind::of(&[first, second]);
        assert_eq!(of(0, 1), Some(Kind::Stun));
        assert_eq!((of(20, 0), of(63, 0)), (Some(Kind::Dtls), Some(Kind::Dtls)));
        assert_eq!(of(128, 111), Some(Kind::Rtp));
        assert_eq!(of(0x90, 0x80 | 111), Some(Kind::Rtp), "with the marker");
        assert_eq!(
            (of(129, 200), of(191, 223)),
            (Some(Kind::Rtcp), Some(Kind::Rtcp))
        );
        assert_eq!((of(16, 0), of(64, 0), of(192, 0)), (None, None, None));
        assert_eq!(Kind::of(&[128]), None);
    }
}

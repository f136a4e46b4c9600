//! The RTP header (RFC 3550 section 5.1), read from and written into the receive buffer.

use std::ops::Range;

/// Octets of the fixed header.
pub const HEADER: usize = 12;

/// The fields of a header that we keep when we send a packet on; version, padding, extension and
/// CSRC list never leave this house (none is negotiated).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The marker bit: first packet after silence, or after a change of source.
    pub marker: bool,
    /// Payload type, 0 to 127.
    pub payload_type: u8,
    /// Sequence number.
    pub sequence: u16,
    /// Timestamp in units of the codec's RTP clock.
    pub timestamp: u32,
    /// Synchronisation source.
    pub ssrc: u32,
}

/// Why a datagram is not RTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RtpDefect {
    /// Shorter than its own header says.
    #[error("shorter than its header")]
    Short,
    /// The version is not 2.
    #[error("version is not 2")]
    Version,
    /// More padding than payload, or a padding count of 0.
    #[error("padding does not fit")]
    Padding,
}

/// A datagram read as RTP: its header, and where in the datagram the payload lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// The header.
    pub header: Header,
    /// The payload, without CSRC list, extension and padding. Always starts at 12 or later.
    pub payload: Range<usize>,
}

impl Packet {
    /// Reads a datagram; copies nothing.
    pub fn parse(bytes: &[u8]) -> Result<Self, RtpDefect> {
        let &[first, second, s0, s1, t0, t1, t2, t3, c0, c1, c2, c3, ..] = bytes else {
            return Err(RtpDefect::Short);
        };
        if first >> 6 != 2 {
            return Err(RtpDefect::Version);
        }
        let mut start = HEADER + 4 * usize::from(first & 0x0f);
        if first & 0x10 != 0 {
            // Section 5.3.1: two octets of profile, two of length in words.
            let length = bytes.get(start + 2..start + 4).ok_or(RtpDefect::Short)?;
            let &[high, low] = length else {
                return Err(RtpDefect::Short);
            };
            start += 4 + 4 * usize::from(u16::from_be_bytes([high, low]));
        }
        let mut end = bytes.len();
        if start > end {
            return Err(RtpDefect::Short);
        }
        if first & 0x20 != 0 {
            let padding = usize::from(bytes.last().copied().unwrap_or(0));
            if padding == 0 || padding > end - start {
                return Err(RtpDefect::Padding);
            }
            end -= padding;
        }
        Ok(Self {
            header: Header {
                marker: second & 0x80 != 0,
                payload_type: second & 0x7f,
                sequence: u16::from_be_bytes([s0, s1]),
                timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
                ssrc: u32::from_be_bytes([c0, c1, c2, c3]),
            },
            payload: start..end,
        })
    }
}

impl Header {
    /// The header as it stands on the wire: version 2, nothing optional.
    pub fn to_bytes(self) -> [u8; HEADER] {
        let [s0, s1] = self.sequence.to_be_bytes();
        let [t0, t1, t2, t3] = self.timestamp.to_be_bytes();
        let [c0, c1, c2, c3] = self.ssrc.to_be_bytes();
        let second = (u8::from(self.marker) << 7) | (self.payload_type & 0x7f);
        [0x80, second, s0, s1, t0, t1, t2, t3, c0, c1, c2, c3]
    }
}

/// Writes `header` straight before the payload that `parse` found, over whatever stood there, and
/// gives the part of the buffer that is now the packet. Nothing is moved: what CSRC list and
/// extension took is simply left out at the front, the padding at the end.
pub fn rewrite<'a>(
    bytes: &'a mut [u8],
    payload: &Range<usize>,
    header: Header,
) -> Option<&'a mut [u8]> {
    let start = payload.start.checked_sub(HEADER)?;
    let packet = bytes.get_mut(start..payload.end)?;
    packet
        .first_chunk_mut::<HEADER>()?
        .copy_from_slice(&header.to_bytes());
    Some(packet)
}

/// Whether a datagram on a shared port is RTCP (RFC 5761 section 4: packet types 192 to 223).
pub fn is_rtcp(bytes: &[u8]) -> bool {
    matches!(bytes.get(1), Some(192..=223))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: [u8; 14] = [
        0x80, 0x88, 0x12, 0x34, 0, 0, 0, 160, 0xde, 0xad, 0xbe, 0xef, 0xd5, 0x55,
    ];

    #[test]
    fn a_plain_packet_is_read_and_written_back() {
        let packet = Packet::parse(&PLAIN).unwrap();
        let expected = Header {
            marker: true,
            payload_type: 8,
            sequence: 0x1234,
            timestamp: 160,
            ssrc: 0xdead_beef,
        };
        assert_eq!(
            packet,
            Packet {
                header: expected,
                payload: 12..14
            }
        );
        assert_eq!(expected.to_bytes(), PLAIN[..12]);
    }

    #[test]
    fn csrc_extension_and_padding_are_left_out_without_moving_the_payload() {
        let mut bytes = vec![0xb2, 0x00, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3]; // padding, extension, 2 CSRC
        bytes.extend([1; 8]);
        bytes.extend([0xbe, 0xde, 0, 1, 9, 9, 9, 9]);
        bytes.extend([0xaa, 0xbb, 0xcc]);
        bytes.extend([0, 2]);
        let packet = Packet::parse(&bytes).unwrap();
        assert_eq!(packet.payload, 28..31);
        let header = Header {
            marker: false,
            payload_type: 0,
            sequence: 7,
            timestamp: 8,
            ssrc: 9,
        };
        let out = rewrite(&mut bytes, &packet.payload, header).unwrap();
        assert_eq!(
            out,
            [0x80, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0, 9, 0xaa, 0xbb, 0xcc]
        );
    }

    #[test]
    fn what_is_not_rtp_is_refused() {
        assert_eq!(Packet::parse(&PLAIN[..11]), Err(RtpDefect::Short));
        assert_eq!(Packet::parse(&[0x40; 12]), Err(RtpDefect::Version));
        assert_eq!(
            Packet::parse(&[0x8f; 20]),
            Err(RtpDefect::Short),
            "15 CSRC announced"
        );
        let mut extension = [0x90; 16];
        extension[14..].copy_from_slice(&[0xff, 0xff]);
        assert_eq!(Packet::parse(&extension), Err(RtpDefect::Short));
        let mut padded = PLAIN;
        padded[0] = 0xa0;
        padded[13] = 3;
        assert_eq!(Packet::parse(&padded), Err(RtpDefect::Padding));
        padded[13] = 0;
        assert_eq!(Packet::parse(&padded), Err(RtpDefect::Padding));
    }

    #[test]
    fn rtcp_on_a_shared_port_is_told_by_its_type() {
        assert!(is_rtcp(&[0x80, 200]) && is_rtcp(&[0x81, 207]));
        assert!(!is_rtcp(&PLAIN) && !is_rtcp(&[0x80]));
    }
}

//! Reading RTCP (RFC 3550 section 6.4 and A.2): only what concerns us, from one pass over a compound packet.

/// Packets looked at in one datagram; more than this is nobody's honest report.
const MAX_PACKETS: usize = 16;
/// Packet types (RFC 3550 section 12.1).
const SR: u8 = 200;
const RR: u8 = 201;
const BYE: u8 = 203;

/// What one RTCP datagram told us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Feedback {
    /// The sender's own clock, for our LSR and DLSR.
    pub sender: Option<SenderReport>,
    /// What it says about the stream with our SSRC.
    pub about_us: Option<PeerReport>,
    /// It says that a source leaves. Told, never acted upon: anybody who may forge the source could say so.
    pub bye: bool,
}

/// The part of a sender report that we use (section 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderReport {
    /// Who reports.
    pub ssrc: u32,
    /// The middle 32 bits of its NTP timestamp.
    pub ntp_middle: u32,
}

/// One report block about us (section 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerReport {
    /// Lost since the last report, in 256ths.
    pub fraction_lost: u8,
    /// Lost in all; may be negative.
    pub cumulative_lost: i32,
    /// Extended highest sequence number received.
    pub highest: u32,
    /// In RTP units.
    pub jitter: u32,
    /// Middle 32 bits of the NTP time of our last report that it saw; 0 for none.
    pub last_sr: u32,
    /// Since then, in 1/65536 s.
    pub delay_since_last_sr: u32,
}

/// Why a datagram is not RTCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RtcpDefect {
    /// Shorter than a header and an SSRC, or than a packet in it announces.
    #[error("shorter than its header")]
    Short,
    /// A packet in it is not of version 2.
    #[error("version is not 2")]
    Version,
    /// It does not begin with a sender or receiver report (A.2).
    #[error("does not begin with a report")]
    NotAReport,
}

impl Feedback {
    /// Reads a whole datagram for the party whose SSRC is `ours`. A defect anywhere means that nothing of it counts.
    pub fn parse(mut bytes: &[u8], ours: u32) -> Result<Self, RtcpDefect> {
        let mut feedback = Self::default();
        for position in 0..MAX_PACKETS {
            let Some((&[first, kind, l0, l1], _)) = bytes.split_first_chunk::<4>() else {
                return Err(RtcpDefect::Short);
            };
            if first >> 6 != 2 {
                return Err(RtcpDefect::Version);
            }
            if position == 0 && kind != SR && kind != RR {
                return Err(RtcpDefect::NotAReport);
            }
            let length = 4 * (usize::from(u16::from_be_bytes([l0, l1])) + 1);
            let (packet, rest) = bytes.split_at_checked(length).ok_or(RtcpDefect::Short)?;
            feedback.packet(kind, usize::from(first & 0x1f), packet, ours)?;
            if rest.is_empty() {
                return Ok(feedback);
            }
            bytes = rest;
        }
        Ok(feedback)
    }

    fn packet(
        &mut self,
        kind: u8,
        count: usize,
        packet: &[u8],
        ours: u32,
    ) -> Result<(), RtcpDefect> {
        let blocks = match kind {
            SR => {
                self.sender = Some(SenderReport {
                    ssrc: word(packet, 4)?,
                    ntp_middle: (word(packet, 8)? << 16) | (word(packet, 12)? >> 16),
                });
                28
            }
            RR => 8,
            BYE => {
                self.bye = true;
                return Ok(());
            }
            _ => return Ok(()),
        };
        word(packet, 4)?;
        let blocks = packet.get(blocks..).ok_or(RtcpDefect::Short)?;
        if blocks.len() < 24 * count {
            return Err(RtcpDefect::Short);
        }
        for block in blocks.chunks_exact(24).take(count) {
            if word(block, 0)? == ours {
                let lost = word(block, 4)?;
                self.about_us = Some(PeerReport {
                    fraction_lost: (lost >> 24) as u8,
                    cumulative_lost: ((lost << 8) as i32) >> 8,
                    highest: word(block, 8)?,
                    jitter: word(block, 12)?,
                    last_sr: word(block, 16)?,
                    delay_since_last_sr: word(block, 20)?,
                });
            }
        }
        Ok(())
    }
}

impl PeerReport {
    /// Round trip in 1/65536 s: `now - LSR - DLSR`, `now` being our NTP middle 32 bits (section
    /// 6.4.1, figure 2). `None` without a report of ours, and for what cannot be (more than 10 s).
    pub fn round_trip(&self, now: u32) -> Option<u32> {
        if self.last_sr == 0 {
            return None;
        }
        let units = now
            .wrapping_sub(self.last_sr)
            .wrapping_sub(self.delay_since_last_sr) as i32;
        // A clock that is read in steps may see its own echo a hair early.
        let units = if (-66..0).contains(&units) { 0 } else { units };
        (0..10 << 16).contains(&units).then_some(units as u32)
    }
}

fn word(bytes: &[u8], at: usize) -> Result<u32, RtcpDefect> {
    let word = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>());
    word.map(|word| u32::from_be_bytes(*word))
        .ok_or(RtcpDefect::Short)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An RR with one block about SSRC 9, then an SDES nobody reads, then a BYE.
    fn compound() -> Vec<u8> {
        let mut bytes = vec![0x81, RR, 0, 7, 0, 0, 0, 5];
        bytes.extend([
            0, 0, 0, 9, 64, 0xff, 0xff, 0xfe, 0, 1, 0, 2, 0, 0, 0, 80, 0, 5, 0x80, 0, 0, 1, 0, 0,
        ]);
        bytes.extend([0x81, 202, 0, 2, 0, 0, 0, 5, 1, 1, b'x', 0]);
        bytes.extend([0x81, BYE, 0, 1, 0, 0, 0, 5]);
        bytes
    }

    #[test]
    fn the_block_about_us_is_read() {
        let feedback = Feedback::parse(&compound(), 9).unwrap();
        let block = feedback.about_us.unwrap();
        assert_eq!(
            (block.fraction_lost, block.cumulative_lost, block.highest),
            (64, -2, 0x0001_0002)
        );
        assert_eq!(
            (block.jitter, block.last_sr, block.delay_since_last_sr),
            (80, 0x0005_8000, 0x0001_0000)
        );
        assert!(feedback.bye && feedback.sender.is_none());
        assert_eq!(Feedback::parse(&compound(), 8).unwrap().about_us, None);
    }

    /// The example of RFC 3550 figure 2: A 46864.500 s, LSR 46853.125 s, DLSR 5.250 s: 6.125 s.
    #[test]
    fn the_round_trip_of_figure_2() {
        let block = PeerReport {
            fraction_lost: 0,
            cumulative_lost: 0,
            highest: 0,
            jitter: 0,
            last_sr: 0xb705_2000,
            delay_since_last_sr: 0x0005_4000,
        };
        assert_eq!(block.round_trip(0xb710_8000), Some(0x0006_2000));
        assert_eq!(block.round_trip(0xb705_2000), None, "before it was sent");
        assert_eq!(
            PeerReport {
                last_sr: 0,
                ..block
            }
            .round_trip(1),
            None
        );
    }

    #[test]
    fn sender_reports_give_their_clock() {
        let mut bytes = vec![0x80, SR, 0, 6, 0, 0, 0, 5];
        bytes.extend([0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88]);
        bytes.extend([0; 12]);
        let sender = Feedback::parse(&bytes, 9).unwrap().sender;
        assert_eq!(
            sender,
            Some(SenderReport {
                ssrc: 5,
                ntp_middle: 0x3344_5566
            })
        );
    }

    /// AST-2017-008: four octets once switched the source check off.
    #[test]
    fn short_and_wrong_ones_are_refused() {
        assert_eq!(
            Feedback::parse(&[0x80, RR, 0, 0], 9),
            Err(RtcpDefect::Short)
        );
        assert_eq!(Feedback::parse(&[], 9), Err(RtcpDefect::Short));
        assert_eq!(
            Feedback::parse(&[0x80, 202, 0, 1, 0, 0, 0, 1], 9),
            Err(RtcpDefect::NotAReport)
        );
        assert_eq!(
            Feedback::parse(&[0x00, RR, 0, 1, 0, 0, 0, 1], 9),
            Err(RtcpDefect::Version)
        );
        assert_eq!(
            Feedback::parse(&[0x81, RR, 0, 1, 0, 0, 0, 1], 9),
            Err(RtcpDefect::Short),
            "a block announced"
        );
        assert_eq!(
            Feedback::parse(&[0x80, RR, 0xff, 0xff, 0, 0, 0, 1], 9),
            Err(RtcpDefect::Short)
        );
        let whole = compound();
        for end in 0..whole.len() {
            let _ = Feedback::parse(&whole[..end], 9);
        }
    }

    #[test]
    fn a_train_of_packets_ends() {
        let train = [0x80, RR, 0, 1, 0, 0, 0, 1].repeat(8000);
        assert!(Feedback::parse(&train, 9).is_ok());
    }
}

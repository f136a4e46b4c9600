//! Writing RTCP (RFC 3550 sections 6.4 to 6.6): SR or RR with at most one block, SDES with the CNAME, and BYE.

use crate::rtp::Block;

/// What a sender report says of our own stream (section 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderFacts {
    /// NTP timestamp, 32.32. Ours counts from a fixed start, not from 1900: we keep no wall clock, and
    /// section 4 allows it, since both ends only ever subtract.
    pub ntp: u64,
    /// The RTP timestamp of the same moment.
    pub timestamp: u32,
    /// RTP packets sent.
    pub packets: u32,
    /// Payload octets sent.
    pub octets: u32,
}

/// One report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutgoingReport<'a> {
    /// Our SSRC towards this party.
    pub ssrc: u32,
    /// Canonical name, random per session (RFC 7022 section 4.2), at most 255 octets.
    pub cname: &'a str,
    /// Present when we sent something since the report before: SR instead of RR.
    pub sender: Option<SenderFacts>,
    /// What we receive, with LSR and DLSR (1/65536 s); 0 and 0 before the party's first SR.
    pub reception: Option<(Block, u32, u32)>,
}

/// Appends the compound packet: SR or RR, then SDES.
pub fn write_report(out: &mut Vec<u8>, report: &OutgoingReport<'_>) {
    let blocks = u8::from(report.reception.is_some());
    let words = 1 + 5 * u16::from(report.sender.is_some()) + 6 * u16::from(blocks);
    let kind = if report.sender.is_some() { 200 } else { 201 };
    header(out, blocks, kind, words);
    out.extend(report.ssrc.to_be_bytes());
    if let Some(sender) = report.sender {
        out.extend(sender.ntp.to_be_bytes());
        for word in [sender.timestamp, sender.packets, sender.octets] {
            out.extend(word.to_be_bytes());
        }
    }
    if let Some((block, last_sr, delay)) = report.reception {
        let lost =
            (u32::from(block.fraction_lost) << 24) | (block.cumulative_lost as u32 & 0x00ff_ffff);
        for word in [
            block.ssrc,
            lost,
            block.highest,
            block.jitter,
            last_sr,
            delay,
        ] {
            out.extend(word.to_be_bytes());
        }
    }
    let name = report.cname.as_bytes();
    let name = name.get(..255).unwrap_or(name);
    // SSRC, type, length, name, then at least one null to the next word (section 6.5).
    let size = (4 + 2 + name.len() + 4) & !3;
    header(out, 1, 202, (size / 4) as u16);
    let end = out.len() + size;
    out.extend(report.ssrc.to_be_bytes());
    out.extend([1, name.len() as u8]);
    out.extend(name);
    out.resize(end, 0);
}

/// Appends a BYE for our SSRC; it must follow a report in the same datagram (section 6.1).
pub fn write_bye(out: &mut Vec<u8>, ssrc: u32) {
    header(out, 1, 203, 1);
    out.extend(ssrc.to_be_bytes());
}

fn header(out: &mut Vec<u8>, count: u8, kind: u8, words: u16) {
    out.extend([0x80 | count, kind]);
    out.extend(words.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rtcp::{Feedback, SenderReport};

    const BLOCK: Block = Block {
        ssrc: 7,
        fraction_lost: 3,
        cumulative_lost: -5,
        highest: 70_000,
        jitter: 16,
    };
    const FACTS: SenderFacts = SenderFacts {
        ntp: 0x1111_2222_3333_4444,
        timestamp: 160,
        packets: 2,
        octets: 320,
    };

    #[test]
    fn what_is_written_is_read_back() {
        let mut out = Vec::new();
        let reception = Some((BLOCK, 0x55, 0x66));
        write_report(
            &mut out,
            &OutgoingReport {
                ssrc: 9,
                cname: "abcdef",
                sender: Some(FACTS),
                reception,
            },
        );
        write_bye(&mut out, 9);
        assert_eq!(out.len() % 4, 0);
        let feedback = Feedback::parse(&out, 7).unwrap();
        assert_eq!(
            feedback.sender,
            Some(SenderReport {
                ssrc: 9,
                ntp_middle: 0x2222_3333
            })
        );
        let block = feedback.about_us.unwrap();
        assert_eq!(
            (block.fraction_lost, block.cumulative_lost, block.highest),
            (3, -5, 70_000)
        );
        assert_eq!(
            (block.jitter, block.last_sr, block.delay_since_last_sr),
            (16, 0x55, 0x66)
        );
        assert!(feedback.bye);
    }

    #[test]
    fn names_of_every_length_are_padded_to_words() {
        for length in 0..300 {
            let mut out = Vec::new();
            let cname = "n".repeat(length);
            write_report(
                &mut out,
                &OutgoingReport {
                    ssrc: 9,
                    cname: &cname,
                    sender: None,
                    reception: None,
                },
            );
            assert_eq!(
                Feedback::parse(&out, 7),
                Ok(Feedback::default()),
                "{length}"
            );
            assert_eq!(out.last(), Some(&0), "{length}: a null ends the items");
        }
    }
}

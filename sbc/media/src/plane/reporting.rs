//! RTCP of an endpoint: reports out, the party's reports in, and the account of the whole at the end.

use std::time::Instant;

use super::{endpoint::Endpoint, event::Report};
use crate::rtcp::{Feedback, OutgoingReport, PeerReport, SenderFacts, write_bye, write_report};
use crate::rtp::Conditions;

/// RTP ticks in a millisecond.
const TICKS_PER_MS: f32 = 8.0;

/// What reports need to remember.
#[derive(Debug)]
pub(super) struct Reporting {
    cname: Box<str>,
    /// The party's newest sender report: its NTP middle and when it came.
    last_sr: Option<(u32, Instant)>,
    peer: Option<PeerReport>,
    /// In 1/65536 s.
    round_trip: Option<u32>,
    /// RTP packets sent at the last report: more now means SR, else RR.
    packets_told: u64,
    /// Whether any report went out; without one there is no BYE (RFC 3550 section 6.3.7).
    told: bool,
    pub(super) digits: u32,
}

impl Reporting {
    pub(super) fn new(cname: Box<str>) -> Self {
        Self {
            cname,
            last_sr: None,
            peer: None,
            round_trip: None,
            packets_told: 0,
            told: false,
            digits: 0,
        }
    }
}

impl Endpoint {
    /// NTP time of our reports, 32.32: seconds since the endpoint opened, plus one so that no report is at 0, which
    /// would mean "none" in a report block.
    fn ntp(&self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.opened);
        let fraction = (u64::from(passed.subsec_nanos()) << 32) / 1_000_000_000;
        (passed.as_secs().wrapping_add(1) << 32) | fraction
    }

    /// Takes RTCP of the party. It changes figures, nothing else.
    pub(super) fn feedback(&mut self, now: Instant, bytes: &[u8]) {
        let Ok(feedback) = Feedback::parse(bytes, self.sender.ssrc) else {
            self.incoming.discarded_packet = self.incoming.discarded_packet.saturating_add(1);
            return;
        };
        if let Some(sender) = feedback.sender {
            self.reporting.last_sr = Some((sender.ntp_middle, now));
        }
        if let Some(peer) = feedback.about_us {
            let middle = (self.ntp(now) >> 16) as u32;
            self.reporting.round_trip = peer.round_trip(middle).or(self.reporting.round_trip);
            self.reporting.peer = Some(peer);
        }
    }

    /// Appends the report that is due now.
    pub(super) fn write_report(&mut self, now: Instant, out: &mut Vec<u8>) {
        let sends = self.sender.packets > self.reporting.packets_told;
        self.reporting.packets_told = self.sender.packets;
        self.reporting.told = true;
        let sender = sends.then(|| SenderFacts {
            ntp: self.ntp(now),
            timestamp: self.sender.clock(now),
            packets: self.sender.packets as u32,
            octets: self.sender.octets as u32,
        });
        let (last_sr, delay) = self.reporting.last_sr.map_or((0, 0), |(middle, at)| {
            let passed = now.saturating_duration_since(at);
            (
                middle,
                (passed.as_micros().saturating_mul(65_536) / 1_000_000) as u32,
            )
        });
        let reception = self
            .incoming
            .reception
            .report()
            .map(|block| (block, last_sr, delay));
        let (ssrc, cname) = (self.sender.ssrc, &*self.reporting.cname);
        write_report(
            out,
            &OutgoingReport {
                ssrc,
                cname,
                sender,
                reception,
            },
        );
    }

    /// Appends the last report and BYE.
    pub(super) fn write_goodbye(&mut self, now: Instant, out: &mut Vec<u8>) {
        self.write_report(now, out);
        write_bye(out, self.sender.ssrc);
    }

    /// Whether the party ever got anything that a BYE could end.
    pub(super) fn was_there(&self) -> bool {
        self.reporting.told || self.sender.packets > 0
    }

    /// The account of the endpoint's life.
    pub(super) fn report(&self) -> Report {
        let reception = &self.incoming.reception;
        let round_trip_ms = self.reporting.round_trip.map(|units| units as f32 / 65.536);
        let delay_ms = round_trip_ms.map(|ms| ms / 2.0);
        let expected = reception.expected();
        let conditions = Conditions {
            loss: if expected == 0 {
                0.0
            } else {
                reception.lost() as f32 / expected as f32
            },
            mean_gap: reception.mean_gap(),
            delay_ms: delay_ms.unwrap_or(0.0),
            jitter_ms: reception.jitter() as f32 / TICKS_PER_MS,
        };
        let peer = self.reporting.peer;
        let sent = self.sender.packets.max(1) as f32;
        Report {
            packets_sent: self.sender.packets,
            octets_sent: self.sender.octets,
            packets_received: reception.packets(),
            octets_received: reception.octets(),
            lost: reception.lost(),
            jitter_ms: conditions.jitter_ms,
            jitter_max_ms: reception.jitter_max() as f32 / TICKS_PER_MS,
            round_trip_ms,
            delay_ms,
            remote_loss: peer.map(|peer| (peer.cumulative_lost as f32 / sent).clamp(0.0, 1.0)),
            remote_jitter_ms: peer.map(|peer| peer.jitter as f32 / TICKS_PER_MS),
            mos: (reception.packets() > 0).then(|| conditions.quality().mos),
            discarded_source: self.incoming.discarded_source,
            discarded_packet: self.incoming.discarded_packet,
            digits: self.reporting.digits,
        }
    }
}

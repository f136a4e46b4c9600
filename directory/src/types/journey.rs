//! A journey: one citizen's way from the first INVITE to the end, with its legs and the reason of each decision
//! (FEATURES REP-1, CALL-17, IVR-6).
use super::{Moment, PeerAddress};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Names a journey for the life of the data directory: put the journal's epoch into it when a counter starts anew with the process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JourneyId(pub String);

/// Names a leg for the life of the data directory, like [`JourneyId`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LegId(pub String);

/// The values of a reason, by name: a reader puts them into a sentence of their language.
pub type Arguments = BTreeMap<String, String>;

/// The name under which a decision's values hold what it led to.
pub const RESULT: &str = "result";

/// Whose request began the leg, seen from us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// We are the UAS.
    Inbound,
    /// We are the UAC.
    Outbound,
}

impl Direction {
    /// The code that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Inbound => "inbound",
            Direction::Outbound => "outbound",
        }
    }
}

/// What a BYE needs (RFC 3261 section 12.2.1.1), so that a later process can close a dialog it never had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialogRecord {
    /// `Call-ID`.
    pub call_id: String,
    /// Our tag.
    pub local_tag: String,
    /// Theirs.
    pub remote_tag: String,
    /// Our URI: `From` of the BYE.
    pub local_uri: String,
    /// Theirs: `To` of the BYE.
    pub remote_uri: String,
    /// Route set in the order of sending.
    pub route_set: Vec<String>,
    /// The peer's contact: Request-URI of the BYE under loose routing.
    pub remote_target: String,
    /// The highest `CSeq` number we used; the BYE takes a higher one.
    pub cseq: u32,
    /// Where it is sent.
    pub peer: PeerAddress,
}

/// Media of one leg in integer units, so that a record compares exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaReport {
    /// RTP packets sent to the party.
    pub packets_sent: u64,
    /// RTP packets received.
    pub packets_received: u64,
    /// RTP packets missing by sequence number (RFC 3550 A.3).
    pub packets_lost: u64,
    /// Interarrival jitter (RFC 3550 A.8), microseconds.
    pub jitter_us: u32,
    /// One-way delay estimate, microseconds.
    pub delay_us: u32,
    /// Mean opinion score in hundredths (E-model, ITU-T G.107): 441 is 4.41; 0 when unknown.
    pub mos_centi: u16,
}

/// A leg that an earlier process left answered: its peer still believes in the call until it gets a BYE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GhostLeg {
    /// Its journey, already closed with cause `restart`.
    pub journey: JourneyId,
    /// The leg, to be named in [`crate::Directory::ghosts_told`] or a `LegEnded` fact.
    pub leg: LegId,
    /// What its BYE needs.
    pub dialog: DialogRecord,
}

/// A leg of a stored journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegRow {
    /// The leg.
    pub id: LegId,
    /// `inbound` or `outbound`.
    pub direction: String,
    /// Account or number.
    pub party: String,
    /// Peer's `address:port`.
    pub address: String,
    /// First INVITE.
    pub began_at: Moment,
    /// 2xx.
    pub answered_at: Option<Moment>,
    /// BYE, CANCEL, final answer or restart.
    pub ended_at: Option<Moment>,
    /// Code of the reason it ended.
    pub cause: Option<String>,
    /// Media figures, when it had media.
    pub report: Option<MediaReport>,
}

/// A stored decision of the dialplan or of the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRow {
    /// When.
    pub at: Moment,
    /// The dialplan's node, or the part of the call that decided.
    pub node: String,
    /// Code of the reason.
    pub code: String,
    /// Its values.
    pub arguments: Arguments,
}

/// A leg that went from one journey to another (transfer, pickup, park); stands in both records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveRow {
    /// When.
    pub at: Moment,
    /// The leg.
    pub leg: LegId,
    /// Where it was.
    pub from: JourneyId,
    /// Where it went.
    pub to: JourneyId,
    /// Code of the reason, e.g. `blind-transfer`.
    pub reason: String,
}

/// A stored command about this journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandRow {
    /// When.
    pub at: Moment,
    /// The command's own id.
    pub id: String,
    /// Who: user or account.
    pub actor: String,
    /// What.
    pub verb: String,
    /// Code of the result.
    pub result: String,
}

/// A stored journey with all that belongs to it, each list in order of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JourneyRecord {
    /// The journey.
    pub id: JourneyId,
    /// First INVITE.
    pub began_at: Moment,
    /// Caller as E.164, account or empty when withheld.
    pub from: String,
    /// The number that was called.
    pub to: String,
    /// Trunk, when it came over one.
    pub trunk: Option<String>,
    /// `Session-ID` (RFC 7989).
    pub session_id: Option<String>,
    /// `None` while it lasts.
    pub ended_at: Option<Moment>,
    /// Code of the reason it ended.
    pub cause: Option<String>,
    /// Its legs.
    pub legs: Vec<LegRow>,
    /// The reasons.
    pub decisions: Vec<DecisionRow>,
    /// Legs that came or went.
    pub moves: Vec<MoveRow>,
    /// Who did what.
    pub commands: Vec<CommandRow>,
}

//! A fact: the durable form of one journal entry (DESIGN "Journal"). Small, and harmless to fold twice.
//!
//! Facts are written as JSON with a `fact` tag. Adding an optional field (`#[serde(default)]`) or a new fact keeps old journals
//! readable; renaming one needs a new segment format ([`crate::journal::FORMAT`]).
use crate::types::{
    Arguments, Binding, Callback, DialogRecord, Direction, JourneyId, LegId, MediaReport, Moment,
};
use serde::{Deserialize, Serialize};

/// One thing that happened and must be known after a restart. Codes are short words, never sentences: readers have languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "kebab-case")]
pub enum Fact {
    /// A contact was registered or refreshed (RFC 3261 section 10.3).
    BindingSet {
        /// When.
        at: Moment,
        /// The whole binding; it replaces the one with the same address of record and contact.
        binding: Box<Binding>,
    },
    /// A contact was unregistered, replaced or lapsed.
    BindingGone {
        /// When.
        at: Moment,
        /// Address of record.
        aor: String,
        /// The contact as it was registered.
        contact: String,
    },
    /// A citizen's way began: the first INVITE was accepted for handling.
    JourneyBegan {
        /// When.
        at: Moment,
        /// Its id.
        journey: JourneyId,
        /// Caller as E.164 or account, empty when withheld.
        from: String,
        /// Called number, as E.164 where it is one.
        to: String,
        /// Trunk it came over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trunk: Option<String>,
        /// `Session-ID` (RFC 7989).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session_id: Option<String>,
    },
    /// A caller agreed that the language is remembered for the number; without one, it is forgotten.
    LanguageKept {
        /// When.
        at: Moment,
        /// E.164.
        number: String,
        /// Two letters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        language: Option<String>,
    },
    /// Something was decided, and why.
    Decision {
        /// When.
        at: Moment,
        /// The journey.
        journey: JourneyId,
        /// The dialplan's node, or the part of the call that decided.
        node: String,
        /// Code of the reason.
        code: String,
        /// Its values.
        #[serde(default, skip_serializing_if = "Arguments::is_empty")]
        arguments: Arguments,
    },
    /// A party was drawn in.
    LegBegan {
        /// When.
        at: Moment,
        /// The journey it belongs to now.
        journey: JourneyId,
        /// Its id.
        leg: LegId,
        /// Who sent the INVITE.
        direction: Direction,
        /// Account or number.
        party: String,
        /// Peer's `address:port`, empty while unknown.
        address: String,
    },
    /// A leg's INVITE got its 2xx.
    LegAnswered {
        /// When.
        at: Moment,
        /// Its journey.
        journey: JourneyId,
        /// The leg.
        leg: LegId,
        /// What a BYE needs.
        dialog: Box<DialogRecord>,
    },
    /// The dialog of an answered leg changed: new remote target, or a `CSeq` was used.
    LegDialog {
        /// When.
        at: Moment,
        /// Its journey.
        journey: JourneyId,
        /// The leg.
        leg: LegId,
        /// What a BYE needs now.
        dialog: Box<DialogRecord>,
    },
    /// A leg belongs to another journey from now on.
    LegMoved {
        /// When.
        at: Moment,
        /// Where it goes.
        journey: JourneyId,
        /// The leg.
        leg: LegId,
        /// Code of the reason, e.g. `blind-transfer`.
        reason: String,
    },
    /// Two parties speak with each other from now on.
    Spoke {
        /// When.
        at: Moment,
        /// Their journey.
        journey: JourneyId,
        /// Who is the caller now: E.164, account or station.
        caller: String,
        /// Whom they speak with: station, account or E.164.
        who: String,
        /// The service that the dialplan chose.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        service: Option<String>,
    },
    /// A leg is over.
    LegEnded {
        /// When.
        at: Moment,
        /// Its journey.
        journey: JourneyId,
        /// The leg.
        leg: LegId,
        /// Code of the reason.
        cause: String,
        /// Media figures, when it had media.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        report: Option<MediaReport>,
    },
    /// Somebody called for help: calls back are for that phone.
    CalledForHelp {
        /// When.
        at: Moment,
        /// The whole row; it replaces the one of the same number.
        callback: Box<Callback>,
    },
    /// The way is over.
    JourneyEnded {
        /// When.
        at: Moment,
        /// The journey.
        journey: JourneyId,
        /// Code of the reason.
        cause: String,
    },
    /// Somebody did something, from a phone or a browser.
    Command {
        /// When.
        at: Moment,
        /// The command's own id.
        id: String,
        /// User or account.
        actor: String,
        /// What.
        verb: String,
        /// Code of the result.
        result: String,
        /// The journey it was about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        journey: Option<JourneyId>,
    },
    /// The journal had to refuse facts here: the disk was full and its memory too. Written by the journal itself.
    Gap {
        /// When the journal could write again; 0 when the caller's facts gave no time.
        at: Moment,
        /// How many facts are missing.
        lost: u64,
    },
}

impl Fact {
    /// When it happened.
    pub fn at(&self) -> Moment {
        match self {
            Fact::BindingSet { at, .. }
            | Fact::BindingGone { at, .. }
            | Fact::JourneyBegan { at, .. }
            | Fact::LanguageKept { at, .. }
            | Fact::Decision { at, .. }
            | Fact::LegBegan { at, .. }
            | Fact::LegAnswered { at, .. }
            | Fact::LegDialog { at, .. }
            | Fact::LegMoved { at, .. }
            | Fact::Spoke { at, .. }
            | Fact::LegEnded { at, .. }
            | Fact::CalledForHelp { at, .. }
            | Fact::JourneyEnded { at, .. }
            | Fact::Command { at, .. }
            | Fact::Gap { at, .. } => *at,
        }
    }
}

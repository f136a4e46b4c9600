//! Facts for the journal: small, idempotent, in the core's words. `src/compose` writes them down and folds them into
//! the directory's tables; the core never reads them back except as [`crate::Input::Restore`].

use std::time::{Duration, SystemTime};

use sip::transport::Peer;

/// One citizen's way from the first INVITE to the end, across transfers (RFC 7989 calls it a session). Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JourneyId(pub u128);

/// A leg, counted from 1 inside its journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegRef(pub u32);

/// One fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When it happened.
    pub at: SystemTime,
    /// What.
    pub fact: Fact,
}

/// What can be on record.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// A phone registered or refreshed.
    BindingSet(Binding),
    /// A phone left or its registration ran out.
    BindingGone {
        /// Account.
        account: String,
        /// Contact URI as registered.
        contact: String,
    },
    /// A journey began.
    JourneyBegan {
        /// Which.
        journey: JourneyId,
        /// Who calls, E.164 or account.
        from: String,
        /// What was called, E.164 or as dialled.
        to: String,
        /// The trunk or account it came by.
        by: String,
        /// Session-ID (RFC 7989) in hex.
        session_id: String,
        /// A call to an emergency number.
        emergency: bool,
    },
    /// The dialplan, the border or a person decided something.
    Decided {
        /// Which journey.
        journey: JourneyId,
        /// Where in the dialplan, or `border`, `desk`.
        node: String,
        /// The rule's code.
        rule: String,
        /// What it looked at, as name and value.
        inputs: Vec<(String, String)>,
        /// What it led to.
        result: String,
    },
    /// A party's side began.
    LegBegan {
        /// Which journey.
        journey: JourneyId,
        /// Which leg.
        leg: LegRef,
        /// Account or number or trunk.
        party: String,
        /// We are UAS (`true`) or UAC.
        inbound: bool,
    },
    /// A party answered. Holds what a BYE needs, so that a restart closes ghost dialogs.
    LegAnswered {
        /// Which journey.
        journey: JourneyId,
        /// Which leg.
        leg: LegRef,
        /// The dialog.
        dialog: GhostDialog,
    },
    /// The dialog of an answered leg changed: another remote target, or another way there (RFC 3261 12.2.1.2).
    LegDialog {
        /// Which journey.
        journey: JourneyId,
        /// Which leg.
        leg: LegRef,
        /// The dialog as it is now.
        dialog: GhostDialog,
    },
    /// A leg joined another journey's call.
    LegMoved {
        /// Where it was.
        journey: JourneyId,
        /// Its number there.
        leg: LegRef,
        /// Where it is.
        to: JourneyId,
        /// Its number there.
        to_leg: LegRef,
    },
    /// Two parties speak with each other from now on.
    Spoke {
        /// Which journey.
        journey: JourneyId,
        /// Who is the caller: E.164, account or station.
        caller: String,
        /// Whom they speak with: station, account or E.164. Somebody's own number outside that stands in for an account is
        /// called like the account.
        who: String,
        /// The service that the dialplan chose.
        service: Option<String>,
    },
    /// A party's side ended.
    LegEnded {
        /// Which journey.
        journey: JourneyId,
        /// Which leg.
        leg: LegRef,
        /// Why.
        cause: Cause,
        /// What the media plane measured, when sound ever flowed.
        quality: Option<Quality>,
    },
    /// Somebody called for help: for an hour calls back are for that phone (CMP-1).
    CalledForHelp(Callback),
    /// The journey ended.
    JourneyEnded {
        /// Which.
        journey: JourneyId,
        /// Why.
        cause: Cause,
    },
    /// A caller agreed that the language is remembered for the number, or no longer (IVR-13).
    LanguageKept {
        /// E.164.
        number: String,
        /// Two letters; none: forget what was remembered.
        language: Option<String>,
    },
    /// Someone ordered something.
    Commanded {
        /// On which journey, when on one.
        journey: Option<JourneyId>,
        /// Who.
        actor: String,
        /// The verb's name.
        verb: String,
        /// What became of it.
        result: String,
    },
}

/// One registered contact (RFC 3261 section 10).
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// Account.
    pub account: String,
    /// Contact URI as registered.
    pub contact: String,
    /// Where its REGISTER came from; requests to the phone go there (RFC 3581, RFC 5626).
    pub peer: Peer,
    /// When it runs out.
    pub expires: SystemTime,
    /// Call-ID and CSeq of the last REGISTER (RFC 3261 10.3 step 7).
    pub call_id: String,
    /// See `call_id`.
    pub cseq: u32,
    /// q of the contact, in thousandths.
    pub q: u16,
    /// `+sip.instance` and `reg-id` (RFC 5626).
    pub instance: Option<String>,
    /// See `instance`.
    pub reg_id: Option<u32>,
    /// Path (RFC 3327), as received, in order.
    pub path: Vec<String>,
    /// User-Agent, at most 80 characters.
    pub user_agent: String,
    /// Last REGISTER seen.
    pub seen: SystemTime,
}

/// The phone that a call back of the emergency centre is for.
#[derive(Clone, Debug, PartialEq)]
pub struct Callback {
    /// The number that was shown, E.164: what the centre calls.
    pub number: String,
    /// Who called.
    pub origin: Origin,
    /// Until when.
    pub until: SystemTime,
    /// The number that the centre answered with, when it said one.
    pub centre: Option<String>,
}

/// Where an emergency call came from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// A phone.
    Phone {
        /// Its account, proven or claimed.
        account: Option<String>,
        /// The Contact of its INVITE.
        contact: String,
        /// Where the INVITE came from.
        peer: Peer,
    },
    /// A caller behind another exchange of the town.
    Line {
        /// The trunk to it.
        trunk: String,
        /// The caller's number there.
        digits: String,
    },
}

/// What it takes to send a BYE on a dialog (RFC 3261 section 12).
#[derive(Clone, Debug, PartialEq)]
pub struct GhostDialog {
    /// Journey it belongs to.
    pub journey: JourneyId,
    /// Call-ID.
    pub call_id: String,
    /// Our From/To value with our tag.
    pub local: String,
    /// The peer's From/To value with its tag.
    pub remote: String,
    /// Request-URI of the BYE.
    pub target: String,
    /// Route header values, in order.
    pub routes: Vec<String>,
    /// CSeq number to use, at least.
    pub cseq: u32,
    /// Where it goes.
    pub peer: Peer,
}

/// Why something ended: a code and its arguments; only the reader turns it into a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The caller hung up.
    CallerHungUp,
    /// The party called hung up.
    CalleeHungUp,
    /// The caller gave up before an answer.
    Cancelled,
    /// Another device answered.
    AnsweredElsewhere,
    /// Nobody answered in time.
    NoAnswer,
    /// The party is busy.
    Busy,
    /// The party refused.
    Declined,
    /// Nobody is registered there.
    NotRegistered,
    /// The number leads nowhere.
    UnknownNumber,
    /// The caller may not.
    Forbidden,
    /// The trunk did not answer or refused; its status code, 0 without an answer.
    TrunkFailed(u16),
    /// The party failed with this status code.
    Failed(u16),
    /// No codec in common or no usable offer.
    NoMedia,
    /// No sound for too long.
    MediaSilent,
    /// The session timer ran out (RFC 4028) or the peer stopped answering.
    PeerLost,
    /// The ACK never came (RFC 3261 13.3.1.4).
    NoAck,
    /// The dialplan ended it.
    Finished,
    /// Moved to another party by a transfer.
    Transferred,
    /// No room: calls, channels or ports.
    Overload,
    /// The program was stopped.
    Shutdown,
    /// The program was restarted without a chance to say goodbye.
    Restart,
    /// A fault of ours; the call was given up.
    Internal,
    /// A person ended it from a desk.
    Desk,
}

impl Cause {
    /// The code on record: stable, lower case.
    pub fn code(&self) -> &'static str {
        match self {
            Cause::CallerHungUp => "caller-hung-up",
            Cause::CalleeHungUp => "callee-hung-up",
            Cause::Cancelled => "cancelled",
            Cause::AnsweredElsewhere => "answered-elsewhere",
            Cause::NoAnswer => "no-answer",
            Cause::Busy => "busy",
            Cause::Declined => "declined",
            Cause::NotRegistered => "not-registered",
            Cause::UnknownNumber => "unknown-number",
            Cause::Forbidden => "forbidden",
            Cause::TrunkFailed(_) => "trunk-failed",
            Cause::Failed(_) => "failed",
            Cause::NoMedia => "no-media",
            Cause::MediaSilent => "media-silent",
            Cause::PeerLost => "peer-lost",
            Cause::NoAck => "no-ack",
            Cause::Finished => "finished",
            Cause::Transferred => "transferred",
            Cause::Overload => "overload",
            Cause::Shutdown => "shutdown",
            Cause::Restart => "restart",
            Cause::Internal => "internal",
            Cause::Desk => "desk",
        }
    }

    /// The argument of the code, when it has one.
    pub fn argument(&self) -> Option<u16> {
        match self {
            Cause::TrunkFailed(status) | Cause::Failed(status) => Some(*status),
            _ => None,
        }
    }
}

/// What one leg sounded like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// Packets received.
    pub received: u64,
    /// Packets sent.
    pub sent: u64,
    /// Packets lost on the way to us.
    pub lost: u64,
    /// Interarrival jitter (RFC 3550 6.4.1).
    pub jitter: Duration,
    /// Round trip by RTCP, when the peer reports.
    pub round_trip: Option<Duration>,
    /// Estimated mean opinion score, 1.0 to 4.5 (ITU-T G.107); none when nothing was heard.
    pub mos: Option<f32>,
}

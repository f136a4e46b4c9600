//! What is going on in a call, and the one table that says what an event means there.
//!
//! [`arm`] is the table: a pure function from phase, role and event to an [`Arm`]. [`act`] carries an arm out by calling
//! the feature that owns it. Every arm is counted, so that the tests can name those never reached.

use sip::StatusCode;

use super::arm::Arm;
use super::feature::{self, fork::Fork, merge::News, queue::Place};
use super::{Call, Cx, Rests};
use crate::command::Verb;
use crate::deadlines::CallTimer;
use crate::effect::{CallEvent, LegEvent};
use crate::id::LegId;
use crate::queue::Act;

/// What is going on.
#[derive(Debug)]
pub(crate) enum Phase {
    /// The dialplan speaks, waits for a key, or lets music play.
    Plan(feature::plan::Speaking),
    /// Phones ring for the caller.
    Ringing(Fork),
    /// The caller and a partner hear each other.
    Talking {
        /// The other one.
        with: LegId,
    },
    /// The caller hears music; a partner who is no station stays in silence.
    Held {
        /// A desk phone that holds.
        with: Option<LegId>,
        /// Who gets the caller back when it takes too long.
        back: feature::transfer::Back,
    },
    /// The caller waits in a numbered slot.
    Parked {
        /// The slot, held in the core's table.
        slot: u16,
        /// Who gets the caller back when it takes too long.
        back: feature::transfer::Back,
    },
    /// The caller hears music while the partner speaks to a third.
    Consulting {
        /// Who consults.
        with: LegId,
        /// The third party.
        third: Third,
    },
    /// The caller, a station and the caller of another call hear each other.
    Merged(feature::merge::Bond),
    /// The caller waits in a queue.
    Queued(Box<Place>),
    /// The caller hears advice; then this comes.
    Advice(feature::advice::Then),
    /// A station's leg rests here.
    Idle,
    /// Nothing any more; the last records are awaited.
    Over,
}

/// The third party of a consultation.
#[derive(Debug)]
pub(crate) enum Third {
    /// It rings.
    Ringing(Fork),
    /// It answered, and the partner speaks to it.
    Up(LegId),
    /// It hears music; the partner speaks to the caller.
    Waiting(LegId),
}

impl Phase {
    /// The one the caller speaks to, or who holds or consults.
    pub(crate) fn partner(&self) -> Option<LegId> {
        match self {
            Phase::Talking { with } | Phase::Consulting { with, .. } => Some(*with),
            Phase::Held { with, .. } => *with,
            Phase::Merged(bond) => bond.station_here(),
            _ => None,
        }
    }

    /// The phones that ring.
    pub(crate) fn fork(&self) -> Option<&Fork> {
        match self {
            Phase::Ringing(fork)
            | Phase::Consulting {
                third: Third::Ringing(fork),
                ..
            } => Some(fork),
            Phase::Queued(place) => place.fork.as_ref(),
            _ => None,
        }
    }

    /// The phones that ring.
    pub(crate) fn fork_mut(&mut self) -> Option<&mut Fork> {
        match self {
            Phase::Ringing(fork)
            | Phase::Consulting {
                third: Third::Ringing(fork),
                ..
            } => Some(fork),
            Phase::Queued(place) => place.fork.as_mut(),
            _ => None,
        }
    }

    /// The third party of a consultation that answered.
    pub(crate) fn consulted(&self) -> Option<LegId> {
        match self {
            Phase::Consulting {
                third: Third::Up(leg) | Third::Waiting(leg),
                ..
            } => Some(*leg),
            _ => None,
        }
    }
}

impl Phase {
    /// One word for lists.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Phase::Plan(_) => "menu",
            Phase::Ringing(_) => "ringing",
            Phase::Talking { .. } => "talking",
            Phase::Held { .. } => "held",
            Phase::Parked { .. } => "parked",
            Phase::Consulting { .. } => "consulting",
            Phase::Merged(_) => "merged",
            Phase::Queued(_) => "queued",
            Phase::Advice(_) => "advice",
            Phase::Idle => "resting",
            Phase::Over => "over",
        }
    }
}

/// Which part a leg plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// It began the call.
    Caller,
    /// The caller speaks to it, or it holds the caller.
    Partner,
    /// One of those that ring.
    Forked,
    /// The third party of a consultation.
    Consulted,
    /// A phone that is reminded of whom its account holds.
    Reminded,
    /// A station's device that is rung beside.
    Beside,
    /// None, or the event has no leg.
    None,
}

/// The table.
pub(crate) fn arm(phase: &Phase, role: Role, event: &CallEvent) -> Arm {
    match event {
        _ if matches!(phase, Phase::Over) => match event {
            CallEvent::Verb { .. } => Arm::VerbNotNow,
            CallEvent::Replaces { .. } | CallEvent::Collects { .. } => Arm::ReplacesNobody,
            _ => Arm::TooLate,
        },
        CallEvent::Leg(_, event) => leg_arm(phase, role, event),
        CallEvent::Timer(timer) => timer_arm(phase, *timer),
        CallEvent::Arrived(_) => match phase {
            Phase::Idle => Arm::StationHome,
            _ => Arm::StationTakes,
        },
        CallEvent::Verb { verb, .. } => verb_arm(phase, verb),
        CallEvent::Queue(act) => queue_arm(phase, act),
        CallEvent::Reloaded => match phase {
            Phase::Queued(_) => Arm::QueueReloaded,
            _ => Arm::Ignored,
        },
        CallEvent::Sign => match phase {
            Phase::Idle => Arm::StationSign,
            _ => Arm::Ignored,
        },
        CallEvent::HolderLost(_) => match phase {
            Phase::Held { .. } => Arm::HolderLost,
            _ => Arm::Ignored,
        },
        CallEvent::TakesAnother(_) => match (phase, role) {
            (Phase::Talking { .. } | Phase::Merged(_), Role::Partner) => Arm::HeldForAnother,
            _ => Arm::Ignored,
        },
        CallEvent::Merge(news) => merge_arm(phase, news),
        CallEvent::Joined { .. } => Arm::ReferJoined,
        CallEvent::Replaces { .. } => match (phase, role) {
            (_, Role::Forked) => Arm::ReplacesRinging,
            (Phase::Idle, _) | (_, Role::None) => Arm::ReplacesNobody,
            _ => Arm::ReplacesParty,
        },
        CallEvent::Collects { .. } => match phase {
            Phase::Parked { .. } => Arm::ParkedCollected,
            _ => Arm::ReplacesNobody,
        },
    }
}

fn merge_arm(phase: &Phase, news: &News) -> Arm {
    match (phase, news) {
        (Phase::Talking { .. }, News::Merges(_)) => Arm::MergesAgain,
        (Phase::Held { .. }, News::Merged(_)) => Arm::MergedIn,
        (Phase::Merged(_), News::Bonded { .. }) => Arm::MergedChanged,
        (Phase::Merged(_), News::Parted(_)) => Arm::MergedParted,
        (Phase::Merged(_), News::United(_)) => Arm::MergedUnited,
        _ => Arm::Ignored,
    }
}

fn act_merge(call: &mut Call, cx: &mut Cx<'_>, arm: Arm, news: News) {
    match (arm, news) {
        (Arm::MergesAgain, News::Merges(leg)) => {
            let _ = feature::merge::begin(call, cx, leg);
        }
        (Arm::MergedIn, News::Merged(bond)) => feature::merge::merged(call, cx, bond),
        (Arm::MergedChanged, News::Bonded { leg, with }) => {
            feature::merge::changed(call, leg, with);
        }
        (Arm::MergedParted, News::Parted(how)) => feature::merge::parted(call, cx, how),
        (Arm::MergedUnited, News::United(leg)) => feature::merge::united(call, cx, leg),
        _ => {}
    }
}

fn queue_arm(phase: &Phase, act: &Act) -> Arm {
    match (phase, act) {
        (Phase::Queued(_), Act::Offer(..)) => Arm::QueueOffer,
        (Phase::Queued(_), Act::Withdraw(..)) => Arm::QueueWithdraw,
        (Phase::Queued(_), Act::Comfort(_)) => Arm::QueueComfort,
        (Phase::Queued(_), Act::Overflow(..)) => Arm::QueueOverflow,
        _ => Arm::Ignored,
    }
}

fn act_queue(call: &mut Call, cx: &mut Cx<'_>, arm: Arm, act: Act) {
    match (arm, act) {
        (Arm::QueueOffer, Act::Offer(_, name)) => feature::queue::offer(call, cx, &name),
        (Arm::QueueWithdraw, Act::Withdraw(_, name)) => feature::queue::withdraw(call, cx, &name),
        (Arm::QueueComfort, _) => feature::queue::comfort(call, cx),
        (Arm::QueueOverflow, Act::Overflow(_, outcome)) => {
            feature::queue::overflow(call, cx, outcome);
        }
        _ => {}
    }
}

fn leg_arm(phase: &Phase, role: Role, event: &LegEvent) -> Arm {
    use LegEvent as E;
    match (phase, role, event) {
        (_, _, E::Direction | E::Renegotiated) => Arm::SoundChanged,
        // A station's leg between calls, or still being called.
        (Phase::Idle, Role::Caller, E::Answered) => Arm::StationUp,
        (Phase::Idle, Role::Caller, E::Refused { .. }) => Arm::StationRefused,
        (Phase::Idle, Role::Caller, E::Gone(_) | E::Cancelled(_)) => Arm::StationGone,
        (Phase::Idle, Role::Caller, E::Played) => Arm::StationSigned,
        // The caller leaves, in any phase.
        (_, Role::Caller, E::Cancelled(_)) => Arm::CallerCancelled,
        (Phase::Consulting { .. }, Role::Caller, E::Gone(_)) => Arm::CallerGoneConsulting,
        (_, Role::Caller, E::Gone(_)) => Arm::CallerGone,
        // The dialplan.
        (Phase::Plan(_) | Phase::Queued(_), Role::Caller, E::Digit(_)) => Arm::PlanKey,
        (Phase::Plan(_), Role::Caller, E::Played) => Arm::PlanPlayed,
        (Phase::Queued(_), Role::Caller, E::Played) => Arm::QueuePlayed,
        (Phase::Ringing(fork), Role::Caller, E::Digit(_)) if fork.for_plan() => Arm::PlanKey,
        (Phase::Advice(_), Role::Caller, E::Played) => Arm::AdvicePlayed,
        // Phones that ring.
        (_, Role::Forked, E::Ringing { .. }) => Arm::ForkRings,
        (_, Role::Forked, E::Answered) => Arm::ForkAnswered,
        (_, Role::Forked, E::Refused { .. } | E::Cancelled(_)) => Arm::ForkRefused,
        (_, Role::Forked, E::Gone(_)) => Arm::ForkGone,
        (_, Role::Reminded, E::Answered) => Arm::ReminderAnswered,
        (_, Role::Reminded, E::Refused { .. } | E::Cancelled(_) | E::Gone(_)) => {
            Arm::ReminderRefused
        }
        (_, Role::Forked, E::Digit(_)) => Arm::ForkKey,
        (_, Role::Beside, E::Answered) => Arm::BesideAnswered,
        (_, Role::Beside, E::Refused { .. } | E::Cancelled(_) | E::Gone(_)) => Arm::BesideRefused,
        (_, Role::Beside, E::Digit(_)) => Arm::BesideKey,
        (_, Role::Caller | Role::Partner | Role::Consulted, E::Played) if is_talk(phase) => {
            Arm::GapPlayed
        }
        // Those who are there.
        (Phase::Talking { .. }, Role::Partner, E::Gone(_)) => Arm::PartnerGone,
        (Phase::Held { .. }, Role::Partner, E::Gone(_)) => Arm::HolderGone,
        (Phase::Consulting { .. }, Role::Partner, E::Gone(_)) => Arm::ConsulterGone,
        (Phase::Consulting { .. }, Role::Consulted, E::Gone(_)) => Arm::ConsultedGone,
        (Phase::Merged(_), Role::Partner, E::Gone(_)) => Arm::MergedStationGone,
        (Phase::Talking { .. }, Role::Caller | Role::Partner, E::Digit(_)) => Arm::DigitAcross,
        (Phase::Merged(_), Role::Caller | Role::Partner, E::Digit(_)) => Arm::DigitAcross,
        (
            Phase::Consulting {
                third: Third::Waiting(_),
                ..
            },
            Role::Caller | Role::Partner,
            E::Digit(_),
        )
        | (
            Phase::Consulting {
                third: Third::Up(_),
                ..
            },
            Role::Partner | Role::Consulted,
            E::Digit(_),
        ) => Arm::DigitAcross,
        // Phones that transfer.
        (Phase::Talking { .. }, Role::Caller | Role::Partner, E::Refer(referral))
        | (Phase::Held { .. }, Role::Partner, E::Refer(referral)) => match &referral.replaces {
            None => Arm::ReferBlind,
            Some(_) => Arm::ReferJoin,
        },
        (_, _, E::Refer(_)) => Arm::ReferNotNow,
        _ => Arm::Ignored,
    }
}

/// Whether people speak with each other.
fn is_talk(phase: &Phase) -> bool {
    matches!(
        phase,
        Phase::Talking { .. } | Phase::Consulting { .. } | Phase::Merged(_)
    )
}

fn timer_arm(phase: &Phase, timer: CallTimer) -> Arm {
    match (phase, timer) {
        (Phase::Plan(_), CallTimer::Collect) => Arm::PlanSilence,
        (Phase::Ringing(_) | Phase::Consulting { .. }, CallTimer::Ring) => Arm::ForkTimeout,
        (Phase::Ringing(_) | Phase::Consulting { .. }, CallTimer::Forward) => Arm::ForkForward,
        // It must have been heard by now.
        (Phase::Advice(_), CallTimer::Ring) => Arm::AdvicePlayed,
        (Phase::Idle, CallTimer::Ring) => Arm::StationRefused,
        (Phase::Held { .. } | Phase::Parked { .. }, CallTimer::Park) => Arm::WaitedTooLong,
        (Phase::Talking { .. }, CallTimer::Hold) => Arm::HeldLong,
        (Phase::Held { .. }, CallTimer::Hold) => Arm::HeldSign,
        (_, CallTimer::Gap) if is_talk(phase) => Arm::GapDue,
        (_, CallTimer::Beside) => Arm::BesideTimeout,
        _ => Arm::Ignored,
    }
}

fn verb_arm(phase: &Phase, verb: &Verb) -> Arm {
    match (phase, verb) {
        (Phase::Idle, Verb::DetachStation { .. } | Verb::StationState { .. }) => Arm::VerbDetach,
        (Phase::Idle, Verb::Dial { .. }) => Arm::VerbDial,
        (Phase::Idle, _) => Arm::VerbNotNow,
        (_, Verb::HangUp { .. }) => Arm::VerbHangUp,
        (Phase::Plan(_) | Phase::Ringing(_) | Phase::Queued(_), Verb::Answer { .. }) => {
            Arm::VerbAnswer
        }
        (
            Phase::Held { .. } | Phase::Parked { .. },
            Verb::Answer { .. } | Verb::Retrieve { .. },
        ) => Arm::VerbRetrieve,
        (Phase::Talking { .. } | Phase::Merged(_), Verb::Hold { .. }) => Arm::VerbHold,
        (Phase::Talking { .. }, Verb::Merge { .. }) => Arm::VerbMerge,
        (Phase::Merged(_), Verb::CompleteTransfer { .. }) => Arm::VerbLeave,
        (Phase::Merged(_), Verb::CancelTransfer { .. }) => Arm::VerbSeparate,
        (Phase::Merged(_), Verb::Digit { .. }) => Arm::VerbDigit,
        (Phase::Merged(_), Verb::Answer { .. } | Verb::Retrieve { .. }) => Arm::VerbTaken,
        (Phase::Talking { .. } | Phase::Held { .. }, Verb::Park { .. }) => Arm::VerbPark,
        (Phase::Talking { .. } | Phase::Held { .. }, Verb::BlindTransfer { .. }) => Arm::VerbBlind,
        (Phase::Talking { .. }, Verb::Consult { .. }) => Arm::VerbConsult,
        (Phase::Consulting { .. }, Verb::CompleteTransfer { .. }) => Arm::VerbComplete,
        (Phase::Consulting { .. }, Verb::CancelTransfer { .. }) => Arm::VerbCancelConsult,
        (Phase::Ringing(fork), Verb::CancelTransfer { .. } | Verb::TakeBack { .. })
            if fork.is_transfer() =>
        {
            Arm::VerbTakeBack
        }
        (
            Phase::Consulting {
                third: Third::Up(_) | Third::Waiting(_),
                ..
            },
            Verb::Swap { .. },
        ) => Arm::VerbSwap,
        (Phase::Talking { .. } | Phase::Consulting { .. }, Verb::Digit { .. }) => Arm::VerbDigit,
        (
            Phase::Talking { .. } | Phase::Consulting { .. },
            Verb::Answer { .. } | Verb::Retrieve { .. },
        ) => Arm::VerbTaken,
        _ => Arm::VerbNotNow,
    }
}

/// Carries an arm out.
pub(crate) fn act(call: &mut Call, cx: &mut Cx<'_>, arm: Arm, event: CallEvent) {
    match event {
        CallEvent::Leg(leg, event) => act_leg(call, cx, arm, leg, event),
        CallEvent::Timer(_) => match arm {
            Arm::PlanSilence => feature::plan::silence(call, cx),
            Arm::ForkTimeout => feature::fork::timeout(call, cx),
            Arm::ForkForward => feature::forward::due(call, cx),
            Arm::WaitedTooLong => feature::transfer::waited_too_long(call, cx),
            Arm::HeldLong => feature::reminder::held_long(call, cx),
            Arm::HeldSign => feature::hold::sign(call, cx),
            Arm::GapDue => feature::gap::due(call, cx),
            Arm::BesideTimeout => feature::beside::unanswered(call, cx),
            Arm::AdvicePlayed => feature::advice::played(call, cx),
            Arm::StationRefused => feature::station::unanswered(call, cx),
            _ => {}
        },
        CallEvent::Queue(act) => act_queue(call, cx, arm, act),
        CallEvent::Reloaded if arm == Arm::QueueReloaded => feature::queue::reloaded(call, cx),
        CallEvent::Sign if arm == Arm::StationSign => call.rests = Rests::Sign,
        CallEvent::Sign => {}
        CallEvent::HolderLost(name) if arm == Arm::HolderLost => {
            feature::station::holder_lost(call, cx, name);
        }
        CallEvent::TakesAnother(_) if arm == Arm::HeldForAnother => {
            let _ = feature::hold::hold(call, cx);
        }
        CallEvent::HolderLost(_) | CallEvent::Reloaded | CallEvent::TakesAnother(_) => {}
        CallEvent::Merge(news) => act_merge(call, cx, arm, news),
        CallEvent::Arrived(leg) => feature::station::arrived(call, cx, arm, leg),
        CallEvent::Verb {
            command,
            actor,
            verb,
            station,
        } => {
            let result = feature::verb(call, cx, arm, &actor, verb, station);
            cx.stack.reply(command, result);
        }
        CallEvent::Joined { by, given } => feature::refer::joined(call, cx, by, given),
        CallEvent::Replaces { new, old } => match arm {
            Arm::ReplacesRinging => feature::replaces::ringing(call, cx, new),
            Arm::ReplacesParty => feature::replaces::party(call, cx, old, new),
            _ => feature::replaces::nothing(call, cx, new),
        },
        CallEvent::Collects { new } => match arm {
            Arm::ParkedCollected => feature::park::collected(call, cx, new),
            _ => feature::replaces::nothing(call, cx, new),
        },
    }
}

fn act_leg(call: &mut Call, cx: &mut Cx<'_>, arm: Arm, leg: LegId, event: LegEvent) {
    match (arm, event) {
        (Arm::CallerCancelled, LegEvent::Cancelled(cause)) => {
            feature::farewell::cancelled(call, cx, cause)
        }
        (Arm::CallerGone, LegEvent::Gone(cause)) => feature::farewell::caller_gone(call, cx, cause),
        (Arm::CallerGoneConsulting, LegEvent::Gone(cause)) => {
            feature::consult::caller_gone(call, cx, cause)
        }
        (Arm::PlanKey, LegEvent::Digit(digit)) => feature::plan::key(call, cx, digit),
        (Arm::PlanPlayed, _) => feature::plan::played(call, cx),
        (Arm::QueuePlayed, _) => feature::queue::played(call, cx),
        (Arm::AdvicePlayed, _) => feature::advice::played(call, cx),
        (Arm::ForkRings, LegEvent::Ringing { early }) => feature::fork::rings(call, cx, leg, early),
        (Arm::ForkAnswered, _) => feature::fork::answered(call, cx, leg),
        (Arm::ForkRefused, LegEvent::Refused { status, cause }) => {
            feature::fork::refused(call, cx, leg, status, cause)
        }
        (Arm::ForkKey, LegEvent::Digit(digit)) => feature::fork::pressed(call, cx, leg, digit),
        (Arm::ForkGone, LegEvent::Gone(cause)) => {
            feature::fork::refused(call, cx, leg, StatusCode::SERVICE_UNAVAILABLE, cause);
        }
        (Arm::BesideAnswered, _) => feature::beside::answered(call, cx, leg),
        (Arm::BesideRefused, _) => feature::beside::refused(call, cx, leg),
        (Arm::BesideKey, LegEvent::Digit(digit)) => feature::beside::pressed(call, cx, leg, digit),
        (Arm::GapPlayed, _) => feature::gap::played(call, cx, leg),
        (Arm::StationSigned, _) => call.rests = Rests::Silence,
        (Arm::ReminderAnswered, _) => feature::reminder::answered(call, cx, leg),
        (Arm::ReminderRefused, _) => feature::reminder::refused(call, cx, leg),
        (Arm::PartnerGone, LegEvent::Gone(cause)) => {
            feature::farewell::partner_gone(call, cx, leg, cause)
        }
        (Arm::HolderGone, _) => feature::hold::holder_gone(call, cx, leg),
        (Arm::ConsulterGone, LegEvent::Gone(cause)) => {
            feature::consult::consulter_gone(call, cx, leg, &cause);
        }
        (Arm::ConsultedGone, _) => feature::consult::consulted_gone(call, cx, leg),
        (Arm::MergedStationGone, _) => feature::merge::station_gone(call, cx, leg),
        (Arm::DigitAcross, LegEvent::Digit(digit)) => feature::digit::across(call, cx, leg, digit),
        (Arm::SoundChanged, _) => {}
        (Arm::ReferBlind, LegEvent::Refer(referral)) => {
            feature::refer::blind(call, cx, leg, &referral)
        }
        (Arm::ReferJoin, LegEvent::Refer(referral)) => {
            feature::refer::attend(call, cx, leg, &referral)
        }
        (Arm::ReferNotNow, _) => feature::refer::refuse(cx, leg, StatusCode::DECLINE),
        (Arm::StationUp, _) => feature::station::up(call, cx),
        (Arm::StationRefused, LegEvent::Refused { cause, .. })
        | (Arm::StationGone, LegEvent::Gone(cause)) => {
            feature::station::lost(call, cx, cause);
        }
        _ => {}
    }
}

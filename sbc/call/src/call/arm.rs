//! The names of what an event can mean in a call, and how often each was taken.

macro_rules! arms {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What an event means in a phase.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Arm { $($(#[$doc])* $name,)* }

        impl Arm {
            /// All arms, in the order of the table.
            pub const ALL: &'static [Arm] = &[$(Arm::$name,)*];
        }
    };
}

arms! {
    /// The call is over: the event comes too late.
    TooLate,
    /// The caller cancelled before an answer.
    CallerCancelled,
    /// The caller hung up or was lost.
    CallerGone,
    /// The caller hung up while the partner speaks to a third.
    CallerGoneConsulting,
    /// A key for the dialplan.
    PlanKey,
    /// The dialplan's prompts were heard.
    PlanPlayed,
    /// No key came.
    PlanSilence,
    /// A phone rings.
    ForkRings,
    /// A phone answered.
    ForkAnswered,
    /// A phone refused or failed.
    ForkRefused,
    /// A phone that had answered is gone before it was connected.
    ForkGone,
    /// It rang long enough.
    ForkTimeout,
    /// A phone rang long enough for its calls to go elsewhere.
    ForkForward,
    /// The partner hung up.
    PartnerGone,
    /// A desk phone that held the caller hung up.
    HolderGone,
    /// Who consulted hung up: the two others are joined.
    ConsulterGone,
    /// The third party of a consultation hung up.
    ConsultedGone,
    /// The station of a merged conversation is gone: the others go on.
    MergedStationGone,
    /// A station that held two together has the first again: the second comes too.
    MergesAgain,
    /// The station brought the caller into its conversation.
    MergedIn,
    /// Another takes part in a merged conversation in somebody's place, or the sound of one changed.
    MergedChanged,
    /// A merged conversation is none any more.
    MergedParted,
    /// The other caller of a merged conversation is in this call now.
    MergedUnited,
    /// Held or parked too long.
    WaitedTooLong,
    /// A phone holds for long: its account is reminded. Or it was reminded for long.
    HeldLong,
    /// A reminded phone takes the party that was held.
    ReminderAnswered,
    /// A reminded phone does not.
    ReminderRefused,
    /// A station's device that was rung beside answered.
    BesideAnswered,
    /// It does not.
    BesideRefused,
    /// It presses a key.
    BesideKey,
    /// It rang long enough.
    BesideTimeout,
    /// Who waits for a station that is not heard heard the word; or both heard that it is back.
    GapPlayed,
    /// A station has not been heard for long; or the sign that it is back was heard.
    GapDue,
    /// A station holds for long: it hears a sign.
    HeldSign,
    /// The sign, where the station rests.
    StationSign,
    /// It was heard.
    StationSigned,
    /// The station that held the caller is no more.
    HolderLost,
    /// Whoever talked with the caller takes another.
    HeldForAnother,
    /// An agent is rung for the caller.
    QueueOffer,
    /// An agent is rung no longer.
    QueueWithdraw,
    /// Time for the comfort message.
    QueueComfort,
    /// The stay in the queue is over without an answer.
    QueueOverflow,
    /// The queue may ring other phones now.
    QueueReloaded,
    /// A key of a phone that answered and is asked to press 1.
    ForkKey,
    /// The comfort message was heard.
    QueuePlayed,
    /// Advice was heard.
    AdvicePlayed,
    /// A key for the other party.
    DigitAcross,
    /// The sound of a leg changed: the scene is said again.
    SoundChanged,
    /// A station's leg is gone.
    StationGone,
    /// A station's device answered.
    StationUp,
    /// A station's device could not be reached, or nobody answered it.
    StationRefused,
    /// A leg came to a resting place.
    StationHome,
    /// A station's leg came to take the caller.
    StationTakes,
    /// A station answers a caller who waits or rings.
    VerbAnswer,
    /// A station takes a held or parked caller.
    VerbRetrieve,
    /// Hold.
    VerbHold,
    /// Park.
    VerbPark,
    /// Transfer without asking.
    VerbBlind,
    /// Ask first.
    VerbConsult,
    /// Join caller and third party.
    VerbComplete,
    /// Speak to the other of the two.
    VerbSwap,
    /// Another caller comes into the conversation.
    VerbMerge,
    /// The station leaves a merged conversation; the others go on.
    VerbLeave,
    /// One of a merged conversation is on hold again.
    VerbSeparate,
    /// A key for whoever the station speaks to.
    VerbDigit,
    /// A station calls somebody.
    VerbDial,
    /// Somebody else was quicker.
    VerbTaken,
    /// Give up the consultation.
    VerbCancelConsult,
    /// Take back a blind transfer that still rings.
    VerbTakeBack,
    /// End it.
    VerbHangUp,
    /// A phone transfers its party without asking.
    ReferBlind,
    /// A phone joins its two calls.
    ReferJoin,
    /// The other call of that phone gave up its party, or had none to give.
    ReferJoined,
    /// A phone's transfer does not fit.
    ReferNotNow,
    /// A phone answers in the place of one that rings.
    ReplacesRinging,
    /// A phone takes the place of a party.
    ReplacesParty,
    /// A phone takes who is parked.
    ParkedCollected,
    /// What a phone would replace is no party any more.
    ReplacesNobody,
    /// Let a station's leg go.
    VerbDetach,
    /// The verb does not fit.
    VerbNotNow,
    /// Nothing to do.
    Ignored,
}

/// How often each arm was taken.
#[derive(Debug, Default)]
pub(crate) struct Arms(std::collections::BTreeMap<Arm, u64>);

impl Arms {
    pub(crate) fn count(&mut self, arm: Arm) {
        let taken = self.0.entry(arm).or_default();
        *taken = taken.saturating_add(1);
    }

    pub(crate) fn taken(&self) -> &std::collections::BTreeMap<Arm, u64> {
        &self.0
    }
}

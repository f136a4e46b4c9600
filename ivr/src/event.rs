//! What can happen to a caller in the dialplan: the inputs of [`Session::handle`](crate::Session::handle).

/// One thing that happened. An event that does not fit what the session waits for (a late `Played`, an outcome of a ring
/// that was withdrawn) is harmless: it answers with no act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The caller pressed a key: `0`-`9`, `*`, `#` (or `A`-`D`). Every press is handed over, whatever is playing.
    Key(char),
    /// The prompts of the last [`Act::Play`](crate::Act::Play) were heard to their end (or could not be played).
    Played,
    /// The time of [`Act::Collect`](crate::Act::Collect) ran out without a key.
    Silence,
    /// How the last [`Act::Ring`](crate::Act::Ring) ended.
    Ring(RingOutcome),
    /// How the stay in the queue ended.
    Queue(QueueOutcome),
    /// How the last [`Act::External`](crate::Act::External) ended.
    External(ExternalOutcome),
    /// The caller is gone. The session is over and answers nothing more.
    HungUp,
}

/// How ringing inside phones ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RingOutcome {
    /// Somebody took the call; the session is over.
    Answered {
        /// The account that answered, e.g. `2101`.
        by: String,
    },
    /// It rang for the whole time.
    NoAnswer,
    /// Every phone was busy or declined.
    Busy,
    /// No phone could be reached (none registered, all failed, or only the caller's own device was left).
    Unreachable,
}

/// How a stay in a queue ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueOutcome {
    /// Somebody took the call; the session is over.
    Answered {
        /// The account that answered.
        by: String,
    },
    /// The queue already held as many callers as it may.
    Full,
    /// The caller waited as long as allowed.
    TooLong,
    /// Nobody works at this queue (nobody logged in, or no phone reachable).
    Nobody,
}

/// How a call to an outside number ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExternalOutcome {
    /// The outside party answered; the session is over.
    Answered,
    /// It rang for the whole time.
    NoAnswer,
    /// The outside party is busy.
    Busy,
    /// No trunk, or the number was refused.
    Failed,
}

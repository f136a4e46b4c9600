//! What the dialplan asks of the call: the outputs of a [`Session`](crate::Session).

use crate::decision::Decision;
use crate::lang::{Lang, Prompt};
use std::sync::Arc;
use std::time::Duration;

/// One thing to do, in the order of the list.
///
/// `Decided`, `Language` and `Remember` are notes for the record. All others are *doing*: a list that holds any of them **replaces**
/// what was under way (sound stops, ringing phones and the queue place are withdrawn). At most one `Play` comes in a
/// list, followed by nothing more (then the session waits for `Played`) or by `Collect`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Let the caller hear these prompts once, one after the other. `Event::Played` follows at the end.
    Play {
        /// In the order they are heard; never empty.
        prompts: Vec<Prompt>,
        /// A key stops the sound at once (barge-in). The key is handed over in both cases.
        interruptible: bool,
    },
    /// Wait for one key. The time starts at the end of the `Play` before it in the same list (at once if there is none);
    /// when it runs out, `Event::Silence`. Keys count from the first moment.
    Collect {
        /// At least 5 s.
        timeout: Duration,
    },
    /// Ring these at the same time; the caller hears ring-back. Answer with `Event::Ring`.
    Ring {
        /// Accounts of phones (`2101`), or E.164 numbers (`+32…`).
        targets: Vec<String>,
        /// How long, before `NoAnswer`.
        timeout: Duration,
        /// The service that rings, for the record and the console.
        service: Option<Arc<str>>,
    },
    /// Wait in a queue with music until one of the phones takes the call. Answer with `Event::Queue`.
    Queue(QueueOrder),
    /// Call an outside number. Answer with `Event::External`.
    External {
        /// E.164 with `+`.
        number: String,
        /// How long, before `NoAnswer`.
        timeout: Duration,
    },
    /// Let the caller hear music from now on (until the next list that does something).
    Music,
    /// The call is over for the dialplan: hang up now. The session is over.
    Hangup {
        /// Why; it chooses the SIP answer when the call was never answered.
        cause: Cause,
    },
    /// A decision was taken: keep it in the journey.
    Decided(Decision),
    /// The caller's language is known from now on (queue, agent, voicemail).
    Language(Lang),
    /// The caller agreed that this language is remembered for the calling number; `None`: what was remembered is forgotten.
    Remember(Option<Lang>),
}

impl Act {
    /// Whether the act does something to the call (and so replaces what was under way), or is only a note for the record.
    pub fn is_doing(&self) -> bool {
        !matches!(self, Act::Decided(_) | Act::Language(_) | Act::Remember(_))
    }
}

/// How a caller waits in a queue (QUE-1, first form).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueOrder {
    /// Name of the queue: the step's name. Callers with the same name wait in one line.
    pub queue: Arc<str>,
    /// The service waited for.
    pub service: Option<Arc<str>>,
    /// Accounts of the phones that serve the queue.
    pub targets: Vec<String>,
    /// How long one attempt rings before the next one.
    pub ring: Duration,
    /// Heard from time to time, between music.
    pub comfort: Vec<Prompt>,
    /// From the end of one comfort message to the next.
    pub comfort_every: Duration,
    /// Longest wait, before `TooLong`.
    pub max_wait: Duration,
    /// Most callers waiting at once, before `Full`.
    pub max_length: u32,
    /// Who is rung first.
    pub strategy: Strategy,
    /// Time after a call in which an operator is rung for no other.
    pub wrap_up: Duration,
    /// Whether the comfort message tells the place in the line.
    pub tell_position: bool,
    /// Whether it tells how long the wait will be, when enough calls of late tell (at least 5).
    pub tell_wait: bool,
}

/// Whom a queue rings for a caller (QUE-2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// Everybody who is free.
    #[default]
    RingAll,
    /// One at a time: who has been free for longest.
    LongestIdle,
}

/// Why the dialplan ended the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// All was said.
    Finished,
    /// The service is closed.
    Closed,
    /// Nobody could take the call.
    NobodyThere,
    /// The number is not (or no more) one of this flow.
    UnknownNumber,
    /// The flow ran in a circle: our fault, the decision before it is loud.
    Fault,
}

//! The orders of a desk.

use serde::{Deserialize, Serialize};

/// What a person orders. `call` is a [`super::CallView::id`]; `target` is an account or a number as dialled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "cmd", rename_all = "snake_case")]
pub enum Command {
    /// Talk to this waiting, ringing, returning, held or parked call; who is talked to now is held.
    Answer {
        /// Which.
        call: String,
    },
    /// Take the call that waits longest in my queues.
    Next,
    /// End the call for everybody.
    Hangup {
        /// Which.
        call: String,
    },
    /// The caller hears music.
    Hold {
        /// Which.
        call: String,
    },
    /// Back to a held call.
    Resume {
        /// Which.
        call: String,
    },
    /// Into a numbered slot, for anybody to take.
    Park {
        /// Which.
        call: String,
    },
    /// Take a parked call.
    Pickup {
        /// Which.
        call: String,
    },
    /// Ring the target for the caller; I am free at once, and the caller comes back when nobody answers.
    TransferBlind {
        /// Which.
        call: String,
        /// To whom.
        target: String,
    },
    /// Take back a blind transfer that still rings.
    TakeBack {
        /// Which.
        call: String,
    },
    /// Hold the caller and ring the target for me.
    ConsultStart {
        /// Which.
        call: String,
        /// Whom to ask.
        target: String,
    },
    /// Join caller and target; works while it rings.
    ConsultComplete {
        /// Which.
        call: String,
    },
    /// Drop the target, back to the caller.
    ConsultCancel {
        /// Which.
        call: String,
    },
    /// The other of the two.
    Swap {
        /// Which.
        call: String,
    },
    /// Another caller whom I hold comes into the conversation: all three hear each other.
    Merge {
        /// The conversation.
        call: String,
        /// Who comes in.
        with: String,
    },
    /// Call somebody.
    Dial {
        /// Whom.
        target: String,
    },
    /// One key of the keypad into the talk.
    Dtmf {
        /// `0` to `9`, `*`, `#`, `A` to `D`.
        digit: String,
    },
    /// I take calls.
    Ready,
    /// I take no calls.
    Pause {
        /// Why.
        reason: Pause,
    },
    /// I take no calls and my leg is let go.
    Out,
    /// Which queues I take calls of; replaces the list before.
    Serve {
        /// Services.
        queues: Vec<String>,
    },
    /// Wrap-up ends with this outcome.
    Wrapup {
        /// The call that ended.
        call: String,
        /// What it came to.
        outcome: Outcome,
    },
    /// The draft of the note on a call; saved on each.
    Note {
        /// Which.
        call: String,
        /// The whole text, at most 4 000 characters.
        text: String,
        /// [`super::NoteView::v`] it was typed upon; another one on the server is `stale`.
        v: u64,
    },
    /// Somebody is to be called back.
    Task {
        /// The call it comes from: gives number, name, language, service.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        call: Option<String>,
        /// Number to call, when not the caller's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        number: Option<String>,
        /// Who is to do it: an account or a service; none for anybody at the desk.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        whom: Option<String>,
        /// What it is about, at most 1 000 characters.
        text: String,
        /// Until when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        due_ms: Option<u64>,
    },
    /// A task or a missed call is dealt with, or is open again.
    TaskDone {
        /// [`super::TaskView::id`] or [`super::MissedView::id`].
        task: String,
        /// Dealt with.
        done: bool,
    },
    /// Close a service, or the whole house, until a moment that must be said.
    Closure {
        /// Which service; none for all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        service: Option<String>,
        /// What colleagues read, at most 200 characters.
        text: String,
        /// When it opens by itself.
        until_ms: u64,
    },
    /// End a closure early.
    Reopen {
        /// [`super::ClosureView::id`].
        closure: String,
    },
    /// Somebody is away, with or without a deputy; set by themselves or by the desk on their behalf.
    Away {
        /// Whose account.
        account: String,
        /// Where their calls go; none for nowhere, or with `all` for everybody's own mobile.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        to: Option<String>,
        /// Until when; none ends the absence now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        until_ms: Option<u64>,
        /// With everybody who shares this with them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        all: Option<Circle>,
    },
    /// The words citizens use for a service, all of them: by them it is found.
    Words {
        /// The service, by the id of its row.
        service: String,
        /// At most 100, each at most 60 characters.
        words: Vec<String>,
    },
    /// What was searched for in vain: told by the answer.
    Misses,
    /// What I chose for the desk, all of it: it is there at every computer of mine.
    Prefs {
        /// [`super::Chosen`]; what is none is refused.
        #[cfg_attr(test, ts(type = "Chosen"))]
        prefs: serde_json::Value,
    },
    /// Somebody's calls go elsewhere on an occasion, or no longer; set by themselves or by the desk on their behalf.
    Forward {
        /// Whose account.
        account: String,
        /// When.
        when: Occasion,
        /// Where they go then: an account, or a number as it is dialled; none for nowhere from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        to: Option<String>,
    },
    /// Ask colleagues to join.
    Help {
        /// The queue that is too long; none for all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        queue: Option<String>,
    },
}

/// Colleagues who are sent elsewhere together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Circle {
    /// Of the same service.
    Service,
    /// At the same site.
    Site,
}

/// When calls go elsewhere although their owner is not away (CALL-11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// The phone is in a call, or refuses one.
    Busy,
    /// Nobody answers.
    NoAnswer,
    /// No phone is registered.
    Unreachable,
    /// Their service is closed.
    Closed,
}

/// Why a person takes no calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Pause {
    /// Coffee, lunch.
    Break,
    /// A visitor at the counter.
    Counter,
    /// Other work.
    Work,
}

/// What a call came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Answered here.
    Informed,
    /// Somebody else has the caller now.
    Transferred,
    /// Will be called back.
    Callback,
    /// Not for this town.
    Referred,
    /// Nobody spoke, or a wrong number.
    Nothing,
    /// Anything else.
    Other,
}

impl Command {
    /// The order's name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Command::Answer { .. } => "answer",
            Command::Next => "next",
            Command::Hangup { .. } => "hangup",
            Command::Hold { .. } => "hold",
            Command::Resume { .. } => "resume",
            Command::Park { .. } => "park",
            Command::Pickup { .. } => "pickup",
            Command::TransferBlind { .. } => "transfer_blind",
            Command::TakeBack { .. } => "take_back",
            Command::ConsultStart { .. } => "consult_start",
            Command::ConsultComplete { .. } => "consult_complete",
            Command::ConsultCancel { .. } => "consult_cancel",
            Command::Swap { .. } => "swap",
            Command::Merge { .. } => "merge",
            Command::Dial { .. } => "dial",
            Command::Dtmf { .. } => "dtmf",
            Command::Ready => "ready",
            Command::Pause { .. } => "pause",
            Command::Out => "out",
            Command::Serve { .. } => "serve",
            Command::Wrapup { .. } => "wrapup",
            Command::Note { .. } => "note",
            Command::Task { .. } => "task",
            Command::TaskDone { .. } => "task_done",
            Command::Closure { .. } => "closure",
            Command::Reopen { .. } => "reopen",
            Command::Away { .. } => "away",
            Command::Words { .. } => "words",
            Command::Misses => "misses",
            Command::Prefs { .. } => "prefs",
            Command::Forward { .. } => "forward",
            Command::Help { .. } => "help",
        }
    }

    /// What it needs the right to, in the table of rights and in the audit: its name, or a finer one.
    pub fn right(&self) -> &'static str {
        match self {
            Command::Away { all: Some(_), .. } => "away_all",
            other => other.name(),
        }
    }

    /// The call it is about, when about one that is going on.
    pub fn call(&self) -> Option<&str> {
        match self {
            Command::Answer { call }
            | Command::Hangup { call }
            | Command::Hold { call }
            | Command::Resume { call }
            | Command::Park { call }
            | Command::Pickup { call }
            | Command::TransferBlind { call, .. }
            | Command::TakeBack { call }
            | Command::ConsultStart { call, .. }
            | Command::ConsultComplete { call }
            | Command::ConsultCancel { call }
            | Command::Swap { call }
            | Command::Merge { call, .. } => Some(call),
            _ => None,
        }
    }

    /// The call it is about, also when that is over.
    pub fn about(&self) -> Option<&str> {
        match self {
            Command::Wrapup { call, .. } | Command::Note { call, .. } => Some(call),
            Command::Task { call, .. } => call.as_deref(),
            _ => self.call(),
        }
    }

    /// Whom it calls.
    pub fn target(&self) -> Option<&str> {
        match self {
            Command::TransferBlind { target, .. }
            | Command::ConsultStart { target, .. }
            | Command::Dial { target } => Some(target),
            _ => None,
        }
    }

    /// The same, to be read as another.
    pub fn target_mut(&mut self) -> Option<&mut String> {
        match self {
            Command::TransferBlind { target, .. }
            | Command::ConsultStart { target, .. }
            | Command::Dial { target } => Some(target),
            _ => None,
        }
    }

    /// Whether it needs a station: then only the tab that has the station gives it.
    pub fn moves_calls(&self) -> bool {
        !matches!(
            self,
            Command::Note { .. }
                | Command::Task { .. }
                | Command::TaskDone { .. }
                | Command::Closure { .. }
                | Command::Reopen { .. }
                | Command::Away { .. }
                | Command::Words { .. }
                | Command::Misses
                | Command::Prefs { .. }
                | Command::Forward { .. }
                | Command::Help { .. }
        )
    }

    /// Whether the world moves on without it: an order of this kind is not done when it is older than five seconds.
    pub fn ages(&self) -> bool {
        self.call().is_some()
            || matches!(
                self,
                Command::Next | Command::Dial { .. } | Command::Dtmf { .. }
            )
    }
}

//! A recorded decision: which step, which rule, on what, with what result.

use std::sync::Arc;

/// One decision of the dialplan (IVR-6). It is made of codes and values only, so that a journal can keep it and any
/// reader can turn it into its own language later ([`Decision::sentence`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The step that decided; the called number at the start.
    pub node: Arc<str>,
    /// The rule applied.
    pub rule: Rule,
    /// What it looked at: name and value. The names of a rule are fixed.
    pub inputs: Vec<(Arc<str>, String)>,
    /// Where it led: a step's name, or one of the words `again`, `on` (the step goes on), `end`.
    pub result: String,
}

impl Decision {
    /// The value of an input.
    pub fn input(&self, name: &str) -> Option<&str> {
        self.inputs
            .iter()
            .find(|(n, _)| &**n == name)
            .map(|(_, v)| v.as_str())
    }

    /// Whether somebody must look at it: the flow or its hours are broken, and a safe way was taken.
    pub fn is_loud(&self) -> bool {
        self.rule.is_loud()
    }
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal,)+) => {
        /// The rules by which the dialplan decides. The codes are what a journal and a test write; they never change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Rule] = &[$(Rule::$name,)+];

            /// The rule's code.
            pub fn code(self) -> &'static str {
                match self {
                    $(Rule::$name => $code,)+
                }
            }
        }
    };
}

rules! {
    /// The called number chose the first step. Inputs: `number`, `label`.
    Number = "number",
    /// The called number is not (or no more) of this flow. Inputs: `number`.
    NumberUnknown = "number-unknown",
    /// The called number is an old one; its message is heard first. Inputs: `number`, `label`.
    NumberRetired = "number-retired",
    /// The caller chose a language. Inputs: `key`, `language`.
    LanguageChosen = "language-chosen",
    /// The caller already chose a language and is not asked again. Inputs: `language`.
    LanguageKnown = "language-known",
    /// The caller's language is known from an earlier call. Inputs: `language`.
    LanguageRemembered = "language-remembered",
    /// The caller agreed that the language is remembered. Inputs: `key`, `language`.
    LanguageKept = "language-kept",
    /// The caller did not agree: nothing is remembered. Inputs: `language`.
    LanguageNotKept = "language-not-kept",
    /// The caller wants another language than the remembered one. Inputs: `key`, `language`.
    LanguageAskedAgain = "language-asked-again",
    /// A key of a menu. Inputs: `key`.
    Key = "key",
    /// A key without meaning, explained and asked again. Inputs: `key`, `times`.
    KeyInvalid = "key-invalid",
    /// Too many keys without meaning. Inputs: `key`, `times`.
    TooManyTries = "too-many-tries",
    /// No key in time, asked again. Inputs: `times`.
    Silence = "silence",
    /// No key in time, twice. Inputs: `times`.
    SilenceTwice = "silence-twice",
    /// The star key: said again. Inputs: `key`.
    Repeat = "repeat",
    /// Key 0: reception. Inputs: `key`.
    Reception = "reception",
    /// Open by its hours. Inputs: `service`, `hours`, `at`.
    Open = "open",
    /// Open on a holiday, by hours of its own. Inputs: `service`, `hours`, `at`, `holiday`, `date`.
    OpenHoliday = "open-holiday",
    /// Exceptionally open. Inputs: `service`, `closure`, `at`.
    OpenExceptionally = "open-exceptionally",
    /// Closed by its hours. Inputs: `service`, `hours`, `at`.
    Closed = "closed",
    /// Closed by a holiday. Inputs: `service`, `hours`, `at`, `holiday`, `date`.
    ClosedHoliday = "closed-holiday",
    /// Exceptionally closed. Inputs: `service`, `closure`, `at`.
    ClosedExceptionally = "closed-exceptionally",
    /// The hours cannot be evaluated; the safe branch is taken. Loud. Inputs: `service`, `hours`, `at`, `problem`, `branch`.
    HoursUnsure = "hours-unsure",
    /// A bulletin is on. Inputs: `bulletin`.
    BulletinOn = "bulletin-on",
    /// A bulletin is off. Inputs: `bulletin`.
    BulletinOff = "bulletin-off",
    /// Somebody answered. Inputs: `by`.
    Answered = "answered",
    /// Nobody answered in time. Inputs: `phones`.
    NoAnswer = "no-answer",
    /// All phones busy. Inputs: `phones`.
    Busy = "busy",
    /// No phone reachable. Inputs: `phones`.
    Unreachable = "unreachable",
    /// The caller waits in a queue. Inputs: `queue`, `waiting`.
    QueueWait = "queue-wait",
    /// The queue is full. Inputs: `queue`, `waiting`, `limit`.
    QueueFull = "queue-full",
    /// The longest wait is over. Inputs: `queue`, `limit`.
    QueueTooLong = "queue-too-long",
    /// Nobody serves the queue. Inputs: `queue`.
    QueueNobody = "queue-nobody",
    /// An outside number did not answer. Inputs: `number`.
    ExternalNoAnswer = "external-no-answer",
    /// An outside number is busy. Inputs: `number`.
    ExternalBusy = "external-busy",
    /// An outside number cannot be reached. Inputs: `number`.
    ExternalFailed = "external-failed",
    /// All was said and the call ends. Inputs: none.
    Said = "said",
    /// The flow runs in a circle; the call is ended. Loud. Inputs: `steps`.
    Endless = "endless",
    /// The flow leads nowhere here; the call is ended. Loud. Inputs: `problem`.
    Nowhere = "nowhere",
}

impl Rule {
    /// The rule of a code.
    pub fn parse(code: &str) -> Option<Rule> {
        Rule::ALL.iter().copied().find(|r| r.code() == code)
    }

    /// Whether it must be told to somebody who can repair the flow.
    pub fn is_loud(self) -> bool {
        matches!(self, Rule::HoursUnsure | Rule::Endless | Rule::Nowhere)
    }
}

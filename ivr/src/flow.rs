//! A flow: the whole dialplan of one town, read and ready to be walked.

use crate::act::Strategy;
use crate::diagnostic::{Source, Span};
use crate::lang::Lang;
use crate::schedule::{Calendar, Hours};
use crate::simulate::Case;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// A dialplan. Immutable; a call pins the revision it began with.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Name of the town or reception.
    pub town: Arc<str>,
    /// Time zone of all hours.
    pub zone: Tz,
    /// Languages in the order they are spoken until one is chosen; never empty.
    pub languages: Vec<Lang>,
    /// The step behind key 0, everywhere.
    pub reception: Option<StepId>,
    /// Music for who waits, unless the service has its own: a recording among the town's music.
    pub music: Option<Said>,
    /// Public holidays.
    pub calendar: Calendar,
    /// Numbers that lead into the flow.
    pub numbers: Vec<Number>,
    /// Services by name.
    pub services: BTreeMap<Arc<str>, Service>,
    /// Closures and exceptional openings.
    pub closures: Vec<PlannedClosure>,
    /// Bulletins by name.
    pub bulletins: BTreeMap<Arc<str>, Bulletin>,
    /// Steps, in the order of the file.
    pub steps: Vec<Step>,
    /// Texts of prompts written in the flow itself: name → language → text, with its place.
    pub prompts: BTreeMap<Arc<str>, OwnPrompt>,
    /// Expected decisions.
    pub tests: Vec<Case>,
    /// The file, for later remarks.
    pub source: Source,
}

/// Index of a step in its flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepId(pub(crate) usize);

/// A name of a prompt, of music or of a phone, and where it was written.
#[derive(Clone, Debug)]
pub struct Said {
    /// The name.
    pub name: Arc<str>,
    /// Where it stands.
    pub span: Span,
}

/// Texts of one prompt declared in the flow.
#[derive(Clone, Debug)]
pub struct OwnPrompt {
    /// By language.
    pub texts: BTreeMap<Lang, Arc<str>>,
    /// Where it stands.
    pub span: Span,
}

/// A number that leads into the flow (NUM-1, NUM-9).
#[derive(Clone, Debug)]
pub struct Number {
    /// E.164 with `+`, or a prefix ending in `*`.
    pub pattern: Arc<str>,
    /// What people call it.
    pub label: Arc<str>,
    /// First step.
    pub to: StepId,
    /// The language of this number's callers until they choose.
    pub language: Option<Lang>,
    /// Retirement message, heard before the first step.
    pub retired: Option<Said>,
    /// First day it works.
    pub from: Option<NaiveDate>,
    /// Last day it works.
    pub until: Option<NaiveDate>,
    /// Where it stands.
    pub span: Span,
}

impl Number {
    /// Whether a called number is this one (or begins with this prefix).
    pub fn matches(&self, called: &str) -> bool {
        match self.pattern.strip_suffix('*') {
            Some(prefix) => called.starts_with(prefix),
            None => called == &*self.pattern,
        }
    }
}

/// A service of the town.
#[derive(Clone, Debug)]
pub struct Service {
    /// The name as steps write it.
    pub name: Arc<str>,
    /// Names for people.
    pub names: BTreeMap<Lang, Arc<str>>,
    /// When it is open.
    pub hours: Hours,
    /// Step when it is closed.
    pub closed: Option<StepId>,
    /// Step on a public holiday, when it differs from `closed`.
    pub holiday: Option<StepId>,
    /// Music for who waits for it.
    pub music: Option<Said>,
    /// What to believe when the hours cannot be evaluated.
    pub unsure: Branch,
    /// Where it stands.
    pub span: Span,
}

/// The safe branch of hours that cannot be evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    /// Go on as if open.
    Open,
    /// Go on as if closed.
    Closed,
}

/// A closure of the flow file, with its place.
#[derive(Clone, Debug)]
pub struct PlannedClosure {
    /// The closure.
    pub closure: crate::situation::Closure,
    /// Whether the file gave a priority.
    pub explicit: bool,
    /// Where it stands.
    pub span: Span,
}

/// A message that can be switched on when something happens to the town.
#[derive(Clone, Debug)]
pub struct Bulletin {
    /// What is heard.
    pub say: Vec<Said>,
    /// Whether it is on when nobody says otherwise.
    pub active: bool,
    /// Where it stands.
    pub span: Span,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its name.
    pub name: Arc<str>,
    /// What is heard when it begins.
    pub say: Vec<Said>,
    /// What it does.
    pub kind: StepKind,
    /// The phones that it rings, where they stand.
    pub phones: Vec<Said>,
    /// Where its name stands.
    pub span: Span,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// Says something, a key goes on at once.
    Greet {
        /// Next step.
        then: StepId,
    },
    /// Asks the language once.
    Language {
        /// Key → language.
        keys: BTreeMap<char, Lang>,
        /// Next step.
        then: StepId,
        /// Whether a caller is asked for leave to be remembered, and not asked again the next time (IVR-13).
        remember: bool,
        /// How a caller without a (right) key goes on.
        patience: Patience,
    },
    /// Offers choices.
    Menu {
        /// Key → step.
        keys: BTreeMap<char, StepId>,
        /// How a caller without a (right) key goes on.
        patience: Patience,
    },
    /// Chooses by the hours of a service.
    Hours {
        /// Whose hours.
        service: Arc<str>,
        /// Step when open.
        open: StepId,
        /// Step when closed; the service's own when absent.
        closed: Option<StepId>,
    },
    /// Says a bulletin if it is switched on.
    Bulletin {
        /// Which.
        bulletin: Arc<str>,
        /// Next step.
        then: StepId,
    },
    /// Rings phones together, if their service is open.
    Ring {
        /// Whose phones.
        service: Option<Arc<str>>,
        /// Accounts or numbers.
        targets: Vec<String>,
        /// How long.
        time: Duration,
        /// Step when nobody takes the call.
        otherwise: StepId,
    },
    /// Waits with music for the phones of a service, if it is open.
    Queue {
        /// Whose phones.
        service: Option<Arc<str>>,
        /// Accounts or numbers.
        targets: Vec<String>,
        /// One attempt at a phone.
        time: Duration,
        /// Heard from time to time.
        comfort: Vec<Said>,
        /// How often.
        comfort_every: Duration,
        /// Longest wait.
        max_wait: Duration,
        /// Most callers.
        max_length: u32,
        /// The line that callers wait in, when it is not named like the step: steps of one line share it.
        line: Option<Arc<str>>,
        /// Who is rung first.
        strategy: Strategy,
        /// Time after a call in which an operator is rung for no other.
        wrap_up: Duration,
        /// The comfort message tells the place in the line.
        tell_position: bool,
        /// And the wait to expect.
        tell_wait: bool,
        /// Step when the queue is full.
        full: StepId,
        /// Step when the wait was too long.
        too_long: StepId,
        /// Step when nobody serves the queue.
        nobody: StepId,
    },
    /// Says something and ends the call, or goes on.
    Message {
        /// Next step; none: hang up.
        then: Option<StepId>,
    },
    /// Calls an outside number.
    External {
        /// E.164.
        number: String,
        /// How long.
        time: Duration,
        /// Step when it is not answered.
        otherwise: StepId,
    },
    /// Hangs up.
    Hangup,
}

/// How a menu treats silence and wrong keys (IVR-12).
#[derive(Clone, Debug)]
pub struct Patience {
    /// Time for one key, at least 5 s.
    pub timeout: Duration,
    /// Wrong keys before `invalid`.
    pub tries: u8,
    /// Step after the second silence; reception when absent.
    pub silence: Option<StepId>,
    /// Step after too many wrong keys; reception when absent.
    pub invalid: Option<StepId>,
}

impl Flow {
    /// A step by its id.
    pub fn step(&self, id: StepId) -> Option<&Step> {
        self.steps.get(id.0)
    }

    /// A step's id by its name.
    pub fn find(&self, name: &str) -> Option<StepId> {
        self.steps.iter().position(|s| &*s.name == name).map(StepId)
    }

    /// The phones that the queue of this name rings.
    pub fn queue_phones(&self, queue: &str) -> Option<&[String]> {
        self.steps.iter().find_map(|step| match &step.kind {
            StepKind::Queue { line, targets, .. } => {
                let name = line.as_ref().unwrap_or(&step.name);
                (**name == *queue).then_some(targets.as_slice())
            }
            _ => None,
        })
    }

    /// The queues that callers may wait in, each once, in the order of the steps.
    pub fn queues(&self) -> Vec<Arc<str>> {
        let mut queues: Vec<Arc<str>> = Vec::new();
        for step in &self.steps {
            let StepKind::Queue { line, .. } = &step.kind else {
                continue;
            };
            let name = line.as_ref().unwrap_or(&step.name);
            if !queues.contains(name) {
                queues.push(Arc::clone(name));
            }
        }
        queues
    }

    /// The service that reception stands for, when its step says so.
    pub fn reception_service(&self) -> Option<&Service> {
        let step = self.step(self.reception?)?;
        let name = match &step.kind {
            StepKind::Queue { service, .. } | StepKind::Ring { service, .. } => service.as_ref()?,
            StepKind::Hours { service, .. } => service,
            _ => return None,
        };
        self.services.get(name)
    }

    /// The phones that one step or another rings together with this one: its group.
    pub fn rung_with(&self, phone: &str) -> impl Iterator<Item = &String> {
        let together = self.steps.iter().filter_map(|step| match &step.kind {
            StepKind::Ring { targets, .. } | StepKind::Queue { targets, .. } => Some(targets),
            _ => None,
        });
        together
            .filter(move |targets| targets.iter().any(|target| target == phone))
            .flatten()
    }

    /// The steps that ring this account or number, by name.
    pub fn steps_that_ring(&self, target: &str) -> impl Iterator<Item = &str> {
        let rings = move |step: &&Step| match &step.kind {
            StepKind::Ring { targets, .. } | StepKind::Queue { targets, .. } => {
                targets.iter().any(|named| named == target)
            }
            _ => false,
        };
        self.steps.iter().filter(rings).map(|step| &*step.name)
    }

    /// A step's name, for a record.
    pub(crate) fn name(&self, id: StepId) -> Arc<str> {
        self.step(id)
            .map_or_else(|| Arc::from("?"), |s| s.name.clone())
    }

    /// The entry for a called number at a moment: the exact number first, then the longest prefix.
    pub fn number(&self, called: &str, now: DateTime<Utc>) -> Option<&Number> {
        let today = now.with_timezone(&self.zone).date_naive();
        self.numbers
            .iter()
            .filter(|n| {
                n.matches(called)
                    && n.from.is_none_or(|d| d <= today)
                    && n.until.is_none_or(|d| today <= d)
            })
            .max_by_key(|n| (!n.pattern.ends_with('*'), n.pattern.len()))
    }

    /// Whether a called number enters this flow at a moment. An unknown number is answered with 404 and counted.
    pub fn answers(&self, called: &str, now: DateTime<Utc>) -> bool {
        self.number(called, now).is_some()
    }
}

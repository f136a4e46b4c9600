//! One line: who waits in it, and how fast it went of late.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ivr::{QueueOrder, Strategy};

use crate::id::CallId;

/// An honest estimate needs so many answered calls (QUE-1).
const ENOUGH: usize = 5;
/// No more of them are looked at.
const RECENT: usize = 20;
/// Nor any that is older.
const OF_LATE: Duration = Duration::from_secs(30 * 60);

/// One queue.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) service: Option<Arc<str>>,
    pub(super) strategy: Strategy,
    /// How long an agent is rung.
    pub(super) ring: Duration,
    pub(super) wrap_up: Duration,
    /// Phones that the dialplan names.
    pub(super) phones: Vec<String>,
    pub(super) waiting: VecDeque<Waiting>,
    /// When callers were answered, the oldest first.
    answered: VecDeque<Instant>,
}

impl Default for Line {
    fn default() -> Line {
        Line {
            service: None,
            strategy: Strategy::default(),
            ring: Duration::from_secs(20),
            wrap_up: Duration::ZERO,
            phones: Vec::new(),
            waiting: VecDeque::new(),
            answered: VecDeque::new(),
        }
    }
}

/// One caller in line.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) call: CallId,
    /// Who was had already and lost comes before all others.
    pub(super) head: bool,
    pub(super) since: Instant,
    /// The longest wait is over then.
    pub(super) until: Instant,
    pub(super) comfort_at: Option<Instant>,
    pub(super) comfort_every: Option<Duration>,
    /// Who refused this caller.
    pub(super) declined: BTreeSet<String>,
    /// Who did not answer for this caller, how often.
    pub(super) missed: BTreeMap<String, u32>,
}

impl Waiting {
    pub(super) fn new(call: CallId, order: &QueueOrder, head: bool, now: Instant) -> Waiting {
        let says = !order.comfort.is_empty() || order.tell_position || order.tell_wait;
        let comfort_every = says.then_some(order.comfort_every);
        let after = |time| now.checked_add(time).unwrap_or(now);
        Waiting {
            call,
            head,
            since: now,
            until: after(order.max_wait),
            comfort_at: comfort_every.map(after),
            comfort_every,
            declined: BTreeSet::new(),
            missed: BTreeMap::new(),
        }
    }
}

impl Line {
    /// The newest order says how the queue works.
    pub(super) fn update(&mut self, order: &QueueOrder) {
        self.service.clone_from(&order.service);
        self.strategy = order.strategy;
        self.ring = order.ring;
        self.wrap_up = order.wrap_up;
        self.phones.clone_from(&order.targets);
    }

    /// Joins the end, or the head behind those who were put there before.
    pub(super) fn join(&mut self, waiting: Waiting) {
        let heads = self.waiting.iter().filter(|other| other.head).count();
        let place = if waiting.head {
            heads
        } else {
            self.waiting.len()
        };
        self.waiting.insert(place, waiting);
    }

    /// A caller was answered.
    pub(super) fn answered(&mut self, now: Instant) {
        self.answered.push_back(now);
        if self.answered.len() > RECENT {
            self.answered.pop_front();
        }
    }

    /// Who waits, the first first.
    pub(crate) fn callers(&self) -> impl Iterator<Item = CallId> {
        self.waiting.iter().map(|waiting| waiting.call)
    }

    /// Since when the first waits.
    pub(crate) fn longest(&self) -> Option<Instant> {
        self.waiting.iter().map(|waiting| waiting.since).min()
    }

    /// A caller's place, counted from 1.
    pub(super) fn position(&self, call: CallId) -> Option<u32> {
        let place = self.callers().position(|other| other == call)?;
        u32::try_from(place.saturating_add(1)).ok()
    }

    /// The wait at this place: the pace of the last answered calls, which slackens while nobody is answered.
    pub(crate) fn estimate(&self, place: u32, now: Instant) -> Option<Duration> {
        let age = |at: &&Instant| now.saturating_duration_since(**at) <= OF_LATE;
        let recent: Vec<&Instant> = self.answered.iter().filter(age).collect();
        let (first, count) = (recent.first()?, recent.len());
        if count < ENOUGH {
            return None;
        }
        let gaps = u32::try_from(count).ok()?;
        let pace = now.saturating_duration_since(**first).checked_div(gaps)?;
        pace.checked_mul(place)
    }
}

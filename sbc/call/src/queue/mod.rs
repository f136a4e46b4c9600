//! The lines of waiting callers: who waits where, in which order. Values of the core; the dialplan reads their lengths.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use crate::id::CallId;

/// All queues, by the name the dialplan gives them.
#[derive(Debug, Default)]
pub(crate) struct Queues {
    lines: BTreeMap<Arc<str>, VecDeque<Waiting>>,
    place_of: BTreeMap<CallId, Arc<str>>,
}

#[derive(Debug)]
struct Waiting {
    call: CallId,
    #[expect(
        dead_code,
        reason = "the estimate of QUE-1 reads it once the desk's agents exist"
    )]
    since: Instant,
}

impl Queues {
    /// Joins the end of the line; `false` when it already holds `max` callers.
    pub(crate) fn join(&mut self, queue: &Arc<str>, call: CallId, max: u32, now: Instant) -> bool {
        let line = self.lines.entry(Arc::clone(queue)).or_default();
        if line.len() >= max as usize {
            return false;
        }
        line.push_back(Waiting { call, since: now });
        self.place_of.insert(call, Arc::clone(queue));
        true
    }

    /// Leaves; who is first in that line now is given back when that changed.
    pub(crate) fn leave(&mut self, call: CallId) -> Option<CallId> {
        let queue = self.place_of.remove(&call)?;
        let line = self.lines.get_mut(&queue)?;
        let was_first = line.front().is_some_and(|waiting| waiting.call == call);
        line.retain(|waiting| waiting.call != call);
        let first = line.front().map(|waiting| waiting.call);
        if first.is_none() {
            self.lines.remove(&queue);
        }
        first.filter(|_| was_first)
    }

    /// Those who wait in the same line.
    pub(crate) fn neighbours(&self, call: CallId) -> impl Iterator<Item = CallId> {
        let line = self
            .place_of
            .get(&call)
            .and_then(|queue| self.lines.get(queue));
        line.into_iter().flatten().map(|waiting| waiting.call)
    }

    /// The caller's place, counted from 1.
    pub(crate) fn position(&self, call: CallId) -> Option<u32> {
        let line = self.lines.get(self.place_of.get(&call)?)?;
        let place = line.iter().position(|waiting| waiting.call == call)?;
        u32::try_from(place.saturating_add(1)).ok()
    }

    /// Whether this caller is the next to be served.
    pub(crate) fn is_first(&self, call: CallId) -> bool {
        self.place_of
            .get(&call)
            .and_then(|queue| self.lines.get(queue))
            .and_then(VecDeque::front)
            .is_some_and(|waiting| waiting.call == call)
    }

    /// Writes the lengths into what the dialplan reads; who serves a queue is not known here yet.
    pub(crate) fn describe(&self, situation: &mut ivr::Situation) {
        for (queue, line) in &self.lines {
            let state = situation
                .queues
                .entry(Arc::clone(queue))
                .or_insert(ivr::QueueState {
                    waiting: 0,
                    agents: 1,
                    estimate: None,
                });
            state.waiting = u32::try_from(line.len()).unwrap_or(u32::MAX);
        }
    }

    /// Callers waiting.
    pub(crate) fn len(&self) -> usize {
        self.place_of.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_in_line_is_told_when_the_first_leaves() {
        let now = Instant::now();
        let mut queues = Queues::default();
        let name: Arc<str> = Arc::from("population");
        assert!(queues.join(&name, CallId(1), 2, now));
        assert!(queues.join(&name, CallId(2), 2, now));
        assert!(!queues.join(&name, CallId(3), 2, now), "the line is full");
        assert!(queues.is_first(CallId(1)) && !queues.is_first(CallId(2)));
        assert_eq!(queues.leave(CallId(1)), Some(CallId(2)));
        assert_eq!(queues.leave(CallId(2)), None);
        assert_eq!(queues.len(), 0);
    }
}

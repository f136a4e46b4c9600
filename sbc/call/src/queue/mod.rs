//! The lines of waiting callers and who is rung for them: values of the core (QUE-1, 2, 4, 10). Events go in, what is to
//! be done comes out; nobody is rung, played to or hung up on from here.

mod line;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ivr::{QueueOrder, QueueOutcome, Strategy};

use crate::agent::{self, Agent, Kind};
use crate::desk::StationState;
use crate::id::CallId;
use crate::limits;
pub(crate) use line::Line;
use line::Waiting;

/// What happens to queues.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A caller comes: to the end of the line, or to its head.
    Arrive {
        /// Who.
        call: CallId,
        /// Where, and how.
        order: Box<QueueOrder>,
        /// The phones that the order names.
        phones: Vec<Phone>,
        /// A caller who was had already and lost.
        head: bool,
    },
    /// A caller leaves, whoever wanted it.
    Leave(CallId),
    /// A caller is answered by this agent, or by somebody who is none.
    Answered(CallId, Option<String>),
    /// The comfort message was heard.
    Comforted(CallId),
    /// The caller's queue rings these phones from now on.
    Phones(CallId, Vec<Phone>),
    /// An agent comes on duty.
    Join(String),
    /// An agent leaves.
    Part(String),
    /// An agent serves these queues and no others.
    Serve(String, Vec<Arc<str>>),
    /// Something happened to an agent.
    Agent(String, agent::Event),
    /// An agent refused this caller; the caller is not offered to it again.
    Declined(String, CallId),
    /// Time has passed.
    Tick,
}

/// A phone that the dialplan names.
#[derive(Clone, Debug)]
pub(crate) struct Phone {
    pub(crate) name: String,
    /// It is registered, or an outside number.
    pub(crate) reached: bool,
    /// It is in a call.
    pub(crate) engaged: bool,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Ring this agent for the caller.
    Offer(CallId, String),
    /// Ring it no longer.
    Withdraw(CallId, String),
    /// Let the caller hear the comfort message.
    Comfort(CallId),
    /// The caller's stay is over without an answer.
    Overflow(CallId, QueueOutcome),
    /// A station was paused because it did not answer so many offers.
    Paused(String),
}

/// All queues and agents.
#[derive(Debug, Default)]
pub(crate) struct Queues {
    lines: BTreeMap<Arc<str>, Line>,
    place_of: BTreeMap<CallId, Arc<str>>,
    agents: BTreeMap<String, Agent>,
    /// What each station serves.
    serves: BTreeMap<String, Vec<Arc<str>>>,
    /// Counts events: whoever shows queues looks again when it moves.
    pub(crate) changes: u64,
}

impl Queues {
    /// One event.
    pub(crate) fn handle(&mut self, now: Instant, event: Event) -> Vec<Act> {
        self.changes = self.changes.wrapping_add(1);
        let mut acts = Vec::new();
        match event {
            Event::Arrive {
                call,
                order,
                phones,
                head,
            } => {
                self.arrive(now, call, &order, head, &mut acts);
                self.ring_phones(now, &phones);
            }
            Event::Leave(call) => self.leave(now, call, &mut acts),
            Event::Answered(call, by) => self.answered(now, call, by, &mut acts),
            Event::Comforted(call) => {
                if let Some(waiting) = self.waiting(call) {
                    waiting.comfort_at = waiting.comfort_every.and_then(|t| now.checked_add(t));
                }
            }
            Event::Phones(call, phones) => self.set_phones(now, call, &phones),
            Event::Join(name) => {
                self.agents
                    .insert(name.clone(), Agent::new(Kind::Station, now));
                self.serves.entry(name).or_default();
            }
            Event::Part(name) => self.part(&name, &mut acts),
            Event::Serve(name, queues) => self.serve(now, name, queues, &mut acts),
            Event::Agent(name, event) => self.agent_event(now, &name, event, &mut acts),
            Event::Declined(name, call) => self.declined(now, &name, call, &mut acts),
            Event::Tick => self.tick(now, &mut acts),
        }
        self.nobody_there(&mut acts);
        self.distribute(now, &mut acts);
        acts
    }

    fn arrive(
        &mut self,
        now: Instant,
        call: CallId,
        order: &QueueOrder,
        head: bool,
        acts: &mut Vec<Act>,
    ) {
        let line = self.lines.entry(Arc::clone(&order.queue)).or_default();
        line.update(order);
        if !head && line.waiting.len() >= order.max_length as usize {
            return acts.push(Act::Overflow(call, QueueOutcome::Full));
        }
        line.join(Waiting::new(call, order, head, now));
        self.place_of.insert(call, Arc::clone(&order.queue));
    }

    /// Phones that a line rings are agents, as they are just now.
    fn ring_phones(&mut self, now: Instant, phones: &[Phone]) {
        for phone in phones {
            let fresh = || Agent::new(Kind::Phone, now);
            let agent = self.agents.entry(phone.name.clone()).or_insert_with(fresh);
            if agent.kind() == Kind::Phone {
                agent.handle(now, agent::Event::Reach(phone.reached));
                agent.handle(now, agent::Event::Engaged(phone.engaged));
            }
        }
    }

    fn set_phones(&mut self, now: Instant, call: CallId, phones: &[Phone]) {
        self.ring_phones(now, phones);
        let queue = self.place_of.get(&call);
        if let Some(line) = queue.and_then(|queue| self.lines.get_mut(queue)) {
            line.phones = phones.iter().map(|phone| phone.name.clone()).collect();
        }
    }

    /// Takes the caller out of the line; whoever was rung is rung no longer.
    fn leave(&mut self, now: Instant, call: CallId, acts: &mut Vec<Act>) {
        let Some(queue) = self.place_of.remove(&call) else {
            return;
        };
        if let Some(line) = self.lines.get_mut(&queue) {
            line.waiting.retain(|waiting| waiting.call != call);
        }
        for (name, agent) in &mut self.agents {
            if agent.offered() == Some(call) {
                agent.handle(now, agent::Event::Withdrawn);
                acts.push(Act::Withdraw(call, name.clone()));
            }
        }
        self.forget_phones();
    }

    fn answered(&mut self, now: Instant, call: CallId, by: Option<String>, acts: &mut Vec<Act>) {
        let queue = self.place_of.get(&call);
        let work = match queue.and_then(|queue| self.lines.get_mut(queue)) {
            Some(line) => {
                line.answered(now);
                line.wrap_up
            }
            None => Duration::ZERO,
        };
        let name = by.filter(|name| self.agents.contains_key(name));
        if let Some(agent) = name.as_ref().and_then(|name| self.agents.get_mut(name)) {
            agent.handle(now, agent::Event::Took(work));
            // Ready until its call is known would ring it for the next caller at once.
            agent.handle(now, agent::Event::Engaged(true));
        }
        self.leave(now, call, acts);
    }

    fn part(&mut self, name: &str, acts: &mut Vec<Act>) {
        self.serves.remove(name);
        if let Some(call) = self.agents.remove(name).and_then(|agent| agent.offered()) {
            acts.push(Act::Withdraw(call, name.to_owned()));
        }
    }

    fn serve(&mut self, now: Instant, name: String, queues: Vec<Arc<str>>, acts: &mut Vec<Act>) {
        let Some(agent) = self.agents.get_mut(&name) else {
            return;
        };
        for queue in queues.iter().take(limits::QUEUES) {
            if self.lines.len() < limits::QUEUES {
                self.lines.entry(Arc::clone(queue)).or_default();
            }
        }
        // An offer out of a queue that it serves no more ends.
        let offered = agent.offered();
        let queue = offered.and_then(|call| self.place_of.get(&call));
        if let (Some(call), Some(queue)) = (offered, queue)
            && !queues.contains(queue)
        {
            agent.handle(now, agent::Event::Withdrawn);
            acts.push(Act::Withdraw(call, name.clone()));
        }
        self.serves.insert(name, queues);
    }

    fn agent_event(&mut self, now: Instant, name: &str, event: agent::Event, acts: &mut Vec<Act>) {
        let Some(agent) = self.agents.get_mut(name) else {
            return;
        };
        let offered = agent.offered();
        if agent.handle(now, event) {
            acts.push(Act::Paused(name.to_owned()));
        }
        // Whoever begins a call, pauses or cannot be reached is not rung any more.
        let lost = agent.state() != StationState::Ringing;
        if let Some(call) = offered.filter(|_| lost) {
            agent.handle(now, agent::Event::Withdrawn);
            acts.push(Act::Withdraw(call, name.to_owned()));
        }
    }

    fn declined(&mut self, now: Instant, name: &str, call: CallId, acts: &mut Vec<Act>) {
        if let Some(agent) = self.agents.get_mut(name)
            && agent.offered() == Some(call)
        {
            agent.handle(now, agent::Event::Declined);
            acts.push(Act::Withdraw(call, name.to_owned()));
        }
        if let Some(waiting) = self.waiting(call) {
            waiting.declined.insert(name.to_owned());
        }
    }

    fn tick(&mut self, now: Instant, acts: &mut Vec<Act>) {
        let mut missed = Vec::new();
        for (name, agent) in &mut self.agents {
            if let Some(call) = agent.offered().filter(|_| agent.offer_is_over(now)) {
                missed.push((name.clone(), call));
                acts.push(Act::Withdraw(call, name.clone()));
                if agent.handle(now, agent::Event::Missed) {
                    acts.push(Act::Paused(name.clone()));
                }
            }
            agent.handle(now, agent::Event::Tick);
        }
        for (name, call) in missed {
            if let Some(waiting) = self.waiting(call) {
                let times = waiting.missed.entry(name).or_default();
                *times = times.saturating_add(1);
            }
        }
        let mut over = Vec::new();
        for waiting in self.lines.values_mut().flat_map(|line| &mut line.waiting) {
            if waiting.until <= now {
                over.push(waiting.call);
            } else if waiting.comfort_at.take_if(|at| *at <= now).is_some() {
                acts.push(Act::Comfort(waiting.call));
            }
        }
        for call in over {
            self.leave(now, call, acts);
            acts.push(Act::Overflow(call, QueueOutcome::TooLong));
        }
    }

    /// Nobody is there any more: whoever waits is told so, and night service is the dialplan's matter.
    fn nobody_there(&mut self, acts: &mut Vec<Act>) {
        let staffed = |line: &Line, queue: &Arc<str>| self.there(queue, line).next().is_some();
        let empty = self
            .lines
            .iter()
            .filter(|(queue, line)| !staffed(line, queue));
        let left: Vec<CallId> = empty.flat_map(|(_, line)| line.callers()).collect();
        for call in left {
            if let Some(queue) = self.place_of.remove(&call)
                && let Some(line) = self.lines.get_mut(&queue)
            {
                line.waiting.retain(|waiting| waiting.call != call);
            }
            acts.push(Act::Overflow(call, QueueOutcome::Nobody));
        }
        self.forget_phones();
    }

    /// Offers callers to whoever is ready: heads of lines first, then by their wait.
    fn distribute(&mut self, now: Instant, acts: &mut Vec<Act>) {
        if !self.agents.values().any(Agent::is_ready) {
            return;
        }
        let mut callers: Vec<(bool, Instant, CallId, Arc<str>)> = Vec::new();
        for (queue, line) in &self.lines {
            let waiting = line.waiting.iter();
            callers.extend(waiting.map(|w| (!w.head, w.since, w.call, Arc::clone(queue))));
        }
        callers.sort();
        for (.., call, queue) in callers {
            if !self.agents.values().any(Agent::is_ready) {
                return;
            }
            for name in self.chosen(call, &queue) {
                let Some(line) = self.lines.get(&queue) else {
                    continue;
                };
                let until = now.checked_add(line.ring).unwrap_or(now);
                if let Some(agent) = self.agents.get_mut(&name) {
                    agent.handle(now, agent::Event::Offered(call, until));
                    acts.push(Act::Offer(call, name));
                }
            }
        }
    }

    /// Who is rung for this caller now, beside those who are rung already.
    fn chosen(&self, call: CallId, queue: &Arc<str>) -> Vec<String> {
        let Some(line) = self.lines.get(queue) else {
            return Vec::new();
        };
        let Some(waiting) = line.waiting.iter().find(|waiting| waiting.call == call) else {
            return Vec::new();
        };
        let ready = self.there(queue, line);
        let ready =
            ready.filter(|(name, agent)| agent.is_ready() && !waiting.declined.contains(*name));
        match line.strategy {
            Strategy::RingAll => ready.map(|(name, _)| name.clone()).collect(),
            Strategy::LongestIdle => {
                let rung = self
                    .agents
                    .values()
                    .any(|agent| agent.offered() == Some(call));
                let order = |name: &String, agent: &Agent| {
                    let missed = waiting.missed.get(name).copied().unwrap_or_default();
                    (missed, agent.idle_since())
                };
                let first = ready
                    .filter(|_| !rung)
                    .min_by_key(|(name, agent)| order(name, agent));
                first.map(|(name, _)| name.clone()).into_iter().collect()
            }
        }
    }

    /// Who serves this queue and is there.
    fn there<'a>(
        &'a self,
        queue: &'a Arc<str>,
        line: &'a Line,
    ) -> impl Iterator<Item = (&'a String, &'a Agent)> {
        let serves = |name: &String| {
            let asked = self.serves.get(name);
            asked.is_some_and(|queues| queues.contains(queue)) || line.phones.contains(name)
        };
        let agents = self.agents.iter();
        agents.filter(move |(name, agent)| agent.is_there() && serves(name))
    }

    /// Phones that no line with callers rings are no agents any more.
    fn forget_phones(&mut self) {
        let lines = &self.lines;
        self.agents.retain(|name, agent| {
            let mut waited_for = lines.values().filter(|line| !line.waiting.is_empty());
            agent.kind() == Kind::Station || waited_for.any(|line| line.phones.contains(name))
        });
    }

    fn waiting(&mut self, call: CallId) -> Option<&mut Waiting> {
        let line = self.lines.get_mut(self.place_of.get(&call)?)?;
        line.waiting.iter_mut().find(|waiting| waiting.call == call)
    }
}

impl Queues {
    /// What an agent does.
    pub(crate) fn agent(&self, name: &str) -> Option<&Agent> {
        self.agents.get(name)
    }

    /// All agents, by name.
    pub(crate) fn agents(&self) -> impl Iterator<Item = (&String, &Agent)> {
        self.agents.iter()
    }

    /// The queues that a station serves.
    pub(crate) fn served_by(&self, name: &str) -> &[Arc<str>] {
        self.serves.get(name).map_or(&[], Vec::as_slice)
    }

    /// All lines, those without callers included.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&Arc<str>, &Line)> {
        self.lines.iter()
    }

    /// Who serves a queue and is there: how many are ready, and how many are rung or talk.
    pub(crate) fn staff(&self, queue: &Arc<str>) -> (u32, u32, bool) {
        let Some(line) = self.lines.get(queue) else {
            return (0, 0, false);
        };
        let mut counts = (0u32, 0u32, false);
        for (_, agent) in self.there(queue, line) {
            counts.2 = true;
            match agent.state() {
                StationState::Ready => counts.0 = counts.0.saturating_add(1),
                StationState::Ringing | StationState::Talking => {
                    counts.1 = counts.1.saturating_add(1);
                }
                _ => {}
            }
        }
        counts
    }

    /// The caller's place, counted from 1.
    pub(crate) fn position(&self, call: CallId) -> Option<u32> {
        self.lines.get(self.place_of.get(&call)?)?.position(call)
    }

    /// What this caller has to expect still.
    pub(crate) fn estimate(&self, call: CallId, now: Instant) -> Option<Duration> {
        let line = self.lines.get(self.place_of.get(&call)?)?;
        line.estimate(line.position(call)?, now)
    }

    /// Those who wait in the same line.
    pub(crate) fn neighbours(&self, call: CallId) -> impl Iterator<Item = CallId> {
        let queue = self.place_of.get(&call);
        let line = queue.and_then(|queue| self.lines.get(queue));
        line.into_iter().flat_map(Line::callers)
    }

    /// All who wait.
    pub(crate) fn callers(&self) -> impl Iterator<Item = CallId> {
        self.place_of.keys().copied()
    }

    /// Who has waited longest for this station: in the queues it serves, or in any when it serves none.
    pub(crate) fn longest(&self, station: &str) -> Option<CallId> {
        let served = self.served_by(station);
        let lines = self.lines.iter();
        let lines = lines.filter(|(queue, _)| served.is_empty() || served.contains(queue));
        let waiting = lines.flat_map(|(_, line)| &line.waiting);
        let first = waiting.min_by_key(|waiting| (!waiting.head, waiting.since, waiting.call));
        first.map(|waiting| waiting.call)
    }

    /// Writes into what the dialplan reads: how many wait, who is there when stations serve it, what is to be expected.
    pub(crate) fn describe(&self, situation: &mut ivr::Situation, now: Instant) {
        for (queue, line) in &self.lines {
            let waiting = u32::try_from(line.waiting.len()).unwrap_or(u32::MAX);
            let next = waiting.saturating_add(1);
            let known = situation.queues.get(queue).map(|state| state.agents);
            let state = ivr::QueueState {
                waiting,
                // Its phones are known when somebody waits; before, the queue finds out itself.
                agents: known.unwrap_or(1),
                estimate: line.estimate(next, now),
            };
            situation.queues.insert(Arc::clone(queue), state);
        }
    }

    /// Callers waiting.
    pub(crate) fn len(&self) -> usize {
        self.place_of.len()
    }

    /// When [`Event::Tick`] is due.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let agents = self.agents.values().filter_map(Agent::next_deadline);
        let waiting = self.lines.values().flat_map(|line| &line.waiting);
        let times = waiting.flat_map(|w| std::iter::once(w.until).chain(w.comfort_at));
        agents.chain(times).min()
    }
}
